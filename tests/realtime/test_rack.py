"""The rack's memory: what a quantum needs of many lanes at once is not new to the system then."""

import resource

import numpy as np
import pytest

from studiod.realtime.layout import Size
from studiod.realtime.rack import Rack

SIZE = Size(2, 2, 4, 1)


def faults(cells: np.ndarray) -> float:
    """How often the system has to give a page while a number is written into each page of some memory: a share."""
    each = cells.reshape(-1)[:: 4096 // cells.itemsize]
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    each[:] = 0.0
    return (resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before) / each.size


@pytest.mark.parametrize("part", ["memory", "recorded"])
def test_a_desk_s_pages_are_there_before_sound_needs_them(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as change:
        change.setattr(Rack, "touch", lambda self: None)
        assert faults(getattr(Rack.create(SIZE, multitrack=True), part)) > 0.8  # what is not asked for is not there
    assert faults(getattr(Rack.create(SIZE, multitrack=True), part)) < 0.1


def test_a_render_takes_no_memory_that_it_does_not_use() -> None:
    assert faults(Rack.create(SIZE).memory) > 0.8
