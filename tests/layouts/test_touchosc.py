"""Laws of the layout for TouchOSC: it is used as the app would, over real UDP, beside a desk; and its Lua is run."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import py2tosc
import pytest

from controllers.osc.buttons import word_of
from studiod.layouts import touchosc
from studiod.layouts.drawn import drawn
from studiod.layouts.surface import FADER
from studiod.registry.commands import WORDS
from studiod.registry.meter_banks import position
from studiod.registry.registry import Console, Registry
from studiod.registry.roles import BUS
from touchosc_app import App, Message, Node
from web_rig import WebRig

SMALL = Registry(Console(inputs=9, outputs=2, channels=9, buses=3, returns=2, matrices=2, dcas=2, mute_groups=2))
SCENES = ["Verse", "Big chorus", "a/b #1"]
VERSION = "6"  # what the editor of today writes


def made(folder: Path, registry: Registry = SMALL, role: str = "mix", width: int = 1024, height: int = 768) -> Path:
    path = folder / "desk.tosc"
    touchosc.write(registry, drawn(registry, role, (), SCENES, width, height), 9001, path)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("touchosc")


@pytest.fixture(scope="module", params=["mix", "bus:3"])
def beside(request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[WebRig, App]]:
    """A desk, and the app with its layout; the port that it listens on is the one that the layout was made for."""
    rig = WebRig(SMALL)
    app = App(made(folder, role=request.param), ("127.0.0.1", rig.osc.address[1]))
    port = app.ear.getsockname()[1]
    app.close()
    path = folder / "beside.tosc"
    touchosc.write(SMALL, drawn(SMALL, request.param, (), SCENES, 1024, 768), port, path)
    app = App(path, ("127.0.0.1", rig.osc.address[1]), port)
    app.begin()
    app.hear(lambda: app.root.nodes[0].values.text == "studiod")
    yield rig, app
    app.close()
    rig.close()


def controls(app: App) -> list[Node]:
    return [node for node in app.root.walk() if node.type in ("FADER", "BUTTON", "LABEL")]


def sending(app: App) -> list[tuple[Node, Message]]:
    return [(node, message) for node in app.root.walk() for message in node.messages if message.sends]


def test_every_control_sets_what_its_message_says(beside: tuple[WebRig, App]) -> None:
    rig, app = beside
    done: Counter[str] = Counter()
    for node, message in sending(app):
        path = message.path
        if path.startswith("/touch/") or word_of(path[1:], WORDS)[0]:
            continue
        native = path.removeprefix("/turn").removeprefix("/hold").lstrip("/")
        one = SMALL.params[native]
        turn = 0.3 if one.kind == "number" else 1.0 - one.to_turn(rig.get(native))
        want = one.from_turn(turn)
        node.put("x", turn, hand=True)
        rig.until(lambda native=native, want=want: rig.desk.get(native) == want)
        done[node.type] += 1
    assert done["FADER"] >= 20
    assert done["BUTTON"] >= 18
    assert app.errors() == []


def test_a_value_that_moves_moves_every_control_that_must_show_it(beside: tuple[WebRig, App]) -> None:
    rig, app = beside
    shown: dict[str, list[Message]] = {}
    for path, messages in app.listening().items():
        if "/meters/" not in path:
            shown[path] = messages
    assert len(shown) > 40
    for path, messages in shown.items():
        native = path.removeprefix("/turn").lstrip("/")
        one = SMALL.params[native]
        if one.kind == "text":
            value, want, key = "Anna", "Anna", "text"
        else:
            value = one.from_turn(0.8) if one.kind == "number" else one.from_turn(1.0 - one.to_turn(rig.get(native)))
            want, key = one.to_turn(value), "x"
        rig.set(native, value)
        held = [message.node.values.held for message in messages]
        app.hear(partial(_all_show, held, key, want))


def _all_show(held: list[dict[str, Any]], key: str, want: Any) -> bool:
    return all(values[key] == pytest.approx(want, abs=1e-6) for values in held)


def test_a_strips_colour_colours_its_names(beside: tuple[WebRig, App]) -> None:
    rig, app = beside
    names = [node for node in app.root.walk() if node.name == "ch/3/name"]
    assert names
    old = [node.color for node in names]
    rig.set("ch/3/colour", "red")
    app.hear(lambda: all(node.color is not None and node.color != was and node.color[0] > 0.5
                         for node, was in zip(names, old, strict=True)))  # fmt: skip


def test_meters_show_what_the_desk_measures(beside: tuple[WebRig, App]) -> None:
    _, app = beside
    bars = [message.node for path, found in app.listening().items() if "/meters/" in path for message in found]
    assert bars
    want = position(-20.0, "dBFS")  # what the stand-in for the engine says
    app.hear(lambda: all(abs(bar.values.x - want) < 1e-6 for bar in bars))


def test_a_finger_is_told_down_and_up(beside: tuple[WebRig, App]) -> None:
    _, app = beside
    faders = [node for node in app.root.walk() if node.type == "FADER" and any(m.sends for m in node.messages)]
    for node in faders:
        app.said.clear()
        path = next(m.path for m in node.messages if m.receives)
        node.put("touch", 1.0, hand=True)
        node.put("touch", 0.0, hand=True)
        touched = f"/touch{path.removeprefix('/turn')}"
        assert app.said == [(touched, 1), (touched, 0)]


def test_a_musician_reaches_his_own_mix_and_nothing_else(folder: Path) -> None:
    from studiod.registry.pattern import compiled

    app = App(made(folder, role="bus:3"))
    may = [compiled(pattern.replace("N", "3")).fits for pattern in BUS]
    said = {message.path.removeprefix("/turn").removeprefix("/touch").lstrip("/") for _, message in sending(app)}
    assert said
    assert [path for path in said if not any(fits(path) for fits in may)] == []
    levels = {path for path in said if path.endswith("/level")}
    assert levels == {
        f"{kind}/{n}/send/3/level" for kind, count in (("ch", 9), ("return", 2)) for n in range(1, count + 1)
    }
    app.close()


@pytest.mark.parametrize("size", [(1024, 768), (320, 568), (844, 390), (320, 320), (2732, 2048)])
@pytest.mark.parametrize("role", ["mix", "bus:3"])
def test_nothing_lies_over_another_and_no_fader_is_narrow(folder: Path, size: tuple[int, int], role: str) -> None:
    app = App(made(folder, SMALL, role, *size))
    for node in app.root.walk():
        x, y, w, h = node.place
        assert w > 0, (node.name, node.place)
        assert h > 0, (node.name, node.place)
        if node.parent is not None and node.parent.type != "PAGER":
            assert x >= 0, node.name
            assert y >= 0, node.name
            assert x + w <= node.parent.place[2], (node.name, node.place, node.parent.place)
            assert y + h <= node.parent.place[3], (node.name, node.place, node.parent.place)
        if node.type == "FADER" and node.properties["interactive"] == "1":
            assert w >= FADER, (node.name, w)
        if node.type == "PAGER":
            continue  # one page at a time
        for k, one in enumerate(node.nodes):
            for other in node.nodes[:k]:
                if "LABEL" in (one.type, other.type) and one.place == other.place:
                    continue  # the text upon a button, which takes no touch
                a, b = one.place, other.place
                over = a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
                assert not over, (one.name, a, other.name, b)
    app.close()


@pytest.mark.parametrize("channels", [1, 9, 32, 128])
def test_a_layout_has_what_the_console_has(tmp_path: Path, channels: int) -> None:
    more = {1: (1, 0, 0), 9: (3, 2, 2), 32: (16, 4, 8), 128: (4, 16, 16)}[channels]
    registry = Registry(Console(channels=channels, buses=more[0], returns=more[1], dcas=more[2]))
    document = touchosc.document(registry, drawn(registry, "mix", (), SCENES, 1024, 768), 9001)
    assert document.validate() == []
    found = Counter(node.name for node in document.walk() if node.control_type == py2tosc.ControlType.FADER)
    for kind, count in (("ch", channels), ("bus", more[0]), ("return", more[1]), ("dca", more[2])):
        assert sorted(name for name in found if name.startswith(f"{kind}/") and name.endswith("/fader")) == sorted(
            f"{kind}/{n}/fader" for n in range(1, count + 1)
        )
    sends = {name for name in found if name.endswith("/level") and "/send/" in name}
    into_buses = {path for path in registry.params if path.endswith("/level") and "/send/" in path
                  and path.split("/")[0] in ("ch", "return")}  # fmt: skip
    assert sends == into_buses
    assert len(sends) == more[0] * (channels + more[1])
    recalls = [node.name for node in document.walk() if str(node.name).startswith("/scene/recall/")]
    assert recalls == ["/scene/recall/Verse", "/scene/recall/Big%20chorus", "/scene/recall/a%2Fb%20%231"]
    assert max(found.values()) == 1


def test_its_address_exists_and_its_scale_is_that_of_the_parameter(folder: Path) -> None:
    app = App(made(folder))
    for node in app.root.walk():
        for message in node.messages:
            path = message.path
            known = path.removeprefix("/turn").removeprefix("/touch").removeprefix("/hold").lstrip("/")
            assert known in SMALL.params or known.startswith("meters/") or word_of(known, WORDS)[0], path
            for one in message.args:
                assert (float(one["scaleMin"]), float(one["scaleMax"])) == (
                    0.0,
                    1.0,
                )  # a position, or a switch's 0 and 1
    app.close()


def test_the_file_is_as_the_editor_writes_it_and_its_checker_is_content(folder: Path) -> None:
    path = made(folder)
    done = subprocess.run([sys.executable, "-m", "py2tosc.cli", "validate", str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, f"{path}: clean"), done.stderr
    app = App(path)
    assert app.version == VERSION
    app.close()
