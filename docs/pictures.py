"""Makes the pictures of the docs from the compiled units: `python docs/pictures.py`, or `make pictures`.

The same units give the same bytes, so that a change of a picture is a change of the sound.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pictures_measure as measure
from pictures_flow import flow
from pictures_plot import COLOURS, FREQUENCY, SOFT, Axis, Panel, figure

from studiod.engine.gains import pan
from studiod.registry.console_sections import CONFIG
from studiod.registry.laws import from_turn
from studiod.registry.registry import Console
from studiod.settings.schema import Settings

HERE = Path(__file__).resolve().parent
GAIN = Axis("dB", -18.0, 18.0, range(-18, 19, 6))
IN, OUT = (Axis(f"dBFS {side}", -72.0, 0.0, range(-72, 1, 12)) for side in ("in", "out"))
CHARACTERS = ("hall", "plate", "room", "chamber")


def bands(title: str, settings: list[tuple[str, str, float, float]], axis: Axis = GAIN) -> Panel:
    """The answers of bands of the EQ at 1 kHz: (name, kind, Q, gain)."""
    panel = Panel(title, FREQUENCY, axis)
    hz, answers_db = measure.answers([measure.band(kind, 1000.0, q, gain_db) for _, kind, q, gain_db in settings])
    for k, (name, *_) in enumerate(settings):
        panel.curve(name, hz, answers_db[:, k])
    return panel


def eq() -> str:
    deep = Axis("dB", -48.0, 12.0, range(-48, 13, 12))
    gains = (12.0, 6.0, -6.0, -12.0)
    shelves = [(f"{gain_db:+g} dB".replace("-", "−"), gain_db) for gain_db in gains]
    return figure(
        "The six types of an EQ band",
        [
            bands("bell, Q 1", [(name, "bell", 1.0, gain_db) for name, gain_db in shelves]),
            bands("bell, +12 dB", [(f"Q {q:g}", "bell", q, 12.0) for q in (0.5, 1.0, 2.0, 6.0)]),
            bands("low shelf, Q 0.7", [(name, "low_shelf", 0.7, gain_db) for name, gain_db in shelves]),
            bands("high shelf, Q 0.7", [(name, "high_shelf", 0.7, gain_db) for name, gain_db in shelves]),
            bands("low cut", [(f"Q {q:g}", "low_cut", q, 0.0) for q in (0.5, 0.707, 2.0)], deep),
            bands("high cut", [(f"Q {q:g}", "high_cut", q, 0.0) for q in (0.5, 0.707, 2.0)], deep),
            bands("notch", [(f"Q {q:g}", "notch", q, 0.0) for q in (1.0, 4.0, 16.0)], deep),
            cuts(deep),
        ],
    )


def cuts(axis: Axis) -> Panel:
    """The low cut and high cut of a strip, at 100 Hz and 8 kHz."""
    panel = Panel("hpf at 100 Hz, lpf at 8 kHz", FREQUENCY, axis)
    slopes = ("12dB", "18dB", "24dB")
    hz, answers_db = measure.answers(
        [[*measure.cut(slope, 100.0, False), *measure.cut(slope, 8000.0, True)] for slope in slopes]
    )
    for k, slope in enumerate(slopes):
        panel.curve(f"{slope[:2]} dB/octave", hz, answers_db[:, k])
    return panel


def dynamics() -> str:
    comps = Panel("comp, threshold −36 dB, knee 0", IN, OUT)
    for name, ratio in (("2:1", 2.0), ("3:1", 3.0), ("6:1", 6.0), ("100:1", 100.0)):
        comps.curve(name, *measure.comp_curve(-36.0, ratio, 0.0))
    knees = Panel("comp 4:1, threshold −36 dB", IN, OUT)
    for knee_db in (0.0, 12.0, 24.0):
        knees.curve(f"knee {knee_db:g} dB", *measure.comp_curve(-36.0, 4.0, knee_db))
    gates = Panel("gate, threshold −36 dB, range 60 dB", IN, OUT)
    for name, mode in (("gate", "gate"), ("2:1", "expand2"), ("3:1", "expand3"), ("4:1", "expand4")):
        gates.curve(name, *measure.gate_curve(mode, -36.0, 60.0))
    ducks = Panel("duck, threshold −36 dB", IN, OUT)
    for range_db in (6.0, 12.0, 24.0):
        ducks.curve(f"range {range_db:g} dB", *measure.gate_curve("duck", -36.0, range_db))
    for panel in (comps, knees, gates, ducks):
        panel.curve("", np.array([-72.0, 0.0]), np.array([-72.0, 0.0]), SOFT, "3 4")
    return figure("Static curves of compressor, gate, expanders and ducker", [comps, knees, gates, ducks])


def times() -> str:
    ms = Axis("ms", 0.0, 600.0, range(0, 601, 100))
    turned = Axis("dB", -18.0, 0.0, range(-18, 1, 3))
    attacks, releases = (
        Panel("comp: attack, release 100 ms", ms, turned),
        Panel("comp: release, attack 5 ms", ms, turned),
    )
    for attack_ms in (1.0, 10.0, 50.0):
        attacks.curve(f"{attack_ms:g} ms", *measure.comp_in_time(attack_ms, 100.0))
    for release_ms in (20.0, 100.0, 300.0):
        releases.curve(f"{release_ms:g} ms", *measure.comp_in_time(5.0, release_ms))
    return figure("Attack and release of the compressor", [attacks, releases])


def limiter() -> str:
    curve = Panel(
        "in and out, ceiling −1 dBTP", *(Axis(f"dBFS {s}", -24.0, 12.0, range(-24, 13, 6)) for s in ("in", "out"))
    )
    curve.curve("", np.array([-24.0, 12.0]), np.array([-24.0, 12.0]), SOFT, "3 4")
    curve.curve("sine, 1 kHz", *measure.limiter_curve(), COLOURS[0])
    wave = Panel("two strokes", Axis("ms", 0.0, 160.0, range(0, 161, 20)), Axis("", -2.0, 2.0, (-2, -1, 0, 1, 2)))
    at_ms, before, after = measure.drum()
    wave.curve("before", at_ms, before, COLOURS[1])
    wave.curve("after", at_ms, after, COLOURS[0])
    return figure("The limiter of main", [curve, wave])


def reverb() -> str:
    rooms = {character: measure.room(character, 1.8) for character in CHARACTERS}
    decays = Panel(
        "decay, 500 Hz to 2 kHz, time 1.8 s",
        Axis("s", 0.0, 2.4, np.arange(0.0, 2.5, 0.4)),
        Axis("dB", -70.0, 0.0, range(-70, 1, 10)),
    )
    for character, h in rooms.items():
        decays.curve(character, *measure.decay(h, 500.0, 2000.0))
    longs = Panel("hall: time for 60 dB, by damping", FREQUENCY, Axis("s", 0.0, 2.4, np.arange(0.0, 2.5, 0.4)))
    centres = np.array([63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0])
    for damping in (0.0, 0.4, 1.0):
        h = measure.room("hall", 1.8, damping)
        times_s = [measure.t30_s(h, centre / 2**0.5, centre * 2**0.5) for centre in centres]
        longs.curve(f"{100 * damping:g} %", centres, np.array(times_s))
    return figure("The decay of the reverb", [decays, longs])


def echoes() -> str:
    panel = Panel(
        "delay: a click on the left, 250 ms, feedback 60 %, cross 100 %",
        Axis("ms", 0.0, 2100.0, range(0, 2001, 250)),
        Axis("dB", -40.0, 5.0, range(-40, 1, 10)),
    )
    at_ms, levels_db = measure.ping_pong()
    named = set()
    for at, (left, right) in zip(at_ms, levels_db, strict=True):
        side = 0 if left > right else 1
        name = "" if side in named else ("left", "right")[side]
        named.add(side)
        panel.curve(name, np.array([at, at]), np.array([-90.0, max(left, right)]), COLOURS[side])
    return figure("Echoes that go to and fro", [panel], width=864.0, height=180.0)


def laws() -> str:
    fader = Panel(
        "fader and sends",
        Axis("position, %", 0.0, 100.0, (0, 6.25, 25, 50, 75, 100)),
        Axis("dB", -90.0, 10.0, (-90, -60, -30, -10, 0, 10)),
    )
    turns = np.linspace(0.0, 1.0, 401)
    fader.curve("", 100.0 * turns, np.array([from_turn("fader", -90.0, 10.0, t) for t in turns]))
    pans = Panel(
        "pan laws, left side",
        Axis("pan", -100.0, 100.0, (-100, -50, 0, 50, 100)),
        Axis("dB", -24.0, 0.0, (-24, -18, -12, -6, -3, 0)),
    )
    places = np.linspace(-100.0, 99.5, 400)
    for law in next(t for t in CONFIG if t.path == "pan_law").items:
        pans.curve(
            law.replace("-", "−").replace("dB", " dB"),
            places,
            measure.decibels(np.array([pan(law, p)[0] for p in places])),
        )
    return figure("Laws of faders and pans", [fader, pans])


PICTURES: dict[str, Callable[[], str]] = {
    "flow": lambda: flow(Console(**Settings().console.model_dump())),
    "eq": eq,
    "dynamics": dynamics,
    "times": times,
    "limiter": limiter,
    "reverb": reverb,
    "echoes": echoes,
    "laws": laws,
}  # fmt: skip


def write(folder: Path) -> list[Path]:
    """Draw every picture into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    out = [folder / f"{name}.svg" for name in PICTURES]
    for path, draw in zip(out, PICTURES.values(), strict=True):
        path.write_text(draw(), encoding="utf-8")
    return out


if __name__ == "__main__":
    for path in write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "pictures"):
        print(path)
