"""Seeded storms of hands, keys, an app and bad cables on eight simulated units, with time handed in."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mackie_dry import Hall, hall
from mackie_stage import SLOW, TRAVEL, UNITS, VALUE_S
from mackie_storm import storm

EVENTS = 1000
ON_ITS_WAY_S = 0.06
SETTLED_S, SLOWLY_S = 0.5, 1.0
LABELS = ("labels",)  # values are shown for a while after they changed


@pytest.mark.parametrize(("seed", "cables"), [(14, False), (15, True), (16, True)])
def test_no_finger_feels_the_motor_and_after_the_storm_all_panels_are_right_and_silent(
    tmp_path: Path, seed: int, cables: bool
) -> None:
    async def law(here: Hall) -> None:
        await here.play(storm(here.desk.heard, EVENTS, seed, list(UNITS), cables))
        await asyncio.sleep(0.65)  # who is away comes back
        assert here.felt(ON_ITS_WAY_S) == {}
        assert here.unanswered == []
        assert here.answered > 10
        here.lift_all()
        await asyncio.sleep(SETTLED_S + (1.5 if cables else 0.0))
        quick = [unit for unit in UNITS if unit != SLOW]
        assert here.differences(*quick, but=LABELS) == []
        await asyncio.sleep(SLOWLY_S - SETTLED_S)
        assert here.differences(but=LABELS) == []
        await asyncio.sleep(VALUE_S)
        assert here.differences() == []
        here.forget_said()
        await asyncio.sleep(3.0)
        assert here.said == {}

    hall(law, tmp_path, seed)


@pytest.mark.parametrize("seed", [14, 15])
def test_what_motors_report_of_their_own_way_never_becomes_a_value(tmp_path: Path, seed: int) -> None:
    """Scenes, fades, an app and banks, and no hand anywhere.  Broken on purpose: own travel taken as a hand."""

    async def law(here: Hall) -> None:
        here.desk.set("ch/6/fader", -90.0)
        await asyncio.sleep(VALUE_S)
        here.desk.set("ch/6/fader", 0.0)
        await asyncio.sleep(VALUE_S)
        assert here.desk.heard["ch/6/fader"] == 0.0
        said: list[tuple[str, list[str]]] = []

        def noted(origin: str, news: Mapping[str, Any]) -> None:
            if origin.startswith("midi:"):
                said.append((origin, [path for path in news if "/now/" not in path]))

        here.desk.listen(noted)
        hands = ("move", "lift", "touch", "turn")
        events = storm(here.desk.heard, EVENTS, seed, list(UNITS), cables=True)
        still = [one for one in events if one[1]["do"] not in hands and one[1].get("note", 0x40) >= 0x28]
        await here.play(still)
        await asyncio.sleep(SLOWLY_S + VALUE_S)
        reports = [one for one in here.cables[TRAVEL].unit.log if one["way"] == "out" and one["hex"].startswith("e")]
        assert len(reports) > 100, "it does tell of its motors"
        assert [one for one in said if one[1]] == []

    hall(law, tmp_path, seed)
