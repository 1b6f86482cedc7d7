"""Open Stage Control, stood in for by Node (tests/clients/stage_session.js), over real UDP: one port for both ways."""

import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from servers import ROOT, need_tool
from studiod.net.osc_codec import decode, encode


class Stage:
    """A session that is open.  said: what it has sent."""

    def __init__(self, path: Path, desk: tuple[str, int] | None = None) -> None:
        self.file = json.loads(path.read_text("utf-8"))
        script = ROOT / "tests" / "clients" / "stage_session.js"
        self.node = subprocess.Popen(
            [need_tool("node", "nodejs"), str(script), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.desk, self.said = desk, []

    def do(self, what: str, **more: Any) -> dict[str, Any]:
        """What comes of it: sent, now, and of an id its value, vars and address."""
        assert self.node.stdin
        assert self.node.stdout
        self.node.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.node.stdin.flush()
        line = self.node.stdout.readline()
        assert line, "the session ended"
        told = json.loads(line)
        for address, *args in told["sent"]:
            self.said.append((address, *args))
            if self.desk:
                self.socket.sendto(self._packet(address, args), self.desk)
        return told

    @staticmethod
    def _packet(address: str, args: list[Any]) -> bytes:
        if len(args) == 2 and args[1] in ("i", "f"):  # a widget's value with its type
            return encode(address, int(args[0]) if args[1] == "i" else float(args[0]))
        return encode(address, *args)

    def value(self, id: str) -> Any:
        return self.do("state", id=id)["value"]

    def widgets(self) -> Iterator[dict[str, Any]]:
        yield from within(self.file["content"])

    def hear(self, until: Any, wait_s: float = 20.0) -> None:
        """All that comes, until something is so.  Raises TimeoutError."""
        self.socket.settimeout(wait_s)
        while not until():
            for address, args in decode(self.socket.recv(65536))[0]:
                if len(args) == 1:
                    self.do("receive", address=address, value=args[0])

    def close(self) -> None:
        self.socket.close()
        assert self.node.stdin
        assert self.node.stdout
        self.node.stdin.close()
        self.node.wait(20)
        self.node.stdout.close()


def within(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield one
    for child in [*one.get("widgets", ()), *one.get("tabs", ())]:
        yield from within(child)
