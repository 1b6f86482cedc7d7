"""Why an address cannot be listened on, with the key of the settings that says so, and what to do."""

import errno

from studiod.net.host_port import joined

_WHY = {  # the key at fault, what is wrong with the address, the remedy
    errno.EADDRINUSE: ("port", "is held by another program", "end it (another studiod?), or choose another port"),
    errno.EADDRNOTAVAIL: ("listen", "is no address of this machine", 'listen on "0.0.0.0" for every network'),
    errno.EACCES: ("port", "is kept for root", "choose a port from 1024 on"),
}


def refused(fault: OSError, table: str, host: str, port: int) -> tuple[str, str]:
    """What the system has against [table] listen and port, and the remedy: "osc.port: 127.0.0.1:9000 is held …"."""
    rest = ("listen", f"cannot be listened on: {fault.strerror or fault}", "choose another address")
    key, what, remedy = _WHY.get(fault.errno or 0, rest)
    return f"{table}.{key}: {joined(host, port)} {what}", remedy
