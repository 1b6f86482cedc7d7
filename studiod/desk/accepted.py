"""Changes as they would be stored: looked at once, and known for it from then on."""

from collections.abc import Iterable

from studiod.registry.param import Refusal, Value, told
from studiod.registry.registry import Registry


class Accepted(list[tuple[str, Value]]):
    """Changes whose values are as their parameters store them: they need not be looked at a second time."""


def accepted(registry: Registry, changes: Iterable[tuple[str, object]]) -> Accepted:
    """The changes as they would be stored.  Raises Refusal of the first that cannot be."""
    read_only, params = registry.flagged("read-only"), registry.params
    if isinstance(changes, Accepted):
        if not read_only.isdisjoint([path for path, _ in changes]):
            raise next(_refused(path, value) for path, value in changes if path in read_only)
        return changes
    out = Accepted()
    for path, given in changes:
        param = params.get(path) or registry.find(path)
        if path in read_only:
            raise _refused(path, given)
        out.append((path, param.accept(given)))
    return out


def _refused(path: str, value: object) -> Refusal:
    return Refusal(path, "read-only", got=told(value), remedy="ask for it without a value")
