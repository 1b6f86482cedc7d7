"""The lookback: what is asked of it holds at once, memory follows in pieces, and no frame is lost on the way."""

import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from studiod.host.offline import Offline
from studiod.multitrack import lookback
from studiod.multitrack.lookback import PAGE_FRAMES, PATIENCE_S, PIECE_BYTES, PIECE_PAGES, Lookback
from studiod.realtime import layout as r
from studiod.registry.registry import Console
from tape_rig import RATE_HZ, SETTLED, Rig, armed, noise, read_take, take

WIDE = Console(inputs=128, outputs=2, channels=128, buses=2)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


class Counting:
    """A lock that counts what is copied while it is held."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lock, self.held, self.bytes = threading.Lock(), False, 0
        self.holds: list[int] = []
        self.bare = 0  # bytes copied without it
        copied = lookback.copied

        def counted(into: np.ndarray, sound: np.ndarray) -> None:
            if self.held:
                self.bytes += sound.nbytes
            else:
                self.bare += sound.nbytes
            copied(into, sound)

        monkeypatch.setattr(lookback, "copied", counted)

    def __enter__(self) -> None:
        self.lock.acquire()
        self.held, self.bytes = True, 0

    def __exit__(self, *_: object) -> None:
        self.holds.append(self.bytes)
        self.held = False
        self.lock.release()


class Wide:
    """128 lanes on a desk whose rack is fed by hand: what lane n hears at frame f is n + f / 2**20."""

    def __init__(self) -> None:
        self.offline = Offline(WIDE, {}, block_frames=64, multitrack=True)
        self.rack = self.offline.rack
        self.lookback = Lookback(self.rack)

    def hear(self, frames: int) -> None:
        ring, now = self.rack.recorded, self.rack.get(r.FRAME)
        at = np.arange(now, now + frames)
        ring[:, at % ring.shape[1]] = expected(np.arange(len(ring)), at)
        self.rack.put(r.FRAME, now + frames)

    @property
    def pages(self) -> int:
        kept = [*self.lookback._lanes.values(), *self.lookback._gone]
        return sum(len(held.pages) for held in kept)


def expected(lanes: np.ndarray, frames: np.ndarray) -> np.ndarray:
    return (np.asarray(lanes)[:, None] + np.asarray(frames)[None, :] / 2**20).astype(np.float32)


def test_arming_everything_with_sound_running_loses_no_frame_and_never_holds_the_lock_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All 128 lanes, then another lookback at the cap of the memory, again and again while the thread is behind."""
    monkeypatch.setattr(lookback, "MOST_BYTES", 128 * 4 * RATE_HZ * 14)  # 14 s of all lanes
    wide, lock = Wide(), Counting(monkeypatch)
    one = wide.lookback
    one._lock = lock  # type: ignore[assignment]
    one.arm(range(1, 65), 4.0)
    lanes, told = range(1, 129), []
    for step, seconds in enumerate([4.0, 60.0, 0.0, 2.0, 60.0, 4.0]):
        wide.hear(round(1.5 * RATE_HZ))  # the thread was away for so long
        one.arm(lanes if step else range(1, 65), seconds)
        wide.hear(4800)
        one.take_over()
        assert one.end == wide.rack.get(r.FRAME)
        last, first = one.end, max(one.end - round(9.0 * RATE_HZ), one.since[64])
        for lane in (1, 64):
            got = one.read(lane, first, last, told.append)
            np.testing.assert_array_equal(got, expected([lane], np.arange(first, last))[0])
    first = one.since[128] + round(lookback.BLANK_S * RATE_HZ)
    np.testing.assert_array_equal(
        one.read(128, first, one.end, told.append), expected([128], np.arange(first, one.end))[0]
    )
    assert (one.lost, told) == (0, [])
    assert lock.bare == 0
    assert max(lock.holds) <= PIECE_BYTES
    assert sum(lock.holds) > 20 * PIECE_BYTES  # it was much, all in all


def test_the_desk_arms_without_the_lock_that_the_threads_share() -> None:
    wide = Wide()
    with wide.lookback._lock:  # a thread that holds it and was sent to sleep
        wide.lookback.arm(range(1, 129), 3.0)
        wide.lookback.arm([5], 600.0)
        assert list(wide.lookback.since) == [5]
        assert wide.lookback.first(1000, 1.0) == 0


def test_memory_follows_what_is_wanted_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookback, "PATIENCE_S", 0.5)
    wide = Wide()
    one = wide.lookback
    one.arm(range(1, 129), 3.0)
    for _ in range(10):
        wide.hear(RATE_HZ // 2)
        one.take_over()
    full = wide.pages
    assert full <= 128 * (3.5 * RATE_HZ / PAGE_FRAMES + 2)
    one.arm(range(1, 129), 0.0)
    counts = [full]
    while one._let_go():
        counts.append(wide.pages)
    assert len(counts) > 128 * 3.0 * RATE_HZ / PAGE_FRAMES / PIECE_PAGES - 2
    assert max(before - after for before, after in pairwise(counts)) <= PIECE_PAGES
    assert wide.pages <= 128 * (0.5 * RATE_HZ / PAGE_FRAMES + 2)
    one.arm([], 0.0)
    assert wide.pages > 0, "the desk's thread gives nothing back itself"
    one.take_over()
    assert wide.pages == 0


@pytest.mark.parametrize("behind", [0.0, 1.0], ids=["in step", "a second behind"])
def test_no_take_begins_where_nothing_is_held_though_the_lookback_has_just_grown(behind: float) -> None:
    """What a shorter lookback gave back is gone: a longer one begins with what there is, not with silence."""
    wide = Wide()
    one = wide.lookback
    one.arm([1], 1.0)
    for _ in range(30):
        wide.hear(RATE_HZ)
        one.take_over()
    wide.hear(round(behind * RATE_HZ))
    one.arm([1], 60.0)
    now = wide.rack.get(r.FRAME)
    first = one.first(now, 60.0)
    assert first == one.end - round((1.0 + PATIENCE_S) * RATE_HZ) == one.since[1]
    one.take_over()
    told: list[int] = []
    np.testing.assert_array_equal(one.read(1, first, now, told.append), expected([1], np.arange(first, now))[0])
    assert told == []


def test_what_was_held_too_long_ago_is_silence_and_is_counted(rig: Rig) -> None:
    armed(rig, 1)
    sound = noise(12 * RATE_HZ, 4)
    rig.run(sound)
    one, now, told = rig.machine.lookback, rig.machine.now, []
    got = one.read(1, now - 12 * RATE_HZ, now, told.append)
    assert told == [2 * RATE_HZ]
    assert not got[: 2 * RATE_HZ].any()
    np.testing.assert_array_equal(got[2 * RATE_HZ :], sound[2 * RATE_HZ :, 0])
    assert not one.read(1, now, now + 100, told.append).any()
    assert not one.read(3, now - 100, now, told.append).any()
    assert len(told) == 1


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_arming_and_coming_late_reads_as_one_long_recording(seed: int) -> None:
    """Against an oracle that keeps everything."""
    rng = np.random.default_rng(seed)
    wide = Wide()
    one, heard = wide.lookback, np.zeros((129, 0), np.float32)
    held: dict[int, int] = {}
    for _ in range(25):
        frames = int(rng.integers(1, 20_000))
        now = wide.rack.get(r.FRAME)
        wide.hear(frames)  # past the patches, so that what arming blanks is written anew
        heard = np.concatenate([heard, expected(np.arange(129), np.arange(now, now + frames))], 1)
        if rng.random() < 0.5:
            lanes = sorted(rng.choice(np.arange(1, 7), int(rng.integers(0, 6)), replace=False).tolist())
            now += frames
            held = {lane: held.get(lane, now) for lane in lanes}
            one.arm(lanes, float(rng.choice([0.0, 5.0])))
        if rng.random() < 0.7:
            one.take_over()
    one.take_over()
    now = wide.rack.get(r.FRAME)
    for lane in range(1, 7):
        got = one.read(lane, 0, now)
        begin = held.get(lane, now)
        assert not got[:begin].any()
        np.testing.assert_array_equal(got[begin:], heard[lane, begin:])


def test_a_take_that_runs_keeps_every_frame_whatever_is_armed_meanwhile(rig: Rig) -> None:
    armed(rig, 1, lookback_s=1.0)
    before = noise(2 * RATE_HZ, 4)
    rig.run(before)
    sound = noise(RATE_HZ, 4, seed=5)
    rig.desk.set("recorder/state", "record")
    changes: list[Callable[[], object]] = [
        lambda: rig.desk.set("recorder/lookback", 600.0),
        lambda: rig.desk.change([(f"ch/{n}/arm", 1) for n in (2, 3, 4)]),
        lambda: rig.desk.change([("ch/1/arm", 0), ("recorder/lookback", 0.0)]),
    ]
    for part, change in zip(np.array_split(sound, 3), changes, strict=True):
        change()
        rig.run(part)
    rig.desk.set("recorder/state", "stop")
    rig.run(SETTLED)
    assert rig.desk.get("recorder/lost") == 0
    np.testing.assert_array_equal(read_take(rig.newest)[:, 0], np.concatenate([before[-RATE_HZ:, 0], sound[:, 0]]))
    assert take(rig, sound).shape[1] == 3
