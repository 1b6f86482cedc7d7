"""`studiod measure` beside ffmpeg's ebur128 with true peak: whole commands on the same file, by turns in one run.

`python tests/bench/measure.py [--json] [--rounds N]` makes a mix of the demo session of 5 and of 30 minutes, measures
each with both, and prints the medians and studiod's part of ffmpeg's time, on the wall and of the processors: at most
1 is at least as fast.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile as sf

ROOT = Path(__file__).resolve().parents[2]
MINUTES = (5, 30)


def mix(folder: Path) -> tuple[np.ndarray, int]:
    """The demo session through the demo scene."""
    out, demo = folder / "mix.wav", ROOT / "config" / "demo"
    words = ["render", "--input", *map(str, sorted(demo.glob("*.flac"))), "--output", f"main={out}"]
    subprocess.run(
        [sys.executable, "-m", "studiod", *words, "--scene", str(demo.parent / "demo-scene.toml")],
        check=True, stdout=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip
    sound, rate_hz = sf.read(str(out), dtype="float32")
    return sound, rate_hz


def took_s(command: list[str]) -> tuple[float, float]:
    """Wall and processor time of a whole command."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    _, code, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(code)
    if child.returncode:
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--json", action="store_true")
    words.add_argument("--rounds", type=int, default=5)
    args = words.parse_args()
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        print("ffmpeg is not installed (system package ffmpeg): nothing to compare with", file=sys.stderr)
        return 1
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        sound, rate_hz = mix(Path(folder))
        for minutes in MINUTES:
            file = Path(folder) / f"{minutes}.wav"
            sf.write(str(file), np.resize(sound, (minutes * 60 * rate_hz, 2)), rate_hz, subtype="PCM_24")
            ours = [sys.executable, "-m", "studiod", "measure", str(file), "--json"]
            theirs = [ffmpeg, "-nostats", "-i", str(file), "-filter_complex", "ebur128=peak=true", "-f", "null", "-"]
            times = [(took_s(ours), took_s(theirs)) for _ in range(args.rounds)]
            (one, one_cpu), (other, other_cpu) = (
                [statistics.median(column) for column in zip(*of, strict=True)] for of in zip(*times, strict=True)
            )
            figures[f"{minutes}_min"] = {
                "studiod_s": round(one, 2),
                "ffmpeg_s": round(other, 2),
                "of_ffmpeg": round(one / other, 2),
                "studiod_processor_s": round(one_cpu, 2),
                "of_ffmpeg_processor": round(one_cpu / other_cpu, 2),
            }
    print(json.dumps(figures) if args.json else "\n".join(f"{name}: {row}" for name, row in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
