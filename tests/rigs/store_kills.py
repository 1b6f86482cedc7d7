"""A desk that is killed while hands move and hold it, passes are written, scenes stored, takes recorded: what it kept.

Everything that is sent is asked for again before it counts as accepted; its time is that of the answer.
"""

import contextlib
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

from test_scenes_daemon import Desk

import servers

SETTINGS = {"console": {"channels": 8, "buses": 4}, "virtual": {"play": []}}
PAN_STEPS = 12_000


@dataclass
class Kept:
    """What was accepted, and when (monotonic s)."""

    pans: dict[str, list[tuple[float, float]]] = field(default_factory=dict)  # time, value
    scenes: list[tuple[float, str]] = field(default_factory=list)
    moves: list[tuple[float, float]] = field(default_factory=list)  # time, value: a pass over ch/1/fader, ever upwards
    take_s: float | None = None  # since when a take was running
    held: dict[str, float] = field(default_factory=dict)  # by path, above 0 dB; what is set beneath is not
    killed_s: float = 0.0


@dataclass
class Missing:
    """How long before the kill the oldest change that is missing was accepted, in s; 0: nothing is missing."""

    value_s: float = 0.0
    scene_s: float = 0.0
    move_s: float = 0.0
    take: str = ""
    held: list[str] = field(default_factory=list)  # paths whose held value survived
    lines: list[str] = field(default_factory=list)  # of the log at the start after it, that tell of a loss

    def worst(self) -> str:
        late = f"value {self.value_s:.3f} s, scene {self.scene_s:.3f} s, move {self.move_s:.3f} s"
        return f"{late}, take {self.take!r}, held {self.held}"


def played(daemon: servers.Daemon, chance: random.Random, seconds: float, number: int) -> Kept:
    """Hands on a running desk for so long; then kill -9."""
    out = Kept()
    with contextlib.closing(Desk(daemon)) as peer:
        peer.ask("/moves/clear", "**")
        for line in _asked(peer, "/scene/list"):  # a shelf has its bounds
            peer.ask("/scene/delete", line[1])
        peer.send("/ch/1/automation", "latch")
        peer.send("/ch/2/arm", 1)
        peer.send("/transport/position", 0.0)
        peer.send("/transport/state", "play")
        assert peer.ask("/transport/state")[1] == "play"
        if number % 2:
            peer.send("/recorder/state", "record")
            assert peer.ask("/recorder/state")[1] == "record"
            out.take_s = time.monotonic()
        time.sleep(0.1)  # until the music rolls
        end_s, step = time.monotonic() + seconds, 0
        while time.monotonic() < end_s:
            step += 1
            path = f"/ch/{chance.randrange(2, 9)}/pan"
            value = -100.0 + 200.0 * step / PAN_STEPS
            peer.send(path, value)
            found = peer.ask(path)[1]
            out.pans.setdefault(path, []).append((time.monotonic(), found))
            peer.send("/ch/1/fader", -60.0 + 0.005 * step)
            found = peer.ask("/ch/1/fader")[1]
            out.moves.append((time.monotonic(), found))
            _hold(peer, chance, out.held)
            if not step % 9:
                name = f"Round {number} scene {step}"
                assert peer.ask("/scene/store", name)[:2] == ("/scene/store", name)
                out.scenes.append((time.monotonic(), name))
            time.sleep(chance.uniform(0.0, 0.02))
    daemon.kill()
    out.killed_s = time.monotonic()
    daemon.end_group()
    return out


def _hold(peer: Desk, chance: random.Random, held: dict[str, float]) -> None:
    """A trim is set to at most 0 dB, which ends a hold of it, or held above that, over a set of what is beneath."""
    path = f"/ch/{chance.randrange(2, 9)}/trim"
    if chance.random() < 0.5:
        beneath = chance.uniform(-20.0, 0.0)
        peer.send(path, beneath)
        assert peer.ask(path)[1] <= 0.0
        held.pop(path, None)
    if chance.random() < 0.7:
        peer.send("/hold" + path, chance.uniform(1.0, 20.0))
        found = peer.ask(path)[1]
        assert found > 0.0
        held[path] = found


def missing(daemon: servers.Daemon, kept: Kept) -> Missing:
    """Start again, and ask."""
    daemon.start()
    out = Missing(lines=[line for line in daemon.stderr.splitlines() if "damaged" in line or "lost" in line])
    with contextlib.closing(Desk(daemon)) as peer:
        for path, values in kept.pans.items():
            found = peer.ask(path)[1]
            late = [at for at, value in values if value > found]
            out.value_s = max(out.value_s, kept.killed_s - late[0] if late else 0.0)
        out.held = [path for path in kept.held if peer.ask(path)[1] > 0.0]
        listed = {line[1] for line in _asked(peer, "/scene/list")}
        for at, name in kept.scenes:
            if name not in listed:
                out.scene_s = max(out.scene_s, kept.killed_s - at)
        newest = max((move["value"] for move in moves(daemon, peer) if move["path"] == "ch/1/fader"), default=-90.0)
        late = [at for at, value in kept.moves if value > newest]
        out.move_s = kept.killed_s - late[0] if late else 0.0
        if kept.take_s is not None:
            _, seconds, _ = max(line[1:] for line in _asked(peer, "/take/list"))
            ran_s = kept.killed_s - kept.take_s
            if seconds < ran_s - 1.5:
                out.take = f"{seconds:.1f} s of {ran_s:.1f} s"
    return out


def moves(daemon: servers.Daemon, peer: Desk) -> list[dict[str, Any]]:
    """All moves that a running desk has."""
    peer.ask("/moves/save", "all")
    return [json.loads(line) for line in (daemon.state / "moves" / "all.jsonl").read_text("utf-8").splitlines()]


def _asked(peer: Desk, address: str) -> list[tuple[Any, ...]]:
    peer.send(address)
    return [line for line in peer.lines(f"{address}/end") if line[0] == address]
