"""Makes the pictures of the docs from the compiled units: `python docs/pictures.py`, or `make pictures`.

The same units give the same bytes, so that a change of a picture is a change of the sound.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pictures_measure as measure
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pictures_flow import flow
from pictures_style import COLOURS, DASHED, FREQUENCY, SOFT, Axis, panel, panels
from pictures_style import write as write_picture
from pictures_tablet import page

from studiod.engine.gains import pan
from studiod.registry.console_sections import CONFIG
from studiod.registry.laws import from_turn
from studiod.registry.registry import Console, Registry
from studiod.settings.schema import Settings

HERE = Path(__file__).resolve().parent
GAIN = Axis("dB", -18.0, 18.0, range(-18, 19, 6))
IN, OUT = (Axis(f"dBFS {side}", -72.0, 0.0, range(-72, 1, 12)) for side in ("in", "out"))
CHARACTERS = ("hall", "plate", "room", "chamber")


def bands(frame: Axes, title: str, settings: list[tuple[str, str, float, float]], axis: Axis = GAIN) -> None:
    """The answers of bands of the EQ at 1 kHz: (name, kind, Q, gain)."""
    panel(frame, title, FREQUENCY, axis)
    hz, answers_db = measure.answers([measure.band(kind, 1000.0, q, gain_db) for _, kind, q, gain_db in settings])
    for k, (name, *_) in enumerate(settings):
        frame.plot(hz, answers_db[:, k], label=name)


def eq() -> Figure:
    figure, at = panels("The six types of an EQ band", 8)
    deep = Axis("dB", -48.0, 12.0, range(-48, 13, 12))
    gains = (12.0, 6.0, -6.0, -12.0)
    shelves = [(f"{gain_db:+g} dB".replace("-", "−"), gain_db) for gain_db in gains]
    bands(at[0], "bell, Q 1", [(name, "bell", 1.0, gain_db) for name, gain_db in shelves])
    bands(at[1], "bell, +12 dB", [(f"Q {q:g}", "bell", q, 12.0) for q in (0.5, 1.0, 2.0, 6.0)])
    bands(at[2], "low shelf, Q 0.7", [(name, "low_shelf", 0.7, gain_db) for name, gain_db in shelves])
    bands(at[3], "high shelf, Q 0.7", [(name, "high_shelf", 0.7, gain_db) for name, gain_db in shelves])
    bands(at[4], "low cut", [(f"Q {q:g}", "low_cut", q, 0.0) for q in (0.5, 0.707, 2.0)], deep)
    bands(at[5], "high cut", [(f"Q {q:g}", "high_cut", q, 0.0) for q in (0.5, 0.707, 2.0)], deep)
    bands(at[6], "notch", [(f"Q {q:g}", "notch", q, 0.0) for q in (1.0, 4.0, 16.0)], deep)
    cuts(at[7], deep)
    return figure


def cuts(frame: Axes, axis: Axis) -> None:
    """The low cut and high cut of a strip, at 100 Hz and 8 kHz."""
    panel(frame, "hpf at 100 Hz, lpf at 8 kHz", FREQUENCY, axis)
    slopes = ("12dB", "18dB", "24dB")
    hz, answers_db = measure.answers(
        [[*measure.cut(slope, 100.0, False), *measure.cut(slope, 8000.0, True)] for slope in slopes]
    )
    for k, slope in enumerate(slopes):
        frame.plot(hz, answers_db[:, k], label=f"{slope[:2]} dB/octave")


def dynamics() -> Figure:
    figure, (comps, knees, gates, ducks) = panels("Static curves of compressor, gate, expanders and ducker", 4)
    panel(comps, "comp, threshold −36 dB, knee 0", IN, OUT)
    for name, ratio in (("2:1", 2.0), ("3:1", 3.0), ("6:1", 6.0), ("100:1", 100.0)):
        comps.plot(*measure.comp_curve(-36.0, ratio, 0.0), label=name)
    panel(knees, "comp 4:1, threshold −36 dB", IN, OUT)
    for knee_db in (0.0, 12.0, 24.0):
        knees.plot(*measure.comp_curve(-36.0, 4.0, knee_db), label=f"knee {knee_db:g} dB")
    panel(gates, "gate, threshold −36 dB, range 60 dB", IN, OUT)
    for name, mode in (("gate", "gate"), ("2:1", "expand2"), ("3:1", "expand3"), ("4:1", "expand4")):
        gates.plot(*measure.gate_curve(mode, -36.0, 60.0), label=name)
    panel(ducks, "duck, threshold −36 dB", IN, OUT)
    for range_db in (6.0, 12.0, 24.0):
        ducks.plot(*measure.gate_curve("duck", -36.0, range_db), label=f"range {range_db:g} dB")
    for frame in (comps, knees, gates, ducks):
        frame.plot([-72.0, 0.0], [-72.0, 0.0], color=SOFT, linestyle=DASHED)
    return figure


def times() -> Figure:
    figure, (attacks, releases) = panels("Attack and release of the compressor", 2)
    ms = Axis("ms", 0.0, 600.0, range(0, 601, 100))
    turned = Axis("dB", -18.0, 0.0, range(-18, 1, 3))
    panel(attacks, "comp: attack, release 100 ms", ms, turned)
    for attack_ms in (1.0, 10.0, 50.0):
        attacks.plot(*measure.comp_in_time(attack_ms, 100.0), label=f"{attack_ms:g} ms")
    panel(releases, "comp: release, attack 5 ms", ms, turned)
    for release_ms in (20.0, 100.0, 300.0):
        releases.plot(*measure.comp_in_time(5.0, release_ms), label=f"{release_ms:g} ms")
    return figure


def limiter() -> Figure:
    figure, (curve, wave) = panels("The limiter of main", 2)
    sides = (Axis(f"dBFS {side}", -24.0, 12.0, range(-24, 13, 6)) for side in ("in", "out"))
    panel(curve, "in and out, ceiling −1 dBTP", *sides)
    curve.plot([-24.0, 12.0], [-24.0, 12.0], color=SOFT, linestyle=DASHED)
    curve.plot(*measure.limiter_curve(), color=COLOURS[0], label="sine, 1 kHz")
    panel(wave, "two strokes", Axis("ms", 0.0, 160.0, range(0, 161, 20)), Axis("", -2.0, 2.0, (-2, -1, 0, 1, 2)))
    at_ms, before, after = measure.drum()
    wave.plot(at_ms, before, color=COLOURS[1], label="before")
    wave.plot(at_ms, after, color=COLOURS[0], label="after")
    return figure


def reverb() -> Figure:
    figure, (decays, longs) = panels("The decay of the reverb", 2)
    seconds = Axis("s", 0.0, 2.4, np.arange(0.0, 2.5, 0.4))
    panel(decays, "decay, 500 Hz to 2 kHz, time 1.8 s", seconds, Axis("dB", -70.0, 0.0, range(-70, 1, 10)))
    for character in CHARACTERS:
        decays.plot(*measure.decay(measure.room(character, 1.8), 500.0, 2000.0), label=character)
    panel(longs, "hall: time for 60 dB, by damping", FREQUENCY, seconds)
    centres = np.array([63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0])
    for damping in (0.0, 0.4, 1.0):
        h = measure.room("hall", 1.8, damping)
        times_s = [measure.t30_s(h, centre / 2**0.5, centre * 2**0.5) for centre in centres]
        longs.plot(centres, times_s, label=f"{100 * damping:g} %")
    return figure


def echoes() -> Figure:
    figure, (frame,) = panels("Echoes that go to and fro", 1, width=864.0, height=180.0)
    title = "delay: a click on the left, 250 ms, feedback 60 %, cross 100 %"
    panel(frame, title, Axis("ms", 0.0, 2100.0, range(0, 2001, 250)), Axis("dB", -40.0, 5.0, range(-40, 1, 10)))
    at_ms, levels_db = measure.ping_pong()
    louder = levels_db.argmax(axis=1)
    for side, name in enumerate(("left", "right")):
        mine = louder == side
        frame.vlines(at_ms[mine], -90.0, levels_db[mine, side], color=COLOURS[side], linewidth=2.0, label=name)
    return figure


def laws() -> Figure:
    figure, (fader, pans) = panels("Laws of faders and pans", 2)
    way = Axis("position, %", 0.0, 100.0, (0, 6.25, 25, 50, 75, 100))
    panel(fader, "fader and sends", way, Axis("dB", -90.0, 10.0, (-90, -60, -30, -10, 0, 10)))
    turns = np.linspace(0.0, 1.0, 401)
    fader.plot(100.0 * turns, [from_turn("fader", -90.0, 10.0, turn) for turn in turns])
    place = Axis("pan", -100.0, 100.0, (-100, -50, 0, 50, 100))
    panel(pans, "pan laws, left side", place, Axis("dB", -24.0, 0.0, (-24, -18, -12, -6, -3, 0)))
    places = np.linspace(-100.0, 99.5, 400)
    for law in next(t for t in CONFIG if t.path == "pan_law").items:
        left_db = measure.decibels(np.array([pan(law, at)[0] for at in places]))
        pans.plot(places, left_db, label=law.replace("-", "−").replace("dB", " dB"))
    return figure


def _registry() -> Registry:
    return Registry(Console(**Settings().console.model_dump()))


PICTURES: dict[str, Callable[[], Figure]] = {
    "flow": lambda: flow(Console(**Settings().console.model_dump())),
    "eq": eq,
    "dynamics": dynamics,
    "times": times,
    "limiter": limiter,
    "reverb": reverb,
    "echoes": echoes,
    "laws": laws,
    "tablet": lambda: page(_registry(), "A tablet's first page", "mix", ()),
    "musician": lambda: page(_registry(), "A musician's mix", "bus:3", tuple(range(1, 17))),
}  # fmt: skip


def write(folder: Path) -> list[Path]:
    """Draw every picture into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    out = [folder / f"{name}.svg" for name in PICTURES]
    for path, draw in zip(out, PICTURES.values(), strict=True):
        write_picture(draw, path)
    return out


if __name__ == "__main__":
    for path in write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "pictures"):
        print(path)
