"""What is sent, and when, read on the clocks of simulated wires: banks, single values, ports that take nothing."""

import asyncio
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import mackie_oracle as oracle
from mackie_dry import WAY_S, Hall, hall
from mackie_oracle import Device
from mackie_stage import SLOW, UNITS

BANK_RIGHT, CHANNEL_RIGHT, PAN, SEND, FLIP = 0x2F, 0x31, 0x2A, 0x29, 0x32
BANK_BYTES, FIRST_BYTES, BANK_S, RATE = 420, 30, 0.150, 3125
LCD_BYTES = 7 + 56 + 1  # one message of a whole line
AGREED_S, FULL_S = 1.6, 10.0
ONE = {"midi": {"surfaces": [{"name": "mackie"}]}}


def told(here: Hall, unit: str, since: int = 0) -> list[dict[str, Any]]:
    return [one for one in here.cables[unit].unit.log[since:] if one["way"] == "in"]


def mark(here: Hall, unit: str) -> int:
    return len(here.cables[unit].unit.log)


def size(log: list[dict[str, Any]]) -> int:
    return sum(len(one["hex"]) // 2 for one in log)


@pytest.mark.parametrize("keys", [[BANK_RIGHT], [CHANNEL_RIGHT], [SEND], [FLIP], [SEND, FLIP]])
def test_a_change_of_all_eight_strips_keeps_to_the_budget_of_a_din_cable(tmp_path: Path, keys: list[int]) -> None:
    async def law(here: Hall) -> None:
        here.desk.set("main/fader", -20.0)
        for k, strip in enumerate(oracle.order(here.desk.heard)):
            here.desk.change([(f"{strip}/name", f"Lg{'abcdefghijklmnopqrstuvwxyz'[k % 26]}{k:03}")])
            here.desk.change([(f"{strip}/mute", k % 2), (f"{strip}/solo", (k // 8) % 2)])
        await asyncio.sleep(AGREED_S)
        for key in keys:
            await asyncio.sleep(AGREED_S)
            since, pressed_s = mark(here, SLOW), here.loop.time()
            here.do("press", SLOW, note=key)
            await asyncio.sleep(0.4)
        bank = told(here, SLOW, since)
        assert 20 < size(bank) <= BANK_BYTES
        motors = [k for k, one in enumerate(bank) if one["hex"].startswith("e")]
        assert not motors or size(bank[: motors[-1] + 1]) <= FIRST_BYTES
        assert bank[-1]["done"] - pressed_s <= BANK_S + 2 * WAY_S[1]
        assert max(one["backlog"] for one in bank) <= LCD_BYTES
        await asyncio.sleep(AGREED_S)
        assert here.differences(SLOW) == []

    hall(law, tmp_path)


def test_one_value_changed_by_others_is_one_message_of_three_bytes_and_its_cell_if_that_is_shown(
    tmp_path: Path,
) -> None:
    async def law(here: Hall) -> None:
        await asyncio.sleep(AGREED_S)
        for path, value, most in (
            ("ch/2/fader", -13.0, [3]),
            ("ch/2/mute", 1, [3]),
            ("ch/2/pan", 80.0, [3, 13]),  # the ring and, of the cell, what differs
        ):
            for unit in (SLOW, "logic"):
                since = mark(here, unit)
                here.desk.set(path, value, "osc:tablet")
                await asyncio.sleep(0.5)
                sizes = [len(one["hex"]) // 2 for one in told(here, unit, since)]
                assert len(sizes) == len(most), (path, sizes)
                assert all(a <= b for a, b in zip(sizes, most, strict=True)), (path, sizes)
                here.desk.set(path, here.desk.registry.params[path].rest, "osc:tablet")
                await asyncio.sleep(AGREED_S)

    hall(law, tmp_path)


@pytest.mark.parametrize("apart_s", [0.001, 0.010, 0.014])
def test_after_the_third_of_three_bank_keys_nothing_of_the_first_two_is_sent(tmp_path: Path, apart_s: float) -> None:
    """Names and levels say of which bank they are."""

    async def law(here: Hall) -> None:
        strips = oracle.order(here.desk.heard)
        for k, strip in enumerate(strips):
            letter = "abcd"[k // 8]
            here.desk.change([(f"{strip}/name", f"{letter * 5}{k % 8}"), (f"{strip}/fader", -10.0 * (k // 8) - k % 8)])
        await asyncio.sleep(AGREED_S + 0.4)
        since = mark(here, SLOW)
        for _ in range(3):
            here.do("press", SLOW, note=BANK_RIGHT)
            await asyncio.sleep(apart_s)
        third_s = [one["t"] for one in here.cables[SLOW].unit.log[since:] if one["hex"] == "902f7f"][2]
        await asyncio.sleep(0.5)
        assert here.desk.heard["surface/2/now/first"] == 25
        known_s = third_s + 2 * WAY_S[1] + 0.005  # the key is on its way, what left before it is on its way
        late = [one for one in told(here, SLOW, since) if one["t"] > known_s]
        assert late
        wanted = here.wanted(SLOW)
        for one in late:
            data = bytes.fromhex(one["hex"])
            if data[0] & 0xF0 == 0xE0:
                assert abs((data[2] << 7 | data[1]) - wanted["faders"][data[0] & 15]) <= 16
            elif data[0] == 0xF0:
                assert not {*data[7:-1].decode()} & set("bc"), "a name of a bank that was passed"
        assert here.differences(SLOW, but=("labels",)) == []

    hall(law, tmp_path)


def test_a_port_that_takes_nothing_for_ten_seconds_costs_only_itself_and_is_right_afterwards(tmp_path: Path) -> None:
    async def law(here: Hall) -> None:
        here.cables[SLOW].takes = False
        for k in range(round(FULL_S / 0.05)):
            strip = oracle.order(here.desk.heard)[k % 16]
            here.desk.change([(f"{strip}/fader", -k / 4), (f"{strip}/mute", k % 2)], "osc:tablet")
            if k % 20 == 0:
                here.do("press", "logic", note=BANK_RIGHT if k % 40 else 0x2E)
            await asyncio.sleep(0.05)
            if k % 40 == 39:
                await asyncio.sleep(AGREED_S)
                assert here.differences(*(unit for unit in UNITS if unit != SLOW)) == []
        since = mark(here, SLOW)
        here.cables[SLOW].takes = True
        await asyncio.sleep(AGREED_S)
        assert here.differences() == []
        assert size(told(here, SLOW, since)) <= BANK_BYTES + 64, "what it missed is not said one after the other"

    hall(law, tmp_path)


def test_at_rest_nothing_is_sent_and_nothing_is_refreshed(tmp_path: Path) -> None:
    """Broken on purpose: a refresh every second."""

    async def law(here: Hall) -> None:
        await asyncio.sleep(AGREED_S)
        here.forget_said()
        await asyncio.sleep(60.0)
        assert here.said == {}

    hall(law, tmp_path)


def test_a_glide_is_steps_of_the_hardware_fifty_a_second_and_the_last_one_is_exact(tmp_path: Path) -> None:
    async def law(here: Hall) -> None:
        here.add("one", "mackie", "mackie", 1, Device("mackie"))
        await asyncio.sleep(3.0)
        since = mark(here, "one")
        for k in range(201):
            here.desk.set("ch/1/fader", -40.0 + k * 0.2 + 0.0123, "osc:fade")
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        log = [one for one in told(here, "one", since) if one["hex"].startswith("e0")]
        places = [int(one["hex"][4:6], 16) << 7 | int(one["hex"][2:4], 16) for one in log]
        times = [one["t"] for one in log]
        assert all(b - a >= 16 for a, b in pairwise(places[:-1]))
        steady = [b - a for a, b in pairwise(times[:-1])]
        assert all(0.02 - WAY_S[1] <= step <= 0.04 + WAY_S[1] for step in steady), steady
        assert len(log) <= 2.01 * 50 + 2
        assert places[-1] == round(oracle.raw(0.0123, Device("mackie").facts))

    hall(law, tmp_path, settings=ONE)
