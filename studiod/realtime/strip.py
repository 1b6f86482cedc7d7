"""One strip on every lane of a bank, compiled: the order of its units, its taps, its side chains, and what guards it.

Runs on the audio thread.  Touches the rack and nothing else.
"""

from dsp import automix, comp, delay, gain, gate, heard, key_listen, meter, mix, svf
from dsp import source as patch
from dsp.core.finite import finite
from dsp.core.glide import ACTIVE, MOVING
from dsp.core.intrinsics import integers, line64
from dsp.core.rt import rt
from dsp.core.standing import standing
from studiod.realtime import delays, effects
from studiod.realtime import layout as r
from studiod.realtime.layout import Size
from studiod.realtime.queue import awake, copy, rest, rows_of, view
from studiod.realtime.section import Points, Section, numbered, sides

RING, BLOCK = patch.RING, r.BLOCK
WIDE = (r.BUS_BANK, r.MAIN_BANK, r.MATRIX_BANK)  # banks with the fifth and sixth band


def points(tap: int) -> Points:
    """The points of a bank at a tap; behind the fader `main` is what the limiter leaves of it."""

    def at(size: Size, bank: int) -> dict[str, int]:
        if bank == r.MAIN_BANK:
            return sides("main/pre_limiter", *(() if tap == r.TAP_POST_FADER else ("main",)))
        if bank != r.INPUT_BANK:
            return numbered("bus", size.buses) if bank == r.BUS_BANK else numbered("matrix", size.matrices)
        returns = (f"return/{n}/{side}" for n in range(1, size.returns + 1) for side in "lr")
        return numbered("ch", size.channels) | {name: size.channels + lane for lane, name in enumerate(returns)}

    return at


SECTION = Section(r.STRIPS, Size.lanes, lambda size: len(r.BANKS))
PATCH_IN = SECTION.unit(patch, only=(r.INPUT_BANK,))
TRIM = SECTION.unit(gain)
DELAY = SECTION.unit(delay)
LINE = SECTION.room(1, lambda size, bank: size.lanes(bank) * delay.length(size.rate_hz))
HPF_1, HPF_2, LPF_1, LPF_2 = (SECTION.unit(svf) for _ in range(4))
GATE = SECTION.unit(gate, "gate")
COMP = SECTION.unit(comp, "comp")
EQ_1, *_ = [SECTION.unit(svf, only=WIDE if band >= 4 else None) for band in range(max(r.EQ_BANDS))]
AUTOMIX = SECTION.unit(automix, only=(r.INPUT_BANK,))
FADER = SECTION.unit(gain)
METER = SECTION.unit(meter, state=lambda size, bank: meter.state(size.lanes(bank), len(SECTION.told)))
RING_1, *_ = [SECTION.ring(points(tap), tap=tap) for tap in r.TAPS]
MIX_1, *_ = [SECTION.unit(mix, state=lambda s, bank: mix.state(s.lanes(bank), s.destinations(bank))) for _ in r.TAPS]
WORK, KEY_WORK = SECTION.room(), SECTION.room()
GUARD = SECTION.room(1)
TAPS_HEARD = SECTION.unit(heard, state=lambda size, bank: heard.state(len(r.TAPS)))
# A side chain at each place of a detector: the gate's, the compressor's before the EQ, the compressor's after it
PLACES, SIDE_UNITS = 3, 3
KEY, FILTER, HEARD = range(SIDE_UNITS)
SIDE_1, *_ = [
    number
    for _ in range(PLACES)
    for number in (
        SECTION.unit(patch, state=lambda size, bank: patch.state(size.lanes(bank), own=True)),
        SECTION.unit(svf),
        SECTION.unit(key_listen),
    )
]
GATE_TOLD, COMP_TOLD = SECTION.tells(GATE), SECTION.tells(COMP)
FORGETS = SECTION.forgets()


@rt
def scaled(base, words, unit, u):
    """A gain."""
    if awake(words, unit):
        s = view(base, words, unit)
        gain.run(s, u)
        rest(words, unit, s)


@rt
def filtered(base, words, unit, u):
    """A band."""
    if awake(words, unit):
        s = view(base, words, unit)
        svf.run(s, u)
        rest(words, unit, s)


@rt
def key_of(base, words, first, place, u, now):
    """What the detector at a place listens to: each lane's point or its own sound, filtered."""
    at = first + SIDE_1 + SIDE_UNITS * place
    # what is listened to is the sound before the unit, so a listener needs a copy
    if not (awake(words, at + KEY) or awake(words, at + FILTER) or awake(words, at + HEARD)):
        return u
    key = rows_of(base, words, first + KEY_WORK, 0, u.shape[0])
    copy(u, key, 0)
    if awake(words, at + KEY):
        source = view(base, words, at + KEY)
        patch.fetch(source, line64(base + words[r.MEMORY_AT], words[r.MEMORY_SIZE]), now, key)
        rest(words, at + KEY, source)
    filtered(base, words, at + FILTER, key)
    return key


@rt
def listen(base, words, first, place, u, key):
    """Where the side chain of a place is listened to, what its detector hears in the place of the sound."""
    unit = first + SIDE_1 + SIDE_UNITS * place + HEARD
    if awake(words, unit):
        s = view(base, words, unit)
        key_listen.put(s, u, key)
        rest(words, unit, s)


@rt
def squeeze(base, words, first, position, u, now):
    """The compressor, on the lanes at home at this position."""
    key = key_of(base, words, first, 1 + position, u, now)
    if awake(words, first + COMP):
        s = view(base, words, first + COMP)
        comp.keyed_at(s, u, key, position)
        rest(words, first + COMP, s)
    listen(base, words, first, 1 + position, u, key)


@rt
def keep(base, words, first, tap, u, row):
    """A tap into its ring, while a source, the mix behind it or the meter hears it there.

    Behind the fader the mix and the meter hear WORK itself.
    """
    hears = view(base, words, first + TAPS_HEARD)[heard.HOLD, tap] > 0.0
    if not hears and tap != r.TAP_POST_FADER:
        m = view(base, words, first + MIX_1 + tap)
        metered = words[r.SPARED] & r.SPARE_METERS == 0 and int(view(base, words, first + METER)[meter.TAP, 0]) == tap
        hears = metered or m[ACTIVE, 0] + m[MOVING, 0] > 0.0
    if hears:
        copy(u, view(base, words, first + RING_1 + tap), row)


@rt
def at_tap(base, words, first, tap, row, frames):
    """The frames of this quantum at a tap, once the strip has run; row is theirs in a ring."""
    if tap == r.TAP_POST_FADER:
        return rows_of(base, words, first + WORK, 0, frames)
    return rows_of(base, words, first + RING_1 + tap, row, frames)


@rt
def watch(base, words, first, now, row, frames):
    """What the meters of a bank read: its level, and what gate and compressor take away."""
    m = view(base, words, first + METER)
    cell = meter.cell_of(now, words[r.GRID_FRAMES])
    s = view(base, words, first + GATE)
    if awake(words, first + GATE) and s[ACTIVE, 0] > 0.0:
        for c in range(s.shape[1]):
            meter.note(m, GATE_TOLD, c, gate.reduction_db(s, c), cell)
    s = view(base, words, first + COMP)
    if awake(words, first + COMP) and s[ACTIVE, 0] > 0.0:
        for c in range(s.shape[1]):
            meter.note(m, COMP_TOLD, c, comp.reduction_db(s, c), cell)
    meter.gather(m, at_tap(base, words, first, int(m[meter.TAP, 0]), row, frames), now, words[r.GRID_FRAMES])


@rt
def forget(s, first, c):
    """Clear the memory of one lane."""
    for row in range(first, s.shape[0]):
        s[row, c] = 0.0


@rt
def guard(base, words, bank, u, row):
    """Silence each lane that holds anything but numbers, clear its memory, count it."""
    first = bank * BLOCK
    bad = view(base, words, first + GUARD)
    if finite(u, bad):
        return
    frames, lanes = u.shape
    for c in range(lanes):
        if bad[0, c] == 0.0:
            continue
        words[r.FAULTS] += 1
        for tap in range(4):
            ring = view(base, words, first + RING_1 + tap)
            for i in range(frames):
                ring[row + i, c] = 0.0
        for i in range(frames):
            u[i, c] = 0.0
        for unit, memory in FORGETS:  # what a bank has not has no rows
            forget(view(base, words, first + unit), memory, c)


@standing("studiod_strip", 4)
def run(base, bank, frames, now):
    """Every unit of a strip on the frames in a bank's WORK, in place, and its taps into their rings."""
    words = integers(base, r.WORDS)
    first = bank * BLOCK
    u = rows_of(base, words, first + WORK, 0, frames)
    row = now & (RING - 1)
    scaled(base, words, first + TRIM, u)
    if awake(words, first + DELAY):
        delays.run(base, first + DELAY, first + LINE, first + WORK, frames, now)
        rest(words, first + DELAY, view(base, words, first + DELAY))
    keep(base, words, first, r.TAP_INPUT, u, row)
    for unit in range(HPF_1, HPF_1 + 4):
        filtered(base, words, first + unit, u)
    key = key_of(base, words, first, 0, u, now)
    if awake(words, first + GATE):
        s = view(base, words, first + GATE)
        gate.run_keyed(s, u, key)
        rest(words, first + GATE, s)
    listen(base, words, first, 0, u, key)
    keep(base, words, first, r.TAP_PRE_EQ, u, row)
    squeeze(base, words, first, 0, u, now)
    for band in range(4 if bank == 0 else 6):
        filtered(base, words, first + EQ_1 + band, u)
    squeeze(base, words, first, 1, u, now)
    effects.in_place(base, words, 2 * bank, u, now)
    if bank == r.INPUT_BANK and awake(words, AUTOMIX):
        s = view(base, words, AUTOMIX)
        automix.run(s, u)
        rest(words, AUTOMIX, s)
    keep(base, words, first, r.TAP_PRE_FADER, u, row)
    scaled(base, words, first + FADER, u)
    effects.in_place(base, words, 2 * bank + 1, u, now)
    keep(base, words, first, r.TAP_POST_FADER, u, row)
    guard(base, words, bank, u, row)
    heard.count(view(base, words, first + TAPS_HEARD), frames)
    if words[r.SPARED] & r.SPARE_METERS == 0:
        watch(base, words, first, now, row, frames)
