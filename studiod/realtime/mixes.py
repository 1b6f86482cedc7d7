"""The mixes, compiled: inputs bank to buses bank to mains bank to matrices, what is soloed of each, and the limiter.

Runs on the audio thread.  Touches the rack and nothing else.  The buses', the mains' and the matrices' strips run here.
"""

from dsp import limiter, meter, mix, source
from dsp.core.columns import columns
from dsp.core.rt import rt
from studiod.realtime import layout as r
from studiod.realtime import monitor, strip, utility
from studiod.realtime.queue import copy, rows_of, view
from studiod.realtime.section import Section, sides

RING, BLOCK = source.RING, r.BLOCK

SECTION = Section(r.MIXES, lambda size, _: 2)
MIX_WORK = SECTION.room(lanes=lambda size, _: size.destinations(r.INPUT_BANK))
LATE_WORK = SECTION.room(lanes=lambda size, _: size.destinations(r.MAIN_BANK))
LIMITER = SECTION.unit(limiter, "limiter")
LIMITED = SECTION.ring(lambda size, _: sides("main"), tap=r.TAP_POST_FADER, stage=r.STRIPS + r.MAIN_BANK)
METER_MAIN = SECTION.unit(meter, state=lambda size, _: meter.state(2, len(SECTION.told)))
LIMITER_TOLD = SECTION.tells(LIMITER)


@rt
def limit(base, words, main, now):
    """The limiter of the mains, into the ring that `main` is read from, and the meter of what leaves it."""
    s = view(base, words, LIMITER)
    limiter.run(s, main)
    copy(main, view(base, words, LIMITED), now & (RING - 1))
    if words[r.SPARED] & r.SPARE_METERS != 0:
        return
    m = view(base, words, METER_MAIN)
    meter.note(m, LIMITER_TOLD, 0, limiter.reduction_db(s), meter.cell_of(now, words[r.GRID_FRAMES]))
    meter.gather(m, main, now, words[r.GRID_FRAMES])


@rt
def cross(base, words, bank, row, into):
    """Every tap of a bank into a mix."""
    for tap in range(4):
        sound = strip.at_tap(base, words, bank * BLOCK, tap, row, into.shape[0])
        mix.add(view(base, words, bank * BLOCK + strip.MIX_1 + tap), sound, into)


@rt
def run(base, words, now, frames):
    """From the inputs' strips, which have run, to the limited mains, the matrices and what is soloed."""
    row = now & (RING - 1)
    mixed = rows_of(base, words, MIX_WORK, 0, frames)
    mixed[:, :] = 0.0
    cross(base, words, r.INPUT_BANK, row, mixed)
    utility.add(base, words, utility.TOOLS_MIX, mixed)
    columns(mixed, 0, rows_of(base, words, r.BUS_BANK * BLOCK + strip.WORK, 0, frames))
    strip.run(base, r.BUS_BANK, frames, now)
    late = rows_of(base, words, LATE_WORK, 0, frames)
    late[:, :] = 0.0
    for i in range(frames):
        for c in range(r.SIDES):
            late[i, c] = mixed[i, words[r.BUSES] + c]
    cross(base, words, r.BUS_BANK, row, late)
    main = rows_of(base, words, r.MAIN_BANK * BLOCK + strip.WORK, 0, frames)
    columns(late, 0, main)
    strip.run(base, r.MAIN_BANK, frames, now)
    if words[r.MATRICES] > 0:
        cross(base, words, r.MAIN_BANK, row, late)
        utility.add(base, words, utility.TOOLS_LATE, late)
        columns(late, r.SIDES, rows_of(base, words, r.MATRIX_BANK * BLOCK + strip.WORK, 0, frames))
        strip.run(base, r.MATRIX_BANK, frames, now)
        cross(base, words, r.MATRIX_BANK, row, late)
    if words[r.SPARED] & r.SPARE_MONITOR == 0:
        columns(late, 2, rows_of(base, words, monitor.SOLO_WORK, 0, frames))
    limit(base, words, main, now)
