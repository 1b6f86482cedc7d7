"""Every command of a whole desk keeps to its declaration: it takes the example, no word more and none less, and each
line of its answer has the columns that are declared."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from studiod.desk.command import Deed, at_once
from studiod.desk.grants import Door
from studiod.host.daemon import Daemon
from studiod.metering.input_peaks import Sounded
from studiod.multitrack.automation_lane import Lane
from studiod.multitrack.take import About, Line, write_about
from studiod.registry.command import Command
from studiod.registry.commands import DESK
from studiod.registry.param import Refusal
from studiod.settings.schema import ConsoleSize, Settings

TAKE = "2026-11-25 10-03-22 Friday"
STORED, KEPT = ("scene/store", "Verse"), ("preset/store", "Warm", "ch/3/eq")
CUED = (STORED, ("cue/add", "Verse"), ("cue/add", "Verse"))
BEFORE: dict[str, tuple[tuple[Any, ...], ...]] = {  # what an example stands on
    "scene/diff": (STORED, ("fade", "ch/1/fader", 0.0, -10.0)),
    **dict.fromkeys(("scene/recall", "scene/delete", "scene/export", "scene/rename"), (STORED,)),
    **dict.fromkeys(("cue/add", "cue/list", "cue/move", "cue/remove", "cue/go"), CUED),
    "cue/next": (*CUED, ("cue/go", 1)),
    "cue/previous": (*CUED, ("cue/go", 2)),
    **dict.fromkeys(("preset/recall", "preset/list", "preset/delete"), (KEPT,)),
    "redo": (("undo",),),
    "restore": (("backup", "Friday"),),
    **dict.fromkeys(("marker/list", "marker/delete", "locate"), (("marker/add", "Chorus", 42.5),)),
    **dict.fromkeys(("token/list", "token/revoke"), (("token/new", "mix", "Anna"),)),
    **dict.fromkeys(("take/deleted", "take/restore", "take/empty"), (("take/delete", "Friday"),)),
}


class Whole:
    """A desk with all its commands, and its folders: a take, a song, backups."""

    def __init__(self, folder: Path) -> None:
        self.state, self.song = folder / "state", folder / "song"
        self.song.mkdir()
        sf.write(self.song / "a.wav", np.zeros(480), 48_000)
        (self.song / "notes.txt").write_text("left out")
        size = ConsoleSize(channels=4, buses=2, returns=1, matrices=0)
        self.daemon = Daemon(Settings(console=size), self.state)
        self.desk = self.daemon.desk
        self.desk.grants.doors.append(lambda: Door(("http://127.0.0.1:8080",), "it listens on this machine alone"))

    def words(self, one: Command) -> tuple[Any, ...]:
        return (str(self.song),) if one.name == "take/open" else one.samples

    def prepare(self, one: Command) -> None:
        """One take, no backup, something to undo, and what the example needs besides."""
        for place in ("backups", "recordings"):
            shutil.rmtree(self.state / place, ignore_errors=True)
        take = self.state / "recordings" / TAKE
        take.mkdir(parents=True)
        sf.write(take / "01 Kick.wav", np.zeros(480), 48_000)
        about = About("Friday", "2026-11-25T10:03:22", 48_000, "wav24", 0, 0, 0, 480)
        write_about(take, about, [Line(1, "01 Kick.wav", "input/1", "Kick")])
        self.daemon.automation.lanes["ch/2/fader"] = lane = Lane()
        lane.put(480, -6.0)
        self.desk.set("ch/1/pan", -1.0 - float(self.desk.get("ch/1/pan")), "me")
        for step in BEFORE.get(one.name, ()):
            self.desk.do(step[0], "me", *step[1:])

    def answer(self, one: Command) -> list[tuple[Any, ...]]:
        if one.name == "recorder/measure":  # over a cable: tests/live/test_overdub.py; here as if one had been found
            measure: Any = self.desk.commands[one.name]
            return list(measure.__self__.finish(100.0, 99.0, 1, 2, "me"))
        return list(self.desk.do(one.name, "me", *self.words(one)))


@pytest.fixture
def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Whole]:
    monkeypatch.setattr("studiod.memory.autotrim.measured", lambda _: Sounded(-20.0, -30.0, 5.0))
    made = Whole(tmp_path)
    yield made
    made.daemon.store.close()


def test_every_command_does_its_example_and_answers_with_the_columns_that_are_declared(whole: Whole) -> None:
    """One desk for all of them; which lines a whole console could still say, the tests of each command know."""
    seen = set()
    for one in DESK.values():
        whole.prepare(one)
        lines = {line.name: line for line in one.answers}
        answer = whole.answer(one)
        assert answer, one.name
        for name, *values in answer:
            line = lines[name]
            kinds = [*line.columns.values(), *line.more.values()]
            assert len(line.columns) <= len(values) <= len(kinds), (name, values)
            for value, kind in zip(values, kinds, strict=False):
                assert isinstance(value, kind.types), (name, values)
                assert not isinstance(value, bool), (name, values)
            seen.add(name)
    assert {line.name for one in DESK.values() for line in one.answers} - seen <= RARE


RARE = {  # lines of what an odd file or a console without something comes to
    "restore/left", "scene/import/kinds", "scene/import/kept", "autotrim/left", "mix/copy/left",
}  # fmt: skip


def prepared(whole: Whole, one: Command, *words: object) -> object:
    return whole.desk.prepare(one.name, "me", *words)


def test_every_command_takes_as_many_words_as_are_declared(whole: Whole) -> None:
    for one in DESK.values():
        whole.prepare(one)
        needed = sum(not argument.optional for argument in one.takes)
        words = whole.words(one)
        if needed:
            with pytest.raises(Refusal, match=r"missing|no such"):
                ended(prepared(whole, one, *words[: needed - 1]))
        ended(prepared(whole, one, *words[:needed]))
        most = [*words, *MORE.get(one.name, ())]
        assert len(most) == len(one.takes), one.name
        with pytest.raises(Refusal, match=r"more words than it takes") as told:
            ended(prepared(whole, one, *most, "one more"))
        assert told.value.expected == one.expects
        ended(prepared(whole, one, *most))


MORE: dict[str, tuple[Any, ...]] = {  # the arguments that an example leaves out
    "scene/store": ("ch/*",), "scene/recall": ("ch/*", 1), "scene/diff": ("Verse",), "cue/add": (1,),
    "autotrim": (5.0,), "take/load": (1,), "take/open": (1,),
}  # fmt: skip


def ended(step: Any) -> Deed:
    """What a command is prepared to, its errands done."""
    deed = at_once(step)
    assert isinstance(deed, Deed)
    return deed


def test_every_command_is_declared_and_every_declaration_on_a_desk(whole: Whole) -> None:
    commands = whole.desk.commands
    commands.whole()
    del commands["peaks/reset"]
    with pytest.raises(ValueError, match=r"declared in studiod/registry/commands\.py, and on no desk: peaks/reset$"):
        commands.whole()
