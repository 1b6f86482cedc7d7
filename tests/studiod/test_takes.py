"""Takes back in the player, overdubs in their place, markers, and the position as it is told."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from studiod.machine import LEAD_S
from studiod.param import Refusal
from studiod.take import file_name
from tape_rig import RATE_HZ, SETTLED, Rig, armed, noise, reel_of, take

LEAD = round(LEAD_S * RATE_HZ)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


def test_a_take_comes_back_on_the_tracks_that_it_had(rig: Rig) -> None:
    armed(rig, 2, 4)
    sound = noise(20_000, 4)
    take(rig, sound)
    ((_, name, seconds, tracks), end) = rig.do("take/list")
    assert (name, tracks, end[1]) == (rig.newest.name, 2, 1)
    assert seconds == pytest.approx(20_000 / RATE_HZ)
    rig.do("take/load", name)
    rig.run(2 * LEAD)
    rig.desk.set("transport/state", "play")
    out = rig.run(LEAD + 20_000)[LEAD:]
    np.testing.assert_array_equal(out[:, [1, 3]], sound[:, [1, 3]])
    assert not out[:, [0, 2]].any()


@pytest.mark.parametrize("press_first", [False, True])
@pytest.mark.parametrize("between", [0, 64, 8000])  # frames
@pytest.mark.parametrize("lookback_s", [0.0, 0.3])
def test_an_overdub_over_a_cable_lands_on_its_source(
    rig: Rig, tmp_path: Path, press_first: bool, between: int, lookback_s: float
) -> None:
    """Output 2 plays track 1 and comes back as input 2, a block later than it was heard; the offset says so."""
    source = noise(2 * RATE_HZ, 1)
    rig.do("take/open", str(reel_of(tmp_path / "reel", source)))
    rig.desk.change([("output/2/source", "track/1"), ("output/1/source", "none"), ("recorder/offset", 64)])
    rig.run(2 * LEAD)
    armed(rig, 2, lookback_s=lookback_s)
    rig.run(20_000)
    rig.desk.change([("transport/position", 0.5)])
    for path, value in [("recorder/state", "record"), ("transport/state", "play")][:: 1 if press_first else -1]:
        rig.desk.set(path, value)
        rig.run(between, loop=True) if between else None
    rig.run(24_000, loop=True)
    rig.desk.set("recorder/state", "stop")
    rig.desk.set("transport/state", "stop")
    rig.run(LEAD + SETTLED)
    rig.do("take/load", rig.newest.name, 1)
    rig.run(2 * LEAD)
    rig.desk.change([("output/1/source", "track/1"), ("output/2/source", "track/2"), ("transport/state", "play")])
    out = rig.run(LEAD + 46_000)[LEAD:]
    heard = slice(24_000 + 9000, 24_000 + 16_000)  # rolling and recording, whichever came first
    np.testing.assert_array_equal(out[heard, 1], source[heard, 0])
    np.testing.assert_array_equal(out[heard, 0], source[heard, 0])


def test_a_take_that_was_cut_off_is_listed_and_played_as_far_as_it_goes(rig: Rig) -> None:
    armed(rig, 1)
    sound = noise(48_000, 4)
    rig.desk.set("recorder/state", "record")
    rig.run(sound)
    folder = rig.newest
    rig.machine.recorder = type(rig.machine.recorder)(rig.machine.lookback, rig.folder, lambda _: None)  # a kill
    ((_, name, seconds, tracks), _) = rig.do("take/list")
    assert (name, tracks) == (folder.name, 1)
    assert seconds == pytest.approx(1.0, abs=0.01)
    rig.do("take/load", name)
    rig.run(2 * LEAD)
    rig.desk.set("transport/state", "play")
    np.testing.assert_array_equal(rig.run(LEAD + 40_000)[LEAD:, 0], sound[:40_000, 0])


def test_a_take_that_is_not_there_is_refused_with_the_nearest(rig: Rig) -> None:
    with pytest.raises(Refusal, match="no take of that name"):
        rig.do("take/load", "Verse")
    armed(rig, 1)
    rig.desk.set("recorder/take", "Verse")
    take(rig, noise(640, 4))
    assert rig.newest.name.endswith(" Verse")
    with pytest.raises(Refusal, match=f"nearest is '{rig.newest.name}'"):
        rig.do("take/load", rig.newest.name[:-1])
    next(rig.newest.glob("*.wav")).unlink()
    with pytest.raises(Refusal, match=r"01 input 1\.wav: cannot play this file: there is no such file"):
        rig.do("take/load", rig.newest.name)


def test_a_deleted_take_is_gone_and_one_that_is_written_is_not_deleted(rig: Rig) -> None:
    armed(rig, 1)
    rig.desk.set("recorder/state", "record")
    rig.run(6400)
    with pytest.raises(Refusal, match="still being recorded"):
        rig.do("take/delete", rig.newest.name)
    rig.desk.set("recorder/state", "stop")
    rig.run(64)
    rig.do("take/delete", rig.newest.name)
    assert rig.do("take/list") == [("take/list/end", 0)]


def test_two_takes_of_one_second_have_two_folders(rig: Rig) -> None:
    armed(rig, 1)
    for _ in range(3):
        take(rig, noise(64, 4))
    assert len(rig.do("take/list")) == 4


def test_names_of_files_are_fit_for_any_disk() -> None:
    assert file_name(7, "  Gtr/L  ", "input/7") == "07 Gtr L.wav"
    assert file_name(12, "", "main/l") == "12 main l.wav"
    assert file_name(128, "...", "none") == "128 track.wav"


# -- markers ---------------------------------------------------------------------------------------------------------


def test_markers_are_kept_told_in_order_and_found_again(rig: Rig) -> None:
    rig.do("marker/add", "Chorus", 42.5)
    rig.do("locate", 12.25)
    assert rig.do("marker/add", "Verse") == [("marker/add", "Verse", 12.25)]
    assert rig.do("marker/list") == [
        ("marker/list", "Verse", 12.25), ("marker/list", "Chorus", 42.5), ("marker/list/end", 2),
    ]  # fmt: skip
    rig.do("locate", "Chorus")
    rig.run(LEAD + 64)
    assert rig.desk.get("transport/position") == 42.5
    rig.do("marker/delete", "Chorus")
    with pytest.raises(Refusal, match="nearest is 'Verse'"):
        rig.do("locate", "Vers")
    with pytest.raises(Refusal, match="out of range"):
        rig.do("locate", -1.0)


def test_the_position_is_told_while_it_rolls(rig: Rig) -> None:
    heard: list[float] = []
    rig.desk.listen(lambda origin, news: heard.append(float(news.get("transport/position", -1))))
    rig.desk.set("transport/state", "play")
    for _ in range(5):
        rig.run(4800)
        rig.machine.tick()
    assert heard[-1] == pytest.approx(5 * 4800 / RATE_HZ - LEAD_S, abs=1e-6)
    assert len(heard) == 6
