"""The recorder of a real daemon: many tracks at once, a kill in the middle of a take, a disk that is full."""

import os
import re
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import servers
from captures import RATE_HZ, write_sound
from studiod.client.client import ask

TRACKS = 32
LOOP_FRAMES = RATE_HZ
FULL_BYTES = 16 << 20


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    """A second of noise, another on each track, which the virtual interface plays round and round."""
    sound = (np.random.default_rng(32).standard_normal((LOOP_FRAMES, TRACKS)) * 0.1).astype(np.float32)
    return write_sound(tmp_path_factory.mktemp("source") / "noise.wav", sound), sound


Make = Callable[..., servers.Daemon]


class Studio:
    """A daemon with all of its tracks armed."""

    def __init__(self, make_daemon: Make, file: Path, lookback_s: float, prepare: Callable[[Path], None] | None = None):
        self.daemon = make_daemon({"virtual": {"play": [str(file)]}}, start=prepare is None)
        self.folder = self.daemon.state / "recordings"
        if prepare is not None:
            prepare(self.folder)
            self.daemon.start()
        self.set("recorder/lookback", str(lookback_s))
        for n in range(1, TRACKS + 1):
            self.set(f"ch/{n}/arm", "1")

    def set(self, path: str, value: str) -> None:
        ask(self.daemon.host, self.daemon.osc_port, path, value)

    def get(self, path: str) -> object:
        return ask(self.daemon.host, self.daemon.osc_port, path)

    @property
    def frames(self) -> int:
        return int(float(str(self.get("status/frames"))))

    def wait(self, true: Callable[[], object], what: str, timeout_s: float = 30.0) -> None:
        """A busy machine may take its time."""
        end_s = time.monotonic() + timeout_s
        while not true():
            assert time.monotonic() < end_s, f"not in {timeout_s:g} s: {what}; stderr:\n{self.daemon.stderr}"
            time.sleep(0.05)

    @property
    def take(self) -> Path:
        (folder,) = self.folder.iterdir()
        return folder


def unbroken(take: Path, sound: np.ndarray) -> int:
    """Every track holds the loop without a gap, all of them at one place of it; frames of the shortest."""
    files = sorted(take.glob("*.wav"))
    assert len(files) == TRACKS
    first, shortest = -1, 1 << 62
    for lane, file in enumerate(files):
        got, rate_hz = sf.read(file, dtype="float32")
        assert rate_hz == RATE_HZ
        assert len(got) > 64
        if first < 0:
            (places,) = np.nonzero(sound[:, 0] == got[0])
            (first,) = (at for at in places if (np.roll(sound[:, 0], -at)[:64] == got[:64]).all())
        np.testing.assert_array_equal(got, sound[(first + np.arange(len(got))) % len(sound), lane], err_msg=file.name)
        shortest = min(shortest, len(got))
    return shortest


def test_32_tracks_with_a_lookback_are_recorded_without_a_gap(make_daemon: Make, source) -> None:
    file, sound = source
    studio = Studio(make_daemon, file, lookback_s=1.5)
    ready = studio.frames + RATE_HZ // 10  # the patches have opened
    studio.wait(lambda: studio.frames > ready + 2 * RATE_HZ, "time goes on")
    before = studio.frames
    studio.set("recorder/state", "record")
    pressed = studio.frames
    studio.wait(lambda: studio.frames > pressed + 5 * RATE_HZ, "five seconds of a take")
    last = studio.frames
    studio.set("recorder/state", "stop")
    stopped = studio.frames
    studio.wait(lambda: "frames = 0" not in (studio.take / "take.toml").read_text("utf-8"), "the take is closed")
    frames = unbroken(studio.take, sound)
    assert last - pressed <= frames - 1.5 * RATE_HZ <= stopped - before
    about = tomllib.loads((studio.take / "take.toml").read_text("utf-8"))
    assert about["take"]["frames"] == frames
    assert (about["take"]["lost"], about["take"]["pressed"]) == (0, 1.5 * RATE_HZ)
    assert (studio.get("recorder/lost"), studio.get("recorder/alarm")) == (0, "")
    assert studio.daemon.stop() == 0


def test_a_kill_in_a_take_leaves_all_but_the_last_second(make_daemon: Make, source) -> None:
    file, sound = source
    studio = Studio(make_daemon, file, lookback_s=0.0)
    time.sleep(0.1)
    studio.set("recorder/state", "record")
    pressed = studio.frames
    studio.wait(lambda: studio.frames > pressed + 3.3 * RATE_HZ, "three seconds of a take")
    last = studio.frames
    studio.daemon.kill()
    assert unbroken(studio.take, sound) >= last - pressed - RATE_HZ
    assert tomllib.loads((studio.take / "take.toml").read_text("utf-8"))["take"]["frames"] == 0
    studio.daemon.start()
    assert studio.get("recorder/state") == "stop"
    assert studio.get("ch/7/arm") == 1


def test_a_stop_of_the_daemon_finishes_the_take(make_daemon: Make, source) -> None:
    file, sound = source
    studio = Studio(make_daemon, file, lookback_s=0.0)
    time.sleep(0.1)
    studio.set("recorder/state", "record")
    studio.wait(lambda: studio.folder.exists() and list(studio.folder.iterdir()), "a folder")
    time.sleep(1.0)
    assert studio.daemon.stop() == 0
    # the last 50 ms are the fade of the stop, which inputs do not hear
    assert tomllib.loads((studio.take / "take.toml").read_text("utf-8"))["take"]["frames"] == unbroken(
        studio.take, sound
    )


@pytest.fixture
def small_disk() -> Iterator[Callable[[Path], None]]:
    """Puts a disk of 16 MiB at a folder."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    mounted: list[Path] = []

    def mount(folder: Path) -> None:
        folder.mkdir(parents=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={FULL_BYTES}", "tmpfs", str(folder)], check=False)
        if done.returncode:
            pytest.skip("this machine does not let root mount a tmpfs")
        mounted.append(folder)

    yield mount
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_ends_the_take_and_the_engine_runs_on(
    small_disk: Callable[[Path], None], make_daemon: Make, source
) -> None:
    file, sound = source
    studio = Studio(make_daemon, file, lookback_s=0.0, prepare=small_disk)
    assert float(str(studio.get("recorder/remaining"))) == FULL_BYTES // (TRACKS * RATE_HZ * 4)
    time.sleep(0.1)
    studio.set("recorder/state", "record")
    studio.wait(lambda: studio.get("recorder/state") == "stop", "the disk is full")
    said = re.fullmatch(r"(.*) stopped at (.*) s: No space left on device; up to there it is whole",
                        str(studio.get("recorder/alarm")))  # fmt: skip
    assert said is not None
    assert said[1] == studio.take.name
    stopped_s = float(said[2])
    # the disk holds 2.73 s; what is written at once is at most 0.5 s
    assert 2.2 <= stopped_s <= 2.73
    studio.daemon.wait_for("No space left")
    assert studio.daemon.stderr.count("No space left") == 1
    frames = studio.frames
    studio.wait(lambda: studio.frames > frames + RATE_HZ, "the engine runs on")
    assert unbroken(studio.take, sound) >= (stopped_s - 0.05) * RATE_HZ  # it was told to a tenth
    assert studio.daemon.stop() == 0
