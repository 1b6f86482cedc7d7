"""The test's end of the simulated Mackie Control units: starts them, asks them, waits by the wire's clock."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import servers

SIMULATOR = servers.ROOT / "tests" / "rigs" / "mackie_sim"
PATIENCE_S = 60.0
LOOK_S = 0.02


class Simulator:
    """Units in a process of their own.  `ask("press", unit="main", note=0x10)`: see mackie_sim/rig.py."""

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        servers.need_module("jack")
        self.process = subprocess.Popen(
            [sys.executable, str(SIMULATOR)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **(env or {})},
            bufsize=0,
        )
        self._buffer = b""
        assert self._answer() == "ready"

    def ask(self, do: str, **words: Any) -> Any:
        """Do one thing; what it answers.  Raises AssertionError with its fault."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **words}).encode() + b"\n")
        return self._answer()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                assert ready.select(PATIENCE_S), f"the simulator said nothing for {PATIENCE_S:g} s"
                got = os.read(self.process.stdout.fileno(), 1 << 16)
                assert got, "the simulator ended"
                self._buffer += got
        line, _, self._buffer = self._buffer.partition(b"\n")
        words = json.loads(line)
        assert "error" not in words, words["error"]
        return words["ok"]

    def panel(self, unit: str) -> dict[str, Any]:
        return self.ask("panel", unit=unit)

    def log(self, unit: str, since: int = 0, way: str | None = None) -> list[dict[str, Any]]:
        return [one for one in self.ask("log", unit=unit, since=since) if way in (None, one["way"])]

    def after(self, s: float) -> None:
        """Wait for so much of the wire's clock, and for a script that runs."""
        self.ask("after", s=s)

    def quiet(self, s: float = 0.2, within_s: float = 10.0) -> bool:
        """Wait until nothing was said for so long."""
        return self.ask("quiet", s=s, within_s=within_s)

    def until(self, unit: str, true: Callable[[dict[str, Any]], Any], within_s: float = 20.0) -> dict[str, Any]:
        """The panel as soon as it is so; fails with its picture."""
        end_s = time.monotonic() + within_s
        while not true(seen := self.panel(unit)):
            assert time.monotonic() < end_s, f"it did not come to stand so:\n{self.ask('draw', unit=unit)}"
            time.sleep(LOOK_S)
        return seen

    def close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def simulator(env: Mapping[str, str] | None = None) -> Iterator[Simulator]:
    made = Simulator(env)
    try:
        yield made
    finally:
        made.close()
