"""Markers by buttons: a name that nobody gives, the marker before and the one after."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from studiod.multitrack.machine import LEAD_S
from studiod.registry.registry import Refusal
from tape_rig import RATE_HZ, Rig

LEAD = round(LEAD_S * RATE_HZ)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


def at(rig: Rig, *words: object) -> float:
    """Where a locate goes."""
    rig.do("locate", *words)
    rig.run(LEAD + 64)
    return float(rig.desk.get("transport/position"))


def test_a_marker_without_a_name_gets_the_next_number_that_is_free(rig: Rig) -> None:
    rig.do("marker/add", "Marker 2", 5.0)
    assert rig.do("marker/add") == [("marker/add", "Marker 1", 0.0)]
    assert at(rig, 12.0) == 12.0
    assert rig.do("marker/add") == [("marker/add", "Marker 3", 12.0)]
    rig.do("marker/delete", "Marker 1")
    assert rig.do("marker/add") == [("marker/add", "Marker 1", 12.0)]


def test_next_and_previous_step_along_the_markers(rig: Rig) -> None:
    for name, place in (("B", 20.0), ("A", 10.0), ("C", 30.0)):
        rig.do("marker/add", name, place)
    assert [at(rig, "next") for _ in range(3)] == [10.0, 20.0, 30.0]
    with pytest.raises(Refusal, match=r"no marker after 30\.000 s"):
        rig.do("locate", "next")
    assert [at(rig, "previous") for _ in range(4)] == [20.0, 10.0, 0.0, 0.0]
    assert at(rig, 10.0005) == pytest.approx(10.0005, abs=1e-3)
    assert at(rig, "next") == 20.0  # within a millisecond is at it
    assert at(rig, 24.0) == 24.0
    assert at(rig, "previous") == 20.0


def test_while_it_rolls_previous_goes_on_from_a_marker_just_passed(rig: Rig) -> None:
    rig.do("marker/add", "A", 10.0)
    rig.do("marker/add", "B", 20.0)
    assert at(rig, 20.5) == 20.5
    rig.desk.set("transport/state", "play")
    rig.run(LEAD + 640)
    rig.do("locate", "previous")
    rig.run(LEAD + 640)
    assert 10.0 <= float(rig.desk.get("transport/position")) < 11.0


def test_a_marker_called_next_is_found_by_its_name(rig: Rig) -> None:
    rig.do("marker/add", "next", 40.0)
    rig.do("marker/add", "A", 10.0)
    assert at(rig, "next") == 40.0
