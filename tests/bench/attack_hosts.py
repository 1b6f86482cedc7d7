"""A studio network on one machine: hosts in network namespaces, a switch between them, and no way out of it.

Needs root and iproute2.  A socket belongs to the namespace that its thread was in when it was made, so a bench holds
sockets of several hosts at once.
"""

import contextlib
import ctypes
import os
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

CLONE_NEWNET = 0x40000000
NET = "10.77.0"
PORT = 9000
SWITCH = 1 << 22  # bytes of a socket's buffer
_libc = ctypes.CDLL(None, use_errno=True)


def unfit() -> str:
    """Why there can be no such network here; "" when there can."""
    if os.geteuid() != 0:
        return "network namespaces need root: run it with sudo"
    return "" if shutil.which("ip") else "ip is not installed (system package iproute2)"


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


class Host:
    """One host: its address, and sockets of it.  The desk is the host that they talk to."""

    def __init__(self, space: str, address: str) -> None:
        self.space, self.address = space, address

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """What this thread makes meanwhile, sockets and processes, is this host's."""
        with Path("/proc/thread-self/ns/net").open() as home, Path(f"/run/netns/{self.space}").open() as there:
            _enter(there.fileno())
            try:
                yield
            finally:
                _enter(home.fileno())

    def udp(self, to: str = f"{NET}.1", port: int = 0) -> socket.socket:
        """A socket connected to the desk's port."""
        with self.inside():
            link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SWITCH)
        link.bind(("", port))
        link.connect((to, PORT))
        return link

    def tcp(self, to: str = f"{NET}.1") -> socket.socket:
        """A connection to the desk.  Raises OSError."""
        with self.inside():
            link = socket.socket()
        link.settimeout(1.0)
        link.connect((to, PORT))
        return link

    def bytes_in(self) -> int:
        """What has come in over its wire, heads included."""
        return self._counts()[0]

    def packets_in(self) -> int:
        return self._counts()[1]

    def _counts(self) -> tuple[int, int]:
        with self.inside():
            lines = Path("/proc/thread-self/net/dev").read_text("ascii").splitlines()
        fields = next(line.partition(":")[2].split() for line in lines if line.strip().startswith("wire:"))
        return int(fields[0]), int(fields[1])

    def connections(self) -> int:
        """TCP connections to the desk's port that stand on this host."""
        with self.inside():
            rows = Path("/proc/thread-self/net/tcp").read_text("ascii").splitlines()[1:]
        return sum(row.split()[1].endswith(f":{PORT:04X}") and row.split()[3] == "01" for row in rows)


def _enter(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


class Forger:
    """Datagrams that seem to come from somebody else."""

    def __init__(self, host: Host) -> None:
        with host.inside():
            self._raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(self, packet: bytes, sender: str, sender_port: int, to: str = f"{NET}.1") -> None:
        udp = struct.pack(">HHHH", sender_port, PORT, 8 + len(packet), 0)
        head = struct.pack(">BBHHHBBH", 0x45, 0, 0, 0, 0, 64, socket.IPPROTO_UDP, 0)  # the system fills the zeros in
        with contextlib.suppress(OSError):
            self._raw.sendto(head + socket.inet_aton(sender) + socket.inet_aton(to) + udp + packet, (to, 0))


@contextlib.contextmanager
def network(names: Iterable[str], desks: Iterable[str]) -> Iterator[dict[str, Host]]:
    """Hosts by name; each desk's address is 1, 2, … of the network, the others' from 10 on.  All ends with the context.

    Raises subprocess.CalledProcessError when the system does not allow it.
    """
    mark = f"studiod-attack-{os.getpid()}"
    numbers = [*enumerate(desks, 1), *enumerate(names, 10)]
    with contextlib.ExitStack() as ends:

        def space(name: str) -> str:
            made = f"{mark}-{name}"
            _ip("netns", "add", made)
            ends.callback(subprocess.run, ["ip", "netns", "del", made], check=False, capture_output=True)
            quiet = "for each in all default; do echo 1 > /proc/sys/net/ipv6/conf/$each/disable_ipv6; done"
            _ip("netns", "exec", made, "sh", "-c", quiet)  # its own chatter would count as earned
            _ip("-n", made, "link", "set", "lo", "up")
            return made

        switch = space("switch")
        _ip("-n", switch, "link", "add", "switch", "type", "bridge")
        _ip("-n", switch, "link", "set", "switch", "up")
        hosts = {}
        for number, name in numbers:
            made, port = space(name), f"port{number}"
            _ip("-n", switch, "link", "add", port, "type", "veth", "peer", "name", "wire", "netns", made)
            _ip("-n", switch, "link", "set", port, "master", "switch", "up")
            _ip("-n", made, "addr", "add", f"{NET}.{number}/24", "dev", "wire")
            _ip("-n", made, "link", "set", "wire", "up")
            hosts[name] = Host(made, f"{NET}.{number}")
        time.sleep(0.5)  # the ports of a switch take a moment
        yield hosts
