"""Laws of the session for Open Stage Control: used as the app would, over real UDP, beside a desk."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from controllers.osc.buttons import word_of
from stage_app import Stage, ground, native, plain_of, sends, within
from studiod.layouts import stage_control
from studiod.layouts.drawn import drawn
from studiod.layouts.surface import FADER
from studiod.registry.commands import WORDS
from studiod.registry.laws import from_turn, plain
from studiod.registry.meter_banks import position
from studiod.registry.pattern import compiled
from studiod.registry.registry import Console, Registry
from studiod.registry.roles import BUS
from web_rig import WebRig

SMALL = Registry(Console(inputs=9, outputs=2, channels=9, buses=3, returns=2, matrices=2, dcas=2, mute_groups=2))
SCENES = ["Verse", "Big chorus", "a/b #1"]


def made(folder: Path, registry: Registry = SMALL, role: str = "mix", width: int = 1024, height: int = 768) -> Path:
    path = folder / "desk.json"
    stage_control.write(registry, drawn(registry, role, (), SCENES, width, height), path)
    return path


@pytest.fixture(scope="module", params=["mix", "bus:3"])
def beside(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WebRig, Stage]]:
    """A desk, and the app with its session."""
    rig = WebRig(SMALL)
    path = made(tmp_path_factory.mktemp("stage"), role=request.param)
    stage = Stage(path, ("127.0.0.1", rig.osc.address[1]))
    stage.do("create")
    stage.hear(lambda: stage.value("alive") == "studiod")
    yield rig, stage
    stage.close()
    rig.close()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(made(tmp_path))
    yield stage
    stage.close()


def test_every_control_sets_what_its_address_says(beside: tuple[WebRig, Stage]) -> None:
    rig, stage = beside
    done: Counter[str] = Counter()
    for one in stage.widgets():
        if not sends(one):
            continue
        address = stage.do("state", id=one["id"])["address"]
        path = native(address)
        if word_of(path, WORDS)[0]:
            continue
        param = SMALL.params[path]
        turn = 0.3 if param.kind == "number" else 1.0 - param.to_turn(rig.get(path))
        value = plain(float(param.from_turn(turn))) if param.kind == "number" else turn
        stage.do("user", id=one["id"], value=turn if address.startswith("/turn") else value)
        want = (
            pytest.approx(param.from_turn(turn), rel=1e-4, abs=1e-4)
            if param.kind == "number"
            else param.from_turn(turn)
        )
        rig.until(partial(lambda path, want: rig.desk.get(path) == want, path, want))
        done[one["type"]] += 1
    assert done["fader"] >= 20
    assert done["button"] >= 18
    assert stage.errors() == []


def test_a_value_that_moves_moves_every_control_that_must_show_it(beside: tuple[WebRig, Stage]) -> None:
    rig, stage = beside
    shown: dict[str, list[str]] = {}
    for one in stage.widgets():
        if "address" in one and one["type"] in ("fader", "button", "text") and "/meters/" not in one["address"]:
            address = stage.do("state", id=one["id"])["address"]
            if not address.startswith("/hold") and native(address) in SMALL.params:
                shown.setdefault(address, []).append(one["id"])
    assert len(shown) > 40
    for address, ids in shown.items():
        param = SMALL.params[native(address)]
        if param.kind == "text":
            value: Any = "Anna"
        else:
            value = param.from_turn(0.8 if param.kind == "number" else 1.0 - param.to_turn(rig.get(param.path)))
        rig.set(param.path, value)
        want = value if param.kind == "text" else pytest.approx(plain_of(param, address, value), abs=1e-4)
        stage.hear(partial(lambda ids, want: all(stage.value(id) == want for id in ids), ids, want))


def test_a_strips_colour_colours_its_names(beside: tuple[WebRig, Stage]) -> None:
    rig, stage = beside
    names = [one["id"] for one in stage.widgets() if one.get("address") == "/ch/3/name"]
    assert names
    rig.set("ch/3/colour", "red")
    stage.hear(lambda: all(ground(stage, id) == "#c33" for id in names))


def test_meters_show_what_the_desk_measures(beside: tuple[WebRig, Stage]) -> None:
    _, stage = beside
    bars = [one["id"] for one in stage.widgets() if one["type"] == "fader" and "/meters/" in one["address"]]
    assert bars
    want = pytest.approx(position(-20.0, "dBFS"), abs=1e-6)  # what the stand-in for the engine says
    stage.hear(lambda: all(stage.value(bar) == want for bar in bars))


@pytest.mark.parametrize("size", [(1024, 768), (320, 568), (844, 390), (320, 320)])
@pytest.mark.parametrize("role", ["mix", "bus:3"])
def test_nothing_lies_over_another_and_no_fader_is_narrow(tmp_path: Path, size: tuple[int, int], role: str) -> None:
    session = stage_control.session(SMALL, drawn(SMALL, role, (), SCENES, *size))
    ids = Counter(one["id"] for one in within(session["content"]))
    assert max(ids.values()) == 1  # widgets with one id follow each other
    for holder in within(session["content"]):
        assert not ("widgets" in holder and "tabs" in holder)
        frames = [(c["left"], c["top"], c["width"], c["height"]) for c in holder.get("widgets", ()) if "left" in c]
        for k, a in enumerate(frames):
            assert min(a[:2]) >= 0
            assert min(a[2:]) > 0
            assert a[0] + a[2] <= size[0]
            assert a[1] + a[3] <= size[1]
            for b in frames[:k]:
                over = a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]
                assert not over, (holder["id"], a, b)
    for one in within(session["content"]):
        if one["type"] == "fader" and one.get("interaction", True):
            assert one["width"] >= FADER, one["id"]
        assert not str(one.get("linkId", ""))


@pytest.mark.parametrize("channels", [1, 9, 32, 128])
def test_a_session_has_what_the_console_has(channels: int) -> None:
    more = {1: (1, 0, 0), 9: (3, 2, 2), 32: (16, 4, 8), 128: (4, 16, 16)}[channels]
    registry = Registry(Console(channels=channels, buses=more[0], returns=more[1], dcas=more[2]))
    session = stage_control.session(registry, drawn(registry, "mix", (), SCENES, 1024, 768))
    found = Counter(
        one["address"].lstrip("/") for one in within(session["content"]) if one["type"] in ("fader", "button")
    )
    for kind, count in (("ch", channels), ("bus", more[0]), ("return", more[1]), ("dca", more[2])):
        wanted = {f"{kind}/{n}/fader" for n in range(1, count + 1)}
        assert {path for path in found if path.startswith(f"{kind}/") and path.endswith("/fader")} == wanted
    levels = {path for path in found if path.endswith("/level") and "/send/" in path}
    assert levels == {path for path in registry.params if path.endswith("/level") and "/send/" in path
                      and path.split("/")[0] in ("ch", "return")}  # fmt: skip
    assert len(levels) == more[0] * (channels + more[1])
    recalls = [path for path in found if path.startswith("scene/recall/")]
    assert recalls == ["scene/recall/Verse", "scene/recall/Big%20chorus", "scene/recall/a%2Fb%20%231"]
    assert max(found.values()) == 1


def test_a_musician_reaches_his_own_mix_and_nothing_else() -> None:
    session = stage_control.session(SMALL, drawn(SMALL, "bus:3", (), (), 1024, 768))
    may = [compiled(pattern.replace("N", "3")).fits for pattern in BUS]
    said = {native(one["address"]) for one in within(session["content"]) if sends(one)}
    assert len(said) > 30
    assert [path for path in said if not any(fits(path) for fits in may)] == []


def test_a_faders_range_is_the_desks_law() -> None:
    one = SMALL.params["ch/1/fader"]
    steps = stage_control.ranged(one)
    turns = {"min": 0.0, "max": 1.0}
    for key, value in steps.items():
        level_db = next(iter(value.values())) if isinstance(value, dict) else value
        turn = turns.get(key, float(key.rstrip("%")) / 100 if "%" in key else None)
        assert level_db == from_turn(one.law, one.low, one.high, turn)
    assert len(steps) == 5


@pytest.mark.parametrize("role", ["mix", "bus:3"])
def test_every_fader_goes_from_end_to_end_of_its_parameter(role: str) -> None:
    """And by the desk's law between them."""
    session = stage_control.session(SMALL, drawn(SMALL, role, (), (), 1024, 768))
    seen = Counter()
    for one in within(session["content"]):
        if one["type"] != "fader" or not sends(one):
            continue
        address = re.sub(r"@\{chosen_\d+\}", "1", one["address"])
        param = SMALL.params[native(address)]
        for key, value in one["range"].items():
            turn = {"min": 0.0, "max": 1.0}.get(key) if "%" not in key else float(key.rstrip("%")) / 100
            shown = next(iter(value.values())) if isinstance(value, dict) else value
            assert shown == pytest.approx(plain_of(param, address, param.from_turn(turn)), abs=1e-4), (address, key)
        assert one["default"] == pytest.approx(plain_of(param, address, param.rest), abs=1e-6)
        seen[param.law] += 1
    assert set(seen) >= {"fader", "line", "octave"}


def test_every_property_is_one_that_its_widget_has(stage: Stage) -> None:
    assert stage.do("create")["lost"] == []  # the app drops all others without a word


def test_no_value_is_rounded_away(stage: Stage) -> None:
    fader = next(one for one in stage.widgets() if one.get("address") == "/ch/1/fader")
    for value in (-3.3333, 0.0001, -59.9999):
        assert stage.do("user", id=fader["id"], value=value)["sent"][0] == ["/ch/1/fader", value, "f"]
    freq = next(one for one in stage.widgets() if str(one.get("address", "")).endswith("/eq/1/freq"))
    assert stage.do("user", id=freq["id"], value=0.123456)["sent"][0] == ["/turn/ch/1/eq/1/freq", 0.123456, "f"]
