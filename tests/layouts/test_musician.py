"""Laws of a musician's layout in the hands of who has that mix and no more, beside a desk that refuses all else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stage_app import Stage
from studiod.layouts import stage_control, touchosc
from studiod.layouts.drawn import drawn
from studiod.registry.registry import Console, Registry
from touchosc_app import App
from web_rig import WebRig

SMALL = Registry(Console(inputs=9, outputs=2, channels=9, buses=3, returns=2))
ROLE = "bus:3"


@pytest.fixture
def rig() -> Iterator[WebRig]:
    rig = WebRig(SMALL, rights=lambda host: ROLE)
    yield rig
    rig.close()


def surface():
    return drawn(SMALL, ROLE, (), (), 1024, 768)


def test_all_of_it_is_granted_in_touchosc(rig: WebRig, tmp_path: Path) -> None:
    path, desk = tmp_path / "anna.tosc", ("127.0.0.1", rig.osc.address[1])
    touchosc.write(SMALL, surface(), 9001, path)
    app = App(path, desk)
    port = app.ear.getsockname()[1]
    app.close()
    touchosc.write(SMALL, surface(), port, path)
    app = App(path, desk, port)
    app.begin()
    app.hear(lambda: app.root.nodes[0].values.text == "studiod")
    moved = 0
    for node in list(app.root.walk()):
        for message in node.messages:
            if message.sends and message.path.startswith("/touch/"):
                node.put("touch", 1.0, hand=True)
                node.put("touch", 0.0, hand=True)
            elif message.sends:
                node.put("x", 1.0 - round(node.values.x), hand=True)
                moved += 1
    assert moved > 30
    assert app.errors() == []
    app.send("/ch/1/fader", 0.0)
    assert app.errors() != []  # a refusal would have been heard
    app.close()


def test_all_of_it_is_granted_in_open_stage_control(rig: WebRig, tmp_path: Path) -> None:
    path = tmp_path / "anna.json"
    stage_control.write(SMALL, surface(), path)
    stage = Stage(path, ("127.0.0.1", rig.osc.address[1]))
    stage.do("create")
    stage.hear(lambda: stage.value("alive") == "studiod")
    for one in [one for one in stage.widgets() if "address" in one and not one.get("bypass")]:
        if one["type"] == "fader":
            stage.do("touch", id=one["id"], type="start")
            stage.do("touch", id=one["id"], type="stop")
        for end in (one["range"]["min"], one["range"]["max"]) if one["type"] == "fader" else (one["off"], one["on"]):
            stage.do("user", id=one["id"], value=next(iter(end.values())) if isinstance(end, dict) else end)
    assert stage.errors() == []
    stage.close()
