"""Stored values as a start takes them over: what this console has, what it does not know, and what it refuses."""

from collections.abc import Mapping

from studiod.registry.console_sections import MOVED
from studiod.registry.multitrack import mended
from studiod.registry.param import Refusal, Value, told
from studiod.registry.registry import Registry

NOT_STORED = {"volatile", "read-only"}


def named_today(values: Mapping[str, object]) -> Mapping[str, object]:
    """Values, or moves, by path, under the names that their paths have now; what has its new name already counts."""
    if MOVED.keys().isdisjoint(values):
        return values
    return {MOVED.get(path, path): value for path, value in values.items()} | {
        path: values[path] for path in MOVED.values() if path in values
    }


def taken(
    registry: Registry, values: Mapping[str, object]
) -> tuple[dict[str, Value], dict[str, object], list[Refusal]]:
    """The values that fit, those of paths that this console does not have, and a refusal for each that is left out."""
    fits: dict[str, Value] = {}
    unknown: dict[str, object] = {}
    faults: list[Refusal] = []
    values = named_today(values)
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
