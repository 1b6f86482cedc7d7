"""Which files a release has, and what each says of itself: pure facts, from the album, its timeline and its figures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version

from studiod.mastering.album import Album, Song, Version
from studiod.mastering.figures import Figures
from studiod.mastering.formats.disc import Disc, Track
from studiod.mastering.formats.tags import Loudness, Picture, Tags
from studiod.mastering.release import checks, names
from studiod.mastering.release.deliveries import Delivery, delivery, settled
from studiod.mastering.timeline import GRID_HZ, Place, Timeline

Part = tuple[int, int | None]  # a song, and one of its versions
Measured = Callable[[Part | None, int], Figures]  # of a track, or of the album, at a rate


@dataclass(frozen=True, slots=True)
class Item:
    """One file: its path in the release, the tracks that it holds, one after another, and its length at its rate."""

    delivery: Delivery
    path: str
    parts: tuple[Part, ...]
    frames: int
    tags: Tags | None

    @property
    def kind(self) -> str:
        return self.delivery.kind


def software() -> str:
    """Who made it."""
    return f"studiod {version('studiod')}"


def settled_deliveries(album: Album, made: Timeline) -> list[Delivery]:
    """What is to be delivered, each with its rate."""
    highest_hz = max(run.rate_hz for run in made.runs)
    return [settled(delivery(name), highest_hz) for name in album.deliver]


def items(album: Album, made: Timeline, measured: Measured) -> Iterator[Item]:
    """Every file with sound."""
    for one in settled_deliveries(album, made):
        scale = one.rate_hz // GRID_HZ
        album_figures = loudness(measured(None, one.rate_hz))
        whole = f"{one.folder}/{names.whole(album)}{one.ending}"
        parts = tuple((place.song, None) for place in made.places)
        tags = album_tags(album, one.rate_hz, album_figures) if one.kind != "cd" else None
        yield Item(one, whole, parts, made.length * scale, tags)
        if one.kind == "cd":
            continue
        for place in made.places:
            song = album.songs[place.song]
            for n, version_ in enumerate([None, *song.versions], -1):
                part = (place.song, None if n < 0 else n)
                name = names.track(place.song + 1, song, version_)
                figures = loudness(measured(part, one.rate_hz))
                tags = track_tags(album, song, version_, place, one.rate_hz, figures, album_figures)
                frames = (place.until - place.track) * scale
                yield Item(one, f"{one.folder}/{name}{one.ending}", (part,), frames, tags)


def loudness(figures: Figures) -> Loudness:
    """As a tag has it."""
    return Loudness(
        figures.integrated_lufs,
        figures.range_lu if figures.integrated_lufs is not None else None,
        figures.true_peak_dbtp,
        figures.momentary_max_lufs,
        figures.short_term_max_lufs,
    )


def picture(album: Album) -> Picture | None:
    """The artwork.  Raises OSError."""
    if album.artwork is None:
        return None
    data = album.artwork.read_bytes()
    return Picture(checks.picture_kind(data), data)


def album_tags(album: Album, rate_hz: int, figures: Loudness) -> Tags:
    """Of the file that holds all of it."""
    return Tags(
        album.title, album.title, 0, len(album.songs), album.artist, album.artist, None, None, album.upc,
        album.date.isoformat() if album.date else None, album.genre, album.copyright, album.phonogram, album.label,
        album.catalogue, any(song.explicit for song in album.songs), picture(album), figures, figures, 0, software(),
    )  # fmt: skip


def track_tags(
    album: Album, song: Song, of: Version | None, place: Place, rate_hz: int, figures: Loudness, whole: Loudness
) -> Tags:
    """Of one track."""
    return Tags(
        f"{song.title} ({of.name})" if of else song.title, album.title, place.song + 1, len(album.songs),
        song.artist or album.artist, album.artist, song.composer, of.isrc if of else song.isrc, album.upc,
        album.date.isoformat() if album.date else None, album.genre, album.copyright, album.phonogram, album.label,
        album.catalogue, song.explicit, picture(album), figures, whole, place.track * rate_hz // GRID_HZ, software(),
    )  # fmt: skip


def disc(album: Album, made: Timeline) -> Disc:
    """The album as a CD; a pause of a CD frame or more is an index 0."""
    tracks = []
    before: Place | None = None
    for place in made.places:
        song = album.songs[place.song]
        pause = before.pause if before and before.pause < place.track else None
        performer = song.artist or album.artist
        tracks.append(Track(place.song + 1, song.title, place.track, pause, performer, song.composer, song.isrc))
        before = place
    return Disc(album.title, made.length, tuple(tracks), album.artist, album.upc, album.genre)
