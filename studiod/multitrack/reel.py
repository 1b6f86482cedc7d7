"""Sound files as tracks of a reel: read at any position, at the desk's rate, from the disk and not from memory.

A file of another rate is resampled by soxr (VHQ) page by page; a page takes a little of its neighbours along, so that
its samples are those of the whole file resampled at once.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from studiod.encoding import name_of
from studiod.files.sound_files import SoundFile, Unreadable

LOG = logging.getLogger(__name__)
PAGE_S = 0.25  # 32 of them are made within the 50 ms that a jump has
MARGIN_FRAMES = 512  # of the slower of the two rates: further than the filter of VHQ reaches


class Sound:
    """One file, as if it had the desk's rate.  Raises Unreadable, which names it, when it cannot be played.

    A file that has to be unpacked is unpacked here, which takes a second or so for some minutes.
    """

    def __init__(self, path: Path, rate_hz: int) -> None:
        self.path = path
        self._file = SoundFile(path)
        self.channels, own = self._file.channels, self._file.rate_hz
        unit = math.gcd(own, rate_hz)
        self._in, self._out = own // unit, rate_hz // unit  # so many frames of the file are so many of the desk
        self._units = max(round(PAGE_S * rate_hz) // self._out, 1)  # in a page
        self._margin = -(-MARGIN_FRAMES * max(own, rate_hz) // (rate_hz * self._in))  # units
        self.rate_hz, self.own_rate_hz = rate_hz, own
        try:
            self.frames = -(-self._file.frames * self._out // self._in)
        except Unreadable:
            self.close()
            raise
        self._pages: dict[int, np.ndarray] = {}
        self._failed = False

    def read(self, first: int, frames: int) -> np.ndarray:
        """float32 [frames, channels] from a frame of the desk's rate on; silence before and after the file."""
        if self._in == self._out:
            return self._cut(first, frames)
        length = self._units * self._out
        parts = []
        for page in range(first // length, (first + frames - 1) // length + 1):
            low, high = max(first - page * length, 0), min(first + frames - page * length, length)
            parts.append(self._page(page)[low:high])
        return np.concatenate(parts) if parts else np.zeros((0, self.channels), np.float32)

    def close(self) -> None:
        self._file.close()

    def _page(self, page: int) -> np.ndarray:
        if page not in self._pages:
            while len(self._pages) > 1:
                del self._pages[next(iter(self._pages))]
            units = self._units + 2 * self._margin
            raw = self._cut((page * self._units - self._margin) * self._in, units * self._in)
            sound = soxr.resample(raw, self.own_rate_hz, self.rate_hz, quality="VHQ")
            at = self._margin * self._out
            self._pages[page] = sound[at : at + self._units * self._out]
        return self._pages[page]

    def _cut(self, first: int, frames: int) -> np.ndarray:
        """Frames of the file itself; silence before, after, and where it cannot be read."""
        out = np.zeros((frames, self.channels), np.float32)
        low, high = max(first, 0), min(first + frames, self._file.frames)
        if high > low:
            try:
                sound = self._file.read(low, high - low)
                out[low - first : low - first + len(sound)] = np.nan_to_num(sound, posinf=0.0, neginf=0.0)
            except Unreadable as fault:
                if not self._failed:
                    LOG.error("%s; its track is silent there", fault)
                self._failed = True
        return out


class Track:
    """One channel of a file, its first frame at a position of the transport, which may lie before the music's start."""

    def __init__(self, sound: Sound, channel: int = 0, position: int = 0) -> None:
        self.sound, self.channel, self.position = sound, channel, position


class Reel:
    """Tracks by number, from 1."""

    def __init__(self, tracks: dict[int, Track] | None = None) -> None:
        self.tracks = tracks or {}
        self.lanes = max(self.tracks, default=0) + 1  # lane 0 is nobody's
        self.frames = max((t.position + t.sound.frames for t in self.tracks.values()), default=0)

    def read(self, first: int, frames: int) -> np.ndarray:
        """float32 [lane, frame] from a position of the transport on."""
        out = np.zeros((self.lanes, frames), np.float32)
        read: dict[tuple[Sound, int], np.ndarray] = {}
        for lane, track in self.tracks.items():
            which = track.sound, track.position
            if which not in read:
                read[which] = track.sound.read(first - track.position, frames)
            out[lane] = read[which][:, track.channel]
        return out

    def over(self, under: "Reel") -> "Reel":
        """This reel, and of the other the tracks that this one lacks."""
        return Reel(under.tracks | self.tracks)

    def close(self, but: "Reel | None" = None) -> None:
        """Let go of its files, but for those that another reel plays too."""
        kept = {track.sound for track in but.tracks.values()} if but else set()
        for sound in {track.sound for track in self.tracks.values()} - kept:
            sound.close()


@dataclass
class Spool:
    """Files as a reel, how many of their channels have no track on this desk, and the files that cannot be played."""

    reel: Reel
    left: int
    faults: list[Unreadable]


def spooled(paths: Sequence[Path], rate_hz: int, most: int) -> Spool:
    """Files side by side, channel after channel; one that cannot be played leaves a track free in its place.

    A file for which there is no track is not opened and counts as one channel.

    Raises Unreadable when none can be played.
    """
    tracks: dict[int, Track] = {}
    faults: list[Unreadable] = []
    count = 0
    for place, path in enumerate(paths):
        if count >= most:  # a folder of thousands is opened no further than the desk has tracks
            left = len(paths) - place
            LOG.warning("%s: %d files not opened: this desk has %d tracks", name_of(path.parent), left, most)
            count += left
            break
        try:
            sound = Sound(path, rate_hz)
        except Unreadable as fault:
            faults.append(fault)
            count += 1
            continue
        for channel in range(sound.channels):
            count += 1
            if count <= most:
                tracks[count] = Track(sound, channel)
    if faults and not tracks:
        raise faults[0]
    return Spool(Reel(tracks), max(count - most, 0), faults)
