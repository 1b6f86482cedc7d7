"""Every note of the sheet is pressed on a simulated unit, and does what docs/surfaces.md says, and no more."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mackie_dry import Hall, hall
from mackie_oracle import Device
from studiod.desk.command import Deed

DOCS = Path(__file__).resolve().parents[3] / "docs" / "surfaces.md"
ONE = {"midi": {"surfaces": [{"name": "mackie"}]}}
NOW = "surface/1/now"
SCENES = {0x36 + k: ("scene/recall", k + 1) for k in range(8)}
IDLE = {0x34: "NAME/VALUE", 0x4B: "WRITE", 0x53: "ENTER", 0x55: "NUDGE", 0x60: "up", 0x61: "down", 0x65: "SCRUB"}
LATCHES = {0x46: "SHIFT", 0x47: "OPTION", 0x48: "CONTROL", 0x49: "ALT"}
# note: what it sets at a press, from the values of `BEFORE`, and whether its lamp is lit then.
SETS: dict[int, tuple[dict[str, Any], bool]] = {
    0x28: ({f"{NOW}/page": "trim", f"{NOW}/part": 1.0}, True),
    0x29: ({f"{NOW}/page": "send", f"{NOW}/part": 1.0}, True),
    0x2A: ({f"{NOW}/page": "pan", f"{NOW}/part": 1.0}, True),
    0x2B: ({f"{NOW}/page": "fx", f"{NOW}/part": 1.0}, True),
    0x2C: ({f"{NOW}/part": 3.0}, True),  # the page that is on: its next part
    0x2D: ({f"{NOW}/page": "dyn", f"{NOW}/part": 1.0}, True),
    0x2E: ({f"{NOW}/first": 1.0}, False),
    0x2F: ({f"{NOW}/first": 17.0}, False),
    0x30: ({f"{NOW}/first": 8.0}, False),
    0x31: ({f"{NOW}/first": 10.0}, False),
    0x32: ({f"{NOW}/flip": 1}, True),
    0x33: ({f"{NOW}/page": "pan", f"{NOW}/part": 1.0, f"{NOW}/first": 1.0}, False),
    0x35: ({}, False),  # what the digits show: its lamps are SMPTE and BEATS
    0x3E: ({f"{NOW}/first": 1.0}, True),
    **{0x3F + k: ({f"{NOW}/view": view, f"{NOW}/first": 1.0}, True)
       for k, view in enumerate(("ch", "armed", "return", "bus", "matrix", "dca"))},
    0x45: ({f"{NOW}/layer": "3", f"{NOW}/first": 1.0}, True),
    **{note: ({"ch/2/automation": mode}, True)
       for note, mode in ((0x4A, "read"), (0x4C, "trim"), (0x4D, "touch"), (0x4E, "latch"))},
    0x4F: ({"ch/2/automation": "off"}, True),
    0x50: ({}, False),  # nothing was recalled yet
    0x52: ({f"{NOW}/page": "pan", f"{NOW}/part": 1.0, f"{NOW}/first": 1.0}, False),
    0x56: ({"transport/loop/on": 1}, True),
    0x57: ({"transport/loop/in": 12.0}, False),
    0x58: ({"transport/loop/out": 12.0}, False),
    0x59: ({"click/on": 1}, True),
    0x5A: ({"ch/3/solo": 0, "solo/any": 0}, False),
    0x5D: ({"transport/position": 0.0}, True),
    0x5E: ({"transport/state": "play"}, True),
    0x5F: ({"recorder/state": "record"}, True),
    0x62: ({f"{NOW}/part": 1.0}, False),
    0x63: ({f"{NOW}/part": 3.0}, False),
    0x64: ({}, True),
    0x66: ({"talkback/on": 1}, False),  # jacks for feet: no lamps
    0x67: ({"transport/state": "play"}, False),
}  # fmt: skip
SAYS = SCENES | {0x51: ("undo",), 0x54: ("marker/add",), 0x5B: ("locate", "previous"), 0x5C: ("locate", "next")}
BEFORE: dict[str, Any] = {
    f"{NOW}/page": "eq", f"{NOW}/part": 2, f"{NOW}/first": 9, f"{NOW}/select": "ch/2",
    "surface/1/layer/3/slot/1": "bus/1", "ch/3/solo": 1, "transport/position": 12.0, "ch/2/automation": "off",
}  # fmt: skip
LED, OUT_ONLY = 0x28, 0x67


def note_commands(here: Hall) -> list[tuple[Any, ...]]:
    """The desk's commands, noted and not done."""
    said: list[tuple[Any, ...]] = []

    def noted(name: str) -> Any:
        def command(origin: str, *words: object) -> Deed:
            said.append((name, *words))
            return Deed(origin, {}, lambda _: [])

        return command

    for name in ("scene/recall", "scene/store", "undo", "redo", "marker/add", "locate", "copy"):
        here.desk.commands[name] = noted(name)
    return said


@pytest.mark.parametrize("note", range(LED, OUT_ONLY + 1), ids=hex)
def test_a_key_does_what_the_documentation_says_and_nothing_else(tmp_path: Path, note: int) -> None:
    async def law(here: Hall) -> None:
        here.add("one", "mackie", "mackie", 1, Device("mackie"))
        here.desk.change([*BEFORE.items()])
        await asyncio.sleep(3.0)
        news: dict[str, Any] = {}

        def noted(_: str, changed: Mapping[str, Any]) -> None:
            news.update(changed)

        said, before = note_commands(here), dict(here.desk.heard)
        lamps = here.cables["one"].unit.seen(here.loop.time())["leds"]
        here.desk.listen(noted)
        here.do("key", "one", note=note, down=True)
        await asyncio.sleep(0.2)
        wanted, lit = SETS.get(note, ({}, False))
        changed = {path: value for path, value in news.items() if before[path] != value}
        assert changed == {path: value for path, value in wanted.items() if before[path] != value}
        assert {path: here.desk.heard[path] for path in wanted} == wanted
        assert said == ([SAYS[note]] if note in SAYS else [])
        seen = here.cables["one"].unit.seen(here.loop.time())["leds"]
        assert (f"{note:02x}" in seen) == lit
        here.do("key", "one", note=note, down=False)
        await asyncio.sleep(0.2)
        assert here.desk.heard["talkback/on"] == 0, "what a foot holds falls when it leaves"
        if note in IDLE or note in LATCHES:
            assert here.cables["one"].unit.seen(here.loop.time())["leds"] == lamps

    hall(law, tmp_path, settings=ONE, channels=18)


def test_the_documentation_has_every_key_of_the_sheet_or_says_that_it_does_nothing() -> None:
    text = DOCS.read_text("utf-8")
    said = text[text.index("### What the keys do") : text.index("### Layers")]
    for name in (*IDLE.values(), *LATCHES.values()):
        assert re.search(rf"(?<![\w/]){re.escape(name)}(?![\w])", said), name
    assert {*range(LED, OUT_ONLY + 1)} == {*SETS} | {*SAYS} | {*IDLE} | {*LATCHES}


def test_a_refused_press_lights_nothing(tmp_path: Path) -> None:
    from studiod.registry.param import Refusal

    def refuse(value: object, _: object) -> None:
        raise Refusal("here", "no")

    async def law(here: Hall) -> None:
        here.add("one", "mackie", "mackie", 1, Device("mackie"))
        await asyncio.sleep(3.0)
        paths = {0x00: "ch/1/arm", 0x08: "ch/1/solo", 0x10: "ch/1/mute", 0x18: f"{NOW}/select",
                 0x56: "transport/loop/on", 0x59: "click/on", 0x5E: "transport/state", 0x5F: "recorder/state",
                 0x32: f"{NOW}/flip", 0x4A: "ch/1/automation", 0x3F: f"{NOW}/view", 0x2C: f"{NOW}/page"}  # fmt: skip
        here.desk.guards.update(dict.fromkeys(paths.values(), refuse))
        before = here.cables["one"].unit.seen(here.loop.time())["leds"]
        for note in paths:
            here.do("press", "one", note=note + (note == 0x18))
            await asyncio.sleep(0.2)
            assert here.cables["one"].unit.seen(here.loop.time())["leds"] == before, hex(note)

    hall(law, tmp_path, settings=ONE)
