"""Limiters side by side on identical signals: `python tests/bench/limiters.py [--seconds 60] [--only WORD] [--json]`.

48 kHz, single precision, ceiling -1 dB.  What is not installed is named with its package.  The signals and measures
are those of tests/rigs/audio_judge.py, by which studiod's own limiter is tested; docs/limiter.md explains the columns.
"""

import argparse
import json
import math
import time

import numpy as np
import paths  # noqa: F401  (finds what is imported below)
from competitors import ENTRIES, RATE, Absent, Entry, Process, studiod
from scipy import signal

import audio_judge as judge

DRIVES_LUFS = (-14.0, -11.0, -9.0)
TAIL = RATE // 2  # frames of silence behind every signal, for the latest of them
BELOW_DB = -3.0  # peak of the programme of the null test: two below every ceiling


# -- measures --------------------------------------------------------------------------------------------------------


def late(process: Process) -> float:
    """Frames from in to out, by cross-correlation of quiet noise, to a part of a frame."""
    x = np.random.default_rng(4).standard_normal((RATE, 2)).astype(np.float32) * np.float32(0.05)
    y = after(process, x, 0)
    r = signal.correlate(y[:, 0], x[:, 0], "full")
    top = int(np.argmax(r))
    a, b, c = (float(v) for v in r[top - 1 : top + 2])
    return top - (len(x) - 1) + 0.5 * (a - c) / (a - 2.0 * b + c)


def after(process: Process, x: np.ndarray, delay: int) -> np.ndarray:
    """What a limiter makes of x, its delay taken off; without it, and with the tail, when delay is 0.  float64."""
    full = np.concatenate([x, np.zeros((TAIL, 2))]).astype(np.float32)
    y = process(full).astype(np.float64)
    return y if delay == 0 else y[delay : delay + len(x)]


def null_db(process: Process, x: np.ndarray, delay: int) -> float:
    """What is left of a quiet programme after its own subtraction, against it; -inf when every bit is the same."""
    quiet = (x * judge.gain(BELOW_DB) / np.abs(x).max()).astype(np.float32)
    y = after(process, quiet, 0)[delay:][: len(quiet)]
    rest = y - quiet[: len(y)]
    power = float((rest**2).sum() / (quiet.astype(np.float64) ** 2).sum())
    return 10.0 * math.log10(power) if power > 0.0 else -math.inf


def burst() -> np.ndarray:
    """A quarter of the rate at 45 degrees, 6 dB over."""
    x = judge.sine(judge.OVER_DB, RATE / 4, 0.1, RATE, math.pi / 4)
    ramp = np.sin(0.5 * np.pi * np.arange(240) / 240) ** 2
    x[:240] *= ramp
    x[-240:] *= ramp[::-1]
    return judge.pair(np.concatenate([np.zeros(RATE // 10), x, np.zeros(RATE // 10)]))


def measure(entry: Entry, music: np.ndarray) -> dict[str, object]:
    """A row of the table."""
    process, own = entry.process, judge.lufs(music)
    delay_frames = 0.0 if entry.programme_only else late(process)
    delay = round(delay_frames)
    row: dict[str, object] = {"name": entry.name}
    for drive in DRIVES_LUFS:
        x = (music * judge.gain(drive - own)).astype(np.float32)
        began = time.perf_counter()
        y = process(x).astype(np.float64)
        took = time.perf_counter() - began
        row |= {f"I {drive:g}": judge.lufs(y), f"TP {drive:g}": judge.true_peak_db(y)}
        row |= {f"TP<20k {drive:g}": judge.true_peak_db(process(judge.below_20_khz(x).astype(np.float32)))}
    row |= {"speed": len(music) / RATE / took, "SP -9": judge.decibels(float(np.abs(y).max()))}
    if entry.programme_only:
        return row
    noise = judge.pair(np.random.default_rng(5).standard_normal(4 * RATE) * 0.5)
    row |= {"TP burst": judge.true_peak_db(after(process, burst(), 0))}
    row |= {"TP noise": judge.true_peak_db(after(process, noise, 0))}

    def third(x: np.ndarray) -> np.ndarray:
        return after(process, judge.pair(x), 0)[2 * RATE : 3 * RATE, 0]

    row |= {f"THD {hz}": judge.thd_n_percent(third(judge.sine(judge.OVER_DB, hz, 3.5)), hz) for hz in (50, 100, 997)}
    row |= {"SMPTE": judge.smpte_percent(third(judge.smpte(3.5))), "CCIF": judge.ccif_percent(third(judge.ccif(3.5)))}
    pumped = after(process, judge.pair(judge.pumping(3.0)), 0)[delay:, 0]
    dip, recovery = judge.dip_db_and_recovery_ms(judge.carrier_db(pumped))
    row |= {"dip": dip, "recovery": recovery, "late ms": delay_frames * 1000.0 / RATE}
    row |= {"null": null_db(process, music, delay)}
    return row


# -- the table -------------------------------------------------------------------------------------------------------

HEAD = (
    "| Limiter | out I @−14/−11/−9 LUFS | TP @−14/−11/−9 dBTP | TP −9, below 20 kHz | TP burst | TP noise"
    " | THD+N % 50/100/997 Hz | SMPTE % | CCIF % | dip dB / recovery ms | late ms | null dB | × RT |"
)


def figure(value: object, places: int) -> str:
    if not isinstance(value, float):
        return "–"
    return "exact" if value == -math.inf else f"{round(value, places) + 0.0:.{places}f}".replace("-", "−")


def line(row: dict[str, object]) -> str:
    """A row in Markdown."""

    def several(names: list[str], places: int) -> str:
        values = [figure(row.get(name), places) for name in names]
        return "/".join(values) if set(values) != {"–"} else "–"

    drives = [f"{drive:g}" for drive in DRIVES_LUFS]
    cells = [
        str(row["name"]),
        several([f"I {d}" for d in drives], 2),
        several([f"TP {d}" for d in drives], 2),
        figure(row.get("TP<20k -9"), 2),
        figure(row.get("TP burst"), 2),
        figure(row.get("TP noise"), 2),
        several(["THD 50", "THD 100", "THD 997"], 3),
        figure(row.get("SMPTE"), 3),
        figure(row.get("CCIF"), 4),
        several(["dip"], 1) + (" / " + figure(row["recovery"], 0) if "recovery" in row else ""),
        figure(row.get("late ms"), 2),
        figure(row.get("null"), 0),
        figure(row.get("speed"), 0),
    ]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="of programme; 60")
    parser.add_argument("--only", default="", help="names that hold this word")
    parser.add_argument("--json", action="store_true", help="one object a line instead of a table")
    wanted = parser.parse_args()
    music = judge.programme(wanted.seconds)
    studiod(80.0)(music[:RATE].astype(np.float32))  # compiled before the clock runs
    if not wanted.json:
        print(HEAD, "|" + "---|" * HEAD.count(" | ") + "---|", sep="\n", flush=True)
    absent = []
    for entry in ENTRIES:
        if wanted.only.lower() not in entry.name.lower():
            continue
        try:
            row = measure(entry, music)
            print(json.dumps(row) if wanted.json else line(row), flush=True)
        except Absent as why:
            absent.append({"name": entry.name, "absent": str(why), "package": entry.package})
    for gone in absent:
        text = f"absent: {gone['name']}: {gone['absent']}; it comes with the package {gone['package']}"
        print(json.dumps(gone) if wanted.json else text)


if __name__ == "__main__":
    main()
