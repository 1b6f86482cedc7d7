"""Banks of simulated units: what they cost on the wire, where they end, and how extenders stand in them."""

import pytest

import mackie_oracle as oracle
from mackie_stage import MAIN, SLOW, Stage, size

pytestmark = [pytest.mark.alone, pytest.mark.live]

BANK_LEFT, BANK_RIGHT, CHANNEL_LEFT, CHANNEL_RIGHT = 0x2E, 0x2F, 0x30, 0x31
BANK_BYTES, FIRST_BYTES, BANK_S = 420, 30, 0.150
LCD_BYTES = 7 + 56 + 1  # one message of a whole line


def test_banks_step_by_all_faders_keep_to_the_budget_and_end_with_the_last_strip(desk: Stage) -> None:
    mark, stalls = desk.sim.ask("mark", unit=SLOW), desk.stalls
    desk.sim.ask("press", unit=SLOW, note=BANK_RIGHT)
    desk.agree(SLOW)
    desk.sim.quiet(0.2)
    log = desk.sim.log(SLOW, mark)
    key_s = next(one["t"] for one in log if one["hex"] == "902f7f")
    bank = [one for one in log if one["way"] == "in"]
    assert size(bank) <= BANK_BYTES
    heads = [one["hex"][:1] for one in bank]
    motors = [k for k, head in enumerate(heads) if head == "e"]
    assert size(bank[: motors[-1] + 1]) <= FIRST_BYTES
    if desk.stalls == stalls:
        assert max(one["backlog"] for one in bank) <= LCD_BYTES
        assert bank[-1]["done"] - key_s <= BANK_S + 4 * 256 / 48000, "two periods of the server each way on top"
    assert int(desk.desk.values["surface/2/now/first"]) == 9
    for _ in range(5):
        desk.sim.ask("press", unit=SLOW, note=BANK_RIGHT)
        desk.sim.after(0.08)
    strips = len(oracle.order(desk.desk.values))
    desk.holds("surface/2/now/first", (strips - 1) // 8 * 8 + 1)
    desk.agree(SLOW)
    for _ in range(5):
        desk.sim.ask("press", unit=SLOW, note=BANK_LEFT)
        desk.sim.after(0.08)
    desk.holds("surface/2/now/first", 1)
    desk.agree(SLOW)


def test_an_extender_at_the_left_has_the_first_eight_and_banks_with_the_main_unit(desk: Stage) -> None:
    desk.sim.ask("press", unit=MAIN, note=BANK_RIGHT)
    desk.holds("surface/1/now/first", 17)
    desk.agree()
    assert int(desk.desk.values["surface/2/now/first"]) == 1, "the other surface has a line-up of its own"
    desk.sim.ask("press", unit=MAIN, note=CHANNEL_LEFT)
    desk.holds("surface/1/now/first", 16)
    desk.agree()
