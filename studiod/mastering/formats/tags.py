"""What a file of a release says of itself, in whichever container: plain facts, text as it was given."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loudness:
    """None for what silence has not.  peak: linear, true."""

    integrated_lufs: float | None = None
    range_lu: float | None = None
    true_peak_dbtp: float | None = None
    momentary_lufs: float | None = None
    short_term_lufs: float | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    kind: str  # image/jpeg or image/png
    data: bytes


@dataclass(frozen=True, slots=True)
class Tags:
    """None for what is not known.  number: of the track, 0 for a file that holds all of them.  date: YYYY-MM-DD.

    isrc: 12 characters; upc: 13 digits.  start_frame: where the track begins on the album, at the file's rate.
    """

    title: str
    album: str
    number: int
    total: int
    artist: str | None = None
    album_artist: str | None = None
    composer: str | None = None
    isrc: str | None = None
    upc: str | None = None
    date: str | None = None
    genre: str | None = None
    copyright: str | None = None
    phonogram: str | None = None
    label: str | None = None
    catalogue: str | None = None
    explicit: bool = False
    picture: Picture | None = None
    loudness: Loudness = Loudness()
    album_loudness: Loudness = Loudness()
    start_frame: int = 0
    software: str = "studiod"


REFERENCE_LUFS = -18.0  # of ReplayGain 2.0
OPUS_LUFS = -23.0  # RFC 7845


def replay_gain(tags: Tags) -> dict[str, str]:
    """ReplayGain 2.0 in its own names: gain to −18 LUFS, peaks linear and true."""
    out = {}
    for name, figures in (("TRACK", tags.loudness), ("ALBUM", tags.album_loudness)):
        if tags.number == 0 and name == "ALBUM":
            figures = tags.loudness
        if figures.integrated_lufs is not None:
            out[f"REPLAYGAIN_{name}_GAIN"] = f"{REFERENCE_LUFS - figures.integrated_lufs:+.2f} dB"
        if figures.true_peak_dbtp is not None:
            out[f"REPLAYGAIN_{name}_PEAK"] = f"{10.0 ** (figures.true_peak_dbtp / 20.0):.6f}"
    return out


def opus_gain(tags: Tags) -> dict[str, str]:
    """RFC 7845's own: 256ths of a dB to −23 LUFS."""
    out = {}
    for name, figures in (("TRACK", tags.loudness), ("ALBUM", tags.album_loudness)):
        if figures.integrated_lufs is not None:
            out[f"R128_{name}_GAIN"] = str(round(256.0 * (OPUS_LUFS - figures.integrated_lufs)))
    return out
