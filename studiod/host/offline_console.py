"""The smallest console that renders a session to the same bits: strips at the end that nothing enters are left out.

A strip is left out when all that sounds of it is at its default, no move turns it, nobody reads it, and no file feeds
it: then it carries zeros.  One channel at rest stays behind the last that sounds: added to a sum it turns -0 into 0, as
those that are left out would.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from studiod.desk.desk import Desk
from studiod.engine.goals import UNHEARD
from studiod.memory.scene_format import Move
from studiod.realtime import layout as r
from studiod.registry.param import Refusal, Value
from studiod.registry.registry import Console, Registry

COUNTED = {"ch": "channels", "track": "channels", "bus": "buses", "matrix": "matrices", "input": "inputs"}
COUNTED |= {"return": "returns", "fx": "returns"}  # a kind of strip or point: what of a console it is counted by
SENDS = {"ch": "buses", "return": "buses", "bus": "matrices", "main": "matrices"}
TOOLS = {"talkback", "generator", "click"}
APART = ("recorder", "transport", "automation", "status", "meter")  # heads that a render does not hear


class Deaf:
    """Stands where a desk has its engine, of which only the values are wanted."""

    def post(self, changed: dict[str, Value], values: dict[str, Value], frame: int) -> None:
        """Nothing sounds."""

    def frame_at(self, ns: int) -> int:
        """No frame has run."""
        return 0

    def meters(self, bank: str, since: int) -> tuple[list[float], int]:
        """There are none.  Raises Refusal."""
        raise Refusal(bank, "this desk is silent")

    def inputs(self, since: int) -> tuple[np.ndarray, np.ndarray, int]:
        """No input."""
        return np.zeros((0, 0)), np.zeros((0, 0)), 0

    def reset_meters(self) -> None:
        """There are none."""

    def words(self) -> dict[str, Value]:
        """Nothing runs."""
        return {}


def silent(console: Console) -> Desk:
    """A desk of a console that makes no sound: what it takes, what it refuses, and its values."""
    return Desk(Registry(console), Deaf())


def fitted(desk: Desk, moves: Iterable[Move], fed: int) -> tuple[Console, dict[str, Value]]:
    """The console that is enough for the values of a desk and for moves, and those values that are not its defaults.

    fed: so many inputs get a sound.
    """
    console, params = desk.registry.console, desk.registry.params
    values = {path: value for path, value in desk.snapshot().items() if not path.startswith(APART)}
    changed = {path: value for path, value in values.items() if value != params[path].rest}
    need = dict.fromkeys(COUNTED.values(), 0) | {"inputs": fed, "channels": fed, "buses": 1}
    turned = desk.accepted((move.path, move.value) for move in moves)
    if any(path.startswith("transport/") for path, _ in turned):  # a soundcheck goes by the number of channels
        return console, changed
    heard = [(path, value) for path, value in changed.items() if path.rpartition("/")[2] not in UNHEARD]
    for path, value in (*heard, *turned):
        _count(need, path, value)
    _feed(need, desk.registry)
    for name in ("channels", "buses", "matrices"):  # a pair stays whole
        need[name] += need[name] % 2
    sizes = {name: min(count, getattr(console, name)) for name, count in need.items()}
    last = "channels" if sizes["channels"] < console.channels else "returns"
    sizes[last] = min(sizes[last] + 1, getattr(console, last))
    small = replace(console, **sizes)
    there = Registry(small).params
    return small, {path: value for path, value in changed.items() if path in there}


def spared(desk: Desk, moves: Iterable[Move]) -> int:
    """What a render need not work out, as of `realtime.layout`: meters, and a monitor and tools that nobody hears."""
    values, params = desk.snapshot(), desk.registry.params
    turned = desk.accepted((move.path, move.value) for move in moves)
    touched = {path for path, value in values.items() if value != params[path].rest} | {path for path, _ in turned}
    named = {value for value in (*values.values(), *(value for _, value in turned)) if isinstance(value, str)}
    words = {name.partition("/")[0] for name in named}
    found = r.SPARE_METERS
    if "monitor" not in words:
        found |= r.SPARE_MONITOR
    if TOOLS.isdisjoint(words | {path.partition("/")[0] for path in touched}):
        found |= r.SPARE_TOOLS
    return found


def _count(need: dict[str, int], path: str, value: object) -> None:
    """Let there be what a value stands on, and what it names."""
    parts = path.split("/")
    for names in (parts, value.split("/") if isinstance(value, str) else ()):
        for kind, number in pairwise(names):
            of = SENDS.get(parts[0], "") if kind == "send" else COUNTED.get(kind, "")
            if of and number.isascii() and number.isdecimal():
                need[of] = max(need[of], int(number))
    if path.endswith("/insert/fx"):
        need["returns"] = max(need["returns"], int(str(value)))


def _feed(need: dict[str, int], registry: Registry) -> None:
    """Each slot of effects with the bus that feeds it at rest, and such a bus with its slot."""
    feeders = {}
    for slot in range(1, registry.console.returns + 1):
        _, _, number = str(registry.params[f"fx/{slot}/source"].rest).partition("bus/")
        feeders[slot] = int(number or 0)
    need["returns"] = max([need["returns"], *(slot for slot, bus in feeders.items() if 0 < bus <= need["buses"])])
    need["buses"] = max([need["buses"], *(bus for slot, bus in feeders.items() if slot <= need["returns"])])
