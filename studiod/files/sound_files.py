"""The one reader of sound files: whatever is read, at once, piece by piece or after jumps, is the same sound.

Decoders have a memory: an MP3, Vorbis or Opus file read from the middle is another sound than the same place of it
read from the start.  So nothing is sought in such a file: read from any place, it is first unpacked to its end.  Plain
samples and FLAC are sought, once it is seen that the last frame they claim is there; else they are unpacked too.
"""

import io
import logging
import os
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import soundfile as sf

from studiod.encoding import name_of
from studiod.errors import FileFault
from studiod.files.folders import EXPECTED, look
from studiod.files.plain_file import opened
from studiod.files.sound_heads import Mended
from studiod.files.sound_heads import read as read_head
from studiod.files.spool import Spool

LOG = logging.getLogger(__name__)
RATES_HZ = 1000, 768_000
CHANNELS_MOST = 1024
PIECE_BYTES = 1 << 20  # unpacked at once
EXACT = {"PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"}  # each frame by itself
COPY = "copy it again"
DAMAGED = f"it is damaged; {COPY}"


class Unreadable(FileFault):
    """A file that is no sound to us.  Attributes: file, why, remedy."""

    def __init__(self, file: Path, why: str, remedy: str = EXPECTED, what: str = "cannot read this file: ") -> None:
        self.file, self.why, self.remedy = file, what + why, remedy
        super().__init__(f"{name_of(file)}: {self.why}; {remedy}")


class _Decoder(sf.SoundFile):
    """soundfile's own read goes back to where it should be after each piece, which a decoder's memory does not."""

    def seekable(self) -> bool:
        return False


class SoundFile:
    """One file, open for reading.  Raises Unreadable, here and in all methods.

    Attributes: path, rate_hz, channels, layout (the speakers by channel; None: by their number, as in a WAV), exact
    (False: it has to be unpacked before it is read from anywhere).  One thread at a time.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        try:
            self._descriptor = opened(self.path)
        except FileNotFoundError:
            raise Unreadable(self.path, "there is no such file", "check the name") from None
        except OSError as fault:
            raise self._folder(fault) from None
        self._let_go = weakref.finalize(self, os.close, self._descriptor)
        self._spool: Spool | None = None
        self._frames: int | None = None
        self._at = 0  # where the decoder stands
        self._warned = False
        try:
            self._look()
        except BaseException:
            self._let_go()  # who keeps the fault keeps this, too: its descriptor goes now
            raise

    def _look(self) -> None:
        """What it is.  Raises Unreadable."""
        if not os.fstat(self._descriptor).st_size:
            raise Unreadable(self.path, "it is empty", COPY)
        try:
            self._head = read_head(self._descriptor)
        except OSError as fault:
            raise Unreadable(self.path, str(fault.strerror)) from None
        self._decoder = self._decode()
        self.rate_hz, self.channels = int(self._decoder.samplerate), int(self._decoder.channels)
        self.layout = self._head.layout if len(self._head.layout or ()) == self.channels else None
        self.exact = self._decoder.subtype in EXACT and self._decoder.format != "OGG"
        if not (RATES_HZ[0] <= self.rate_hz <= RATES_HZ[1] and 0 < self.channels <= CHANNELS_MOST):
            has = f"it has {self.channels} channels at {self.rate_hz} Hz"
            remedy = f"expected {RATES_HZ[0]} to {RATES_HZ[1]} Hz and at most {CHANNELS_MOST} channels; convert it"
            raise Unreadable(self.path, has, remedy)

    def __enter__(self) -> "SoundFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it.  What was unpacked is gone."""
        self._decoder.close()
        if self._spool is not None:
            self._spool.close()
        self._let_go()

    @property
    def claimed(self) -> int:
        """Frames by its head: good enough for a progress bar."""
        return int(self._decoder.frames)

    @property
    def lost_s(self) -> float:
        """How much more its head speaks of than there is, as in a copy that was broken off; 0 of a whole one."""
        return self.claimed / self.rate_hz * (self._head.promised - 1)

    @property
    def frames(self) -> int:
        """How many there really are.  The first question may unpack the file, which takes its time."""
        if self._frames is None:
            self._warn()
            if self.exact and self._holds():
                self._frames = self.claimed
            else:
                self._unpack()
        assert self._frames is not None
        return self._frames

    def read(self, first: int, frames: int) -> np.ndarray:
        """float32 [frame, channel] of what there is from a frame >= 0 on."""
        frames = max(min(frames, self.frames - first), 0)
        if self._spool is not None:
            try:
                return self._spool.read(first, frames)
            except OSError as fault:
                raise Unreadable(self.path, str(fault.strerror), DAMAGED) from None
        try:
            if first != self._at and frames:
                self._at = self._decoder.seek(first)
        except (OSError, sf.LibsndfileError) as fault:
            raise self._damaged(fault) from None
        return self._next(frames, "float32") if frames else np.zeros((0, self.channels), np.float32)

    def whole(self) -> np.ndarray:
        """All of it: float32 [frame, channel]."""
        try:
            return self.read(0, self.frames)
        except MemoryError:
            seconds = self.frames / self.rate_hz
            raise Unreadable(self.path, f"no memory for its {seconds:.0f} s", "expected a shorter file") from None

    def pieces(self, frames: int, dtype: str = "float32") -> Iterator[np.ndarray]:
        """From the start to the end, so many frames at a time, fewer only at the end: [frame, channel].  Unpacks
        nothing."""
        self._warn()
        if self._at:
            self._rewind()
        while len(part := self._next(frames, dtype)):
            while len(part) < frames and len(more := self._next(frames - len(part), dtype)):
                part = np.concatenate([part, more])
            yield part

    # -- inside ------------------------------------------------------------------------------------------------------

    def _decode(self) -> _Decoder:
        os.lseek(self._descriptor, 0, os.SEEK_SET)  # libsndfile takes where it stands for the start
        source: int | io.RawIOBase = self._descriptor
        if self._head.splice is not None:
            source = Mended(self._descriptor, self._head.splice)
        try:
            return _Decoder(source, closefd=False)
        except sf.LibsndfileError as fault:
            raise Unreadable(self.path, fault.error_string.strip().rstrip(".") or "it is no sound") from None

    def _warn(self) -> None:
        """Once, when it is read: that it holds less than its head says, as a copy that was broken off does."""
        there_s = self.claimed / self.rate_hz
        lost_s = self.lost_s
        if lost_s and not self._warned:
            shape = ".1f" if lost_s >= 0.1 else ".5f"
            held = f"{there_s:{shape}} of {there_s + lost_s:{shape}} s"
            LOG.warning("%s: it is shorter than its header says: %s", name_of(self.path), held)
        self._warned = True

    def _rewind(self) -> None:
        self._decoder.close()
        self._decoder, self._at = self._decode(), 0

    def _next(self, frames: int, dtype: str) -> np.ndarray:
        try:
            part = self._decoder.read(frames, dtype=dtype, always_2d=True)
        except (OSError, sf.LibsndfileError) as fault:
            raise self._damaged(fault) from None
        self._at += len(part)
        return np.asarray(part)

    def _holds(self) -> bool:
        """Whether the last frame that it claims is there."""
        if not self.claimed:
            return True
        try:
            self._decoder.seek(self.claimed - 1)
            return len(self._decoder.read(1, always_2d=True)) == 1
        except (OSError, sf.LibsndfileError):
            return False
        finally:
            self._rewind()

    def _unpack(self) -> None:
        spool = None
        try:
            spool = Spool(self.channels)
            for part in self.pieces(max(PIECE_BYTES // (4 * self.channels), 1)):
                spool.add(part)
            self._spool, self._frames = spool, spool.frames
        except OSError as fault:
            remedy = "make room, or let TMPDIR name a folder with more"
            raise Unreadable(self.path, str(fault.strerror), remedy) from None
        finally:
            if spool is not None and self._frames is None:
                spool.close()

    def _damaged(self, fault: Exception) -> Unreadable:
        why = fault.error_string if isinstance(fault, sf.LibsndfileError) else str(fault)
        at = f"after {self._at / self.rate_hz:.1f} s"
        self._at = -1  # nobody knows: the next one seeks
        return Unreadable(self.path, f"{at}: {why.strip().rstrip('.') or 'not what was expected'}", DAMAGED)

    def _folder(self, fault: OSError) -> Unreadable:
        """Why it cannot be opened; of a folder, what is in it."""
        with suppress(OSError, ValueError):
            if self.path.is_dir():
                return Unreadable(self.path, "no sound file in that folder", look(self.path).nothing(), what="")
        return Unreadable(self.path, str(fault.strerror))
