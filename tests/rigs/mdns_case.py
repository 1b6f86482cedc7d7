"""In a network of its own with loopback alone: a daemon that listens on an address of a network, and another process
that finds it by mDNS.  Prints what that found, and what is left when the daemon has ended: mdns_case.py FOLDER ADDRESS
"""

import json
import subprocess
import sys
from pathlib import Path

import servers

KINDS = ("_oscjson._tcp.local.", "_http._tcp.local.", "_osc._udp.local.")
WAIT_S = 30.0


def find(address: str) -> None:
    """The other process: a line when all kinds are found, and one when all have taken leave."""
    import threading

    from zeroconf import ServiceBrowser, ServiceListener, Zeroconf

    found: dict[str, object] = {}
    grew = threading.Condition()

    class Ear(ServiceListener):
        def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
            info = zc.get_service_info(type_, name, 5000)
            with grew:
                found[type_] = None if info is None else [name, info.parsed_addresses(), info.port, info.server]
                grew.notify_all()

        def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
            with grew:
                found.pop(type_, None)
                grew.notify_all()

        def update_service(self, zc: Zeroconf, type_: str, name: str) -> None: ...

    speaker = Zeroconf(interfaces=[address])
    ServiceBrowser(speaker, list(KINDS), Ear())
    with grew:
        grew.wait_for(lambda: len(found) == len(KINDS), WAIT_S)
        print(json.dumps(found), flush=True)
        grew.wait_for(lambda: not found, WAIT_S)
        print(json.dumps(found), flush=True)
    speaker.close()


def main(folder: str, address: str) -> None:
    net = {"osc": {"listen": address}, "http": {"listen": address}, "access": {"lan": "view"}}
    daemon = servers.Daemon(Path(folder), net)
    with daemon.start():  # which may have to compile
        other = subprocess.Popen([sys.executable, __file__, "find", address], stdout=subprocess.PIPE, text=True)
        said = [other.stdout.readline()]
    said.append(other.stdout.readline())
    other.wait(10)
    found, left = map(json.loads, said)
    print(json.dumps({"found": found, "left": left, "http": daemon.http_port, "osc": daemon.osc_port}))


if __name__ == "__main__":
    find(sys.argv[2]) if sys.argv[1] == "find" else main(*sys.argv[1:])
