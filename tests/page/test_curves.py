"""The page's own curves, run in the browser, beside what the desk plays: EQ, filters, gate, compressor; its meters."""

import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from page_rig import CONSOLE, Seen
from studiod.host.offline import Offline, routed
from studiod.metering.meters import Meters
from studiod.registry.registry import Console, Registry
from web_rig import WebRig

Open = Callable[..., Seen]
LANES = 25  # of each rate: 50 equalisers
POINTS_HZ = np.geomspace(25.0, 16000.0, 30)
FLOOR_DB = -80.0  # deeper is deep: float32 has no more to say there
LEVELS_DB = (-70.0, -55.0, -45.0, -38.0, -31.0, -26.0, -22.0, -19.0, -14.0, -9.0, -3.0)


def drawn(chance: random.Random, registry: Registry, strip: str) -> dict[str, Any]:
    """An equaliser with filters, each at random, for one strip."""
    found: dict[str, Any] = {}
    for path, param in registry.params.items():
        part, _, tail = path.removeprefix(f"{strip}/").partition("/")
        if not path.startswith(f"{strip}/") or part not in ("eq", "hpf", "lpf"):
            continue
        if param.kind == "switch":
            found[path] = 1 if tail == "on" and part == "eq" else int(chance.random() < 0.8)
        elif param.kind == "list":
            found[path] = chance.choice(param.items)
        else:
            found[path] = param.from_turn(chance.random())
    return found


def asked(page: Seen, body: str, **given: Any) -> Any:
    """The outcome of JavaScript with the values of a desk: `read(path)`, and `given`."""
    made = f"const given = {json.dumps(given)}; const read = (path) => given.values[path];"
    return page.run(f"await (async () => {{ {made} {body} }})()")


@pytest.mark.parametrize("rate_hz", [44100, 96000])
def test_the_curve_of_an_equaliser_is_what_it_plays(opened: Open, rate_hz: int) -> None:
    console = Console(inputs=1, outputs=2, channels=18, buses=8, rate_hz=rate_hz)
    registry, chance = Registry(console), random.Random(rate_hz)
    strips = [f"ch/{n}" for n in range(1, 18)] + [f"bus/{n}" for n in range(1, 9)]
    assert len(strips) == LANES
    eqs = {path: value for strip in strips for path, value in drawn(chance, registry, strip).items()}
    kinds = {value for path, value in eqs.items() if path.endswith("/type")}
    assert kinds == set(registry.params["ch/1/eq/1/type"].items)
    plain: dict[str, Any] = {f"ch/{n}/source": "input/1" for n in range(1, 19)}
    plain |= {f"ch/{n}/fader": 0.0 for n in range(1, 19)}
    for n in range(1, 9):
        plain |= {f"ch/18/send/{n}/level": 0.0, f"ch/18/send/{n}/tap": "input"}
    console, values = routed(console, {**plain, **eqs}, strips)
    impulse = np.zeros((2 * rate_hz, 1), np.float32)
    impulse[0] = 2.0**-10  # no boost of the bands comes near the ceiling of an output
    plays = Offline(console, values).run(impulse).astype(float)
    flat = Offline(console, routed(console, plain, strips)[1]).run(impulse[:512]).astype(float)
    body = """
      const {eqOf, response} = await use('parts/response.js');
      const {console: desk} = await use('line/about.js');
      const was = desk.value;
      desk.value = {...was, rate_hz: String(given.rate)};
      const all = given.strips.map((strip) => given.hz.map((hz) => response(eqOf(strip, read), hz)));
      desk.value = was;
      return all;"""
    page = opened("strip/ch/1")
    page.run("(await use('line/about.js')).need(['ch', 'bus'])")
    page.until("(await use('line/about.js')).about('bus/1/eq/6/freq')")
    shown = np.array(asked(page, body, values=values, rate=rate_hz, strips=strips, hz=POINTS_HZ.tolist()))
    turns = np.exp(-2j * np.pi * np.outer(POINTS_HZ, np.arange(len(plays))) / rate_hz)
    heard = 20 * np.log10(np.abs(turns @ plays) / np.abs(turns[:, : len(flat)] @ flat)).T
    apart = np.abs(np.maximum(shown, FLOOR_DB) - np.maximum(heard, FLOOR_DB))
    assert np.abs(shown).max() > 20, "they do something"
    assert apart[:, POINTS_HZ <= 10000].max() < 0.3
    assert apart.max() < 0.5


def dynamics(registry: Registry, unit: str, lanes: int, seed: int) -> dict[str, Any]:
    """A gate or compressor at random for each channel, quick enough to settle within a step."""
    chance, found = random.Random(seed), {}
    times = {"attack": 2.0, "hold": 20.0, "release": 30.0}
    for n in range(1, lanes + 1):
        for path in registry.params:
            if not path.startswith(f"ch/{n}/{unit}/") or "/filter/" in path:
                continue
            param, name = registry.params[path], path.rpartition("/")[2]
            if name in times:
                found[path] = times[name]
            elif param.kind == "number":
                found[path] = param.from_turn(chance.random())
            elif param.kind == "list":
                found[path] = param.items[n % len(param.items)]
        found[f"ch/{n}/{unit}/on"] = 1
    return found


@pytest.mark.parametrize("unit", ["gate", "comp"])
def test_the_curve_of_a_gate_or_compressor_is_what_it_plays(opened: Open, unit: str) -> None:
    lanes, rate_hz, step_s = 16, 48000, 0.7
    console = Console(inputs=1, outputs=2, channels=lanes, buses=2, rate_hz=rate_hz)
    registry = Registry(console)
    settings = dynamics(registry, unit, lanes, 7)
    plain = {f"ch/{n}/source": "input/1" for n in range(1, lanes + 1)} | {f"ch/{n}/fader": -30.0 for n in range(1, 17)}
    console, values = routed(console, {**plain, **settings}, [f"ch/{n}" for n in range(1, lanes + 1)])
    offline = Offline(console, values)
    meters = Meters(offline.rack)
    tone = np.sin(2 * np.pi * 1000.0 * np.arange(round(step_s * rate_hz)) / rate_hz)[:, None]
    gains, taken = [], []
    for level_db in LEVELS_DB:
        out = offline.run((10 ** (level_db / 20) * tone).astype(np.float32)).astype(float)[-rate_hz // 10 :]
        gains.append(10 * np.log10(2 * np.mean(out**2, axis=0)) - level_db + 30.0)
        taken.append(meters.read(unit)[0][:lanes])
    body = """
      const {dynamicsOf, output} = await use('parts/dynamics.js');
      return given.strips.map((strip) => {
        const unit = dynamicsOf(strip, given.unit, read);
        const near = (db) => Math.min(...unit.breaks.map((at) => Math.abs(at - db)));
        const row = (db, taken) => [output(unit, db) - db, taken, near(db), ...unit.levels(taken)];
        return given.levels.map((db) => row(db, unit.taken(db)));
      });"""
    strips = [f"ch/{n}" for n in range(1, lanes + 1)]
    page = opened("strip/ch/1")
    found = asked(page, body, values=values, unit=unit, strips=strips, levels=LEVELS_DB)
    worked = 0
    for lane, rows in enumerate(found):
        for step, (gain, away, near, low, high) in enumerate(rows):
            if unit == "gate" and near < 0.3:
                continue  # on the edge of a switch
            where = f"{strips[lane]} at {LEVELS_DB[step]} dB"
            assert abs(gain - gains[step][lane]) < 0.5, where
            assert abs(away - taken[step][lane]) < 0.5, where
            # the point lives where so much is taken away
            assert low is None or low - 1e-6 <= LEVELS_DB[step]
            assert high is None or LEVELS_DB[step] <= high + 0.5
            worked += abs(gain) > 1
    assert worked > 60


@pytest.mark.parametrize("level_db", [-43.7, -12.3, -1.2])
def test_a_meter_of_the_page_is_the_level_of_a_sine(
    rig: WebRig, opened: Open, monkeypatch: pytest.MonkeyPatch, level_db: float
) -> None:
    offline = Offline(CONSOLE, {"ch/2/source": "input/1", "ch/2/fader": 0.0})
    tone = 10 ** (level_db / 20) * np.sin(2 * np.pi * 1000.0 * np.arange(24000) / 48000)[:, None]
    offline.run(tone.astype(np.float32))
    meters, known = Meters(offline.rack), rig.desk.engine.meters

    def told(bank: str, since: int) -> tuple[list[float], int]:
        return meters.read(bank) if bank == "ch" else known(bank, since)

    monkeypatch.setattr(rig.desk.engine, "meters", told)
    page = opened("strip/ch/2")
    page.until("Math.abs(document.querySelector('x-meter[name=\"ch/2\"]').level + 20) > 0.5")
    page.frames(2)
    assert abs(page.run("document.querySelector('x-meter[name=\"ch/2\"]').shown") - level_db) < 0.2
