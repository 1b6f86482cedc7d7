"""The commands of the automation: which paths have moves, save as a moves file, clear."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from studiod.desk.arguments import Words
from studiod.desk.command import Answer, Deed, Errand
from studiod.desk.desk import Desk
from studiod.multitrack.automation import Automation
from studiod.multitrack.automation_lane import Lane

FOLDER = "moves"


def lines(lanes: Mapping[str, Lane], rate_hz: int) -> Iterator[str]:
    """Every move as a line of a moves file, in the order of the music."""
    found = [(at, path, value) for path, lane in lanes.items() for at, value in zip(lane.at, lane.values, strict=True)]
    for at, path, value in sorted(found, key=lambda one: one[0]):
        yield json.dumps({"at": at / rate_hz, "path": path, "value": value}, ensure_ascii=False)


class AutomationWords:
    """Over one automation; folder: of the state, None: nothing can be saved."""

    def __init__(self, desk: Desk, automation: Automation, folder: Path | None) -> None:
        self.desk, self.automation, self.folder = desk, automation, folder
        desk.commands |= {"moves/list": self.list, "moves/clear": self.clear, "moves/save": self.save}

    def list(self, origin: str, *given: object) -> Deed:
        """Every path with moves, and how many it has."""
        Words.of("moves/list", given).end()

        def act(_: Deed) -> Answer:
            found = [(path, len(lane.at)) for path, lane in sorted(self.automation.lanes.items()) if lane.at]
            return [*(("moves/list", path, count) for path, count in found), ("moves/list/end", len(found))]

        return Deed(origin, {}, act)

    def clear(self, origin: str, *given: object) -> Deed:
        """The moves of all that a pattern matches are gone."""
        words = Words.of("moves/clear", given)
        pattern = words.text("the pattern")
        words.end()
        params = self.desk.registry.match(pattern.removeprefix("/"))
        if not params:
            raise words.refuse(
                "no path matches", pattern, self.desk.registry.nearest(pattern), "`/moves/list` lists them"
            )

        def act(_: Deed) -> Answer:
            gone = [param.path for param in params if param.path in self.automation.lanes]
            for path in gone:
                self.automation.drop(path)
            return [("moves/clear", pattern, len(gone))]

        return Deed(origin, {}, act)

    def save(self, origin: str, *given: object) -> Deed:
        """A file in the state directory, as `studiod render --moves` takes it; where it is."""
        words = Words.of("moves/save", given)
        name = words.name("the name")
        words.end()
        if "/" in name or name.startswith("."):
            raise words.refuse("not a file's name", name, remedy="leave out / and a dot in front")
        if self.folder is None:
            raise words.refuse("there is no state directory to write into")
        file = self.folder / FOLDER / f"{name.removesuffix('.jsonl')}.jsonl"

        def act(_: Deed) -> Errand:
            lanes = {path: lane.copy() for path, lane in self.automation.lanes.items()}
            return Errand(lambda: write(lanes), lambda count: [("moves/save", str(file), count)])

        def write(lanes: dict[str, Lane]) -> int:
            """On the errand's thread: how many moves are in the file, which is whole or as it was."""
            text = [f"{line}\n" for line in lines(lanes, self.automation.rate_hz)]
            fresh = file.with_name(f".{file.name}")
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                fresh.unlink(missing_ok=True)
                with fresh.open("x", encoding="utf-8") as out:  # never what another has put there
                    out.writelines(text)
                fresh.replace(file)
            except OSError as fault:
                raise words.refuse(f"cannot be written: {fault.strerror}", name, remedy="free the disk") from None
            return len(text)

        return Deed(origin, {}, act)
