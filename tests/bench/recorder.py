"""The multitrack at work: 32 tracks recorded for ten minutes while 32 others play, and what each part of it costs.

`python tests/bench/recorder.py [--minutes 10] [--tracks 32] [--folder DIR] [--json]`.  The take is read back and held
against what came in, sample for sample.  Costs are ratios within one run, whose sides take turns.
"""

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import paths  # noqa: F401  (finds what is imported below)
import soundfile as sf

import servers
from studiod.client.client import ask
from studiod.diagnostics.bench_live import pss_mb
from studiod.files import wav_writer
from studiod.files.wav_writer import Wav
from studiod.multitrack.reel import Reel, spooled
from studiod.realtime import graph
from studiod.registry.registry import Console
from tape_rig import Rig

RATE_HZ, BLOCK_FRAMES = 48_000, 64
REEL_S = 20.0
TURNS, TURN_BLOCKS = 60, 50


def noise(frames: int, lanes: int) -> np.ndarray:
    return (np.random.default_rng(10).standard_normal((frames, lanes)) * 0.1).astype(np.float32)


def reel(folder: Path, tracks: int, rate_hz: int) -> Path:
    folder.mkdir()
    sound = noise(round(REEL_S * rate_hz), tracks)
    for lane in range(tracks):
        sf.write(folder / f"{lane + 1:02}.wav", sound[:, lane], rate_hz, subtype="FLOAT")
    return folder


def graph_us(folder: Path, tracks: int) -> dict[str, float]:
    """Microseconds of a block of 64 frames, at rest, recording, and recording and playing: medians of turns."""
    rigs = {name: Rig(folder / name, console=Console(tracks, 8, tracks, 16)) for name in ("rest", "record", "both")}
    tape = reel(folder / "reel", tracks, RATE_HZ)
    for name, rig in rigs.items():
        if name != "rest":
            rig.desk.change([(f"ch/{n}/arm", 1) for n in range(1, tracks + 1)])
            rig.desk.set("recorder/state", "record")
        if name == "both":
            rig.do("take/open", str(tape))
            rig.desk.set("transport/state", "play")
        rig.run(9600)
    ins = noise(BLOCK_FRAMES, tracks)
    outs = np.zeros((BLOCK_FRAMES, 8), np.float32)
    times: dict[str, list[float]] = {name: [] for name in rigs}
    for _ in range(TURNS):
        for name, rig in rigs.items():
            rig.keep_up()
            began = time.perf_counter()
            for _ in range(TURN_BLOCKS):
                graph.run(rig.rack.base, ins.ctypes.data, outs.ctypes.data, BLOCK_FRAMES)
            times[name].append((time.perf_counter() - began) / TURN_BLOCKS * 1e6)
    for rig in rigs.values():
        rig.close()
    return {name: statistics.median(each) for name, each in times.items()}


def disk_speed(folder: Path, tracks: int) -> dict[str, float]:
    """How many times faster than real time a minute of all tracks is written, and read back as the player does."""
    out: dict[str, float] = {}
    half = noise(RATE_HZ // 2, tracks)
    for format in wav_writer.FORMATS:
        began = time.monotonic()
        files = [Wav(folder / f"{format}-{lane}.wav", RATE_HZ, format) for lane in range(tracks)]
        for _ in range(120):
            for lane, file in enumerate(files):
                file.write(half[:, lane])
                file.seal()
        for file in files:
            file.close()
        out[f"write_{format}"] = 60.0 / (time.monotonic() - began)
    for rate_hz in (RATE_HZ, 44_100):
        played: Reel = spooled(
            sorted(reel(folder / f"reel-{rate_hz}", tracks, rate_hz).iterdir()), RATE_HZ, tracks
        ).reel
        began = time.monotonic()
        for at in range(0, round(REEL_S * RATE_HZ), 4096):
            played.read(at, 4096)
        out[f"read_{rate_hz}"] = REEL_S / (time.monotonic() - began)
    return out


def live(folder: Path, tracks: int, minutes: float) -> dict[str, Any]:
    """A daemon that records all tracks while all of them play in a loop."""
    loop = noise(RATE_HZ, tracks)
    sf.write(folder / "input.wav", loop, RATE_HZ, subtype="FLOAT")
    tape = reel(folder / "tape", tracks, 44_100)
    tables = {"console": {"channels": tracks}, "virtual": {"play": [str(folder / "input.wav")]}}
    with servers.Daemon(folder / "daemon", tables) as daemon:

        def put(path: str, value: object) -> None:
            ask(daemon.host, daemon.osc_port, path, str(value))

        def get(path: str) -> float:
            return float(str(ask(daemon.host, daemon.osc_port, path)))

        for n in range(1, tracks + 1):
            put(f"ch/{n}/arm", 1)
        servers_say(daemon, "take/open", str(tape))
        for path, value in (("loop/out", REEL_S), ("loop/on", 1), ("state", "play"), ("soundcheck", 1)):
            put(f"transport/{path}", value)
        back_s = 60.0 if minutes >= 1.0 else 2.0
        put("recorder/lookback", back_s)
        time.sleep(back_s + 2.0)  # so far back all tracks were armed
        began, first, missed = time.monotonic(), get("status/frames"), get("status/missed")
        put("recorder/state", "record")
        while time.monotonic() < began + 60.0 * minutes:
            time.sleep(min(5.0, 60.0 * minutes))
            print(f"\r{(time.monotonic() - began) / 60:.1f} of {minutes:g} min", end="", file=sys.stderr)
        put("recorder/state", "stop")
        took, frames = time.monotonic() - began, get("status/frames") - first
        out: dict[str, Any] = {
            "minutes": took / 60, "clock_frames": int(frames), "missed_blocks": int(get("status/missed") - missed),
            "lost_frames": int(get("recorder/lost")), "starved": daemon.stderr.count("the player came too late"),
            "memory_mb": pss_mb(daemon.pid),
        }  # fmt: skip
        (take,) = (daemon.state / "recordings").iterdir()
        while "frames = 0" in (take / "take.toml").read_text("utf-8"):
            time.sleep(0.1)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    out["cpu_percent"] = 100.0 * (used.ru_utime + used.ru_stime) / took
    out["wrong_samples"], out["take_frames"] = compared(take, loop)
    out["megabytes"] = sum(file.stat().st_size for file in take.glob("*.wav")) / 1e6
    print(file=sys.stderr)
    return out


def servers_say(daemon: servers.Daemon, *words: str) -> None:
    """A command, over the scenes' link."""
    from studiod.cli.scene import Link

    link = Link(daemon.host, daemon.osc_port)
    with link.wire:
        list(link.ask(*words))


def compared(take: Path, loop: np.ndarray) -> tuple[int, int]:
    """How many samples of all tracks are not what came in, and how many frames the shortest has."""
    wrong, shortest, first = 0, 1 << 62, -1
    for lane, file in enumerate(sorted(take.glob("*.wav"))):
        with sf.SoundFile(file) as read:
            shortest = min(shortest, read.frames)
            at = 0
            while len(part := read.read(RATE_HZ, dtype="float32")):
                if first < 0:
                    (first,) = (k for k in range(RATE_HZ) if (np.roll(loop[:, 0], -k)[:32] == part[:32]).all())
                wrong += int(np.count_nonzero(part != loop[(first + at + np.arange(len(part))) % RATE_HZ, lane]))
                at += len(part)
    return wrong, shortest


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--minutes", type=float, default=10.0)
    words.add_argument("--tracks", type=int, default=32)
    words.add_argument("--folder", type=Path, help="on the disk that is to be timed")
    words.add_argument("--json", action="store_true")
    args = words.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = Path(name)
        for part in ("graph", "disk", "live"):
            (folder / part).mkdir()
        cost = graph_us(folder / "graph", args.tracks)
        found: dict[str, Any] = {
            "block_us": cost,
            "record_over_rest": cost["record"] / cost["rest"],
            "both_over_rest": cost["both"] / cost["rest"],
            "times_real_time": disk_speed(folder / "disk", args.tracks),
            "live": live(folder / "live", args.tracks, args.minutes),
        }
    if args.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(name, json.dumps(value) if isinstance(value, dict) else f"{value:.3f}")
    return 0 if found["live"]["lost_frames"] == found["live"]["wrong_samples"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
