"""What every part of the rack knows: the words of its head, its queue, the sections' blocks, its banks and its size."""

from dataclasses import dataclass

MAGIC = 0x73747564696F64
# Words of the head.  Frame counters are absolute; STAMP_* is (frame, monotonic ns) under a sequence lock.  LOOKED is
# the sequence number that the runner knew at its last look into the queue, COMING the frame of what was not due then.
# SPARED is what nobody looks at, of which nothing is worked out: set before the first frame, where no desk is watched.
(
    W_MAGIC, GENERATION, FRAME, STAMP_SEQUENCE, STAMP_FRAME, STAMP_NS, MISSED, LATE_COUNT, FAULTS, RATE,
    INPUTS, OUTPUTS, CHANNELS, BUSES, HEADERS_AT, SLOTS_AT, VALUES_AT, GLIDES_AT, MEMORY_AT, MEMORY_SIZE,
    TAPE_AT, TAPE_FRAMES, TAPE_TRACKS, TAPE_START, TAPE_LOOP, CAPTURE_AT, CAPTURE_FRAMES, CAPTURE_START,
    GRID_FRAMES, STOP, BLOCKS, BYTES,
    LAST_SEQUENCE, RETURNS, MATRICES,
    PLAY_AT, PLAY_FRAMES, PLAY_FROM, PLAY_TO, PLAY_LANES, PLAY_HEARD, RECORD_AT, RECORD_FRAMES,
    LOOKED, COMING, SPARED,
) = range(46)  # fmt: skip
SPARE_METERS, SPARE_MONITOR, SPARE_TOOLS = 1, 2, 4
TABLE = 64  # then three words a unit: offset in the memory (float64s), rows, lanes
HEADERS, ENTRIES = 256, 131_072  # the queue: transactions, and changes in all of them
HEADER_WORDS = 4  # sequence (0: free), frame, first, count

# A section numbers its units within a block, in the order in which the sections run; a strip has a block for each
# bank, effects one for each slot.  A reader hears what is in its own block or in a later one a quantum late.
BLOCK, MOST_FX = 64, 16
BANKS = INPUT_BANK, BUS_BANK, MAIN_BANK, MATRIX_BANK = range(4)  # in the order in which they run
IN, TRACKS, TOOLS, STRIPS = range(4)
MIXES = STRIPS + len(BANKS)
EFFECTS = MIXES + 1
MONITOR = EFFECTS + MOST_FX
OUT = MONITOR + 1
UNITS = BLOCK * (OUT + 1)
# After the table, a word for each block: a bit for each unit, which is 0 once the unit has nothing to do until an entry
# of the queue wakes it.
AWAKE = TABLE + 3 * UNITS
WORDS = AWAKE + OUT + 1

TAPS = TAP_INPUT, TAP_PRE_EQ, TAP_PRE_FADER, TAP_POST_FADER = range(4)
EQ_BANDS = (4, 6, 6, 6)
SIDES = 4  # of both mixes, after the buses or before the matrices: main left and right, solo left and right
PLAY_SECONDS, RECORD_SECONDS = 2, 4  # how far the player may be ahead, how far the recorder may be behind
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
