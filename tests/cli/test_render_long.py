"""`studiod render` of long files: memory that does not grow with them, and an end midway that leaves nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import servers
from captures import read_sound, write_sound
from studiod.cli.main import main
from studiod.host.offline import Offline

RATE_HZ, GROWS_MOST_MB = 8000, 24
WAIT_S = 120.0


def noise(path: Path, seconds: float, channels: int = 4) -> Path:
    rng = np.random.default_rng(1)
    return write_sound(
        path, np.resize(0.1 * rng.standard_normal((RATE_HZ, channels)), (round(seconds * RATE_HZ), channels)), RATE_HZ
    )


def words(folder: Path, sound: Path, *more: str) -> list[str]:
    small = folder / "small.toml"
    small.write_text("[console]\nchannels = 4\nbuses = 1\n")
    return ["render", "--config", str(small), "--input", str(sound), "--output", f"input/1={folder / 'out.wav'}", *more]


TELLS = (  # ru_maxrss would be that of the tests where these have more
    "import sys; from studiod.cli.main import main; code = main(sys.argv[1:]);"
    "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0]); sys.exit(code)"
)


def most_mb(folder: Path, sound: Path) -> float:
    """The most memory that a render of it had."""
    command = [sys.executable, "-c", TELLS, *words(folder, sound, "--tail", "60")]
    done = subprocess.run(command, cwd=servers.ROOT, stdout=subprocess.PIPE, text=True, timeout=WAIT_S, check=True)
    return int(done.stdout.split()[-1]) / 1024.0


def test_memory_does_not_grow_with_the_sound(tmp_path: Path) -> None:
    """Ten minutes of four channels are 77 MB, and were held four times over."""
    short, long = noise(tmp_path / "short.wav", 10.0), noise(tmp_path / "long.wav", 600.0)
    least, most = most_mb(tmp_path, short), most_mb(tmp_path, long)
    assert most - least < GROWS_MOST_MB
    assert len(read_sound(tmp_path / "out.wav")) == 660 * RATE_HZ


def writes(child: subprocess.Popen[bytes], folder: Path) -> bool:
    """Whether a process has a file open that it writes in a folder, with a name or without."""
    for one in Path(f"/proc/{child.pid}/fd").iterdir():
        try:
            place, flags = os.readlink(one), (one.parent.parent / "fdinfo" / one.name).read_text()
        except OSError:  # closed meanwhile
            continue
        access = int(flags.split("flags:")[1].split()[0], 8) & os.O_ACCMODE
        if place.startswith(str(folder)) and access == os.O_RDWR:
            return True
    return False


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_an_end_midway_leaves_what_was_there(number: int, code: int, tmp_path: Path) -> None:
    sound, out = noise(tmp_path / "in.wav", 600.0), write_sound(tmp_path / "out.wav", np.full(100, 0.5))
    before, names = out.read_bytes(), {"in.wav", "out.wav", "small.toml"}
    child = subprocess.Popen(
        [sys.executable, "-m", "studiod", *words(tmp_path, sound, "--tail", "3600")],
        cwd=servers.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        end_s = time.monotonic() + WAIT_S
        while not writes(child, tmp_path):
            assert child.poll() is None
            assert time.monotonic() < end_s, "it writes nothing"
            time.sleep(0.005)
        child.send_signal(number)
        assert child.wait(WAIT_S) == code
    finally:
        child.kill()
        child.wait()
    assert out.read_bytes() == before
    assert set(os.listdir(tmp_path)) == names


def test_a_failure_midway_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is damaged in its middle is found out when half of the outputs is written."""
    sound, out = tmp_path / "in.flac", write_sound(tmp_path / "out.wav", np.full(100, 0.5))
    rng = np.random.default_rng(2)
    sf.write(str(sound), 0.1 * rng.standard_normal((60 * RATE_HZ, 1)), RATE_HZ)
    data = bytearray(sound.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 20_000] = bytes(20_000)
    sound.write_bytes(data)
    before = out.read_bytes()
    ran = []
    run = Offline.run
    monkeypatch.setattr(Offline, "run", lambda self, ins: (ran.append(len(ins)), run(self, ins))[1])
    assert main(["render", "--input", str(sound), "--output", f"input/1={out}"]) == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith(f"{sound}: cannot read this file: after ")
    assert told.endswith("it is damaged; copy it again")
    assert sum(ran) > 10 * RATE_HZ, "it was found out before anything was written"
    assert out.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["in.flac", "out.wav"]
