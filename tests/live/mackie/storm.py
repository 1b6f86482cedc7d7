"""A long seeded storm on eight simulated units over real ports, and a minute of noise: run by their name.

    pytest tests/live/mackie/storm.py

The suite has both with time handed in (tests/controllers/mackie/test_storms.py, test_fuzz.py).  Times are judged where
neither the desk stood still nor a period of JACK was late.
"""

import random
import time

import pytest

from mackie_noise import noise
from mackie_stage import EXTENDER, MAIN, STEADY, UNITS, VALUE_S, Stage, felt, told
from mackie_storm import storm

pytestmark = [pytest.mark.alone, pytest.mark.live]

EVENTS, NOISE_S, AT_ONCE_S = 2000, 60.0, 0.05
SETTLED_S, SLOWLY_S = 0.5, 1.0
ON_DESK = ("set", "many")


def play(desk: Stage, seed: int) -> None:
    """The storm: what hands do as a script on the wire's clock, what the app does beside it."""
    events = storm(desk.desk.values, EVENTS, seed, STEADY, cables=False)
    desk.sim.ask("script", events=[one for one in events if one[1]["do"] not in ON_DESK])
    begin_s = time.monotonic()
    for at_s, event in events:
        if event["do"] in ON_DESK:
            time.sleep(max(begin_s + at_s - time.monotonic(), 0.0))
            for path, value in event.get("changes") or [(event["path"], event["value"])]:
                desk.desk.set(path, value)


def test_after_a_seeded_storm_all_panels_are_right_and_then_nothing_is_said(desk: Stage) -> None:
    before = {unit: len(desk.sim.ask("pulls", unit=unit)) for unit in UNITS}
    marks = {unit: desk.sim.ask("mark", unit=unit) for unit in UNITS}
    stalls = desk.stalls
    play(desk, 14)
    desk.sim.after(0)
    desk.hands_off()
    end_s = desk.sim.ask("now")
    desk.sim.after(VALUE_S)
    in_time = desk.stalls == stalls
    for unit in STEADY if in_time else ():
        felt(desk, unit, before[unit], stalls)
        log = told(desk, unit, marks[unit])
        last_s = max(one["done"] for one in log if not one["hex"].startswith("f0"))
        assert last_s - end_s <= (SETTLED_S if unit == MAIN else SLOWLY_S), unit
    if not in_time:  # of a JACK that was late, messages are lost that no cable loses
        desk.begin_anew()
    desk.agree()
    desk.rest()
    marks = {unit: desk.sim.ask("mark", unit=unit) for unit in UNITS}
    desk.sim.after(3.0)
    assert {unit: told(desk, unit, marks[unit]) for unit in UNITS} == {unit: [] for unit in UNITS}


def test_a_minute_of_noise_on_both_units_leaves_the_panels_right(desk: Stage) -> None:
    dice, begin_s, sent = random.Random(14), desk.sim.ask("now"), 0
    while desk.sim.ask("now") - begin_s < NOISE_S:
        for _ in range(20):
            desk.sim.ask("raw", unit=dice.choice([MAIN, EXTENDER]), hex=noise(dice).hex())
            sent += 1
        desk.sim.after(AT_ONCE_S)
    assert sent > 1000
    print(f"{sent} pieces of noise in {NOISE_S:g} s")
    assert "Traceback" not in desk.daemon.stderr
    for path, value in (("transport/state", "stop"), ("recorder/state", "stop"), ("transport/position", 0.0)):
        desk.desk.set(path, value)
    for unit in (MAIN, EXTENDER):
        desk.sim.ask("raw", unit=unit, hex="f7")
    desk.begin_anew()
    desk.agree(but=("timecode", "smpte"))  # a key may have turned them to bars
