"""The MIDI server is killed and started again under load: motor surfaces are right each time, and nothing grows.

Four times here; twenty by `python tests/bench/surface_losses.py`.
"""

from pathlib import Path

import pytest

from mackie_lost import losses

pytestmark = pytest.mark.alone

ROUNDS, BUSY_MB = 4, 8


def test_after_each_loss_of_the_server_the_panels_are_right_and_nothing_grows(tmp_path: Path) -> None:
    found = list(losses(tmp_path, ROUNDS))
    first, last = found[1], found[-1]
    assert min(one["descriptors"] for one in found[-2:]) <= first["descriptors"], (
        found
    )  # while it looks for ports it has more
    assert last["processes"] == first["processes"], found
    assert last["mb"] - first["mb"] < BUSY_MB, found
