"""`studiod render` of five minutes of the demo session: how many times real time, start left out, and its memory.

`python tests/bench/render.py [--json] [--rounds N] [--against CHECKOUT]`: whole commands on ten tracks into one stereo
file, of 10 s and of 5 minutes by turns; what the long one takes more is the pace.  --against: another checkout, whose
cache is warm, in the same turns.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import soundfile as sf

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "config" / "demo"
SHORT_S, LONG_S = 10, 300
Cost = tuple[float, float, float]  # wall s, processor s, most MB


def tracks(folder: Path, seconds: int) -> Path:
    """The demo session, over and over, for so long; piece by piece, since a child's most memory counts its parent's."""
    folder.mkdir()
    for file in sorted(DEMO.glob("*.flac")):
        sound, rate_hz = sf.read(str(file), dtype="int16")
        with sf.SoundFile(str(folder / file.name), "w", rate_hz, 1, "PCM_16") as out:
            for at in range(0, seconds * rate_hz, len(sound)):
                out.write(sound[: seconds * rate_hz - at])
    return folder


def cost(checkout: Path, sound: Path) -> Cost:
    """Of one whole command."""
    words = ["render", "--input", str(sound), "--scene", str(DEMO.parent / "demo-scene.toml")]
    words += ["--output", f"main={sound}.wav"]
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "studiod", *words], cwd=checkout, env={**os.environ, "PYTHONPATH": str(checkout)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, code, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(code)
    if child.returncode:
        raise SystemExit(f"{checkout}: the render ended with {child.returncode}")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024.0


def figures(turns: list[tuple[Cost, Cost]]) -> dict[str, float]:
    """The medians of what the long one took more than the short one."""
    wall_s, processor_s = (
        statistics.median(long[k] - short[k] for short, long in turns) / (LONG_S - SHORT_S) for k in (0, 1)
    )
    return {
        "times_real_time": round(1.0 / wall_s, 1),
        "processor_ms_per_s": round(1000.0 * processor_s, 2),
        "start_s": round(statistics.median(short[0] for short, _ in turns) - SHORT_S * wall_s, 2),
        "memory_mb": round(max(long[2] for _, long in turns)),
    }


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--json", action="store_true")
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--against", type=Path, help="another checkout")
    args = words.parse_args()
    checkouts = {"here": ROOT} | ({"against": args.against.resolve()} if args.against else {})
    turns: dict[str, list[tuple[Cost, Cost]]] = {name: [] for name in checkouts}
    with tempfile.TemporaryDirectory() as folder:
        short, long = (tracks(Path(folder) / str(seconds), seconds) for seconds in (SHORT_S, LONG_S))
        for checkout in checkouts.values():
            cost(checkout, short)  # compiles what is not there yet
        for _ in range(args.rounds):
            for name, checkout in checkouts.items():
                turns[name].append((cost(checkout, short), cost(checkout, long)))
    found = {name: figures(of) for name, of in turns.items()}
    print(json.dumps(found) if args.json else "\n".join(f"{name}: {row}" for name, row in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
