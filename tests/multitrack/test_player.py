"""The player: what `track/N` sounds like, frame by frame, and what its jumps leave behind."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
import soxr
from scipy.signal import butter, sosfilt

from studiod.errors import FileFault
from studiod.multitrack.machine import LEAD_S
from studiod.multitrack.player import FADE_S, ramp
from studiod.multitrack.reel import Reel, Sound
from studiod.realtime import layout as r
from studiod.registry.param import Refusal
from tape_rig import RATE_HZ, Rig, noise, reel_of

LEAD, FADE = round(LEAD_S * RATE_HZ), round(FADE_S * RATE_HZ)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


def loaded(rig: Rig, tmp_path: Path, sound: np.ndarray) -> None:
    rig.do("take/open", str(reel_of(tmp_path / "reel", sound)))
    rig.run(2 * LEAD)


def test_from_the_start_the_tracks_are_the_files_to_the_bit(rig: Rig, tmp_path: Path) -> None:
    sound = noise(30_000, 4)
    loaded(rig, tmp_path, sound)
    rig.desk.set("transport/state", "play")
    out = rig.run(LEAD + 40_000)
    assert not out[:LEAD].any()
    np.testing.assert_array_equal(out[LEAD : LEAD + 30_000], sound)
    assert not out[LEAD + 30_000 :].any(), "after its end a file is silent"
    assert rig.machine.player.starved == 0


def test_a_start_with_a_time_tag_is_heard_on_its_frame(rig: Rig, tmp_path: Path) -> None:
    sound = noise(5000, 2)
    loaded(rig, tmp_path, sound)
    frame = rig.machine.now + 1234
    rig.desk.change_at([("transport/state", "play")], frame)
    out = rig.run(4096)
    np.testing.assert_array_equal(out[1234:, :2], sound[: 4096 - 1234])
    assert not out[:1234].any()


def test_a_jump_is_the_old_place_fading_and_the_new_one_rising(rig: Rig, tmp_path: Path) -> None:
    sound = noise(60_000, 1)[:, 0]
    loaded(rig, tmp_path, sound[:, None])
    rig.desk.set("transport/state", "play")
    rig.run(LEAD + 10_000)
    rig.desk.set("transport/position", 0.5)
    out = rig.run(LEAD + 5000)[:, 0]
    up = ramp(np.arange(FADE) / FADE)
    expected = np.concatenate([sound[10_000 : 10_000 + LEAD], sound[24_000:29_000]])
    expected[LEAD : LEAD + FADE] = sound[24_000 : 24_000 + FADE] * up + sound[10_000 + LEAD : 10_000 + LEAD + FADE] * (
        1 - up
    )
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-7)  # float32 sums in another order


def test_a_stop_fades_and_a_start_inside_the_music_rises(rig: Rig, tmp_path: Path) -> None:
    loaded(rig, tmp_path, np.ones((60_000, 1), np.float32) * 0.5)
    rig.desk.set("transport/position", 0.25)
    rig.desk.set("transport/state", "play")
    up = rig.run(LEAD + 1000)[:, 0]
    rig.desk.set("transport/state", "stop")
    down = rig.run(LEAD + 1000)[:, 0]
    curve = 0.5 * ramp(np.arange(FADE) / FADE)
    np.testing.assert_allclose(up[LEAD : LEAD + FADE], curve, atol=1e-7)
    np.testing.assert_allclose(down[LEAD : LEAD + FADE], 0.5 - curve, atol=1e-7)
    assert not down[LEAD + FADE :].any()
    assert rig.desk.get("transport/position") == pytest.approx(0.25 + (1000 + LEAD) / RATE_HZ, abs=1e-6)
    rig.run(64)
    assert rig.machine.player.fill() is False, "a player at rest has nothing to do"


def test_nothing_that_the_transport_does_clicks(rig: Rig, tmp_path: Path) -> None:
    """1 kHz at 0 dBFS through jumps, loops, stops and starts: what is above 4 kHz stays below -80 dBFS."""
    t = np.arange(3 * RATE_HZ) / RATE_HZ
    loaded(rig, tmp_path, np.sin(2 * np.pi * 1000 * t)[:, None].astype(np.float32))
    parts = []
    for path, value in (
        ("transport/position", 0.2003), ("transport/state", "play"), ("transport/position", 1.00021),
        ("transport/loop/in", 0.90007), ("transport/loop/out", 1.10042), ("transport/position", 0.95),
        ("transport/loop/on", 1), ("transport/state", "stop"), ("transport/state", "play"), ("transport/loop/on", 0),
        ("transport/position", 0.3), ("transport/position", 0.31003), ("transport/state", "stop"),
    ):  # fmt: skip
        rig.desk.set(path, value)
        parts.append(rig.run(64 if value == 0.3 else 9600)[:, 0])  # one jump in the middle of another's fade
    parts.append(rig.run(9600)[:, 0])
    trace = sosfilt(butter(12, 4000.0, "high", fs=RATE_HZ, output="sos"), np.concatenate(parts).astype(np.float64))
    # a fade of 240 frames of the house's curve leaves -92 dBFS; two sines of any phase crossfaded double that, -86
    assert 20 * np.log10(np.abs(trace).max()) < -80.0


def test_a_loop_turns_on_its_frame_for_ever(rig: Rig, tmp_path: Path) -> None:
    sound = noise(48_000, 1)[:, 0]
    loaded(rig, tmp_path, sound[:, None])
    rig.desk.change([("transport/loop/on", 1), ("transport/loop/in", 0.0), ("transport/loop/out", 0.25)])
    rig.desk.set("transport/state", "play")
    out = rig.run(LEAD + 5 * 12_000)[LEAD:, 0].reshape(5, 12_000)
    np.testing.assert_array_equal(out[0], sound[:12_000])
    for turn in out[1:]:
        np.testing.assert_array_equal(turn[FADE:], sound[FADE:12_000])  # the tail of the turn before fades within
    assert rig.desk.get("transport/position") == pytest.approx(0.0, abs=1e-6) or rig.machine.transport.playing


def test_a_whole_file_in_a_loop_is_seamless(rig: Rig, tmp_path: Path) -> None:
    sound = noise(12_000, 1)[:, 0]
    loaded(rig, tmp_path, sound[:, None])
    rig.desk.change([("transport/loop/on", 1), ("transport/loop/out", 0.25), ("transport/state", "play")])
    np.testing.assert_array_equal(rig.run(LEAD + 36_000)[LEAD:, 0], np.tile(sound, 3))


def test_soundcheck_swaps_every_input_for_its_track_and_back(rig: Rig, tmp_path: Path) -> None:
    sound = noise(100_000, 4)
    loaded(rig, tmp_path, sound)
    live = noise(60_000, 4, seed=9)
    values = {f"output/{n}/source": f"ch/{n}" for n in range(1, 5)} | {f"output/{n}/tap": "input" for n in range(1, 5)}
    rig.desk.change([*values.items(), ("ch/4/source", "input/1")])
    rig.run(4800)
    np.testing.assert_array_equal(rig.run(live)[:, 3], live[:, 0])
    before = dict(rig.desk.values)
    rig.desk.change([("transport/soundcheck", 1), ("transport/state", "play")])
    out = rig.run(live)[LEAD + 4800 :]
    np.testing.assert_array_equal(out[:, :3], sound[4800 : 4800 + len(out), :3])
    np.testing.assert_array_equal(out[:, 3], sound[4800 : 4800 + len(out), 0])
    assert {path for path, value in rig.desk.values.items() if before[path] != value} <= {
        "transport/soundcheck", "transport/state", "transport/position",
    }  # fmt: skip
    rig.desk.set("transport/soundcheck", 0)
    np.testing.assert_array_equal(rig.run(live)[4800:, :3], live[4800:, :3])


def test_soundcheck_is_off_after_a_start(rig: Rig) -> None:
    rig.desk.set("transport/soundcheck", 1)
    assert not {"transport/soundcheck", "transport/state", "recorder/state"} & rig.desk.snapshot().keys()


@pytest.mark.parametrize("rate_hz", [44_100, 96_000, 22_050, 47_999])
def test_a_file_of_another_rate_is_heard_in_time_and_in_tune(rig: Rig, tmp_path: Path, rate_hz: int) -> None:
    t = np.arange(2 * rate_hz) / rate_hz
    sine = (0.5 * np.sin(2 * np.pi * 997.0 * t)).astype(np.float32)
    rig.do("take/open", str(reel_of(tmp_path / "reel", sine[:, None], rate_hz)))
    rig.desk.set("transport/state", "play")
    out = rig.run(LEAD + 2 * RATE_HZ)[LEAD:, 0]
    expected = 0.5 * np.sin(2 * np.pi * 997.0 * np.arange(2 * RATE_HZ) / RATE_HZ)
    inside = slice(4800, -4800)  # at its very ends the filter rings
    # float32 holds 2^-25 of full scale, soxr's VHQ 28 bits: -120 dBFS leaves room for both
    assert np.abs(out[inside] - expected[inside]).max() < 1e-6


def test_pages_of_a_resampled_file_are_the_file_resampled_at_once(tmp_path: Path) -> None:

    sound = noise(150_000, 1)
    path = reel_of(tmp_path / "reel", sound, 44_100) / "01 track.wav"
    whole = soxr.resample(sound[:, 0], 44_100, RATE_HZ, quality="VHQ")
    read = Sound(path, RATE_HZ)
    assert read.frames == pytest.approx(len(whole), abs=1)
    for first in (240, 47_999, 100_000):  # at its very start soxr takes no silence before it for granted
        # float32: the page's filter sees the same samples within its reach
        np.testing.assert_allclose(read.read(first, 3000)[:, 0], whole[first : first + 3000], rtol=0, atol=1e-6)
    assert not read.read(-6000, 400).any()


def test_what_cannot_be_played_is_refused_by_name(rig: Rig, tmp_path: Path) -> None:
    bad = tmp_path / "song" / "02 bass.wav"
    bad.parent.mkdir()
    bad.write_bytes(b"RIFF\x00\x00\x00\x00WAVEnothing")
    with pytest.raises(Refusal, match=r"02 bass\.wav: cannot read this file: .*expected WAV"):
        rig.do("take/open", str(tmp_path / "song"))
    with pytest.raises(Refusal, match=r"nowhere\.wav: cannot read this file: there is no such file"):
        rig.do("take/open", str(tmp_path / "nowhere.wav"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal, match="no sound file in that folder"):
        rig.do("take/open", str(tmp_path / "empty"))
    sf.write(tmp_path / "slow.wav", noise(100, 1), 100)
    with pytest.raises(FileFault, match=r"slow\.wav: .*it has 1 channels at 100 Hz; expected 1000 to 768000 Hz"):
        Sound(tmp_path / "slow.wav", RATE_HZ)


def test_channels_without_a_track_on_this_desk_are_counted(rig: Rig, tmp_path: Path) -> None:
    sf.write(tmp_path / "six.wav", noise(1000, 6), RATE_HZ)
    (line,) = rig.do("take/open", str(tmp_path / "six.wav"))
    assert line[2:4] == (4, 2)


def test_a_reel_with_fewer_tracks_leaves_nothing_of_the_one_before(rig: Rig, tmp_path: Path) -> None:
    loaded(rig, tmp_path, noise(200_000, 4))
    rig.desk.set("transport/state", "play")
    rig.run(100_000)  # the ring is full of four tracks
    rig.do("take/open", str(reel_of(tmp_path / "small", noise(50_000, 1, seed=8))))
    rig.run(LEAD + FADE)
    rig.desk.set("transport/state", "play")
    out = rig.run(20_000)
    assert out[LEAD:, 0].any()
    assert not out[:, 1:].any()


def test_what_was_made_by_an_older_plan_is_never_heard(rig: Rig, tmp_path: Path) -> None:
    """The desk changes its mind while the player reads a file."""
    loaded(rig, tmp_path, noise(100_000, 1))
    read, player = rig.machine.player.reel.read, rig.machine.player

    def slow(first: int, frames: int) -> np.ndarray:
        player.reel.read = read  # type: ignore[method-assign]
        rig.desk.set("transport/state", "stop")
        return read(first, frames)

    player.reel.read = slow  # type: ignore[method-assign]
    rig.desk.set("transport/state", "play")
    assert not rig.run(10_000).any()


def test_a_player_that_came_too_late_says_so_and_goes_on(rig: Rig, tmp_path: Path) -> None:
    sound = noise(200_000, 1)
    loaded(rig, tmp_path, sound)
    rig.desk.set("transport/state", "play")
    rig.run(LEAD + 100)
    rig.offline.run(np.zeros((100_000, 4), np.float32))  # two seconds without the player
    out = rig.run(5000)[:, 0]
    assert rig.machine.player.starved > 0
    at = LEAD + 100 + 100_000 - LEAD
    np.testing.assert_array_equal(out[1000:], sound[at + 1000 : at + 5000, 0])


def test_a_desk_that_never_plays_touches_no_page_of_the_ring(rig: Rig) -> None:
    rig.run(4800)
    assert rig.rack.get(r.PLAY_HEARD) < 0
    assert not rig.rack.recorded.any()


def test_a_reel_that_is_slow_to_close_holds_up_neither_the_desk_nor_a_stop(
    rig: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The player's own thread closes a file that does not let go: the desk loads, plans and asks all the same."""
    loaded(rig, tmp_path, noise(1000, 1))
    player, closing, over = rig.machine.player, threading.Event(), threading.Event()

    def hang(but: Reel | None = None) -> None:
        closing.set()
        over.wait(60)

    monkeypatch.setattr(player.reel, "close", hang)
    player.load(Reel(), rig.machine.now)
    player.start()
    assert closing.wait(60)
    done = threading.Event()

    def ask() -> None:
        player.replan(rig.machine.now)
        player.load(Reel(), rig.machine.now)
        assert player.newest is not None
        done.set()

    threading.Thread(target=ask, daemon=True).start()
    assert done.wait(20), "the desk waits for a file to close"
    player.close()
    assert not over.is_set(), "and so does a stop"
    over.set()
