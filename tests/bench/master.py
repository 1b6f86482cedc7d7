"""`studiod master` of five minutes of the demo session beside others, in processor time, and the memory of long albums.

`python tests/bench/master.py [--json] [--rounds N] [--matchering PYTHON]`: a song at 44.1 kHz with six bands,
compressor and limiter, to -14 LUFS; ffmpeg's loudnorm in two passes and matchering on the same file.  matchering
(https://pypi.org/project/matchering) needs packages of its own: PYTHON is an interpreter that has it.  What is not
here is named.  The last lines are a song of 10 minutes at 96 kHz and an album of 70 minutes: the most memory.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import paths  # noqa: F401  (finds what is imported below)
import soundfile as sf
import soxr

from studiod.mastering import passes, programme, songs
from studiod.mastering.album import Album, Limiter, Loudness, Song
from studiod.mastering.apart import apart_s
from studiod.mastering.kept import Digests, Kept
from studiod.mastering.timeline import Head, timeline

ROOT = Path(__file__).resolve().parents[2]
RATE_HZ, SECONDS, TARGET_LUFS = 44_100, 300, -14.0
BANDS_DB = (2.0, -2.0, 1.5, -1.5, 2.0, 1.0)
CHAIN = {f"main/eq/{k}/gain": gain_db for k, gain_db in enumerate(BANDS_DB, 1)}
CHAIN |= {"main/comp/on": 1, "main/comp/threshold": -24.0, "main/comp/ratio": 2.0, "main/comp/makeup": 3.0}


def cost(words: list[str], folder: Path) -> tuple[float, float]:
    """Processor seconds and most MB of one whole command and its children; RuntimeError with what it said."""
    log = folder / "said.txt"
    with log.open("w") as said:
        child = subprocess.Popen(
            words, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=said, stderr=said
        )
        most_mb = 0.0
        while not (ended := os.wait4(child.pid, os.WNOHANG))[0]:
            most_mb = max(most_mb, high_mb(child.pid))
            time.sleep(0.02)
    _, code, used = ended
    child.returncode = os.waitstatus_to_exitcode(code)
    if child.returncode:
        raise RuntimeError(f"{words[0]}: {log.read_text(errors='replace').strip().splitlines()[-1:]}")
    return used.ru_utime + used.ru_stime, most_mb


def high_mb(pid: int) -> float:
    """The most that a process has held so far; what wait4 tells counts its parent's too."""
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024.0 if found else 0.0


def mixed(folder: Path) -> Path:
    """The demo session by its scene."""
    out = folder / "mix.wav"
    words = [sys.executable, "-m", "studiod", "render", "--input", str(ROOT / "config" / "demo"), "--subtype", "FLOAT"]
    words += ["--scene", str(ROOT / "config" / "demo-scene.toml"), "--output", f"main/pre_limiter={out}"]
    cost(words, folder)
    return out


def repeated(mix: Path, out: Path, rate_hz: int, seconds: int) -> Path:
    """It at a rate, over and over, for so long, 24 bit."""
    sound, own_hz = sf.read(mix)
    sound = soxr.resample(sound, own_hz, rate_hz, "VHQ")
    with sf.SoundFile(out, "w", rate_hz, 2, "PCM_24") as file:
        for at in range(0, seconds * rate_hz, len(sound)):
            file.write(sound[: seconds * rate_hz - at])
    return out


def album(folder: Path, files: list[Path], deliver: str, mode: str) -> Path:
    """An album file of these songs."""
    values = "\n".join(f'"{path}" = {value}' for path, value in CHAIN.items())
    (folder / "chain.toml").write_text(f"[values]\n{values}\n", "utf-8")
    lines = ["[album]", 'title = "Bench"', f'loudness = {{ mode = "{mode}", target_lufs = {TARGET_LUFS} }}']
    lines += ['chain = "chain.toml"', f'deliver = ["{deliver}"]']
    for k, file in enumerate(files):
        lines += ["[[song]]", f'file = "{file}"', f'title = "Song {k + 1}"', *(["gap_s = 2.0"] if k else [])]
    path = folder / "album.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def master(folder: Path, files: list[Path], deliver: str, mode: str = "song") -> tuple[float, float]:
    """One whole command, nothing of it made before."""
    work = Path(tempfile.mkdtemp(dir=folder))
    path = album(work, files, deliver, mode)
    found = cost([sys.executable, "-m", "studiod", "master", str(path), "-o", str(work / "out")], work)
    shutil.rmtree(work)
    return found


def one_pass(folder: Path, file: Path) -> float:
    """Processor seconds of chain, limiter 6 dB in, meters and 24 bit, the start left out."""
    work = Path(tempfile.mkdtemp(dir=folder))
    info = sf.info(file)
    of = Album("Bench", (Song(file, "One"),), loudness=Loudness("off"), limiter=Limiter(80.0, 1.5))
    heads = [Head(info.samplerate, info.frames, 2)]
    run = timeline(of, heads, apart_s).runs[0]
    kept = Kept(work)

    def quiet(_: float) -> None:
        """Nobody looks."""

    began = time.process_time()
    ready = songs.ready(kept, Digests(kept), file, of.songs, run, 0, CHAIN, quiet)
    of_run = passes.Programme.of(run, [ready], {}, -1.0)
    _, made = passes.once(kept, of_run, [6.0], RATE_HZ, 0.0, quiet)
    for _ in programme.words(made.sound, 0, made.sound.frames, RATE_HZ, "int24", False):
        pass
    took_s = time.process_time() - began
    shutil.rmtree(work)
    return took_s


def loudnorm(folder: Path, file: Path) -> float:
    """Both passes of it to the same target."""
    if shutil.which("ffmpeg") is None:
        raise RuntimeError("no ffmpeg here (Debian: ffmpeg)")
    words = ["ffmpeg", "-nostdin", "-y", "-hide_banner", "-i", str(file), "-af"]
    ask = f"loudnorm=I={TARGET_LUFS}:TP=-1:LRA=11"
    first_s, _ = cost([*words, f"{ask}:print_format=json", "-f", "null", "-"], folder)
    said = json.loads(re.findall(r"\{[^{}]*\}", (folder / "said.txt").read_text())[-1])
    names = {"i": "input_i", "tp": "input_tp", "lra": "input_lra", "thresh": "input_thresh"}
    known = "".join(f":measured_{key}={said[name]}" for key, name in names.items())
    last = ["-ar", str(RATE_HZ), "-c:a", "pcm_s24le", str(folder / "loudnorm.wav")]
    second_s, _ = cost([*words, f"{ask}{known}:offset={said['target_offset']}:linear=false", *last], folder)
    return first_s + second_s


def matchering(folder: Path, file: Path, python: str) -> float:
    """Match and limit, the file being its own reference."""
    if not python:
        raise RuntimeError("no matchering named (--matchering PYTHON)")
    task = "target=sys.argv[1], reference=sys.argv[2], results=[m.pcm24(sys.argv[3])]"
    program = f"import sys, matchering as m; m.process({task})"
    other = folder / "reference.wav"
    if not other.exists():  # it refuses a file that is the same
        sound, rate_hz = sf.read(file)
        sf.write(other, sound[::-1] * 0.9, rate_hz, subtype="PCM_24")
    return cost([python, "-c", program, str(file), str(other), str(folder / "matchering.wav")], folder)[0]


def line(name: str, took: Callable[[], float], rounds: int) -> dict[str, object]:
    """The median of some rounds, or why there is none."""
    try:
        seconds = statistics.median(took() for _ in range(rounds))
    except RuntimeError as fault:
        return {"job": name, "absent": str(fault)}
    return {"job": name, "processor_s": round(seconds, 2), "times_real_time": round(SECONDS / seconds, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--matchering", default="", metavar="PYTHON")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="studiod-bench-") as name:
        folder = Path(name)
        mix = mixed(folder)
        song = repeated(mix, folder / "song.wav", RATE_HZ, SECONDS)
        one_pass(folder, song)  # what is compiled is there
        jobs: dict[str, Callable[[], float]] = {
            "one pass: EQ, compressor, limiter 6 dB in": lambda: one_pass(folder, song),
            "studiod master to -14 LUFS, wav24": lambda: master(folder, [song], "wav24")[0],
            "ffmpeg loudnorm, two passes": lambda: loudnorm(folder, song),
            "matchering": lambda: matchering(folder, song, args.matchering),
        }
        for job, took in jobs.items():
            tell(line(job, took, args.rounds), args.json)
        long = repeated(mix, folder / "long.wav", 96_000, 600)
        each = [repeated(mix, folder / f"{k}.wav", RATE_HZ, SECONDS + k) for k in range(14)]
        for job, files, deliver in (
            ("a song of 10 min at 96 kHz", [long], "wav24@96000"),
            ("an album of 70 min", each, "wav24"),
        ):
            try:
                took_s, most_mb = master(folder, files, deliver, "off")
                row = {"job": job, "processor_s": round(took_s, 1), "most_mb": round(most_mb)}
            except RuntimeError as fault:
                row = {"job": job, "absent": str(fault)}
            tell(row, args.json)


def tell(row: dict[str, object], as_json: bool) -> None:
    """A line as soon as it is there."""
    words = "  ".join(f"{value}" if key == "job" else f"{key} {value}" for key, value in row.items())
    print(json.dumps(row) if as_json else words, flush=True)


if __name__ == "__main__":
    main()
