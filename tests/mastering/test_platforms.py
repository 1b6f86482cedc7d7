"""What platforms do at playback: Spotify's own example, and an album that is turned by one gain."""

import pytest

from studiod.mastering.figures import Figures
from studiod.mastering.release.platforms import Platform, gain_db, platforms, playback


def figures(lufs: float | None, peak_dbtp: float | None) -> Figures:
    return Figures(lufs, 5.0, lufs, lufs, peak_dbtp, peak_dbtp)


def named(name: str) -> Platform:
    return next(one for one in platforms() if one.name == name)


@pytest.mark.parametrize(
    ("name", "lufs", "peak_dbtp", "plays_at_lufs"),
    [
        ("Spotify", -20.0, -5.0, -16.0),  # its own example: raised to a true peak of -1
        ("Spotify", -20.0, -0.5, -20.0),  # no room: never turned down for it
        ("Spotify", -9.0, -1.0, -14.0),
        ("YouTube", -20.0, -9.0, -20.0),  # only turned down
        ("YouTube", -9.0, -1.0, -14.0),
        ("Apple Music", -9.0, -1.0, -16.0),
    ],
)
def test_a_song_plays_as_its_platform_says(name: str, lufs: float, peak_dbtp: float, plays_at_lufs: float) -> None:
    assert lufs + gain_db(named(name), lufs, peak_dbtp) == pytest.approx(plays_at_lufs)


def test_an_album_is_turned_by_its_loudest_song() -> None:
    rows = {
        str(row["platform"]): row for row in playback([figures(-10.0, -1.0), figures(-16.0, -3.0), figures(None, None)])
    }
    assert rows["Tidal"]["album_gain_db"] == -4.0
    assert rows["Tidal"]["songs_gain_db"] == [-4.0, 0.0, None]
    assert rows["YouTube"]["album_gain_db"] is None


def test_of_silence_nothing_is_said() -> None:
    assert playback([figures(None, None)])[0]["album_gain_db"] is None
