"""The rack's memory: what a quantum needs of many lanes at once is not new to the system then."""

import resource

import pytest

from studiod.realtime.layout import Size
from studiod.realtime.rack import Rack

PAGE = 1024  # float32


def faults(rack: Rack) -> tuple[int, int]:
    """How often the system had to give a page while one number is written into each page of the recorder's ring, and
    how many pages that are."""
    ring = rack.recorded.reshape(-1)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    ring[::PAGE] = 0.0
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before, ring[::PAGE].size


def test_the_recorder_s_pages_are_there_before_it_records(monkeypatch: pytest.MonkeyPatch) -> None:
    size = Size(2, 2, 4, 1)
    with monkeypatch.context() as change:
        change.setattr(Rack, "touch", lambda self: None)
        untouched = Rack.create(size, multitrack=True)
    asked, pages = faults(untouched)
    assert asked > 0.9 * pages  # as many as there are, where nobody asked for them
    asked, pages = faults(Rack.create(size, multitrack=True))
    assert asked < 0.1 * pages


def test_a_rack_without_a_recorder_asks_for_none() -> None:
    assert Rack.create(Size(2, 2, 4, 1)).recorded.size == 0
