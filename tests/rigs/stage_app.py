"""Open Stage Control, stood in for by Node (tests/clients/stage_session.js), over real UDP: one port for both ways."""

import contextlib
import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from servers import ROOT, need_tool
from studiod.net.osc_codec import decode, encode
from studiod.registry.param import Param

TAGS = {"i": int, "f": float, "s": str}


class Stage:
    """A session that is open.  said: what it has sent; refused: what the desk said of it while it heard."""

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
        self.refused: list[list[Any]] = []
        self._ticked_s = time.monotonic()

    def do(self, what: str, **more: Any) -> dict[str, Any]:
        """What comes of it: sent and its tags, what the file has that no widget has, now, and of an id its value, css
        and address."""
        assert self.node.stdin
        assert self.node.stdout
        self.node.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.node.stdin.flush()
        line = self.node.stdout.readline()
        assert line, "the session ended"
        told = json.loads(line)
        for (address, *args), tags in zip(told["sent"], told["tags"], strict=True):
            self.said.append((address, *args))
            if self.desk:
                made = [TAGS[tag](arg) for arg, tag in zip(args, tags, strict=False)]  # a widget tells its tag too
                self.socket.sendto(encode(address, *made), self.desk)
        return told

    def value(self, id: str) -> Any:
        return self.do("state", id=id)["value"]

    def widgets(self) -> Iterator[dict[str, Any]]:
        yield from within(self.file["content"])

    def hear(self, until: Any, wait_s: float = 20.0) -> None:
        """All that comes, until something is so.  Raises TimeoutError."""
        while not until():
            self._go_on()
            for address, args in self._taken(wait_s):
                if address == "/error":
                    self.refused.append(args)
                if len(args) == 1:
                    self.do("receive", address=address, value=args[0])

    def _go_on(self) -> None:
        """The app's time goes on as that of the desk does, whose leases end where nobody asks again."""
        now_s = time.monotonic()
        if self.desk and now_s - self._ticked_s > 1.0:
            self.do("tick", ms=round(1000.0 * (now_s - self._ticked_s)))
            self._ticked_s = now_s

    def _taken(self, wait_s: float) -> list[tuple[str, list[Any]]]:
        """All that has come by now: the app is slow, and a full socket loses what a desk says but once."""
        self.socket.settimeout(wait_s)
        packets = [self.socket.recv(65536)]
        self.socket.settimeout(0.0)
        with contextlib.suppress(BlockingIOError):
            while True:
                packets.append(self.socket.recv(65536))
        return [message for packet in packets for message in decode(packet)[0]]

    def errors(self) -> list[list[Any]]:
        """What was refused until now."""
        assert self.desk
        self.socket.settimeout(20.0)
        self.socket.sendto(encode("/ping", "all"), self.desk)
        found: list[tuple[str, list[Any]]] = []
        while ("/pong", ["all"]) not in found:
            found += decode(self.socket.recv(65536))[0]
        return self.refused + [args for address, args in found if address == "/error"]

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


def native(address: str) -> str:
    """The path that an address is about."""
    return address.removeprefix("/turn").removeprefix("/hold").removeprefix("/touch").lstrip("/")


def sends(one: dict[str, Any]) -> bool:
    """Whether a hand on a widget is told."""
    return "address" in one and not one.get("bypass")


def plain_of(one: Param, address: str, value: Any) -> Any:
    """What a control at an address shows for a value of the desk."""
    return one.to_turn(value) if address.startswith("/turn") else value


def ground(stage: Stage, id: str) -> str:
    """The colour behind a text."""
    return re.fullmatch(r"background-color: (#\w+);", stage.do("state", id=id)["css"])[1]
