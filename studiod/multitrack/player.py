"""The player: keeps the rack's ring of tracks filled ahead of the audio, as the transport plans it.

Its thread reads files and writes the ring; the audio thread reads what the words PLAY_FROM and PLAY_TO enclose.  A
change of plan lies a little ahead of the audio, and the ring is written anew from there; every jump is a crossfade.
"""

import logging
import threading

import numpy as np

from studiod.multitrack.reel import Reel
from studiod.multitrack.transport import Pass, Transport
from studiod.realtime import layout as r
from studiod.realtime.rack import Rack

LOG = logging.getLogger(__name__)
FADE_S = 0.005
AHEAD_S = 1.5  # a disk that stands still for less is not heard
CHUNK_FRAMES = 4096
POLL_S = 0.02
CLOSE_S = 0.3  # nothing is lost with a player whose disk stands still: what waits behind it at a stop goes on
HURRY_S = 0.02  # where a player that came too late goes on


def ramp(t: np.ndarray) -> np.ndarray:
    """From 0 to 1, flat at both ends; two of them, one turned round, are 1 together."""
    t = np.clip(t, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


class Player:
    """Fills the ring of one rack.  Attributes: reel, starved (frames that came too late)."""

    def __init__(self, rack: Rack, transport: Transport) -> None:
        self.rack, self.transport = rack, transport
        rate_hz = int(rack.words[r.RATE])
        self._fade, self._ahead = round(FADE_S * rate_hz), round(AHEAD_S * rate_hz)
        self._hurry = round(HURRY_S * rate_hz)
        self.reel, self.starved = Reel(), 0
        self._next: tuple[int, Reel] | None = None  # the reel that follows, and from which frame on
        self._probe: tuple[int, np.ndarray] | None = None  # a sound for lane 0, and its frame
        self._at: int | None = None  # the frame to write next; None: silence, as planned
        self._plan = 0  # counts changes, so that nothing written by an old plan is published
        self._lock = threading.Lock()
        self._wake, self._over = threading.Event(), False
        self._thread: threading.Thread | None = None
        transport.listen(lambda segment: self.replan(segment.frame))

    # -- the desk's thread -------------------------------------------------------------------------------------------

    def replan(self, frame: int) -> None:
        """What is in the ring from a frame on no longer holds."""
        with self._lock:
            self._plan += 1
            rack = self.rack
            if self._at is None:  # the ring holds nothing: first take its old end away, then give it a new one
                rack.put(r.PLAY_FROM, frame)
                rack.put(r.PLAY_TO, frame)
            else:
                rack.put(r.PLAY_TO, min(rack.get(r.PLAY_TO), frame))
                rack.put(r.PLAY_FROM, min(rack.get(r.PLAY_FROM), frame))
            self._at = frame if self._at is None else min(self._at, frame)
        self._wake.set()

    def load(self, reel: Reel, frame: int) -> None:
        """Play another reel from a frame on, at which nothing rolls."""
        with self._lock:
            self._next = frame, reel
        self.replan(frame)

    def probe(self, sound: np.ndarray, frame: int) -> None:
        """Play a sound on lane 0 at a frame, whatever the transport does."""
        with self._lock:
            self._probe = frame, sound
        self.replan(frame)

    @property
    def newest(self) -> Reel:
        """The reel that is loaded, or about to be."""
        with self._lock:
            return self._next[1] if self._next is not None else self.reel

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="studiod-player", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    # -- the player's thread -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._over:
            self._wake.wait(None if self._at is None else POLL_S)
            self._wake.clear()
            while not self._over and self.fill():
                pass

    def fill(self) -> bool:
        """Write one piece, if there is something to write; whether there may be more."""
        now, played_out = self.rack.get(r.FRAME), None
        with self._lock:
            plan, at = self._plan, self._at
            if at is None:
                return False
            if at < now:
                at = self._too_late(at, now)
            if self._next is not None and at >= self._next[0]:
                played_out, self.reel, self._next = self.reel, self._next[1], None
            probe, end = self._probe, at + CHUNK_FRAMES
            if self._next is not None:
                end = min(end, self._next[0])
        if played_out is not None:  # not within the lock: a disk may take its time to close a file
            played_out.close(but=self.reel)
        if at >= now + self._ahead:
            return False
        pieces = list(self.transport.passes(at - self._fade, end))
        probes = probe is not None and probe[0] + len(probe[1]) > at
        idle = not (pieces or probes or self._next or self.transport.newest.frame > at)
        sound = None if idle else self._rendered(pieces, at, end, probe if probes else None)
        with self._lock:
            if plan != self._plan:
                return True
            if sound is None:
                self._at = None
                return False
            self._publish(sound, at, end)
        return True

    def _too_late(self, at: int, now: int) -> int:
        """Give up what should have been heard already."""
        if list(self.transport.passes(at, now)):
            self.starved += now + self._hurry - at
            LOG.warning("the player came too late: %d frames of silence in all; the disk is too slow", self.starved)
        at = now + self._hurry
        self.rack.put(r.PLAY_FROM, at)
        self.rack.put(r.PLAY_TO, at)
        self._at = at
        return at

    def _rendered(self, pieces: list[Pass], at: int, end: int, probe: tuple[int, np.ndarray] | None) -> np.ndarray:
        """float32 [lane, frame]: every piece with its fades, added up."""
        out = np.zeros((self.reel.lanes, end - at), np.float32)
        for piece in pieces:
            low, high = max(piece.start, at), min(piece.end + (self._fade if piece.fades else 0), end)
            if high <= low:
                continue
            sound = self.reel.read(piece.position + low - piece.start, high - low)
            frames = np.arange(low, high)
            if piece.soft and low < piece.since + self._fade:
                sound *= ramp((frames - piece.since) / self._fade).astype(np.float32)
            if high > piece.end:
                sound *= 1.0 - ramp((frames - piece.end) / self._fade).astype(np.float32)
            out[:, low - at : high - at] += sound
        if probe is not None:
            first, sound = probe
            low, high = max(first, at), min(first + len(sound), end)
            if high > low:
                out[0, low - at : high - at] = sound[low - first : high - first]
        return out

    def _publish(self, sound: np.ndarray, at: int, end: int) -> None:
        lanes, frames = sound.shape
        length = self.rack.played.shape[1]
        known = max(lanes, self.rack.get(r.PLAY_LANES))  # of this reel and of those before it
        ring = self.rack.played[:known]
        first = at % length
        cut = min(length - first, frames)
        for part, where in ((sound[:, :cut], first), (sound[:, cut:], 0)):
            ring[:lanes, where : where + part.shape[1]] = part
            ring[lanes:, where : where + part.shape[1]] = 0.0
        self._at = end
        self.rack.put(r.PLAY_LANES, known)
        self.rack.put(r.PLAY_TO, end)
