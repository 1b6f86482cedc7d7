"""Scenes as a desk would take them over: unpacked and accepted once, in slices, and kept for the next time."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass

from studiod.desk.command import in_order
from studiod.desk.stored import NOT_STORED
from studiod.memory.shelf import unpack
from studiod.registry.multitrack import mended
from studiod.registry.param import Refusal, Value
from studiod.registry.recent import Recent
from studiod.registry.registry import Registry

SLICE = 200  # values; a refused one counts as ten
SCENES, VALUES = 8, 60_000  # kept: scenes, and values of all of them together: some 8 MB


@dataclass(frozen=True, slots=True)
class Taken:
    """One record.  Nobody may change what it holds.

    there: all of it, as the desk would hold it, or as it is where that cannot be; fits:
    what a recall can set, in the order in which it is set; unfit: the paths that it has to leave out.
    """

    there: Mapping[str, object]
    fits: Mapping[str, Value]
    unfit: tuple[str, ...]


class TakenIn:
    """Of one console, by what is packed."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._kept: Recent[bytes, Taken] = Recent(SCENES, VALUES)

    def look(self, packed: bytes) -> Generator[None, None, Taken]:
        """A record, in slices of work.  Raises one of BROKEN (studiod/memory/shelf.py)."""
        taken = self._kept.get(packed)
        if taken is None:
            yield
            taken = yield from self._through(packed)
            self._kept.put(packed, taken, 2 * len(taken.there))
        return taken

    def _through(self, packed: bytes) -> Generator[None, None, Taken]:
        params, kept = self.registry.params, unpack(packed)
        yield
        more = mended(kept, self.registry.console.inputs)
        there: dict[str, object] = {}
        fits: dict[str, Value] = {}
        unfit: list[str] = []
        work = 0
        for path, value in {**kept, **more}.items():
            param = params.get(path)
            work += 1
            if param is None:
                there[path] = value
                unfit.append(path)
            else:
                path = param.path  # one text for all that name it
                try:
                    accepted = there[path] = param.accept(value)
                except Refusal:
                    there[path] = value
                    unfit.append(path)
                    work += 9
                else:
                    if param.flags & NOT_STORED:
                        unfit.append(path)
                    else:
                        fits[path] = accepted
            if work >= SLICE:
                work = 0
                yield
        for path in more:
            if path in kept:
                there[path] = kept[path]
            else:
                del there[path]
        return Taken(there, in_order(fits), tuple(unfit))
