"""The timeline: runs on the CD grid, joins where they were, tracks that one after another are the album."""

from pathlib import Path

import pytest

from studiod.mastering.album import Album, Fade, Limiter, Song
from studiod.mastering.timeline import GRID_HZ, RATES_HZ, Head, Timeline, groups, timeline

FILE = Path("/song.wav")


def apart_s(limiter: Limiter) -> float:
    return limiter.release_ms / 100.0


def made(*songs: Song, rates_hz: tuple[int, ...] = (44100, 44100, 44100), frames: int = 441_001) -> Timeline:
    heads = [Head(rate, frames * rate // 44100, 2) for rate, _ in zip(rates_hz, songs, strict=False)]
    return timeline(Album("A", songs), heads, apart_s)


def test_a_run_begins_on_the_grid_never_earlier_than_asked_and_says_what_that_moved() -> None:
    found = made(Song(FILE, "1"), Song(FILE, "2", gap_s=2.0))
    first, second = found.runs
    end_s = 441_001 / 44100
    assert second.start == 751 + 150  # 750.0017 CD frames of sound, and two seconds
    assert second.places[0].moved_s == pytest.approx(second.start / GRID_HZ - end_s - 2.0, abs=1e-12)
    assert 0.0 <= second.places[0].moved_s < 1 / GRID_HZ
    assert first.places[0].pause == 751
    assert first.length == second.start


def test_the_grid_is_whole_frames_at_every_rate() -> None:
    assert [rate // GRID_HZ for rate in RATES_HZ] == [588, 640, 1176, 1280, 2352, 2560]
    assert not any(rate % GRID_HZ for rate in RATES_HZ)


def test_songs_that_touch_stay_where_they_touched_and_the_track_begins_on_the_grid_before() -> None:
    (run,) = made(Song(FILE, "1"), Song(FILE, "2")).runs
    one, two = run.places
    assert two.at == 441_001
    assert (two.track, one.until, one.pause) == (750, 750, 750)
    assert two.moved_s == 0.0
    assert run.length == 1501


def test_a_gap_in_cd_frames_is_that_many_from_the_end_of_the_sound() -> None:
    found = made(Song(FILE, "1"), Song(FILE, "2", gap_cd_frames=2 * 75 + 37))
    assert found.runs[1].start - found.runs[0].places[0].pause == 187


def test_a_crossfade_begins_so_much_before_the_end_at_the_rate_of_the_run() -> None:
    (run,) = made(Song(FILE, "1"), Song(FILE, "2", crossfade_s=4.0), rates_hz=(44100, 96000)).runs
    one, two = run.places
    assert run.rate_hz == 96000
    assert one.length == -(-441_001 * 96000 // 44100)  # no frame of it is lost
    assert (two.at, two.cross) == (one.length - 384_000, 384_000)
    assert (two.rate_hz, two.frames) == (96000, two.length)


def test_the_tracks_one_after_another_are_the_album() -> None:
    songs = [Song(FILE, "1"), Song(FILE, "2", gap_s=0.3), Song(FILE, "3", gap_s=1.0), Song(FILE, "4", crossfade_s=1.0)]
    found = made(*songs, rates_hz=(44100, 48000, 96000, 44100))
    places = found.places
    assert [len(run.places) for run in found.runs] == [2, 2]
    assert [place.song for place in places] == [0, 1, 2, 3]
    assert [place.track for place in places[1:]] == [place.until for place in places[:-1]]
    assert (places[0].track, places[-1].until) == (0, found.length)
    assert all(place.track < place.pause <= place.until for place in places)


def test_trims_and_fades_are_frames_of_the_source() -> None:
    song = Song(FILE, "1", start_s=0.5, end_s=3.0, fade_in=Fade(0.01), fade_out=Fade(1.0, "s"))
    ((place,),) = (run.places for run in made(song, rates_hz=(96000,)).runs)
    assert (place.first, place.frames, place.fade_in, place.fade_out) == (48_000, 240_000, 960, 96_000)
    assert place.until == 188  # 187.5 CD frames: silence fills the last


def test_an_unusual_rate_is_raised_to_the_next_that_releases_have() -> None:
    assert made(Song(FILE, "1"), rates_hz=(32000,)).runs[0].rate_hz == 44100
    assert made(Song(FILE, "1"), rates_hz=(64000,)).runs[0].rate_hz == 88200
    assert made(Song(FILE, "1"), rates_hz=(384000,)).runs[0].rate_hz == 192000


def test_who_follows_closer_than_the_slower_of_two_limiters_remembers_is_of_one_run() -> None:
    songs = Song(FILE, "1", limiter=Limiter(300.0)), Song(FILE, "2", gap_s=2.0), Song(FILE, "3", gap_s=2.0)
    assert groups(Album("A", songs), apart_s) == [[0, 1], [2]]


def test_what_moves_a_song_moves_no_frame_of_its_run() -> None:
    """The same two songs, first and later: what is rendered of them is the same."""
    pair = Song(FILE, "2", gap_s=2.0), Song(FILE, "3", gap_s=0.1)
    early, late = made(*pair).runs[0], made(Song(FILE, "1"), *pair).runs[1]
    assert [(p.at, p.length, p.cross) for p in early.places] == [(p.at, p.length, p.cross) for p in late.places]
    assert [p.track - early.start for p in early.places] == [p.track - late.start for p in late.places]


def test_a_gap_is_what_was_written_not_the_double_beside_it() -> None:
    found = made(Song(FILE, "1"), Song(FILE, "2", gap_s=1.04), frames=441_000)
    assert found.runs[1].start == 750 + 78  # as a double 1.04 s are a hair more than 78 CD frames
