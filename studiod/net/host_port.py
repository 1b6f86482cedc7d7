"""A host and a port in one text, as people write them: "10.0.0.7:9001", "tablet.lan:9001", "[::1]:9001"."""

import ipaddress
import re

EXPECTED = 'host:port, such as "192.168.1.20:9001", or "[fe80::7%eth0]:9001" for IPv6'


def split(text: str, port: int | None = None) -> tuple[str, int]:
    """The host, without brackets, and the port; port: what it is when the text has none.

    Raises ValueError with what was expected.
    """
    host, colon, said = text.rpartition(":")
    if port is not None and (is_v6(text) or not colon or text.endswith("]")):
        host, said = text, str(port)
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        if not is_v6(host):
            raise ValueError(EXPECTED)
    elif ":" in host and host != text:  # of IPv6: which of the colons stands before the port?
        raise ValueError(EXPECTED)
    if not host or not re.fullmatch(r"[0-9]{1,5}", said) or not 1 <= int(said) <= 65535:
        raise ValueError(EXPECTED)
    return host, int(said)


def joined(host: object, port: object) -> str:
    """Both in one text: an IPv6 number in brackets."""
    return f"{bracketed(host)}:{port}"


def bracketed(host: object) -> str:
    """A host as it stands before a port."""
    return f"[{host}]" if ":" in str(host) else str(host)


def is_v6(host: str) -> bool:
    try:
        return isinstance(ipaddress.ip_address(host), ipaddress.IPv6Address)
    except ValueError:
        return False


def numeric(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """A host's number in one form of it: an IPv4 one within IPv6 is that IPv4 one.  None: it is no number."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
