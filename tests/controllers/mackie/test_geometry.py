"""Where strips stand: extenders in any order, missing and back; small consoles; each fader moves what it shows."""

import asyncio
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from mackie_dry import Hall, hall
from mackie_oracle import Device, order, paths

BANK_RIGHT, CHANNEL_RIGHT = 0x2F, 0x31
AGREED_S, LONG_S = 1.4, 1.5  # values are shown for 1.2 s; a unit that says nothing is taken as live after a second
MAIN, LEFT, RIGHT = "x-touch", "x-touch-extender", "x-touch-extender 2"
STANDS = {
    "left": ({"left": [LEFT]}, {LEFT: 0, MAIN: 8}),
    "right": ({"right": [LEFT]}, {MAIN: 0, LEFT: 8}),
    "both": ({"left": [LEFT], "right": [LEFT]}, {LEFT: 0, MAIN: 8, RIGHT: 16}),
}


def put(here: Hall, port: str, at: int) -> None:
    kind = MAIN if port == MAIN else LEFT
    here.add(port, port, kind, 1, Device(kind, at=at, master=port == MAIN))


async def moved(here: Hall, unit: str, fader: int, to: float) -> dict[str, Any]:
    """A finger moves a fader and leaves; what has changed on the desk."""
    news: dict[str, Any] = {}

    def noted(_: str, changed: Mapping[str, Any]) -> None:
        news.update(changed)

    unlisten = here.desk.listen(noted)
    here.do("move", unit, fader=fader, to=to, over_s=0.03)
    await asyncio.sleep(0.06)
    here.do("lift", unit, fader=fader)
    await asyncio.sleep(0.06)
    unlisten()
    return news


@pytest.mark.parametrize("start", range(3))
@pytest.mark.parametrize("stand", STANDS)
def test_extenders_stand_where_they_were_put_whoever_comes_first_and_whoever_is_missing(
    tmp_path: Path, stand: str, start: int
) -> None:
    words, at = STANDS[stand]

    async def law(here: Hall) -> None:
        units = [*at]
        for port in units[start % len(units) :] + units[: start % len(units)]:
            put(here, port, at[port])
            await asyncio.sleep(AGREED_S)
            assert here.differences() == []
        for unit in units:
            for fader in range(8):
                assert [*await moved(here, unit, fader, 5000)] == [f"{order(here.desk.heard)[at[unit] + fader]}/fader"]
        gone = units[start % len(units)]
        here.do("unplug", gone)
        here.desk.set("ch/3/mute", 1)
        here.desk.set("ch/12/fader", -7.0)
        await asyncio.sleep(AGREED_S)
        assert here.differences(*(unit for unit in units if unit != gone)) == []
        here.do("plug", gone)
        await asyncio.sleep(AGREED_S + LONG_S)
        assert here.differences() == []

    hall(law, tmp_path, settings={"midi": {"surfaces": [{"name": MAIN, **words}]}})


@pytest.mark.parametrize("page", ["pan", "width", "trim", "send"])
@pytest.mark.parametrize("view", ["all", "return", "bus", "dca"])
def test_each_fader_moves_the_path_that_it_shows_and_no_other(tmp_path: Path, page: str, view: str) -> None:
    async def law(here: Hall) -> None:
        put(here, MAIN, 0)
        await asyncio.sleep(AGREED_S)
        buses = range(1, 5) if page == "send" else (1,)
        for bus, flip in product(buses, (0, 1)):
            now = {"view": view, "page": page.replace("width", "pan"), "part": 1 + (page == "width"), "bus": bus}
            here.desk.change([(f"surface/1/now/{name}", value) for name, value in (now | {"flip": flip}).items()])
            await asyncio.sleep(AGREED_S)
            assert here.differences() == []
            ridden = paths(here.desk.heard, 1, Device(MAIN))[1]
            for fader, path in enumerate(ridden):
                assert [*await moved(here, MAIN, fader, 3000 + 100 * fader + 1000 * bus + 6000 * flip)] == (
                    [path] if path else []
                )
            await asyncio.sleep(AGREED_S)
            assert here.differences() == []

    hall(law, tmp_path, settings={"midi": {"surfaces": [{"name": MAIN}]}})


LINE_UPS: dict[str, list[tuple[str, Any]]] = {
    "a layer": [
        ("surface/1/now/layer", 2),
        *[(f"surface/1/layer/2/slot/{k}", strip)
          for k, strip in enumerate(("ch/7", "none", "dca/1", "bus/2", "ch/1", "return/1", "matrix/1"), start=1)],
    ],
    "a spill": [("surface/1/now/spill", "dca/2"), *[(f"ch/{n}/dca/2", 1) for n in (2, 3, 5, 11)]],
    "a spill over a layer": [
        ("surface/1/now/layer", 1),
        ("surface/1/layer/1/slot/1", "ch/4"),
        ("surface/1/now/spill", "dca/1"),
        ("ch/6/dca/1", 1),
        ("ch/9/dca/1", 1),
    ],
    "channels from the third on": [("surface/1/now/view", "ch"), ("surface/1/now/first", 3)],
    "matrices": [("surface/1/now/view", "matrix")],
    "armed": [("surface/1/now/view", "armed"), *[(f"ch/{n}/arm", 1) for n in (4, 8)]],
}  # fmt: skip


@pytest.mark.parametrize("page", ["pan", "send"])
@pytest.mark.parametrize("line_up", LINE_UPS)
def test_on_layers_and_spills_too_each_fader_moves_the_path_that_it_shows_and_no_other(
    tmp_path: Path, page: str, line_up: str
) -> None:
    """A place that is empty moves nothing, and whoever leaves a spill finds what was there before.

    Broken on purpose: the gaps of a layer closed; a layer shown in place of its spill.
    """

    async def law(here: Hall) -> None:
        put(here, MAIN, 0)
        await asyncio.sleep(AGREED_S)
        for path, value in LINE_UPS[line_up]:
            here.desk.set(path, value)
        for bus, flip in product(range(1, 5) if page == "send" else (1,), (0, 1)):
            here.desk.change(
                [(f"surface/1/now/{name}", v) for name, v in (("page", page), ("bus", bus), ("flip", flip))]
            )
            await asyncio.sleep(AGREED_S)
            assert here.differences() == []
            strips, ridden, _, _ = paths(here.desk.heard, 1, Device(MAIN))
            assert any(strips)
            for fader, path in enumerate(ridden):
                assert [*await moved(here, MAIN, fader, 3000 + 100 * fader + 1000 * bus + 6000 * flip)] == (
                    [path] if path else []
                )
            await asyncio.sleep(AGREED_S)
            assert here.differences() == []
        if "spill" in line_up:
            here.desk.set("surface/1/now/spill", "")
            await asyncio.sleep(AGREED_S)
            assert here.differences() == []

    hall(law, tmp_path, settings={"midi": {"surfaces": [{"name": MAIN}]}})


@pytest.mark.parametrize("strips", [1, 8])
@pytest.mark.parametrize("channels", [1, 7, 8, 9, 31])
def test_on_an_uneven_console_the_last_strip_is_reached_and_nothing_pages_past_the_end(
    tmp_path: Path, channels: int, strips: int
) -> None:
    name, few = ("mackie", {"mute_groups": 0}) if strips == 8 else ("x-touch-one", {"mute_groups": 0})

    async def law(here: Hall) -> None:
        master = strips == 8
        here.add("one", name, "mackie" if master else "x-touch", 1, Device(name, master=master), strips=strips,
                 master=master)  # fmt: skip
        await asyncio.sleep(AGREED_S)
        last = order(here.desk.heard)[-1]
        assert last == "bus/2"
        for note in (BANK_RIGHT, CHANNEL_RIGHT):
            here.desk.set("surface/1/now/first", 1)
            before, seen = 0.0, []
            while before != here.desk.heard["surface/1/now/first"]:
                before = here.desk.heard["surface/1/now/first"]
                await asyncio.sleep(0.3)
                shown = paths(here.desk.heard, 1, Device(name, master=False), strips)[0]
                seen.append([strip for strip in shown if strip])
                assert seen[-1], "nothing but dark faders"
                assert here.differences("one", but=("labels",)) == []
                here.do("press", "one", note=note)
                await asyncio.sleep(0.1)
            assert last in seen[-1]
            assert {strip for row in seen for strip in row} == {*order(here.desk.heard)}
        await asyncio.sleep(AGREED_S)
        assert here.differences() == []

    console = {"channels": channels, "returns": 0, "buses": 2, "matrices": 0, "dcas": 0}
    hall(law, tmp_path, settings={"midi": {"surfaces": [{"name": name}]}}, **console, **few)
