"""The commands of the automation: which paths have moves, save as a moves file, clear."""

from pathlib import Path

from studiod.automation import Automation
from studiod.deed import Answer, Deed
from studiod.desk import Desk
from studiod.words import Words

FOLDER = "moves"


class AutomationWords:
    """Over one automation; folder: of the state, None: nothing can be saved."""

    def __init__(self, desk: Desk, automation: Automation, folder: Path | None) -> None:
        self.desk, self.automation, self.folder = desk, automation, folder
        desk.commands |= {"moves/list": self.list, "moves/clear": self.clear, "moves/save": self.save}

    def list(self, origin: str, *given: object) -> Deed:
        """Every path with moves, and how many it has."""
        Words("moves/list", "no words", given).end()

        def act(_: Deed) -> Answer:
            found = [(path, len(lane.at)) for path, lane in sorted(self.automation.lanes.items()) if lane.at]
            return [*(("moves/list", path, count) for path, count in found), ("moves/list/end", len(found))]

        return Deed(origin, {}, act)

    def clear(self, origin: str, *given: object) -> Deed:
        """pattern: the moves of all that it matches are gone."""
        words = Words("moves/clear", "a path or pattern, such as ch/1/** or **", given)
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
        """name: a file of that name in the state directory, as `studiod render --moves` takes it; where it is."""
        words = Words("moves/save", "a file's name", given)
        name = words.name("the name")
        words.end()
        if "/" in name or name.startswith("."):
            raise words.refuse("not a file's name", name, remedy="leave out / and a dot in front")
        if self.folder is None:
            raise words.refuse("there is no state directory to write into")
        file = self.folder / FOLDER / f"{name.removesuffix('.jsonl')}.jsonl"

        def act(_: Deed) -> Answer:
            lines = [f"{line}\n" for line in self.automation.lines()]
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("".join(lines), "utf-8")
            except OSError as fault:
                return [("moves/save", name, f"cannot be written: {fault.strerror}")]
            return [("moves/save", str(file), len(lines))]

        return Deed(origin, {}, act)
