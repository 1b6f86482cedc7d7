"""What lies where in the rack: the words of its head, its units, the queue, and the state of each unit at rest."""

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
    key_listen,
    limiter,
    meter,
    mix,
    reverb,
    source,
    svf,
)

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
            out[side + KEY] = source.state(lanes, own=True)
            out[side + HEARD] = key_listen.state(lanes)
        for tap in TAPS:
            out[first + RING_1 + tap] = np.zeros((source.RING, lanes))
            out[first + MIX_1 + tap] = mix.state(lanes, size.destinations(bank))
        for unit in (WORK, KEY_WORK):
            out[first + unit] = np.zeros((QUANTUM, lanes))
        out[first + GUARD] = np.zeros((1, lanes))
    out[INPUT_RING] = np.zeros((source.RING, size.inputs))
    out[PATCH_IN] = source.state(size.lanes(INPUT_BANK))
    out[PATCH_OUT] = source.state(size.outputs)
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
    out[LIMITER], out[LIMITED], out[METER_MAIN] = limiter.state(2), np.zeros((source.RING, 2)), meter.state(2)
    out[PATCH_EAR] = source.state(EAR_LANES)
    out |= listening() | tools(size)
    tracks = size.channels + 1
    out[TRACK_RING], out[REC_WORK] = np.zeros((source.RING, tracks)), np.zeros((QUANTUM, tracks))
    out[PATCH_REC] = source.state(tracks, own=True)
    out[EAR] = np.zeros((-(-EAR_SECONDS * size.rate_hz // QUANTUM) * QUANTUM, EAR_LANES))
    return out


def listening() -> dict[int, np.ndarray]:
    """The resting states of the monitor section."""
    out = {PATCH_MONITOR: source.state(2), MONITOR_MIX: mix.state(2, 2), SOLO_MIX: mix.state(2, 2)}
    out |= {unit: np.zeros((QUANTUM, 2)) for unit in (MONITOR_SOURCE, SOLO_WORK, MONITOR_WORK)}
    out |= {MONITOR_RING: np.zeros((source.RING, 2)), METER_MONITOR: meter.state(2)}
    return out | {TRANSLATE_1 + band: svf.state(2) for band in range(TRANSLATE_BANDS)}


def tools(size: Size) -> dict[int, np.ndarray]:
    """The resting states of talkback, test signal and click, and of their ways into the mixes."""
    lanes = len(TOOLS)
    return {
        PATCH_TALK: source.state(1),
        TALK_GAIN: gain.state(1),
        GENERATOR: generator.state(size.rate_hz),
        CLICK: click.state(size.rate_hz),
        TOOL: np.zeros((QUANTUM, 1)),
        TOOL_WORK: np.zeros((QUANTUM, lanes)),
        TOOL_RING: np.zeros((source.RING, lanes)),
        TOOLS_IN: mix.state(lanes, size.lanes(INPUT_BANK)),
        TOOLS_MIX: mix.state(lanes, size.destinations(INPUT_BANK)),
        TOOLS_LATE: mix.state(lanes, size.destinations(MAIN_BANK)),
    }


def effects(first: int, rate_hz: int) -> dict[int, np.ndarray]:
    """The resting states of one slot of effects."""
    return {
        first + FX_PATCH: source.state(2),
        first + REVERB: reverb.state(rate_hz),
        first + REVERB_LINE: reverb.line(rate_hz),
        first + ECHOES: echoes.state(rate_hz),
        first + ECHOES_LINE: echoes.line(rate_hz),
        first + CHORUS: chorus.state(rate_hz),
        first + CHORUS_LINE: chorus.line(rate_hz),
        first + FX_GAIN: gain.state(2),
        first + FX_RING: np.zeros((source.RING, 2)),
        first + FX_INSERT: insert.state(1),
    }
