"""The rack: one block of shared memory that holds everything the runner of the graph needs, and nothing else.

Part of the real-time border.  Created by the desk, handed to the card child as a file descriptor.  The first words are
a table of contents in offsets, never addresses, since each process maps the block elsewhere.  Words that two processes
share are read and written through the atomics of dsp.machine; all else belongs to the runner while one runs.
"""

import mmap
import os
from dataclasses import dataclass

import numpy as np

from dsp import (
    automix,
    ceiling,
    chorus,
    click,
    comp,
    delay,
    echoes,
    gain,
    gate,
    generator,
    insert,
    limiter,
    meter,
    mix,
    patch,
    reverb,
    svf,
    swap,
)
from dsp.machine import read_word, write_word

MAGIC = 0x73747564696F64
# Words of the head.  Frame counters are absolute; STAMP_* is (frame, monotonic ns) under a sequence lock.
(
    W_MAGIC, GENERATION, FRAME, STAMP_SEQUENCE, STAMP_FRAME, STAMP_NS, MISSED, LATE_COUNT, FAULTS, RATE,
    INPUTS, OUTPUTS, CHANNELS, BUSES, HEADERS_AT, SLOTS_AT, VALUES_AT, GLIDES_AT, MEMORY_AT, MEMORY_SIZE,
    TAPE_AT, TAPE_FRAMES, TAPE_TRACKS, TAPE_START, TAPE_LOOP, CAPTURE_AT, CAPTURE_FRAMES, CAPTURE_START,
    GRID_FRAMES, STOP, BLOCKS, BYTES,
    LAST_SEQUENCE, RETURNS, MATRICES,
    PLAY_AT, PLAY_FRAMES, PLAY_FROM, PLAY_TO, PLAY_LANES, PLAY_HEARD, RECORD_AT, RECORD_FRAMES,
) = range(43)  # fmt: skip
TABLE = 64  # then three words a unit: offset in the memory (float64s), rows, lanes
HEADERS, ENTRIES = 256, 131_072  # the queue: transactions, and changes in all of them
HEADER_WORDS = 4  # sequence (0: free), frame, first, count

# Units of a strip, in a bank's block of UNITS_A_BANK; the mixes and rings count taps.
TRIM, DELAY, LINE, HPF_1, HPF_2, LPF_1, LPF_2, GATE, COMP, FADER, METER, WORK, KEY_WORK, GUARD = range(14)
EQ_1, MIX_1, RING_1, SIDE_1, UNITS_A_BANK = 14, 20, 24, 28, 40
# A side chain at each place of a detector: the gate's, the compressor's before the EQ, the compressor's after it
PLACES, SIDE_UNITS = 3, 3
KEY, FILTER, HEARD = range(3)
BANKS = INPUT_BANK, BUS_BANK, MAIN_BANK, MATRIX_BANK = range(4)  # in the order in which they run
TAPS = TAP_INPUT, TAP_PRE_EQ, TAP_PRE_FADER, TAP_POST_FADER = range(4)
EQ_BANDS = (4, 6, 6, 6)
(
    PATCH_IN, PATCH_OUT, OUT_GAIN, OUT_DELAY, OUT_LINE, OUT_CEILING, OUT_FADE, INPUT_RING, MIX_WORK, OUT_WORK, SILENCE,
    METER_IN, METER_OUT, PATCH_EAR, EAR, LIMITER, LIMITED, METER_MAIN, LATE_WORK,
    PATCH_TALK, TALK_GAIN, GENERATOR, CLICK, TOOL, TOOL_WORK, TOOL_RING, TOOLS_IN, TOOLS_MIX, TOOLS_LATE,
    PATCH_MONITOR, MONITOR_SOURCE, MONITOR_MIX, SOLO_MIX, SOLO_WORK, MONITOR_WORK, MONITOR_RING, METER_MONITOR,
    AUTOMIX,
) = range(UNITS_A_BANK * len(BANKS), UNITS_A_BANK * len(BANKS) + 38)  # fmt: skip
TRANSLATE_1, TRANSLATE_BANDS = AUTOMIX + 1, 6
# A slot of effects: source, three units in a row, each with a line or two of its own, level, ring, place as an insert
FX_PATCH, REVERB, REVERB_LINE, ECHOES, ECHOES_LINE, CHORUS, CHORUS_LINE, FX_GAIN, FX_RING, FX_INSERT = range(10)
FX_1, FX_UNITS, MOST_FX = TRANSLATE_1 + TRANSLATE_BANDS, 10, 16
FX_WORK, FX_FADE = FX_1 + FX_UNITS * MOST_FX, FX_1 + FX_UNITS * MOST_FX + 1
# The multitrack: the ring that tracks are read from, what feeds the recorder.  Lane 0 is the probe, track N lane N.
TRACK_RING, PATCH_REC, REC_WORK = range(FX_FADE + 1, FX_FADE + 4)
UNITS = REC_WORK + 1
PLAY_SECONDS, RECORD_SECONDS = 2, 4  # how far the player may be ahead, how far the recorder may be behind
TOOLS = TALKBACK, TEST_SIGNAL, CLICKS = range(3)  # lanes of the tools
SIDES = 4  # of both mixes, after the buses or before the matrices: main left and right, solo left and right
EAR_SECONDS, EAR_LANES = 4, 4  # what the analysers hear: loudness left and right, spectrum left and right
QUANTUM = 32
CAPTURE_SECONDS = 8
PLAY_SECONDS, RECORD_SECONDS = 2, 4  # how far the player may be ahead, how far the recorder may be behind


@dataclass(frozen=True)
class Size:
    """How much console a rack is to hold."""

    inputs: int
    outputs: int
    channels: int
    buses: int
    rate_hz: int = 48_000
    returns: int = 0
    matrices: int = 0

    def lanes(self, bank: int) -> int:
        """Lanes of a bank: at least one, which does not run where there is no matrix."""
        return (self.channels + 2 * self.returns, self.buses, 2, max(self.matrices, 1))[bank]

    def destinations(self, bank: int) -> int:
        """Where the lanes of a bank go: buses, main and solo; of the banks after the first main, solo and matrices."""
        return SIDES + (self.buses if bank == INPUT_BANK else self.matrices)


def filters(bank: int) -> tuple[int, ...]:
    """The units of a bank's block that are filter bands."""
    keys = (SIDE_1 + SIDE_UNITS * place + FILTER for place in range(PLACES))
    return (HPF_1, HPF_2, LPF_1, LPF_2, *keys, *range(EQ_1, EQ_1 + EQ_BANDS[bank]))


def states(size: Size) -> dict[int, np.ndarray]:
    """A resting state for every unit of a console, by unit number."""
    out: dict[int, np.ndarray] = {SILENCE: np.zeros((1, 1))}
    for bank in BANKS:
        lanes, first = size.lanes(bank), bank * UNITS_A_BANK
        out[first + TRIM] = gain.state(lanes)
        out[first + FADER] = gain.state(lanes)
        out[first + GATE] = gate.state(lanes)
        out[first + COMP] = comp.state(lanes)
        out[first + METER] = meter.state(lanes)
        out[first + DELAY] = delay.state(lanes)
        out[first + LINE] = delay.line(lanes, size.rate_hz)
        for unit in filters(bank):
            out[first + unit] = svf.state(lanes)
        for place in range(PLACES):
            side = first + SIDE_1 + SIDE_UNITS * place
            out[side + KEY] = patch.state(lanes, own=True)
            out[side + HEARD] = swap.state(lanes)
        for tap in TAPS:
            out[first + RING_1 + tap] = np.zeros((patch.RING, lanes))
            out[first + MIX_1 + tap] = mix.state(lanes, size.destinations(bank))
        for unit in (WORK, KEY_WORK):
            out[first + unit] = np.zeros((QUANTUM, lanes))
        out[first + GUARD] = np.zeros((1, lanes))
    out[INPUT_RING] = np.zeros((patch.RING, size.inputs))
    out[PATCH_IN] = patch.state(size.lanes(INPUT_BANK))
    out[PATCH_OUT] = patch.state(size.outputs)
    out[AUTOMIX] = automix.state(size.lanes(INPUT_BANK))
    out[FX_WORK], out[FX_FADE] = np.zeros((QUANTUM, 2)), np.zeros((QUANTUM, 1))
    for slot in range(size.returns):
        out |= effects(FX_1 + FX_UNITS * slot, size.rate_hz)
    out[OUT_GAIN] = gain.state(size.outputs)
    out[OUT_DELAY] = delay.state(size.outputs)
    out[OUT_LINE] = delay.line(size.outputs, size.rate_hz)
    out[OUT_CEILING] = ceiling.state(size.outputs)
    out[OUT_FADE] = gain.state(size.outputs)
    out[MIX_WORK] = np.zeros((QUANTUM, size.destinations(INPUT_BANK)))
    out[LATE_WORK] = np.zeros((QUANTUM, size.destinations(MAIN_BANK)))
    out[OUT_WORK] = np.zeros((QUANTUM, size.outputs))
    out[METER_IN], out[METER_OUT] = meter.state(size.inputs), meter.state(size.outputs)
    out[LIMITER], out[LIMITED], out[METER_MAIN] = limiter.state(2), np.zeros((patch.RING, 2)), meter.state(2)
    out[PATCH_EAR] = patch.state(EAR_LANES)
    out |= listening() | tools(size)
    tracks = size.channels + 1
    out[TRACK_RING], out[REC_WORK] = np.zeros((patch.RING, tracks)), np.zeros((QUANTUM, tracks))
    out[PATCH_REC] = patch.state(tracks, own=True)
    out[EAR] = np.zeros((-(-EAR_SECONDS * size.rate_hz // QUANTUM) * QUANTUM, EAR_LANES))
    return out


def listening() -> dict[int, np.ndarray]:
    """The resting states of the monitor section."""
    out = {PATCH_MONITOR: patch.state(2), MONITOR_MIX: mix.state(2, 2), SOLO_MIX: mix.state(2, 2)}
    out |= {unit: np.zeros((QUANTUM, 2)) for unit in (MONITOR_SOURCE, SOLO_WORK, MONITOR_WORK)}
    out |= {MONITOR_RING: np.zeros((patch.RING, 2)), METER_MONITOR: meter.state(2)}
    return out | {TRANSLATE_1 + band: svf.state(2) for band in range(TRANSLATE_BANDS)}


def tools(size: Size) -> dict[int, np.ndarray]:
    """The resting states of talkback, test signal and click, and of their ways into the mixes."""
    lanes = len(TOOLS)
    return {
        PATCH_TALK: patch.state(1),
        TALK_GAIN: gain.state(1),
        GENERATOR: generator.state(size.rate_hz),
        CLICK: click.state(size.rate_hz),
        TOOL: np.zeros((QUANTUM, 1)),
        TOOL_WORK: np.zeros((QUANTUM, lanes)),
        TOOL_RING: np.zeros((patch.RING, lanes)),
        TOOLS_IN: mix.state(lanes, size.lanes(INPUT_BANK)),
        TOOLS_MIX: mix.state(lanes, size.destinations(INPUT_BANK)),
        TOOLS_LATE: mix.state(lanes, size.destinations(MAIN_BANK)),
    }


def effects(first: int, rate_hz: int) -> dict[int, np.ndarray]:
    """The resting states of one slot of effects."""
    return {
        first + FX_PATCH: patch.state(2),
        first + REVERB: reverb.state(rate_hz),
        first + REVERB_LINE: reverb.line(rate_hz),
        first + ECHOES: echoes.state(rate_hz),
        first + ECHOES_LINE: echoes.line(rate_hz),
        first + CHORUS: chorus.state(rate_hz),
        first + CHORUS_LINE: chorus.line(rate_hz),
        first + FX_GAIN: gain.state(2),
        first + FX_RING: np.zeros((patch.RING, 2)),
        first + FX_INSERT: insert.state(1),
    }


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
        self.words = everything[: 8 * (TABLE + 3 * UNITS)].view(np.int64)
        words = self.words
        self.memory = self._part(everything, MEMORY_AT, words[MEMORY_SIZE], np.float64)
        self.slots = self._part(everything, SLOTS_AT, ENTRIES, np.int64)
        self.values = self._part(everything, VALUES_AT, ENTRIES, np.float64)
        self.glides = self._part(everything, GLIDES_AT, ENTRIES, np.int64)
        self.headers = self._part(everything, HEADERS_AT, HEADERS * HEADER_WORDS, np.int64).reshape(HEADERS, -1)
        tape = self._part(everything, TAPE_AT, words[TAPE_FRAMES] * words[TAPE_TRACKS], np.float32)
        self.tape = tape.reshape(words[TAPE_FRAMES], words[TAPE_TRACKS])
        ring = self._part(everything, CAPTURE_AT, words[CAPTURE_FRAMES] * words[OUTPUTS], np.float32)
        self.capture = ring.reshape(words[CAPTURE_FRAMES], words[OUTPUTS])
        lanes = int(words[CHANNELS]) + 1
        played = self._part(everything, PLAY_AT, words[PLAY_FRAMES] * lanes, np.float32)
        recorded = self._part(everything, RECORD_AT, words[RECORD_FRAMES] * lanes, np.float32)
        self.played, self.recorded = played.reshape(lanes, -1), recorded.reshape(lanes, -1)

    def _part(self, everything: np.ndarray, where: int, count: int, kind: type) -> np.ndarray:
        first = int(self.words[where])
        return everything[first : first + int(count) * np.dtype(kind).itemsize].view(kind)

    @classmethod
    def create(
        cls, size: Size, tape_frames: int = 0, tape_tracks: int = 0, capture: bool = False, multitrack: bool = False
    ) -> "Rack":
        """A new block: every unit at rest, the queue empty, the tape blank.  multitrack: with player and recorder."""
        parts = states(size)
        head = np.zeros(TABLE + 3 * UNITS, np.int64)
        at = 0
        for unit, part in parts.items():
            head[TABLE + 3 * unit : TABLE + 3 * unit + 3] = at, part.shape[0], part.shape[1]
            at += -(-part.size // 8) * 8  # rows start on a cache line
        capture_frames = CAPTURE_SECONDS * size.rate_hz if capture else 0
        # whole quanta: what a quantum plays or records lies in one piece
        play, record = (
            -(-seconds * size.rate_hz // QUANTUM) * QUANTUM if multitrack else 0
            for seconds in (PLAY_SECONDS, RECORD_SECONDS)
        )
        offset = -(-head.nbytes // 4096) * 4096
        for word, nbytes in (
            (HEADERS_AT, 8 * HEADERS * HEADER_WORDS),
            (SLOTS_AT, 8 * ENTRIES),
            (VALUES_AT, 8 * ENTRIES),
            (GLIDES_AT, 8 * ENTRIES),
            (MEMORY_AT, 8 * at),
            (TAPE_AT, 4 * tape_frames * tape_tracks),
            (CAPTURE_AT, 4 * capture_frames * size.outputs),
            (PLAY_AT, 4 * play * (size.channels + 1)),
            (RECORD_AT, 4 * record * (size.channels + 1)),
        ):
            head[word] = offset
            offset += -(-nbytes // 4096) * 4096
        head[[W_MAGIC, RATE, INPUTS, OUTPUTS]] = MAGIC, size.rate_hz, size.inputs, size.outputs
        head[[RETURNS, MATRICES]] = size.returns, size.matrices
        head[[CHANNELS, BUSES, MEMORY_SIZE, BYTES]] = size.channels, size.buses, at, offset
        head[[TAPE_FRAMES, TAPE_TRACKS, CAPTURE_FRAMES]] = tape_frames, tape_tracks, capture_frames
        head[[PLAY_FRAMES, RECORD_FRAMES, PLAY_HEARD]] = play, record, -patch.RING
        head[GRID_FRAMES] = size.rate_hz // 100
        fd = os.memfd_create("studiod-rack")
        os.ftruncate(fd, offset)
        os.pwrite(fd, head.tobytes(), 0)
        rack = cls(fd)
        for unit, part in parts.items():
            if part.any():  # else the pages of a long line stay untouched
                rack.state(unit)[:] = part
        return rack

    def state(self, unit: int) -> np.ndarray:
        """The state of a unit, [rows, lanes], in the shared block itself."""
        at, rows, lanes = (int(n) for n in self.words[TABLE + 3 * unit : TABLE + 3 * unit + 3])
        return self.memory[at : at + rows * lanes].reshape(rows, lanes)

    def column(self, unit: int, lane: int) -> tuple[int, int]:
        """Where a lane of a ring lies in the memory: first cell, and the stride from frame to frame."""
        at, _, lanes = (int(n) for n in self.words[TABLE + 3 * unit : TABLE + 3 * unit + 3])
        return at + lane, lanes

    def get(self, word: int) -> int:
        """A word that another process may be writing."""
        return read_word(self.base + 8 * word)

    def put(self, word: int, value: int) -> None:
        """Publish a word to the other process."""
        write_word(self.base + 8 * word, value)

    def get_header(self, header: int) -> int:
        """The sequence number that stands in a header of the queue; 0 when it is free."""
        return read_word(self.base + int(self.words[HEADERS_AT]) + 8 * HEADER_WORDS * header)

    def publish_header(self, header: int, sequence: int) -> None:
        """Make a transaction visible, whole: its header, then that there is nothing older still to come."""
        write_word(self.base + int(self.words[HEADERS_AT]) + 8 * HEADER_WORDS * header, sequence)
        self.put(LAST_SEQUENCE, sequence)
