"""A port's way out: newest value wins, its order, its budget in bytes, nothing at rest; with time handed in."""

import random
from collections.abc import Callable
from typing import Any

from controllers.hand import Hand
from controllers.outbox import BACKLOG_BYTES, POUR_S, Outbox

RATE = 3125.0
WIRE_BYTES = 64


class Later:
    """A clock and its timers, by hand; and a wire that drains at its pace."""

    def __init__(self) -> None:
        self.now_s, self.timers, self.sent = 0.0, [], []
        self.wire_bytes, self.drained_s, self.most_bytes = 0.0, 0.0, 0.0
        self.takes = True

    def at(self, when_s: float, fn: Callable[[], None]) -> Any:
        timer = Timer(max(when_s, self.now_s), fn)
        self.timers.append(timer)
        return timer

    def send(self, data: bytes) -> bool:
        if not self.takes:
            return False
        self.wire_bytes = max(self.wire_bytes - (self.now_s - self.drained_s) * RATE, 0.0) + len(data)
        self.drained_s, self.most_bytes = self.now_s, max(self.most_bytes, self.wire_bytes)
        self.sent.append((self.now_s, data))
        return True

    def run(self, until_s: float) -> None:
        while due := [timer for timer in self.timers if not timer.off and timer.when_s <= until_s]:
            first = min(due, key=lambda timer: timer.when_s)
            first.off, self.now_s = True, max(first.when_s, self.now_s)
            first.fn()
        self.now_s = until_s
        self.timers = [timer for timer in self.timers if not timer.off]


class Timer:
    def __init__(self, when_s: float, fn: Callable[[], None]) -> None:
        self.when_s, self.fn, self.off = when_s, fn, False

    def cancel(self) -> None:
        self.off = True


def made(gap_s: float = 0.0) -> tuple[Outbox, Later, list[Hand]]:
    later = Later()
    out = Outbox(later.send, RATE, gap_s, lambda: later.now_s, later.at)
    hands = [Hand() for _ in range(9)]
    for n, hand in enumerate(hands):
        out.motor(n, hand, lambda at, n=n: bytes((0xE0 | n, at & 127, at >> 7)))
    for n in range(32):
        out.cell(n, "led", lambda on, n=n: bytes((0x90, n, on)))
    for n in range(8):
        out.cell(("ring", n), "ring", lambda v, n=n: bytes((0xB0, 0x30 + n, v)))
        out.cell(("meter", n), "meter", lambda v, n=n: bytes((0xD0, n << 4 | v)))
    for line in (0, 1):
        out.line(("text", line), 56, lambda at, text, line=line: bytes((0xF0, 0, 0, 0x66, 0x14, 0x12, line * 56 + at))
                 + text.encode() + b"\xf7")  # fmt: skip
    out.cell("colours", "colour", lambda eight: b"\xf0\x00\x00\x66\x14\x72" + bytes(eight) + b"\xf7")
    out.come(True)
    return out, later, hands


def filled(out: Outbox, hands: list[Hand], later: Later, k: int) -> None:
    """Everything shows something else."""
    for n, hand in enumerate(hands):
        hand.shift(later.now_s)
        hand.aim(1000 * (n + 1) + 100 * k, later.now_s)
    for n in range(32):
        out.show(n, 127 * ((n + k) % 2))
    for n in range(8):
        out.show(("ring", n), 1 + (n + k) % 11)
        out.show(("meter", n), 0)
        out.write(("text", 0), 7 * n, f"Strip{k}{n}")
        out.write(("text", 1), 7 * n, f"Value{k}{n}")
    out.show("colours", tuple((n + k) % 8 for n in range(8)))


def test_a_change_of_all_is_in_order_within_its_budget_and_at_most_420_bytes() -> None:
    out, later, hands = made()
    filled(out, hands, later, 1)
    later.run(1.0)
    later.sent.clear()
    filled(out, hands, later, 2)
    began_s = later.now_s
    later.run(2.0)
    kinds = [data[0] & 0xF0 for _, data in later.sent]
    assert kinds[:9] == [0xE0] * 9, "the motors are the first"
    assert sum(len(data) for _, data in later.sent) <= 420
    assert sum(len(data) for _, data in later.sent[:9]) <= 30
    assert later.sent[-1][0] - began_s < 0.15
    order = [0xE0, 0x90, 0xB0, 0xF0, 0xD0]
    assert [kind for kind in dict.fromkeys(kinds)] == [kind for kind in order if kind in kinds]
    assert later.most_bytes <= WIRE_BYTES
    assert later.timers == []


def test_after_three_banks_within_30_ms_nothing_of_the_first_two_is_left() -> None:
    out, later, hands = made()
    filled(out, hands, later, 1)
    later.run(1.0)
    later.sent.clear()
    for k in (2, 3, 4):
        filled(out, hands, later, k)
        later.run(later.now_s + 0.012)
    third_s = later.now_s - 0.012
    later.run(3.0)
    after = [data for at_s, data in later.sent if at_s > third_s + BACKLOG_BYTES / RATE]
    for data in after:
        if data[0] & 0xF0 == 0xE0:
            n = data[0] & 15
            assert data[2] << 7 | data[1] == 1000 * (n + 1) + 400
        elif data[0] == 0xF0 and data[5] == 0x12:
            assert b"p2" not in data
            assert b"p3" not in data


def test_what_is_shown_is_not_sent_again_and_a_value_that_went_back_costs_nothing() -> None:
    out, later, hands = made()
    filled(out, hands, later, 1)
    later.run(1.0)
    later.sent.clear()
    filled(out, hands, later, 2)
    filled(out, hands, later, 1)
    later.run(2.0)
    assert later.sent == []
    out.write(("text", 0), 7, "Strop11")
    later.run(3.0)
    assert [data for _, data in later.sent] == [b"\xf0\x00\x00\x66\x14\x12" + bytes((7 + 3,)) + b"o\xf7"]


def test_a_fast_wire_is_filled_without_a_timer_for_each_message() -> None:
    later = Later()
    out = Outbox(later.send, 100_000.0, 0.0, lambda: later.now_s, later.at)
    for n in range(1000):
        out.cell(n, "led", lambda on, n=n: bytes((0x90 | n >> 7, n & 127, on)))
    out.come(True)
    for n in range(1000):
        out.show(n, 127)
    later.run(1.0)
    assert len(later.sent) == 1000
    assert later.sent[-1][0] < 0.031
    assert len({at_s for at_s, _ in later.sent}) < 1000


class Endless:
    """A source of what takes longer to make than a wire takes it in."""

    most = 3

    def __init__(self, later: Later) -> None:
        self.later, self.taken = later, 0

    def waits(self) -> bool:
        return True

    def take(self) -> bytes:
        self.later.now_s += 0.000_1
        self.taken += 1
        return bytes(self.most)

    def back(self, data: bytes) -> None:
        raise AssertionError("the wire takes all")


def test_a_wire_that_is_faster_than_what_is_made_leaves_others_their_turns() -> None:
    later = Later()
    out = Outbox(later.send, 100_000.0, 0.0, lambda: later.now_s, later.at)
    out.source = source = Endless(later)
    out.come(True)
    for turn in range(1, 4):
        (timer,) = [timer for timer in later.timers if not timer.off]
        assert timer.when_s <= later.now_s, "it goes on at once"
        timer.off = True
        timer.fn()
        assert source.taken <= turn * (POUR_S / 0.000_1 + 2)
    assert source.taken >= 3 * POUR_S / 0.000_1 - 3


def test_a_pause_follows_sysex() -> None:
    out, later, hands = made(gap_s=0.005)
    filled(out, hands, later, 1)
    later.run(1.0)
    for (at_s, data), (next_s, _) in zip(later.sent, later.sent[1:], strict=False):
        if data[0] == 0xF0:
            assert next_s - at_s >= 0.005


def test_a_port_that_takes_nothing_is_tried_again_and_holds_no_queue() -> None:
    out, later, hands = made()
    later.takes = False
    for k in range(500):
        filled(out, hands, later, k % 7)
        later.run(later.now_s + 0.02)
    assert sum(map(len, out._dirty)) <= 32 + 8 + 8 + 3
    later.takes = True
    filled(out, hands, later, 3)
    later.run(later.now_s + 1.0)
    assert sum(len(data) for _, data in later.sent) < 450


def test_a_storm_ends_at_what_was_shown_last_within_the_budget_and_then_it_is_silent() -> None:
    for seed in range(5):
        chance = random.Random(seed)
        out, later, hands = made(gap_s=chance.choice((0.0, 0.005)))
        for _ in range(3000):
            what = chance.randrange(6)
            if what == 0:
                chance.choice(hands).aim(chance.randrange(16384), later.now_s)
                out.wake()
            elif what == 1:
                out.show(chance.randrange(32), chance.choice((0, 1, 127)))
            elif what == 2:
                out.show(("ring", chance.randrange(8)), chance.randrange(12))
            elif what == 3:
                out.write(("text", chance.randrange(2)), 7 * chance.randrange(8), f"{chance.randrange(10**7):07}")
            elif what == 4:
                out.show(("meter", chance.randrange(8)), chance.randrange(13), again=True)
            else:
                hand = chance.choice(hands)
                hand.touch(not hand.down, later.now_s)
                out.wake()
            later.run(later.now_s + chance.choice((0.0, 0.0005, 0.004)))
        for hand in hands:
            hand.touch(False, later.now_s)
        out.wake()
        later.run(later.now_s + 1.0)
        assert later.most_bytes <= WIRE_BYTES + 1
        shown = {}
        text = [list("?" * 56), list("?" * 56)]
        for _, data in later.sent:
            if data[0] == 0xF0 and data[5] == 0x12:
                line, at = divmod(data[6], 56)
                text[line][at : at + len(data) - 8] = data[7:-1].decode()
            else:
                shown[data[0] if data[0] & 0xF0 == 0xE0 else data[:2]] = data
        for n, hand in enumerate(hands):
            assert shown[0xE0 | n] == bytes((0xE0 | n, hand.goal & 127, hand.goal >> 7))
        for n in range(32):
            if out.cells[n].wanted is not None:
                assert shown[bytes((0x90, n))][2] == out.cells[n].wanted
        assert ["".join(line) for line in text] == [out.lines["text", 0].wanted, out.lines["text", 1].wanted]
        later.sent.clear()
        later.run(later.now_s + 3.0)
        assert later.sent == []
        assert later.timers == [], "no timer runs at rest"
