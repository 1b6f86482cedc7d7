"""Laws of automatic trims: when it is pressed changes nothing, silence is no sound, and each strip is spoken of."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from library_rig import Rig
from studiod.host.library import Library
from studiod.host.offline import Offline
from studiod.metering.input_peaks import BLOCK_S, BLOCKS, Heard, Known, measured
from studiod.registry.param import Refusal
from studiod.registry.registry import Console, Registry
from studiod.store.store import Store

DEMO = sorted((Path(__file__).parents[2] / "config" / "demo").glob("*.flac"))
TARGET_DB = -18.0
RATE_HZ = 48_000
ELEVEN = Registry(Console(inputs=11, outputs=2, channels=11, buses=1))
STEP = RATE_HZ // 2  # frames between two gathers


class Played:
    """A desk that plays sound into its inputs, and listens as the daemon does."""

    def __init__(self, console: Console, values: dict[str, object] | None = None) -> None:
        self.offline = Offline(console, values)
        self.store = Store(None)
        self.library = Library(self.offline.desk, self.store)

    def play(self, sound: np.ndarray) -> None:
        for at in range(0, len(sound), STEP):
            self.offline.run(sound[at : at + STEP])
            self.library.autotrim.heard.gather()

    def press(self, *words: object) -> list[tuple]:
        return list(self.offline.desk.do("autotrim", "me", *words))

    def trim(self, n: int) -> float:
        return float(self.offline.desk.get(f"ch/{n}/trim"))


def tone(seconds: float, *levels_db: float) -> np.ndarray:
    """1 kHz at a peak for each input: it has a sample at its crest.  [frame, input]"""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    peaks = 10.0 ** (np.array(levels_db) / 20.0)
    return (np.sin(2 * np.pi * 1000 * time_s)[:, None] * peaks).astype(np.float32)


# -- the demo --------------------------------------------------------------------------------------------------------


class Cells:
    """The meter cells of the demo in a loop, as an engine would tell them: no console is needed for what is heard."""

    def __init__(self) -> None:
        tracks = [sf.read(file, dtype="float32")[0] for file in DEMO]
        self.peak_db = [20.0 * np.log10(np.abs(track).max()) for track in tracks]
        cells = np.stack([track[: len(track) // 480 * 480].reshape(-1, 480) for track in tracks], 2)
        silent = np.zeros((len(cells), 1))
        self.peaks = np.hstack([np.abs(cells).max(axis=1), silent])
        self.squares = np.hstack([(cells.astype(float) ** 2).mean(axis=1), silent])
        self.now = 0

    def __call__(self, since: int) -> tuple[np.ndarray, np.ndarray, int]:
        rows = np.arange(max(since, self.now - 126, 0), self.now) % len(self.peaks)
        return self.peaks[rows], self.squares[rows], self.now

    @property
    def length(self) -> int:
        return len(self.peaks)


@pytest.fixture(scope="module")
def cells() -> Cells:
    return Cells()


class Demo:
    """The ten tracks and a channel that is silent, in a loop."""

    def __init__(self, cells: Cells) -> None:
        self.rig, self.cells = Rig(registry=ELEVEN), cells
        cells.now = 0
        self.rig.library.autotrim.heard = Heard(cells)

    def until(self, cell: int) -> None:
        while self.cells.now < cell:
            self.cells.now = min(self.cells.now + 25, cell)
            self.rig.library.autotrim.heard.gather()

    def trims(self) -> list[float]:
        return [float(self.rig.desk.get(f"ch/{n}/trim")) for n in range(1, 12)]


@pytest.mark.parametrize("start_db", [-20.0, 0.0, 12.0])
@pytest.mark.parametrize("seed", range(4))
def test_eight_presses_at_any_moments_end_within_1_db_of_the_goal(cells: Cells, start_db: float, seed: int) -> None:
    demo, chance = Demo(cells), random.Random(seed)
    demo.rig.desk.change([(f"ch/{n}/trim", start_db) for n in range(1, 12)])
    for moment in sorted(chance.sample(range(100, 2 * cells.length), 8)):
        demo.until(moment)
        lines = demo.rig.do("autotrim", "ch/*", TARGET_DB)
    *trims, silent = demo.trims()
    reached = [trim + peak for trim, peak in zip(trims, cells.peak_db, strict=True)]
    assert reached == pytest.approx([TARGET_DB] * 10, abs=1.0)
    assert silent == start_db
    left = [line for line in lines if line[0] == "autotrim/left"]
    assert [line[1] for line in left] == ["ch/11"]
    assert left[0][2].startswith("input/11 was silent in the ")
    assert [line[1] for line in lines if line[0] == "autotrim/set"] == [f"ch/{n}" for n in range(1, 11)]


@pytest.mark.parametrize("seed", range(20))
def test_one_press_anywhere_after_one_pass_is_the_goal(cells: Cells, seed: int) -> None:
    """Between phrases too, and however little was heard since."""
    demo = Demo(cells)
    demo.until(cells.length + random.Random(seed).randrange(cells.length))
    demo.rig.do("autotrim", "ch/*", TARGET_DB)
    reached = [trim + peak for trim, peak in zip(demo.trims(), cells.peak_db, strict=False)]
    assert reached == pytest.approx([TARGET_DB] * 10, abs=0.01)


def test_the_time_that_is_asked_for_is_what_counts(cells: Cells) -> None:
    demo = Demo(cells)
    demo.until(cells.length)
    for seconds in (3, 8.5, 20):
        demo.rig.do("autotrim", "ch/10", TARGET_DB, seconds)  # it plays to the end
        rows = slice(cells.length - round(seconds * 100), cells.length)
        want_db = 20.0 * np.log10(cells.peaks[rows, 9].max())
        assert demo.trims()[9] == pytest.approx(TARGET_DB - want_db, abs=0.01)


# -- what is no sound ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    console = Console(inputs=4, outputs=2, channels=6, buses=1)
    one = Played(console, {"ch/2/trim": 9.0, "ch/5/source": "bus/1", "ch/6/source": "input/2"})
    one.play(tone(0.5, -6, -34, -100, -50.5))
    yield one
    one.store.close()


def test_trims_bring_the_peaks_to_the_target_and_each_strip_is_spoken_of(played: Played) -> None:
    lines = played.press("ch/*", TARGET_DB)
    assert [played.trim(n) for n in range(1, 7)] == pytest.approx([-12, 16, 0, 0, 0, 16], abs=0.01)
    assert lines == [
        ("autotrim/set", "ch/1", -12.0, -6.0, -6.0, 0.5),
        ("autotrim/set", "ch/2", 16.0, -34.0, -34.0, 0.5),
        ("autotrim/set", "ch/6", 16.0, -34.0, -34.0, 0.5),
        ("autotrim/left", "ch/3", "input/3 was silent in the 0 s that it has listened"),
        ("autotrim/left", "ch/4", "input/4 peaks at -50.5 dBFS; the trim reaches -24 to 24 dB"),
        ("autotrim/left", "ch/5", "takes no input"),
        ("autotrim", "ch/*", 3, 3),
    ]


def test_a_pause_after_a_phrase_changes_no_trim(played: Played) -> None:
    played.press("ch/[1-2]", TARGET_DB)
    before = [played.trim(n) for n in (1, 2)]
    played.play(tone(1.6, -70, -60, -60, -60))
    assert played.press("ch/[1-2]", TARGET_DB)[-1][2:] == (0, 0)
    assert [played.trim(n) for n in (1, 2)] == before
    with pytest.raises(Refusal, match="ch/1: input/1 was silent in the last 1 s"):
        played.press("ch/1", TARGET_DB, 1)


def test_its_reset_goes_by_its_former_name_too(played: Played) -> None:
    assert list(played.offline.desk.do("autotrim/arm", "me", "ch/2")) == [("autotrim/arm", "ch/2", 1)]


def test_what_it_is_armed_for_is_forgotten_there_and_nowhere_else(played: Played) -> None:
    played.play(tone(0.5, -6, -30, -6, -6))
    assert list(played.offline.desk.do("peaks/reset", "me", "ch/2")) == [("peaks/reset", "ch/2", 1)]
    played.play(tone(0.8, -12, -20, -12, -12))
    played.press("ch/[1-2]", TARGET_DB)
    assert [played.trim(1), played.trim(2)] == pytest.approx([-12.0, 2.0], abs=0.01)
    assert list(played.offline.desk.do("peaks/reset", "me")) == [("peaks/reset", "ch/*", 5)]
    with pytest.raises(Refusal, match="was silent in the 0 s that it has listened"):
        played.press("ch/1", TARGET_DB)


def test_a_hand_and_a_soundcheck_are_named() -> None:
    rig = Rig()
    rig.engine.peaks_db = [-20.0, -20.0, -150.0, -20.0]
    rig.desk.touch("ch/2/trim", True, "x")
    lines = rig.do("autotrim", "ch/[1-4]", -12)
    assert [line[1:] for line in lines if line[0] == "autotrim/left"] == [
        ("ch/3", "input/3 was silent in the 1 s that it has listened"),
        ("ch/2", "somebody has a hand on its trim"),
    ]
    assert [rig.desk.get(f"ch/{n}/trim") for n in range(1, 5)] == pytest.approx([8, 0, 0, 8], abs=1e-4)
    rig.desk.set("transport/soundcheck", 1)
    with pytest.raises(Refusal, match=r"ch/1: hears its track: end the soundcheck first, and 3 more"):
        rig.do("autotrim", "ch/[1-4]", -12)


# -- the measure -----------------------------------------------------------------------------------------------------


def known(*parts: tuple[float, float], asked_s: float = 600.0) -> Known:
    """Seconds at a peak in dBFS of a sine, one after the other."""
    peaks = np.concatenate([np.full(round(s / BLOCK_S), 10.0 ** (db / 20.0)) for s, db in parts])
    return Known(peaks, peaks**2 / 2.0, min(round(asked_s / BLOCK_S), len(peaks)))


@pytest.mark.parametrize(
    ("parts", "asked_s", "want"),
    [
        ([(2, -20)], 600, (-20, -20, 2.0)),
        ([(2, -20), (20, -75)], 600, (-20, -20, 2.3)),  # silence; the edges of a window count
        ([(2, -20), (20, -45)], 600, (-20, -20, 2.3)),  # a background
        ([(2, -20), (20, -45)], 10, None),
        ([(2, -20), (5, -30)], 4, (-30, -30, 4.0)),  # a quiet phrase is one
        ([(5, -80)], 600, None),
        ([(0.2, -10)], 600, (-10, -10, 0.2)),  # shorter than a window
        ([(0.1, -120)], 600, None),
    ],
)  # fmt: skip
def test_silence_and_background_do_not_count(parts: list, asked_s: float, want: tuple | None) -> None:
    found = measured(known(*parts, asked_s=asked_s))
    if want is None:
        assert found is None
    else:
        assert found is not None
        assert (found.peak_db, found.level_db) == pytest.approx(want[:2], abs=0.01)
        assert found.for_s == pytest.approx(want[2], abs=1e-6)


def test_nothing_heard_is_nothing() -> None:
    assert measured(Known(np.zeros(0), np.zeros(0), 0)) is None


def test_ten_minutes_are_kept_and_what_is_missed_is_silence() -> None:
    now, loud = [0], [0.5]

    def read(since: int) -> tuple[np.ndarray, np.ndarray, int]:
        rows = min(now[0] - since, 126) if now[0] >= since else 0
        return np.full((max(rows, 0), 1), loud[0]), np.full((max(rows, 0), 1), loud[0] ** 2 / 2), now[0]

    heard = Heard(read)
    now[0] = 100
    heard.gather()
    loud[0] = 0.1
    for now[0] in range(200, 10 * BLOCKS + 2000, 100):
        heard.gather()
    assert len(heard.known(1, 0.0).peaks) == BLOCKS - 1
    assert heard.known(1, 0.0).peaks.max() == np.float32(0.1), "the loud second is older than that"
    now[0] += 5000  # nobody has listened for 50 s
    heard.gather()
    assert (heard.known(1, 49.0).peaks[-490:] > 0.0).sum() <= 14
    now[0] = 300  # the audio clock began anew
    heard.gather()
    assert len(heard.known(1, 0.0).peaks) == 30
