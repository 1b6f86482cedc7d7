"""The addresses of this machine that others on its networks can reach, as the system says them now."""

import ipaddress


def own_addresses(v6: bool = False) -> list[str]:
    """IPv4 numbers, those of private networks first; v6: IPv6 numbers behind them.  Neither loopback nor link-local
    ones, which need the name of an interface beside them.  Takes some ms, the first time more."""
    import ifaddr

    told = [own.ip for adapter in ifaddr.get_adapters() for own in adapter.ips]
    found = {host if isinstance(host, str) else host[0]: None for host in told}
    wanted = [host for host in found if _reached(host) and (v6 or ":" not in host)]
    return sorted(wanted, key=lambda host: (":" in host, not ipaddress.ip_address(host).is_private))


def _reached(host: str) -> bool:
    number = ipaddress.ip_address(host.partition("%")[0])
    return not (number.is_loopback or number.is_link_local or number.is_unspecified or number.is_multicast)
