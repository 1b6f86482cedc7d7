"""Buttons of a surface that set a value or say a command, encoders of two values, and fine halves that come first."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from controllers.midi import surface_files, surfaces
from controllers.midi.surface_in_use import Played
from midi_parts import Wire, new_desk, until
from studiod.desk.command import Deed, Errand
from studiod.desk.desk import Desk
from studiod.registry.registry import Refusal
from studiod.settings.schema import Settings

Law = Callable[[Desk, Wire], Awaitable[None]]


@pytest.fixture
def ride(tmp_path: Path) -> Callable[[str, Law], None]:
    """Play a law on a surface whose map is given, on a desk with a few commands."""

    def run(rows: str, law: Law) -> None:
        async def main() -> None:
            desk, wire = new_desk(), Wire()
            file = tmp_path / "mine.toml"
            file.write_text(f'ports = ["mine"]\n{rows}', "utf-8")
            one = Played(desk, wire, "mine", surface_files.read(file, desk.registry))
            wire.open("mine", [], [], one.hear, one.state)
            one.state(True)
            await asyncio.sleep(0.03)
            await law(desk, wire)
            one.close()

        asyncio.run(main())

    return run


SET = """
[[control]]
cc = [1, 2]
path = "ch/{n}/fader"
value = -10
feedback = "same"
[[control]]
note = 3
path = "ch/1/colour"
value = "red"
[[control]]
cc = 4
path = "ch/1/mute"
value = 1
[[control]]
cc = 5
path = "ch/1/mute"
value = 0
"""


def test_a_button_sets_its_value_once_it_is_pressed_and_its_light_says_whether_it_is_so(ride) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        assert wire.lamps() == {1: 0, 2: 0}
        wire.cc(2, 127)
        assert desk.get("ch/2/fader") == -10.0
        await until(lambda: wire.lamps() == {1: 0, 2: 127})
        desk.set("ch/2/fader", -9.0, "tablet")
        await until(lambda: wire.lamps()[2] == 0)
        wire.cc(2, 0)  # a release sets nothing
        assert desk.get("ch/2/fader") == -9.0
        wire.note(3, 1)
        assert desk.get("ch/1/colour") == "red"
        for cc, mute in ((4, 1), (4, 1), (5, 0), (5, 0), (4, 1)):  # whichever stands, each says its own
            wire.cc(cc, 127)
            wire.cc(cc, 0)
            assert desk.get("ch/1/mute") == mute

    ride(SET, law)


DO = """
[[control]]
note = "0-3"
do = "scene/recall"
words = ["{n}", 1.5, "to {n}"]
[[control]]
cc = 10
do = "undo"
[[control]]
cc = 11
do = "locate"
words = ["nowhere"]
[[control]]
cc = 12
do = "take/load"
words = [1]
[[control]]
cc = 13
do = "redo"
"""


def test_a_button_says_its_command_once_it_is_pressed(ride, caplog: pytest.LogCaptureFixture) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        said: list[tuple[object, ...]] = []

        def note(word: str) -> Callable[..., Deed]:
            def command(origin: str, *words: object) -> Deed:
                said.append((word, origin, *words))
                return Deed(f"{word} for {origin}", {"ch/1/fader": -3.0}, lambda _: [(word,)])

            return command

        def slow(origin: str, *_: object) -> Errand:
            """Waits for a disk before and after its change."""
            after = Errand(lambda: said.append(("read",)), lambda _: [("take/load",)])
            return Errand(lambda: -6.0, lambda db: Deed(origin, {"ch/2/fader": db}, lambda _: after))

        def refuses(origin: str, *words: object) -> Deed:
            raise Refusal("locate", f"no marker {words[0]}")

        def late(origin: str, *_: object) -> Errand:
            def work() -> None:
                raise Refusal("redo", "the disk has nothing")

            return Errand(work, lambda _: None)

        desk.commands |= {
            "scene/recall": note("scene/recall"),
            "undo": note("undo"),
            "locate": refuses,
            "take/load": slow,
        }
        wire.note(2, 100)
        wire.note(2, 0)
        wire.cc(10, 127)
        wire.cc(10, 0)
        assert said == [("scene/recall", "midi:mine", 3, 1.5, "to 3"), ("undo", "midi:mine")]
        assert desk.get("ch/1/fader") == -3.0
        said.clear()
        wire.cc(12, 127)
        await until(lambda: said == [("read",)])
        assert desk.get("ch/2/fader") == -6.0
        with caplog.at_level(logging.WARNING):
            wire.cc(11, 127)
            wire.cc(13, 127)  # this desk has none of that name
            desk.commands["redo"] = late
            wire.cc(13, 127)
            await until(lambda: len(caplog.messages) == 3)
        assert caplog.messages[0].startswith("midi:mine: locate: no marker nowhere")
        assert caplog.messages[1].startswith("midi:mine: redo: no such command on this desk")
        assert caplog.messages[2].startswith("midi:mine: redo: the disk has nothing")

    ride(DO, law)


ENDS = """
[[control]]
cc = 16
path = "ch/1/pan"
mode = "relative"
encoding = "ends"
step = 0.01
[[control]]
cc = 17
path = "ch/2/pan"
mode = "relative"
encoding = "ends_reversed"
step = 0.01
"""


def test_an_encoder_that_sends_0_and_127_turns_down_and_up(ride) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        for values, right in (((127,), 2.0), ((127, 127), 6.0), ((0,), 4.0), ((0, 0, 127, 0), 0.0)):
            for value in values:
                wire.cc(16, value)
                wire.cc(17, value)
            assert desk.get("ch/1/pan") == pytest.approx(right, abs=1e-4)
            assert desk.get("ch/2/pan") == pytest.approx(-right, abs=1e-4)

    ride(ENDS, law)


FINE = """
[[control]]
cc14 = 7
path = "ch/1/trim"
takeover = "jump"
fine_first = true
[[control]]
cc14 = 8
path = "ch/2/trim"
takeover = "jump"
"""


def test_a_fader_whose_fine_half_comes_first_never_jumps_by_a_coarse_step(ride) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        heard: list[float] = []
        desk.listen(lambda _, news: heard.append(float(news["ch/1/trim"])))
        top = 16383
        for value in range(8000, 8400, 7):  # past several edges of the coarse half
            wire.cc(39, value & 127)
            wire.cc(7, value >> 7)
        law = desk.registry.params["ch/1/trim"]
        goals = [law.from_turn(value / top) for value in range(8000, 8400, 7)]
        assert len(heard) == len(goals)
        assert heard == pytest.approx(goals, abs=0.002)  # a step is 0.003 dB, and 0 dB has a stretch of its own
        assert heard == sorted(heard)

    ride(FINE, law)


def test_a_map_that_gives_eight_controls_one_path_is_played_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "mine.toml").write_text('ports = ["x"]\n[[control]]\ncc = "0-7"\npath = "main/fader"\n')
    settings = Settings.model_validate({"midi": {"surfaces": [{"name": "mine"}]}})
    settings._file = str(tmp_path / "studio.toml")

    async def run() -> None:
        with caplog.at_level(logging.WARNING):
            controller = await surfaces.start(new_desk(), settings, Wire())
        await controller.close()

    asyncio.run(run())
    (told,) = caplog.messages
    assert told.startswith(f"{tmp_path}/mine.toml: line 2: control '1': 8 controls move one path, main/fader")
