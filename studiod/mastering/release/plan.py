"""The timeline of an album as people and programs read it."""

from typing import Any

from studiod.mastering.album import Album, Fade, Song
from studiod.mastering.formats.disc import shown
from studiod.mastering.release import codes
from studiod.mastering.timeline import GRID_HZ, Place, Timeline

COLUMNS = ("", "title", "ISRC", "starts", "sound", "ends", "length", "before it", "fade in", "fade out", "moved")


def rows(album: Album, made: Timeline) -> dict[str, Any]:
    """All of it, as JSON: times in seconds, and on the CD's grid as MM:SS:FF."""
    songs = []
    for number, run in enumerate(made.runs, 1):
        for place in run.places:
            song = album.songs[place.song]
            sound_s = run.start / GRID_HZ + place.at / run.rate_hz
            songs.append(
                {
                    "number": place.song + 1,
                    "title": song.title,
                    "isrc": song.isrc,
                    "start": shown(place.track),
                    "pause": shown(place.pause),
                    "end": shown(place.until),
                    "start_s": place.track / GRID_HZ,
                    "end_s": place.until / GRID_HZ,
                    "sound_start_s": sound_s,
                    "sound_end_s": sound_s + place.length / run.rate_hz,
                    "gap_s": gap_s(made, place),
                    "crossfade_s": place.cross / run.rate_hz,
                    "fade_in": {"s": song.fade_in.s, "shape": song.fade_in.shape},
                    "fade_out": {"s": song.fade_out.s, "shape": song.fade_out.shape},
                    "moved_s": place.moved_s,
                    "run": number,
                    "run_rate_hz": run.rate_hz,
                    "versions": [{"name": v.name, "isrc": v.isrc} for v in song.versions],
                }
            )
    return {"title": album.title, "songs": songs, "total": shown(made.length), "total_s": made.length / GRID_HZ}


def gap_s(made: Timeline, place: Place) -> float:
    """The silence that stands before a song, on the CD's grid."""
    before = made.places[place.song - 1] if place.song else None
    return (place.track - before.pause) / GRID_HZ if before else 0.0


def table(album: Album, made: Timeline) -> list[list[str]]:
    """A line a song, under COLUMNS."""
    out = []
    for song, row in zip(album.songs, rows(album, made)["songs"], strict=True):
        cross = f"crosses {row['crossfade_s']:.3f} s" if row["crossfade_s"] else f"{row['gap_s']:.3f} s"
        out.append(
            [
                str(row["number"]),
                song.title,
                code(song),
                row["start"],
                f"{row['sound_start_s']:.3f} s",
                row["end"],
                shown(made.places[row["number"] - 1].until - made.places[row["number"] - 1].track),
                cross if row["number"] > 1 else "",
                fade(song.fade_in),
                fade(song.fade_out),
                f"{1000.0 * row['moved_s']:.2f} ms" if row["moved_s"] else "",
            ]
        )
    return out


def code(song: Song) -> str:
    """As people read it."""
    if song.isrc is None or song.isrc == codes.AUTO:
        return song.isrc or ""
    return codes.hyphened(song.isrc)


def fade(one: Fade) -> str:
    """6 s equal_power."""
    return f"{one.s:g} s {one.shape}" if one.s else ""
