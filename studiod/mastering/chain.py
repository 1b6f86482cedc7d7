"""The chain of a song, or of the joined programme: the strip of the mains as the desk runs it, without a desk.

The values are those of the paths main/…, but for the limiter, which comes later and is the album's.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from studiod.engine.engine import Engine, size_of
from studiod.errors import FileFault
from studiod.files.plain_file import opened
from studiod.memory.scene_format import lines, read_scene
from studiod.realtime import strip_alone
from studiod.realtime.rack import Rack
from studiod.registry.param import Refusal, Value, told
from studiod.registry.registry import Console, Registry

RATE_HZ = 48_000  # of a registry that is only asked what there is: no range depends on it
UNSOUNDED = ("main/name", "main/colour", "main/automation", "main/safe")


def console(rate_hz: int) -> Console:
    """The smallest that has mains."""
    return Console(inputs=2, outputs=2, channels=1, buses=1, rate_hz=rate_hz)


def read(path: Path | None) -> dict[str, Value]:
    """The values of a chain's scene that differ from those at rest; none for no chain.

    Raises FileFault, naming every value at fault.
    """
    if path is None:
        return {}
    try:
        os.close(opened(path))
    except OSError as fault:
        raise FileFault(f"{path}: cannot read this scene: {fault.strerror}; check the name and its rights") from None
    registry = Registry(console(RATE_HZ))
    found: dict[str, Value] = {}
    faults: list[Refusal] = []
    for name, value in read_scene(path).items():
        try:
            found[name] = taken(registry, name, value)
        except Refusal as fault:
            faults.append(fault)
    if faults:
        raise FileFault("\n".join(lines([(f"{path}: ", fault) for fault in faults])))
    params = registry.params
    return {name: value for name, value in sorted(found.items()) if value != params[name].rest and sounds(name)}


def sounds(name: str) -> bool:
    """Whether a value of the mains is heard at all."""
    return name not in UNSOUNDED


def taken(registry: Registry, name: str, value: object) -> Value:
    """A value as a strip holds it.  Raises Refusal."""
    if not name.startswith("main/"):
        remedy = "a chain is the strip of the mains: take it out, or give it the path under main/"
        raise Refusal(name, "not of the mains", "a path under main/", told(value), remedy=remedy)
    accepted = registry.find(name).accept(value)
    if name.startswith("main/limiter/") and accepted != registry.params[name].rest:
        remedy = "take it out: the album file has limiter, ceiling_dbtp and loudness"
        raise Refusal(name, "the limiter is the album's", got=told(value), remedy=remedy)
    return accepted


class Chain:
    """The compiled strip, at rest on some values.  One thread at a time."""

    def __init__(self, values: Mapping[str, Value], rate_hz: int) -> None:
        of = console(rate_hz)
        registry = Registry(of)
        self._rack = Rack.create(size_of(of))
        rest = {path: param.rest for path, param in registry.params.items()}
        Engine(self._rack, registry).settle({**rest, **values})
        os.close(self._rack.fd)  # no other process takes part; the memory goes with the chain

    def run(self, sound: np.ndarray) -> None:
        """float64 sound[frame, 2] in place, as what follows the sound of the run before."""
        strip_alone.run(self._rack.base, sound)
