"""/desk/reset: everything at rest, and what stood there kept as a scene."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from studiod.desk.arguments import Words
from studiod.desk.command import Answer, Deed, Errand
from studiod.desk.desk import Desk
from studiod.desk.stored import NOT_STORED
from studiod.memory.applying import fitting
from studiod.memory.fades import Fades
from studiod.memory.scene_format import VERSION
from studiod.memory.scene_intake import now_text
from studiod.memory.scenes import Scenes
from studiod.memory.shelf import ASIDE_MAX, FORMER, Shelf, pack

RUNS = ("transport/", "recorder/", "output/")  # what plays, records or silences the house goes on


class Reset:
    """The command, over one desk and its scenes."""

    def __init__(self, desk: Desk, scenes: Scenes, fades: Fades) -> None:
        self.desk, self.scenes, self.fades = desk, scenes, fades
        desk.commands["desk/reset"] = self.reset

    def reset(self, origin: str, *given: object) -> Errand:
        """What is stored to its rest value, solos and test signals off; the name of the scene that holds it all."""
        Words.of("desk/reset", given).end()
        before, params, values = self.scenes.now(), self.desk.registry.params, self.desk.values
        stored = {path: param.rest for path, param in params.items() if not param.flags & NOT_STORED}
        changes, left, fits = fitting(self.desk, stored)
        for path, param in params.items():  # what nobody stores, and is heard
            if "volatile" in param.flags and "read-only" not in param.flags and not path.startswith(RUNS):
                fits[path] = param.rest
                changes |= {path: param.rest} if values[path] != param.rest else {}

        def planned(packed: bytes) -> Deed:
            def act(deed: Deed) -> Answer:
                self.fades.cut(frozenset(stored))
                kept = keep_before(self.scenes.shelf, "reset", packed, len(before))
                return [("desk/reset", kept, len(deed.changes), deed.left)]

            return Deed(f"reset for {origin}", changes, act, left=left, wanted=fits)

        return Errand(lambda: pack(before), planned)


def timed(what: str) -> Iterator[str]:
    """Names with the time: what 2026-11-29 10.12.03, and more of the same second."""
    when = datetime.now().strftime("%Y-%m-%d %H.%M.%S")
    for number in count(1):
        yield f"{what} {when}{f', {number}' if number > 1 else ''}"


def keep_before(shelf: Shelf, what: str, packed: bytes, values: int) -> str:
    """A desk as it was before something, as a scene named with the time; of one sort so many are kept."""
    former = f"/{what}"
    for gone in [name for name, head in shelf.heads.items() if head.get(FORMER) == former][: 1 - ASIDE_MAX]:
        shelf.drop(gone)
    name = next(free for free in timed(f"before {what}") if free not in shelf.heads)
    shelf.place(name, {"saved": now_text(), "version": VERSION, FORMER: former, "count": values}, packed)
    return name
