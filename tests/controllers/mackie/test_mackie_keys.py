"""What the keys do, by the shipped table; their lamps come from the desk."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from controllers.mackie.key_names import NOTES
from controllers.mackie.own import SAVE_S
from controllers.mackie.surface import Surface
from mackie_parts import Ports, device, new_desk, ride, shown
from studiod.desk.command import Deed
from studiod.desk.desk import Desk
from studiod.memory.history import History


def down(surface: Surface, key: str) -> None:
    surface.units[0].hear(bytes((0x90, NOTES[key], 0x7F)))


def up(surface: Surface, key: str) -> None:
    surface.units[0].hear(bytes((0x90, NOTES[key], 0x00)))


def press(surface: Surface, *keys: str) -> None:
    for key in keys:
        down(surface, key)
    for key in reversed(keys):
        up(surface, key)


def strip_key(surface: Surface, note: int) -> None:
    surface.units[0].hear(bytes((0x90, note, 0x7F)))
    surface.units[0].hear(bytes((0x90, note, 0x00)))


def commanded(desk: Desk) -> list[tuple[Any, ...]]:
    """A desk that notes the commands that it is told."""
    said: list[tuple[Any, ...]] = []

    def noted(name: str) -> Any:
        def command(origin: str, *words: object) -> Deed:
            said.append((name, *words))
            answer = [(name, "Verse", 1, 0)] if name == "scene/recall" else []
            return Deed(origin, {}, lambda _: answer)

        return command

    for name in ("scene/recall", "scene/store", "copy", "marker/add", "locate"):
        desk.commands[name] = noted(name)
    return said


SETS = [
    ("track", "now/page", "trim"), ("send", "now/page", "send"), ("eq", "now/page", "eq"), ("inst", "now/page", "dyn"),
    ("plug-in", "now/page", "fx"), ("bank right", "now/first", 9.0), ("channel right", "now/first", 2.0),
    ("flip", "now/flip", 1), ("inputs", "now/view", "ch"), ("audio tracks", "now/view", "armed"),
    ("audio inst", "now/view", "return"), ("aux", "now/view", "bus"), ("busses", "now/view", "matrix"),
    ("outputs", "now/view", "dca"), ("right", "now/part", 2.0),
]  # fmt: skip


@pytest.mark.parametrize(("key", "tail", "value"), SETS, ids=[row[0] for row in SETS])
def test_a_key_of_the_line_up(key: str, tail: str, value: object) -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        press(surface, key)
        assert desk.get(f"surface/1/{tail}") == value
        lit = key not in ("bank right", "channel right", "right")
        await asyncio.sleep(0.03)
        assert (shown(ports.take("u0")).get(NOTES[key], 0) == 0x7F) == lit
        for home in ("cancel", "global view"):
            press(surface, home)
            assert desk.get("surface/1/now/page") == "pan"
            assert desk.get("surface/1/now/first") == 1.0
            assert desk.get("surface/1/now/view") == "all"
            assert desk.get("surface/1/now/flip") == 0

    ride(law, device("mackie"))


ON_DESK = [
    ("cycle", "transport/loop/on", 1), ("click", "click/on", 1), ("play", "transport/state", "play"),
    ("record", "recorder/state", "record"), ("read", "ch/1/automation", "read"), ("touch", "ch/1/automation", "touch"),
    ("latch", "ch/1/automation", "latch"), ("trim", "ch/1/automation", "trim"), ("user b", "transport/state", "play"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "path", "value"), ON_DESK, ids=[row[0] for row in ON_DESK])
def test_a_key_of_the_desk_and_its_lamp(key: str, path: str, value: object) -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        ports.take("u0")
        press(surface, key)
        assert desk.get(path) == value
        await asyncio.sleep(0.03)
        assert shown(ports.take("u0"))[NOTES[key]] == 0x7F

    ride(law, device("mackie"))


def test_the_four_rows_of_a_strip_and_a_refused_press_lights_nothing() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        for row, path in ((0x00, "arm"), (0x08, "solo"), (0x10, "mute")):
            strip_key(surface, row + 2)
            assert desk.get(f"ch/3/{path}") == 1
        strip_key(surface, 0x18 + 4)
        assert desk.get("surface/1/now/select") == "ch/5"
        await asyncio.sleep(0.03)
        now = shown(ports.take("u0"))
        assert (now[0x02], now[0x0A], now[0x12], now[0x1C], now[0x18], now[0x73]) == (127, 127, 127, 127, 0, 127)
        press(surface, "solo")
        assert desk.get("solo/any") == 0
        desk.guards["ch/2/arm"] = refuse
        strip_key(surface, 0x01)
        await asyncio.sleep(0.03)
        assert 0x01 not in shown(ports.take("u0"))

    ride(law, device("mackie"))


def refuse(value: object, _: object) -> None:
    from studiod.registry.param import Refusal

    raise Refusal("ch/2/arm", "no")


def test_select_twice_on_a_dca_spills_it_and_again_puts_it_back() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        desk.set("ch/7/dca/2", 1)
        press(surface, "outputs")
        strip_key(surface, 0x19)
        strip_key(surface, 0x19)
        assert desk.get("surface/1/now/spill") == "dca/2"
        assert surface.lineup.under(2) == ["ch/7", ""]
        press(surface, "cancel")
        assert desk.get("surface/1/now/spill") == ""

    ride(law, device("mackie"))


def test_option_copies_a_strip_and_control_pastes_it() -> None:
    desk = new_desk()
    said = commanded(desk)

    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        down(surface, "option")
        strip_key(surface, 0x18)
        up(surface, "option")
        down(surface, "control")
        strip_key(surface, 0x1A)
        up(surface, "control")
        assert said == [("copy", "ch/1", "ch/3")]
        assert desk.get("surface/1/now/select") == "ch/1"

    ride(law, device("mackie"), desk=desk)


def test_send_held_and_select_of_a_bus_are_that_buss_sends() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        press(surface, "aux")
        down(surface, "send")
        strip_key(surface, 0x1A)
        up(surface, "send")
        assert (desk.get("surface/1/now/page"), desk.get("surface/1/now/bus")) == ("send", 3.0)
        await asyncio.sleep(0.03)
        now = shown(ports.take("u0"))
        assert (now["digit", 11], now["digit", 10]) == (0x13, 0x33), "S3"

    ride(law, device("mackie"))


def test_save_twice_stores_the_scene_recalled_last_and_flashes_between() -> None:
    desk = new_desk()
    said = commanded(desk)

    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        press(surface, "save")
        press(surface, "save")
        assert said == [], "nothing was recalled yet"
        press(surface, "f3")
        assert said.pop() == ("scene/recall", 3)
        await asyncio.sleep(0.02)
        assert "Verse" in "".join(shown(ports.take("u0"))["text"])
        press(surface, "save")
        await asyncio.sleep(0.02)
        assert shown(ports.take("u0"))[NOTES["save"]] == 1
        press(surface, "save")
        assert said.pop() == ("scene/store", "Verse")
        press(surface, "save")
        await asyncio.sleep(SAVE_S + 0.1)
        press(surface, "save")
        assert said == [], "too late: that is a first press"

    ride(law, device("mackie"), desk=desk)


def test_undo_takes_back_what_this_surface_did_and_shift_makes_it_again() -> None:
    desk = new_desk()
    History(desk)

    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        strip_key(surface, 0x10)
        desk.set("ch/2/mute", 1, "osc:tablet")
        press(surface, "undo")
        assert (desk.get("ch/1/mute"), desk.get("ch/2/mute")) == (0, 1)
        press(surface, "shift", "undo")
        assert desk.get("ch/1/mute") == 1

    ride(law, device("mackie"), desk=desk)


def test_a_foot_holds_the_talkback_and_whoever_unplugs_it_lets_go() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        down(surface, "user a")
        assert desk.get("talkback/on") == 1
        up(surface, "user a")
        assert desk.get("talkback/on") == 0
        down(surface, "user a")
        surface.units[0].state(False)
        assert desk.get("talkback/on") == 0

    ride(law, device("mackie"))
    ride(law, device("mackie"), device("mackie-xt"))


def test_a_knob_is_fine_with_shift_faster_when_turned_faster_and_a_press_is_the_rest() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        unit = surface.units[0]
        unit.hear(bytes.fromhex("b0 10 01"))
        step = float(desk.get("ch/1/pan"))
        down(surface, "shift")
        unit.hear(bytes.fromhex("b0 10 01"))
        up(surface, "shift")
        assert float(desk.get("ch/1/pan")) == pytest.approx(step * 9 / 8, abs=1e-4)
        unit.hear(bytes.fromhex("b0 11 44"))
        assert float(desk.get("ch/2/pan")) == pytest.approx(-step * 8, abs=1e-4)
        strip_key(surface, 0x20)
        assert desk.get("ch/1/pan") == 0.0
        press(surface, "send")
        strip_key(surface, 0x20)
        assert desk.get("ch/1/send/1/on") == 0

    ride(law, device("mackie"))


def test_the_jog_wheel_moves_the_music_or_with_zoom_the_line_up_and_stop_twice_goes_to_the_start() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        unit = surface.units[0]
        unit.hear(bytes.fromhex("b0 3c 05"))
        assert float(desk.get("transport/position")) == pytest.approx(0.5, abs=1e-6)
        press(surface, "replace")
        assert desk.get("transport/loop/out") == desk.get("transport/position")
        press(surface, "zoom")
        unit.hear(bytes.fromhex("b0 3c 02"))
        assert desk.get("surface/1/now/first") == 3.0
        press(surface, "play")
        press(surface, "stop")
        assert desk.get("transport/state") == "stop"
        press(surface, "stop")
        assert desk.get("transport/position") == 0.0

    ride(law, device("mackie"))


def test_the_digits_say_timecode_or_bars() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        desk.set("transport/position", 3725.5)
        await asyncio.sleep(0.02)
        assert "".join(surface.status.time()) == "  1.02.05.012"
        press(surface, "smpte/beats")
        assert "".join(surface.status.time()) == "863.04.01.000"
        await asyncio.sleep(0.02)
        now = shown(ports.take("u0"))
        assert (now[0x71], now[0x72]) == (0, 0x7F)

    ride(law, device("mackie"))


def test_a_layer_key_goes_through_the_layers_that_have_strips() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        desk.set("surface/1/layer/2/slot/1", "bus/1")
        desk.set("surface/1/layer/5/slot/1", "bus/2")
        found = []
        for _ in range(3):
            press(surface, "user")
            found.append(desk.get("surface/1/now/layer"))
        assert found == ["2", "5", "0"]

    ride(law, device("mackie"))


def test_a_strip_selected_elsewhere_comes_into_view_only_where_that_is_wanted() -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        desk.set("surface/1/now/select", "ch/20", "tablet")
        assert surface.lineup.first == 1
        desk.set("surface/1/follow", 1)
        desk.set("surface/1/now/select", "ch/21", "tablet")
        assert surface.lineup.first == 17
        desk.set("surface/1/now/select", "ch/18", "tablet")
        assert surface.lineup.first == 17, "no fader moves where it is in view"

    ride(law, device("mackie"))


def test_a_map_may_change_single_keys(tmp_path: Path) -> None:
    async def law(desk: Desk, surface: Surface, ports: Ports) -> None:
        press(surface, "enter")
        assert desk.get("ch/4/mute") == 1
        press(surface, "alt", "enter")
        assert desk.get("tempo") == 125.0

    keys = device("mackie").keys | {"enter": "toggle ch/4/mute", "alt enter": "step tempo 5"}
    ride(law, device("mackie", keys=keys))
