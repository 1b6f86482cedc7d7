"""A layout's buttons for scenes and undo, beside a desk that keeps scenes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from stage_app import Stage
from studiod.layouts import stage_control, touchosc
from studiod.layouts.drawn import drawn
from studiod.layouts.stage_scripts import UNSEEN
from token_rig import TokenRig
from touchosc_app import App
from web_rig import REGISTRY

SCENES = ["Big chorus", "a/b #1, {é}", "a]]>b<&>'\"", "^play @{x} JS{1}", "auto"]


@pytest.fixture
def rig() -> Iterator[TokenRig]:
    rig = TokenRig()
    for k, name in enumerate(SCENES):
        rig.set("ch/1/fader", -20.0 - k)
        rig.do("scene/store", name)
    yield rig
    rig.close()


def test_a_button_of_touchosc_recalls_its_scene_once(rig: TokenRig, tmp_path: Path) -> None:
    path = tmp_path / "desk.tosc"
    touchosc.write(REGISTRY, drawn(REGISTRY, "mix", (), SCENES, 1024, 768), 9001, path)
    app = App(path, ("127.0.0.1", rig.osc.address[1]))
    buttons = [node for node in app.root.walk() if node.name.startswith("/scene/recall/")]
    labels = [next(one for one in app.root.walk() if one.name == f"text {button.name}") for button in buttons]
    assert [label.values.text.replace("]] >", "]]>") for label in labels] == SCENES
    for k, button in enumerate(buttons):
        rig.set("ch/1/fader", 0.0)
        button.put("x", 1.0, hand=True)
        rig.until(lambda want=-20.0 - k: rig.desk.get("ch/1/fader") == want)
        rig.set("ch/1/fader", -3.0)
        button.put("x", 0.0, hand=True)
        app.send("/ch/2/fader", -5.0 - k)
        rig.until(lambda want=-5.0 - k: rig.desk.get("ch/2/fader") == want)
        assert rig.get("ch/1/fader") == -3.0  # the release did nothing
    undo = next(node for node in app.root.walk() if node.name == "/undo")
    undo.put("x", 1.0, hand=True)
    rig.until(lambda: rig.desk.get("ch/2/fader") != -6.0)
    app.close()


def test_a_button_of_open_stage_control_recalls_its_scene(rig: TokenRig, tmp_path: Path) -> None:
    path = tmp_path / "desk.json"
    stage_control.write(REGISTRY, drawn(REGISTRY, "mix", (), SCENES, 1024, 768), path)
    stage = Stage(path, ("127.0.0.1", rig.osc.address[1]))
    buttons = [one for one in stage.widgets() if str(one.get("address", "")).startswith("/scene/recall/")]
    assert [button["label"].replace(UNSEEN, "") for button in buttons] == SCENES
    for button in buttons:  # the app shows it as it is: no formula, no icon, neither its id nor nothing
        assert not re.search(r"(@|#|JS|VAR|OSC|IMPORT)\{|\^[^\s\ufeff]{2}|^(auto|false)$", button["label"])
    for k, button in enumerate(buttons):
        rig.set("ch/1/fader", 0.0)
        stage.do("user", id=button["id"], value=button["on"])
        rig.until(lambda want=-20.0 - k: rig.desk.get("ch/1/fader") == want)
    stage.close()
