"""What a desk would not take over, told by kind: a start and a render say a few lines, whatever a scene holds."""

import pytest

from library_rig import Rig
from studiod.memory.scene_format import by_kind, short
from studiod.registry.param import REFUSAL_MAX


def faults(values: dict[str, object]) -> list[str]:
    return by_kind(Rig().desk.load(values))


def test_what_is_alike_is_one_line_and_one_alone_is_told_whole() -> None:
    many = {f"ch/{n}/fader": 0.0 for n in range(40, 90)}
    told = faults({**many, "ch/1/pan": 500.0, "matrix/9/mute": 1})
    assert told[0] == "50 values of ch/*/fader: no such path; the first is ch/40/fader"
    assert "ch/1/pan: out of range; expected a number from -100 to 100" in told[1]
    assert told[2].startswith("matrix/9/mute: no such path; ")
    assert len(told) == 3


@pytest.mark.parametrize(
    "values",
    [
        {f"{kind}/{n}/x{n}": 1 for kind in ("ch", "bus", "\x1b[2J") for n in range(100)},
        {f"ch/1/eq/{n}/gain": 99.0 for n in range(1, 5)} | {f"ch/2/eq/{n}/gain": "loud" for n in range(1, 5)},
        {"x" * 5000: 1, "y\u2028": 2, "ch/1/name": "z" * 9000, "ch/2/name": "z" * 9000},
        {},
    ],
)
def test_the_lines_are_few_and_short_whatever_came(values: dict[str, object]) -> None:
    told = faults(values)
    assert len(told) <= 6
    assert all(len(line) <= REFUSAL_MAX and line.isprintable() for line in told)
    counted = sum(int(line.split()[0]) if " values of " in line else 1 for line in told)
    assert counted == len(values)


def test_each_is_told_when_it_is_asked_for() -> None:
    refusals = Rig().desk.load({f"ch/{n}/fader": 0.0 for n in range(40, 90)})
    assert len(by_kind(refusals, each=True)) == 50
    assert by_kind(refusals, more="--details names them all")[0].endswith("ch/40/fader; --details names them all")


@pytest.mark.parametrize(("count", "most"), [(0, 3), (3, 3), (4, 3), (100, 1)])
def test_more_than_a_few_lines_are_counted(count: int, most: int) -> None:
    lines = [str(k) for k in range(count)]
    told = short(lines, most)
    assert told[:most] == lines[:most]
    assert told[most:] == ([f"and {count - most} more like these"] if count > most else [])
