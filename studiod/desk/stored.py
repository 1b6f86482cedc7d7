"""Stored values as a start takes them over: what this console has, what it does not know, and what it refuses."""

from collections.abc import Mapping

from studiod.registry.multitrack import mended
from studiod.registry.param import Refusal, Value, told
from studiod.registry.registry import Registry

NOT_STORED = {"volatile", "read-only"}


def taken(
    registry: Registry, values: Mapping[str, object]
) -> tuple[dict[str, Value], dict[str, object], list[Refusal]]:
    """The values that fit, those of paths that this console does not have, and a refusal for each that is left out."""
    fits: dict[str, Value] = {}
    unknown: dict[str, object] = {}
    faults: list[Refusal] = []
    for path, value in {**values, **mended(values, registry.console.inputs)}.items():
        try:
            param = registry.find(path)
        except Refusal as fault:
            unknown[path] = value
            faults.append(fault)
            continue
        try:
            if param.flags & NOT_STORED:
                raise Refusal(path, "never stored", got=told(value), remedy="take it out of the scene")
            fits[path] = param.accept(value)
        except Refusal as fault:
            faults.append(fault)
    return fits, unknown, faults
