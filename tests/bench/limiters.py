"""Limiters side by side on identical signals: `python tests/bench/limiters.py [--seconds 60] [--only WORD] [--json]`.

48 kHz, single precision, ceiling -1 dB.  What is not installed is named with its package.  The signals and measures
are those of tests/audio_judge.py, by which studiod's own limiter is tested; docs/limiter.md explains the columns.
"""

import argparse
import importlib.util
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile as sf
from scipy import signal

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
import audio_judge as judge  # noqa: E402 - found by the line above
from dsp import limiter  # noqa: E402

RATE, CEILING_DB = 48_000, -1.0
CEILING = judge.gain(CEILING_DB)
DRIVES_LUFS = (-14.0, -11.0, -9.0)
TAIL = RATE // 2  # frames of silence behind every signal, for the latest of them
BELOW_DB = -3.0  # peak of the programme of the null test: two below every ceiling
Process = Callable[[np.ndarray], np.ndarray]


class Absent(RuntimeError):
    """A competitor cannot run here, and why."""


@dataclass(frozen=True)
class Entry:
    """A limiter in one setting; process takes and gives float32 [frame, 2]."""

    name: str
    package: str
    process: Process
    programme_only: bool = False


# -- hosts -----------------------------------------------------------------------------------------------------------


def pipe(command: list[str], sound: np.ndarray) -> np.ndarray:
    """Raw float32 through a command."""
    if shutil.which(command[0]) is None:
        raise Absent(f"no {command[0]} here")
    done = subprocess.run(command, input=np.ascontiguousarray(sound, "<f4").tobytes(), capture_output=True)
    if done.returncode or not done.stdout:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise Absent(words[-1] if words else f"{command[0]} gave nothing")
    return np.frombuffer(done.stdout, "<f4").reshape(-1, 2)


def ffmpeg(filters: str) -> Process:
    raw = ["-f", "f32le", "-ar", str(RATE), "-ac", "2"]
    end = ["-c:a", "pcm_f32le", *raw, "-"]
    return lambda x: pipe(["ffmpeg", "-loglevel", "error", *raw, "-i", "-", "-af", filters, *end], x)


@cache
def lv2_plugins() -> tuple[str, ...]:
    if shutil.which("lv2ls") is None:
        raise Absent("no lv2ls here (Debian: lilv-utils)")
    return tuple(subprocess.run(["lv2ls"], capture_output=True, text=True).stdout.split())


def lv2(uri: str, **controls: float) -> Process:
    values = "|".join(f"{port}={value:.9g}" for port, value in controls.items())
    through = ffmpeg(f"lv2=p={uri.replace(':', chr(92) * 2 + ':')}:c={values}")

    def process(x: np.ndarray) -> np.ndarray:
        if uri not in lv2_plugins():
            raise Absent(f"no LV2 plugin {uri} here")
        return through(x)

    return process


def lv2file(uri: str, **controls: float) -> Process:
    """The same by way of files, for a plugin that ffmpeg's blocks do not suit."""
    values = [word for port, value in controls.items() for word in ("-p", f"{port}:{value:.9g}")]

    def process(x: np.ndarray) -> np.ndarray:
        if shutil.which("lv2file") is None:
            raise Absent("no lv2file here (Debian: lv2file)")
        if uri not in lv2_plugins():
            raise Absent(f"no LV2 plugin {uri} here")
        with tempfile.TemporaryDirectory() as folder:
            before, behind = f"{folder}/in.wav", f"{folder}/out.wav"
            sf.write(before, x, RATE, subtype="FLOAT")
            command = ["lv2file", "-i", before, "-o", behind, "--ignore-clipping", *values, uri]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                raise Absent((done.stderr or done.stdout).strip()[-200:])
            return sf.read(behind, dtype="float32")[0]

    return process


def sox(x: np.ndarray) -> np.ndarray:
    """sox works on integers: 24 dB down on the way in, and up again before its limiter, which ends at 0 dBFS."""
    raw = ["-t", "f32", "-r", str(RATE), "-c", "2", "-"]
    up = f"{24.0 - CEILING_DB:g}"
    return pipe(["sox", "-D", *raw, *raw, "gain", "-l", up, "gain", f"{CEILING_DB:g}"], x * judge.gain(-24.0))


def need(module: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise Absent(f"no Python module {module} here")


def juce(x: np.ndarray) -> np.ndarray:
    need("pedalboard")
    import pedalboard

    board = pedalboard.Pedalboard([pedalboard.Limiter(threshold_db=CEILING_DB, release_ms=100.0)])
    return board(np.ascontiguousarray(x.T), RATE).T


def hyrax(x: np.ndarray) -> np.ndarray:
    need("matchering")
    from matchering.defaults import Config
    from matchering.limiter.hyrax import limit

    return limit(x.astype(np.float64), Config(internal_sample_rate=RATE, threshold=CEILING)).astype(np.float32)


def studiod(release_ms: float, lookahead_ms: float = 1.5) -> Process:
    def process(x: np.ndarray) -> np.ndarray:
        s = limiter.state(2)
        limiter.settle(s, limiter.aim(1, 0.0, CEILING_DB, release_ms, lookahead_ms, RATE))
        out = np.array(x, np.float64, order="C")
        for at in range(0, len(out), 64):
            limiter.run(s, out[at : at + 64])
        return out.astype(np.float32)

    return process


DPL, CALF, ZAM = (
    "http://gareus.org/oss/lv2/dpl#stereo",
    "http://calf.sourceforge.net/plugins/Limiter",
    "urn:zamaudio:ZaMaximX2",
)
LSP, LSP_AT = "http://lsp-plug.in/plugins/lv2/limiter_stereo", {"th": CEILING, "boost": 0, "pause": 1}
ALIMITER = f"alimiter=limit={CEILING:.9g}:attack=5:release=50:level=false"
ENTRIES = (
    Entry("studiod, 10 ms", "", studiod(10.0)),
    Entry("studiod, 10 ms, look-ahead 0.5 ms", "", studiod(10.0, 0.5)),
    Entry("studiod, 80 ms (rest)", "", studiod(80.0)),
    Entry("studiod, 150 ms", "", studiod(150.0)),
    Entry("hard clip", "", lambda x: np.clip(x, -CEILING, CEILING).astype(np.float32)),
    Entry("x42 dpl, TP off, 10 ms", "x42-plugins", lv2(DPL, threshold=CEILING_DB, truepeak=0, release=0.01)),
    Entry("x42 dpl, TP on, 10 ms", "x42-plugins", lv2(DPL, threshold=CEILING_DB, truepeak=1, release=0.01)),
    Entry("x42 dpl, TP on, 100 ms", "x42-plugins", lv2(DPL, threshold=CEILING_DB, truepeak=1, release=0.1)),
    Entry("LSP Herm Thin", "lsp-plugins-lv2", lv2(LSP, **LSP_AT, alr=0, mode=0, ovs=0)),
    Entry("LSP Herm Thin, Full x8(3L)", "lsp-plugins-lv2", lv2(LSP, **LSP_AT, alr=0, mode=0, ovs=20)),
    Entry(
        "LSP Herm Wide, Full x8(3L), ALR, 10/10/20 ms",
        "lsp-plugins-lv2",
        lv2(LSP, **LSP_AT, alr=1, mode=1, ovs=20, lk=10, at=10, rt=20),
    ),
    Entry("calf, oversampling 4, ASC", "calf-plugins", lv2(CALF, limit=CEILING, auto_level=0, oversampling=4, asc=1)),
    Entry("ZaMaximX2", "zam-plugins", lv2file(ZAM, thresh=CEILING_DB, ceil=CEILING_DB)),
    Entry("ffmpeg alimiter 5/50 ms", "ffmpeg", ffmpeg(ALIMITER)),
    Entry(
        "alimiter between aresample 192k",
        "ffmpeg",
        ffmpeg(f"aresample=192000,{ALIMITER},aresample={RATE}"),
    ),
    Entry("pedalboard (JUCE) Limiter", "pedalboard (PyPI)", juce),
    Entry("matchering hyrax", "matchering (PyPI)", hyrax),
    Entry("sox gain -l", "sox", sox),
    Entry(
        "ffmpeg loudnorm, dynamic, TP=-1",
        "ffmpeg",
        lambda x: ffmpeg(f"loudnorm=I={judge.lufs(x):.2f}:TP={CEILING_DB:g}:LRA=20,aresample={RATE}")(x),
        programme_only=True,
    ),
)


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
