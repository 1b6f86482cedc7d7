"""Scenes and presets by the console's numbers: a lasting list of the desk's names."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from x32_rig import HERE, Stage

Play = Callable[[Stage], Awaitable[None]]


def on_stage(play: Play, **stage: Any) -> None:
    async def run() -> None:
        there = Stage(**stage)
        try:
            await play(there)
        finally:
            await there.port.close()
            there.rig.store.close()

    asyncio.run(run())


async def asked(stage: Stage, *words: Any) -> list[Any]:
    """The answer of a word."""
    await stage.say(1, *words)
    for _ in range(200):
        if stage.sent.get((HERE, 1)):
            return (await stage.told(1, wait_s=0.0))[-1][1]
        stage.port.turns.wake()
        await asyncio.sleep(0.005)
    raise AssertionError(words)


def test_a_scene_is_kept_recalled_renamed_and_deleted() -> None:
    async def play(stage: Stage) -> None:
        stage.desk.set("ch/1/fader", -5.0)
        assert await asked(stage, "/save", "scene", 7, "Verse", "slow") == ["scene", 1]
        assert await stage.line("-show/showfile/scene/007") == '/-show/showfile/scene/007 "Verse" "slow" %000000000 1\n'
        stage.desk.set("ch/1/fader", -60.0)
        assert await asked(stage, "/load", "scene", 7) == ["scene", 1]
        assert stage.desk.values["ch/1/fader"] == -5.0
        assert (await stage.ask(1, "/-show/prepos/current"))[0][1] == [7]
        assert await asked(stage, "/rename", "scene", 7, "Verse 1") == ["scene", 1]
        assert [line[1] for line in stage.rig.do("scene/list")][:-1] == ["Verse 1"]
        assert await asked(stage, "/delete", "scene", 7) == ["scene", 1]
        assert await stage.line("-show/showfile/scene/007") == '/-show/showfile/scene/007 "" "slow" %000000000 0\n'
        for words in (
            ("/copy", "libchan", 1, 2),
            ("/load", "scene", 7),
            ("/load", "scene", "x"),
            ("/load", "snippet", 0),
            ("/delete", "scene", 9),
        ):
            assert (await asked(stage, *words))[1] == 0, words

    on_stage(play)


@pytest.mark.parametrize("number", [1, 1.0, "1"])
def test_a_scene_is_gone_to_by_number_or_text(number: Any) -> None:
    async def play(stage: Stage) -> None:
        for name, level in (("A", -10.0), ("B", -20.0)):
            stage.desk.set("ch/1/fader", level)
            stage.rig.do("scene/store", name)
        stage.desk.set("ch/1/fader", -60.0)
        await stage.say(2, "/xremote")
        await stage.say(1, "/xremote")
        await stage.say(1, "/-action/goscene", number)
        told = dict(await stage.told(1, wait_s=0.1))
        assert stage.desk.values["ch/1/fader"] == -20.0
        assert {"/ch/01/mix/fader", "/-show/prepos/current"} <= told.keys()  # its author hears of it too

    on_stage(play)


def test_a_scene_that_is_made_and_recalled_natively_is_the_current_one() -> None:
    async def play(stage: Stage) -> None:
        for name, level in (("A", -10.0), ("B", -20.0)):
            stage.desk.set("ch/1/fader", level)
            stage.rig.do("scene/store", name)
        stage.rig.do("scene/recall", "A")
        assert (await stage.ask(1, "/-show/prepos/current"))[0][1] == [0]
        stage.rig.do("scene/recall", "B")
        assert (await stage.ask(1, "/-show/prepos/current"))[0][1] == [1]

    on_stage(play)


def test_a_place_lasts_over_a_start(tmp_path: Path) -> None:
    async def first(stage: Stage) -> None:
        for name in ("A", "B", "C"):
            stage.rig.do("scene/store", name)
        assert (await stage.ask(1, "/-show/showfile/scene/001/name"))[0][1] == ["B"]
        stage.rig.do("scene/delete", "A")
        stage.rig.do("scene/store", "D")
        assert (await stage.ask(1, "/-show/showfile/scene/000/name"))[0][1] == ["D"]
        assert (await stage.ask(1, "/-show/showfile/scene/001/name"))[0][1] == ["B"]

    async def second(stage: Stage) -> None:
        names = [(await stage.ask(1, f"/-show/showfile/scene/{n:03d}/name"))[0][1][0] for n in range(4)]
        assert names == ["D", "B", "C", ""]

    on_stage(first, folder=tmp_path)
    on_stage(second, folder=tmp_path)


def test_a_channel_is_kept_and_given_to_another() -> None:
    async def play(stage: Stage) -> None:
        stage.desk.set("ch/1/eq/1/gain", 6.0)
        assert await asked(stage, "/save", "libchan", 3, "Warm", 0) == ["libchan", 1]
        assert (await stage.line("-libs/ch/003")).split()[1:3] == ["3", '"Warm"']
        assert await asked(stage, "/load", "libchan", 3, 4, 63) == ["libchan", 1]
        assert stage.desk.values["ch/5/eq/1/gain"] == 6.0

    on_stage(play)


def test_a_show_is_dumped_line_by_line() -> None:
    async def play(stage: Stage) -> None:
        stage.rig.do("scene/store", "Verse")
        await stage.say(1, "/showdump")
        told: list[str] = []
        for _ in range(20):
            told += [args[0] for _, args in await stage.told(1, wait_s=0.01)]
        assert any(line.startswith("/-show/showfile/show ") for line in told)
        assert '/-show/showfile/scene/000 "Verse" "" %000000000 1\n' in told

    on_stage(play)


def test_undo_takes_back_what_this_client_did() -> None:
    async def play(stage: Stage) -> None:
        await stage.say(1, "/ch/01/mix/fader", 0.75)
        await stage.say(1, "/-action/doundo", 1)
        await asyncio.sleep(0.05)
        assert stage.desk.values["ch/1/fader"] == -90.0

    on_stage(play)


def test_what_would_harm_is_ignored_and_counted() -> None:
    async def play(stage: Stage) -> None:
        for word in ("initall", "initlib", "setip", "setclock", "setsrate", "savestate", "formatcard"):
            await stage.say(1, f"/-action/{word}", 1)
        assert stage.port.ignored == 7
        assert stage.sent == {}

    on_stage(play)


def test_a_role_that_may_not_recalls_nothing() -> None:
    async def play(stage: Stage) -> None:
        stage.rig.do("scene/store", "Verse")
        stage.desk.set("ch/1/fader", -3.0)
        await stage.hear(1, b"/-action/goscene\0\0\0\0,i\0\0\0\0\0\0", host="10.0.0.7")
        await asyncio.sleep(0.02)
        assert stage.desk.values["ch/1/fader"] == -3.0
        assert stage.port.board.refused == 1

    on_stage(play, lan="view")
