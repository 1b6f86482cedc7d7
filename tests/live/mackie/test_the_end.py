"""What a simulated unit shows when the daemon has ended.  The last of this folder: the daemon is gone after it."""

import pytest

from mackie_stage import UNITS, Stage

pytestmark = [pytest.mark.alone, pytest.mark.live]


def test_when_the_daemon_ends_faders_stay_lamps_are_out_and_the_strips_say_so(desk: Stage) -> None:
    """The last of this file: the daemon is gone after it."""
    stood = {unit: desk.sim.panel(unit)["faders"] for unit in UNITS}
    assert desk.daemon.stop() == 0
    desk.sim.quiet(0.2)
    for unit, (_, _, _, device) in UNITS.items():
        seen = desk.sim.panel(unit)
        assert seen["faders"] == stood[unit]
        assert seen["leds"] == {}
        assert seen["rings"] == [[]] * 8
        assert seen["bars"] == [0] * 8
        if width := device.facts.get("text"):
            assert seen["cells"] == [
                ["studiod"[:width].ljust(len(seen["cells"][0][0]))] * 8,
                ["offline"[:width].ljust(len(seen["cells"][0][0]))] * 8,
            ]
