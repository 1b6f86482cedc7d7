"""Units that are switched off and on, unplugged, missing, or silent: what stands is right soon after they are back."""

import pytest

from mackie_stage import EXTENDER, HASTY, MAIN, SLOW, Stage, plug

pytestmark = [pytest.mark.alone, pytest.mark.live]

NOTICED_S = 2.0  # a port that is back sooner under its own name is taken for the one that went
SETTLED_S, RIGHT_S, TRIES = 0.5, 1.5, 4


def test_a_missing_extender_leaves_its_places_empty_and_is_right_when_it_is_back(desk: Stage) -> None:
    desk.sim.ask("power", unit=EXTENDER, on=False)
    desk.desk.set("ch/2/fader", -33.0)
    desk.desk.set("ch/10/mute", 1)
    desk.agree(MAIN, SLOW)
    desk.sim.ask("power", unit=EXTENDER, on=True)
    desk.agree()
    desk.desk.set("ch/10/mute", 0)


def test_a_unit_that_loses_text_too_close_behind_another_loses_none(desk: Stage) -> None:
    for _ in range(TRIES):  # a busy machine may bring two of them together on their way
        lost = desk.sim.panel(HASTY)["lost_text"]
        for view in ("bus", "ch", "all"):
            desk.desk.set("surface/4/now/view", view)
            desk.sim.after(SETTLED_S)
        desk.rest()
        if desk.sim.panel(HASTY)["lost_text"] == lost:
            break
        for on in (False, True):
            desk.sim.ask("power", unit=HASTY, on=on)
        desk.rest()
    desk.agree(HASTY)


@pytest.mark.parametrize("unit", [MAIN, SLOW])
def test_a_unit_that_was_switched_off_and_on_is_told_all_again(desk: Stage, unit: str) -> None:
    desk.sim.ask("move", unit=unit, fader=3, to=5000, over_s=0.05)
    desk.sim.after(0.2)
    desk.sim.ask("power", unit=unit, on=False)
    desk.sim.ask("lift", unit=unit, fader=3)
    desk.sim.after(0.1)
    mark, stalls = desk.sim.ask("mark", unit=unit), desk.stalls
    desk.sim.ask("power", unit=unit, on=True)
    desk.agree()
    desk.rest()
    log = desk.sim.log(unit, mark)
    hello_s = log[0]["t"]
    last_s = [one["done"] for one in log if one["way"] == "in"][-1]
    if desk.stalls == stalls:
        assert last_s - hello_s <= RIGHT_S
    assert not desk.sim.panel(unit)["locked"]


def test_a_cable_that_is_pulled_and_put_in_again_shows_what_stands(desk: Stage) -> None:
    desk.sim.ask("unplug", unit=MAIN)
    desk.sim.after(NOTICED_S)
    desk.desk.set("ch/9/fader", -12.0)
    desk.desk.set("ch/12/name", "Back")
    desk.agree(SLOW, EXTENDER)
    desk.sim.ask("plug", unit=MAIN, kind="x-touch", client="X-Touch")
    desk.agree()


@pytest.mark.parametrize(("answers", "most_s"), [("01", 1.5), ("nothing", 2.5)])
def test_a_unit_is_right_soon_after_its_cable_is_put_in_whether_it_answers_or_not(
    desk: Stage, answers: str, most_s: float
) -> None:
    desk.sim.ask("forget", unit=SLOW)
    desk.sim.after(NOTICED_S)
    begin_s, stalls = desk.sim.ask("now"), desk.stalls
    plug(desk.sim, SLOW, answers=answers, greets=False)
    desk.agree(SLOW)
    desk.rest()
    last_s = max(one["done"] for one in desk.sim.log(SLOW, way="in"))
    if desk.stalls == stalls:
        assert last_s - begin_s <= most_s
    desk.sim.ask("forget", unit=SLOW)
    desk.sim.after(NOTICED_S)
    plug(desk.sim, SLOW)
    desk.agree()
