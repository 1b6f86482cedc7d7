"""The sound follows the page: what fingers have set is heard as the same values are in a render."""

from pathlib import Path
from typing import Any

import numpy as np

from browser import chromium
from captures import RATE_HZ, grown, read_sound, write_sound
from page_rig import TABLET, Seen, eventually
from servers import Daemon, to_toml
from studiod.cli.main import main
from studiod.client.client import ask

CONSOLE = {"channels": 4, "buses": 2, "returns": 1, "matrices": 0, "dcas": 1, "mute_groups": 1, "surfaces": 1}
LOOP_S, OUTPUTS, SETTLED_LOOPS = 1, 2, 4
BEFORE = {"ch/1/fader": -10.0, "ch/2/fader": -12.0, "ch/1/comp/on": 1, "bus/1/main/on": 1, "main/limiter/on": 0}
HANDLED = ("ch/1/fader", "ch/2/mute", "ch/1/eq/2/freq", "ch/1/eq/2/gain", "ch/1/comp/threshold", "ch/1/send/1/level")
CLOSE = 1e-5  # of full level: filters and detectors of the two have begun at other times


def dragged(page: Seen, place: str, path: str, dx: float, dy: float, selector: str = "") -> None:
    """A finger on a control of a view, and away by so much."""
    page.page.evaluate(f"() => {{ location.hash = {place!r}; }}")
    where = page.page.locator(selector or f'[path="{path}"]').first
    where.wait_for()
    page.live()
    box = where.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.hand.down(x, y)
    page.hand.move(x + dx / 2, y + dy / 2)
    page.hand.move(x + dx, y + dy)
    page.hand.up()


def test_what_fingers_set_is_heard_as_in_a_render(tmp_path: Path) -> None:
    chance = np.random.default_rng(17)
    period = 0.2 * np.tile(chance.uniform(-1.0, 1.0, (RATE_HZ // 10, 2)), (10 * LOOP_S, 1))
    tracks = [write_sound(tmp_path / f"{n + 1}.wav", period[:, n]) for n in range(2)]
    (tmp_path / "before.toml").write_text(to_toml({"values": BEFORE}))
    capture = tmp_path / "capture.wav"
    tables: dict[str, dict[str, Any]] = {
        "interface": {"block_frames": 64, "outputs": OUTPUTS, "inputs": 2},
        "console": CONSOLE,
        "virtual": {"play": [str(track) for track in tracks], "start_scene": str(tmp_path / "before.toml"),
                    "capture": str(capture)},
    }  # fmt: skip
    with Daemon(tmp_path / "desk", tables).start() as desk, chromium(viewport=TABLET, has_touch=True) as context:

        def held(path: str) -> Any:
            return ask(desk.host, desk.osc_port, path)

        start = {path: held(path) for path in HANDLED}
        page = Seen(context, desk.http_port, "mix/ch")
        page.shows("ch/1/fader", -10)
        dragged(page, "mix/ch", "ch/1/fader", 0.0, -25.0)
        page.page.locator('x-switch[path="ch/2/mute"] button').click()
        dragged(page, "strip/ch/1/eq", "", 60.0, -70.0, 'x-eq-handle[band="2"]')
        dragged(page, "strip/ch/1/comp", "ch/1/comp/threshold", 0.0, 40.0, 'x-knob[path="ch/1/comp/threshold"]')
        dragged(page, "sends/1", "ch/1/send/1/level", 0.0, -150.0, 'x-fader[path="ch/1/send/1/level"]')
        eventually(lambda: all(held(path) != start[path] for path in HANDLED))
        values = {**BEFORE, **{path: held(path) for path in HANDLED}}
        page.close()
        loop = LOOP_S * RATE_HZ
        from_loop = read_sound(capture).shape[0] // loop + SETTLED_LOOPS
        eventually(lambda: grown(capture, (from_loop + 1) * loop, OUTPUTS), 30.0)
        played = read_sound(capture)[from_loop * loop : (from_loop + 1) * loop]
    long = [write_sound(tmp_path / f"long {n}.wav", np.tile(period[:, n], SETTLED_LOOPS + 2)) for n in range(2)]
    (tmp_path / "after.toml").write_text(to_toml({"values": values}))
    (tmp_path / "console.toml").write_text(to_toml({"console": CONSOLE}))
    words = ["--scene", str(tmp_path / "after.toml"), "--config", str(tmp_path / "console.toml")]

    def rendered(name: str, scene: str) -> np.ndarray:
        out = tmp_path / f"{name}.wav"
        words[1] = str(tmp_path / scene)
        assert main(["render", "--input", *map(str, long), "--output", f"main={out}", *words]) == 0
        return read_sound(out)[SETTLED_LOOPS * loop : (SETTLED_LOOPS + 1) * loop]

    assert np.abs(played).max() > 0.01
    assert np.abs(played - rendered("after", "after.toml")).max() < CLOSE
    assert np.abs(played - rendered("before", "before.toml")).max() > 100 * CLOSE
