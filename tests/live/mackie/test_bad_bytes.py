"""Bytes that no unit would say: no value moves that no well-formed message named; the panels are right afterwards."""

import random

import pytest

from mackie_stage import (
    EXTENDER,
    MAIN,
    SLOW,
    VALUE_S,
    Stage,
)

pytestmark = [pytest.mark.alone, pytest.mark.live]

SETTLED_S = 0.5


def test_bytes_that_mean_nothing_change_no_value_and_the_panel_is_right_afterwards(desk: Stage) -> None:
    dice = random.Random(20)
    before = dict(desk.desk.values)
    for _ in range(400):
        word = [dice.randrange(128) for _ in range(dice.randrange(1, 12))]
        kinds = [
            [dice.choice((0x90, 0x80)), dice.randrange(0x74, 0x80), dice.randrange(128)],  # no key
            [0xE9 + dice.randrange(7), dice.randrange(128), dice.randrange(128)],  # no fader
            [0xB0, dice.randrange(0x50, 0x80), dice.randrange(128)],
            [0xB0, 0x10 + dice.randrange(8), dice.choice((0x00, 0x40))],  # a turn by nothing
            [0xA0 | dice.randrange(16), dice.randrange(128), dice.randrange(128)],
            [0xF0, *word, 0xF7],
            [0xF0, 0, 0, 0x66, 0x14, 1, *word[:10], 0xF7],  # too short for a greeting
            [0xFE],
            [0xF8],
            [0xF0, *[1] * 1500, 0xF7],
        ]
        desk.sim.ask("raw", unit=dice.choice([MAIN, EXTENDER]), hex=bytes(dice.choice(kinds)).hex())
    desk.sim.after(SETTLED_S)
    assert desk.desk.values == before
    desk.agree()
    assert "Traceback" not in desk.daemon.stderr


def test_any_bytes_at_all_leave_the_panels_right(desk: Stage) -> None:
    dice = random.Random(21)
    good = [
        bytes((0xE0, 0, 64)),
        bytes((0x90, 0x10, 127)),
        bytes((0xB0, 0x10, 1)),
        bytes((0xF0, 0, 0, 0x66, 0x14, 6, 0xF7)),
    ]
    for _ in range(400):
        data = bytearray(dice.choice(good) if dice.random() < 0.7 else dice.randbytes(dice.randrange(1, 20)))
        if dice.random() < 0.6:
            data[dice.randrange(len(data))] = dice.randrange(256)
        desk.sim.ask("raw", unit=dice.choice([MAIN, EXTENDER, SLOW]), hex=data.hex())
    for unit in (MAIN, EXTENDER, SLOW):  # no key and no finger stays down
        desk.sim.ask("raw", unit=unit, hex="f7")
        for note in (*range(0x68), *range(0x68, 0x71)):
            desk.sim.ask("raw", unit=unit, hex=bytes((0x90, note, 0)).hex())
    desk.sim.after(VALUE_S)
    assert "Traceback" not in desk.daemon.stderr
    desk.home()
