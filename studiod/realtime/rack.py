"""The rack: one block of shared memory that holds everything the runner of the graph needs, and nothing else.

Part of the real-time border.  Created by the desk, handed to the card child as a file descriptor.  The first words are
a table of contents in offsets, never addresses, since each process maps the block elsewhere.  Words that two processes
share are read and written through the atomics of dsp.core.intrinsics; all else belongs to the runner while one runs.
"""

import contextlib
import mmap
import os

import numpy as np

from dsp import source
from dsp.core.intrinsics import read_word, write_word
from studiod.realtime import layout as r
from studiod.realtime.layout import Size

POPULATE_WRITE = 23  # MADV_POPULATE_WRITE, Linux 5.14


class Rack:
    """One process's view of the shared block.

    Attributes: `base` address of the block here, `words` int64 head, `memory` float64 of every state, `tape`
    float32 [frames, tracks], `capture` float32 [frames, outputs], `played` and `recorded` float32 [lane, frame].
    """

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.map = mmap.mmap(fd, os.fstat(fd).st_size)
        everything = np.frombuffer(self.map, np.uint8)
        self.base = everything.ctypes.data
        self.words = everything[: 8 * r.WORDS].view(np.int64)
        words = self.words
        self.memory = self._part(everything, r.MEMORY_AT, words[r.MEMORY_SIZE], np.float64)
        self.slots = self._part(everything, r.SLOTS_AT, r.ENTRIES, np.int64)
        self.values = self._part(everything, r.VALUES_AT, r.ENTRIES, np.float64)
        self.glides = self._part(everything, r.GLIDES_AT, r.ENTRIES, np.int64)
        self.headers = self._part(everything, r.HEADERS_AT, r.HEADERS * r.HEADER_WORDS, np.int64).reshape(r.HEADERS, -1)
        tape = self._part(everything, r.TAPE_AT, words[r.TAPE_FRAMES] * words[r.TAPE_TRACKS], np.float32)
        self.tape = tape.reshape(words[r.TAPE_FRAMES], words[r.TAPE_TRACKS])
        ring = self._part(everything, r.CAPTURE_AT, words[r.CAPTURE_FRAMES] * words[r.OUTPUTS], np.float32)
        self.capture = ring.reshape(words[r.CAPTURE_FRAMES], words[r.OUTPUTS])
        lanes = int(words[r.CHANNELS]) + 1
        played = self._part(everything, r.PLAY_AT, words[r.PLAY_FRAMES] * lanes, np.float32)
        recorded = self._part(everything, r.RECORD_AT, words[r.RECORD_FRAMES] * lanes, np.float32)
        self.played, self.recorded = played.reshape(lanes, -1), recorded.reshape(lanes, -1)

    def _part(self, everything: np.ndarray, where: int, count: int, kind: type) -> np.ndarray:
        first = int(self.words[where])
        return everything[first : first + int(count) * np.dtype(kind).itemsize].view(kind)

    @classmethod
    def create(
        cls, size: Size, tape_frames: int = 0, tape_tracks: int = 0, capture: bool = False, multitrack: bool = False
    ) -> "Rack":
        """A new block: every unit at rest, the queue empty, the tape blank.  multitrack: with player and recorder."""
        from studiod.realtime.sections import states  # compiled when it is imported: a rack that is there needs none

        parts = states(size)
        head = np.zeros(r.WORDS, np.int64)
        head[r.AWAKE :] = -1
        at = 0
        for unit, part in parts.items():
            head[r.TABLE + 3 * unit : r.TABLE + 3 * unit + 3] = at, part.shape[0], part.shape[1]
            at += -(-part.size // 8) * 8  # rows start on a cache line
        capture_frames = r.CAPTURE_SECONDS * size.rate_hz if capture else 0
        # whole quanta: what a quantum plays or records lies in one piece
        play, record = (
            -(-seconds * size.rate_hz // r.QUANTUM) * r.QUANTUM if multitrack else 0
            for seconds in (r.PLAY_SECONDS, r.RECORD_SECONDS)
        )
        offset = -(-head.nbytes // 4096) * 4096
        for word, nbytes in (
            (r.HEADERS_AT, 8 * r.HEADERS * r.HEADER_WORDS),
            (r.SLOTS_AT, 8 * r.ENTRIES),
            (r.VALUES_AT, 8 * r.ENTRIES),
            (r.GLIDES_AT, 8 * r.ENTRIES),
            (r.MEMORY_AT, 8 * at),
            (r.TAPE_AT, 4 * tape_frames * tape_tracks),
            (r.CAPTURE_AT, 4 * capture_frames * size.outputs),
            (r.PLAY_AT, 4 * play * (size.channels + 1)),
            (r.RECORD_AT, 4 * record * (size.channels + 1)),
        ):
            head[word] = offset
            offset += -(-nbytes // 4096) * 4096
        head[[r.W_MAGIC, r.RATE, r.INPUTS, r.OUTPUTS]] = r.MAGIC, size.rate_hz, size.inputs, size.outputs
        head[[r.RETURNS, r.MATRICES]] = size.returns, size.matrices
        head[[r.CHANNELS, r.BUSES, r.MEMORY_SIZE, r.BYTES]] = size.channels, size.buses, at, offset
        head[[r.TAPE_FRAMES, r.TAPE_TRACKS, r.CAPTURE_FRAMES]] = tape_frames, tape_tracks, capture_frames
        head[[r.PLAY_FRAMES, r.RECORD_FRAMES, r.PLAY_HEARD]] = play, record, -source.RING
        head[r.GRID_FRAMES] = size.rate_hz // 100
        fd = os.memfd_create("studiod-rack")
        os.ftruncate(fd, offset)
        os.pwrite(fd, head.tobytes(), 0)
        rack = cls(fd)
        for unit, part in parts.items():
            if part.any():  # else the pages of a long line stay untouched
                rack.state(unit)[:] = part
        if multitrack:
            rack.touch()
        return rack

    def touch(self) -> None:
        """Ask the system for the pages of all states and of the recorder's ring in this process.

        Else all lanes of a bank, or all armed tracks, want one in the same quantum, when first a delay is switched on
        or something is recorded.  An older system gives each when it is first written.
        """
        words = self.words
        for first, end in ((words[r.MEMORY_AT], words[r.TAPE_AT]), (words[r.RECORD_AT], words[r.BYTES])):
            if first < end:
                with contextlib.suppress(OSError):
                    self.map.madvise(POPULATE_WRITE, int(first), int(end - first))

    @property
    def size(self) -> Size:
        """How much console it holds."""
        counts = (r.INPUTS, r.OUTPUTS, r.CHANNELS, r.BUSES, r.RATE, r.RETURNS, r.MATRICES)
        return Size(*(int(self.words[word]) for word in counts))

    def state(self, unit: int) -> np.ndarray:
        """The state of a unit, [rows, lanes], in the shared block itself."""
        at, rows, lanes = (int(n) for n in self.words[r.TABLE + 3 * unit : r.TABLE + 3 * unit + 3])
        return self.memory[at : at + rows * lanes].reshape(rows, lanes)

    def column(self, unit: int, lane: int) -> tuple[int, int]:
        """Where a lane of a ring lies in the memory: first cell, and the stride from frame to frame; of one row, 0."""
        at, rows, lanes = (int(n) for n in self.words[r.TABLE + 3 * unit : r.TABLE + 3 * unit + 3])
        return at + lane, lanes if rows > 1 else 0

    def get(self, word: int) -> int:
        """A word that another process may be writing."""
        return read_word(self.base + 8 * word)

    def put(self, word: int, value: int) -> None:
        """Publish a word to the other process."""
        write_word(self.base + 8 * word, value)

    def get_header(self, header: int) -> int:
        """The sequence number that stands in a header of the queue; 0 when it is free."""
        return read_word(self.base + int(self.words[r.HEADERS_AT]) + 8 * r.HEADER_WORDS * header)

    def publish_header(self, header: int, sequence: int) -> None:
        """Make a transaction visible, whole: its header, then that there is nothing older still to come."""
        write_word(self.base + int(self.words[r.HEADERS_AT]) + 8 * r.HEADER_WORDS * header, sequence)
        self.put(r.LAST_SEQUENCE, sequence)
