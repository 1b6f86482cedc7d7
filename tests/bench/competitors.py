"""Every limiter of the table, studiod's own first: what runs it here, or why it cannot run."""

import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import soundfile as sf

import audio_judge as judge
from dsp import limiter

RATE, CEILING_DB = 48_000, -1.0
CEILING = judge.gain(CEILING_DB)
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


def pipe(command: list[str], sound: np.ndarray, kind: str = "<f4") -> np.ndarray:
    """Raw samples, float32 unless said otherwise, through a command; gives [frame, 2] of the same."""
    if shutil.which(command[0]) is None:
        raise Absent(f"no {command[0]} here")
    done = subprocess.run(command, input=np.ascontiguousarray(sound, kind).tobytes(), capture_output=True)
    if done.returncode or not done.stdout:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise Absent(words[-1] if words else f"{command[0]} gave nothing")
    return np.frombuffer(done.stdout, kind).reshape(-1, 2)


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
                raise Absent((done.stderr or done.stdout).strip()[-200:] or f"lv2file ended with {done.returncode}")
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
