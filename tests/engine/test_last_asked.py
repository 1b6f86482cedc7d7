"""Laws of what is known of the last change: a level alone comes to what its whole send comes to; a change that failed
leaves nothing known."""

import contextlib
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from dsp import svf
from studiod.desk.desk import Desk
from studiod.engine import goals
from studiod.engine.cells import Entry
from studiod.engine.engine import Engine, size_of
from studiod.realtime import layout, multitrack, queue, strip
from studiod.realtime.rack import Rack
from studiod.registry.param import Param
from studiod.registry.registry import Console, Registry

CONSOLE = Console(4, 4, 4, 4, returns=1, matrices=2, dcas=2, mute_groups=1)
REGISTRY = Registry(CONSOLE)
AROUND = re.compile(
    r"(ch|return|bus|main|matrix)(/\d)?/(send/.*|mute|pan|balance|width|link|dca/.*|mutegroup/.*|fader)"
    r"|(dca|mutegroup)/\d/(mute|on|fader)|config/(pan_law|mute_pre)"
)
WHOLE = [param for path, param in REGISTRY.params.items() if AROUND.fullmatch(path)]
LEVELS = [param for param in WHOLE if goals.SEND_LEVEL.fullmatch(param.path)]


class Made:
    """A desk whose engine keeps what it would post."""

    def __init__(self) -> None:
        self.engine = Engine(Rack.create(size_of(CONSOLE)), REGISTRY)
        self.desk = Desk(REGISTRY, self.engine)
        self.engine.settle(self.desk.values)
        self.posted: list[list[Entry]] = []
        found = self.engine.aims.entries

        def entries(*of: Any) -> list[Entry]:
            self.posted.append(found(*of))
            return self.posted[-1]

        self.engine.aims.entries = entries  # type: ignore[method-assign]

    def change(self, some: list[tuple[str, Any]]) -> list[Entry]:
        self.posted.clear()
        self.desk.change(some)
        self.engine._pending.clear()
        return [entry for entries in self.posted for entry in entries]


def drawn(param: Param, chance: random.Random) -> Any:
    if param.kind == "number":
        return chance.choice((param.low, param.high, chance.uniform(param.low, param.high)))
    return chance.randint(0, 1) if param.kind == "switch" else chance.choice(param.items)


@pytest.mark.parametrize("seed", range(4))
def test_a_level_alone_comes_to_the_same_entries(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, short = random.Random(seed), Made()
    monkeypatch.setattr(goals, "SEND_LEVEL", re.compile("never"))
    whole = Made()
    for _ in range(400):
        many = chance.choice((LEVELS, LEVELS, WHOLE))
        some = [(param.path, drawn(param, chance)) for param in chance.choices(many, k=chance.choice((1, 2, 30)))]
        assert short.change(some) == whole.change(some), some


def test_what_was_worked_out_for_a_change_that_failed_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Made()
    made.change([("ch/1/send/1/level", -6.0)])
    with monkeypatch.context() as broken:
        broken.setattr(made.engine, "pump", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            made.desk.change([("ch/1/mute", 1), ("ch/1/send/1/on", 0)])
    assert not made.engine._pending, "what was taken back is not posted later"
    assert len(made.change([("ch/1/mute", 1)])) == len(made.change([("ch/2/mute", 1)])), "its fader too"
    made.change([("ch/1/mute", 0)])
    (_, goal, _), *_ = made.change([("ch/1/send/1/level", -12.0)])
    assert goal == pytest.approx(10 ** (-12 / 20))


def test_a_change_that_failed_is_asked_for_whole_again() -> None:
    """By a desk that failed, all that one asks for that never did; where a filter would go straight, by way of the
    wire."""
    failed, never, chance = Made(), Made(), random.Random(5)
    firsts = [REGISTRY.params[path] for path in failed.engine.aims.cells.declared]
    settable = [param for param in firsts if not param.flags & {"read-only", "volatile"} and param.kind != "text"]
    tried = 0
    for param in settable:
        stands, value = failed.desk.values[param.path], drawn(param, chance)
        if value == stands:
            continue
        with pytest.MonkeyPatch.context() as broken, contextlib.suppress(ZeroDivisionError):
            broken.setattr(failed.engine, "pump", lambda: 1 / 0)
            failed.desk.change([(param.path, value)])
            continue  # nothing is posted for it
        assert failed.desk.values[param.path] == stands
        tried += 1
        again, wanted = (
            {cell: goal for cell, goal, _ in made.change([(param.path, value)])} for made in (failed, never)
        )
        assert again.keys() >= wanted.keys(), param.path
        assert {cell for cell in wanted if again[cell] != wanted[cell] and not asks(cell, again[cell])} == set()
    assert tried > 200


def failing(made: Made, change: Callable[[], object]) -> None:
    with pytest.MonkeyPatch.context() as broken, contextlib.suppress(ZeroDivisionError):
        broken.setattr(made.engine, "pump", lambda: 1 / 0)
        change()


def test_a_take_that_failed_to_begin_has_not_begun() -> None:
    failed, never = Made(), Made()
    record = [("ch/1/arm", 1), ("recorder/state", "record")]
    failing(failed, lambda: failed.desk.change(record))
    again, wanted = ({cell: goal for cell, goal, _ in made.change(record)} for made in (failed, never))
    assert again.items() >= wanted.items()
    assert any(cell >> 2 * queue.BITS == multitrack.PATCH_REC for cell in again)


def test_a_tap_that_is_still_read_after_a_change_that_failed_is_not_let_go() -> None:
    made = Made()
    made.change([("return/1/source", "bus/1")])
    failing(made, lambda: made.desk.change_at([("return/1/source", "fx/1")], 5000))
    made.engine.rack.words[layout.FRAME] = 6000
    taps = made.change([("ch/2/fader", -5.0)])
    bus = layout.BLOCK * layout.BUS_BANK + strip.TAPS_HEARD
    assert [entry for entry in taps if entry[0] >> 2 * queue.BITS == bus] == []


def asks(cell: int, goal: float) -> bool:
    """Whether it lets a filter go by way of the wire."""
    return cell >> queue.BITS & queue.LOW == svf.ASK and goal == svf.BY_WIRE
