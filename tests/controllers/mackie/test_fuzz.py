"""Random and mutated bytes on both units of a surface: nothing raises, nothing moves that no message named, and what
stands on the panels is right afterwards."""

import asyncio
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import mackie_oracle as oracle
from mackie_dry import Hall, hall
from mackie_noise import NAMED, named, noise
from mackie_oracle import Device

UNITS = {"x-touch": Device("x-touch", at=8), "x-touch-extender": Device("x-touch-extender", at=0, master=False)}
MESSAGES, BACK_S = 4000, 3.0


@pytest.mark.parametrize("seed", [14, 15, 16])
def test_whatever_comes_in_moves_what_it_names_and_no_other_value(tmp_path: Path, seed: int) -> None:
    async def law(here: Hall) -> None:
        for name, device in UNITS.items():
            here.add(name, name, name, 1, device)
        await asyncio.sleep(3.0)
        dice, news = random.Random(seed), set()

        def noted(origin: str, changed: Mapping[str, Any]) -> None:
            if not origin.startswith("let go"):  # of a key that was held when its unit came anew
                news.update(changed)

        here.desk.listen(noted)
        moved = 0
        for k in range(MESSAGES):
            name, data = dice.choice([*UNITS]), noise(dice)
            may = named(data, here.desk.heard, UNITS[name])
            news.clear()
            here.cables[name].hear(data)
            moved += bool(news)
            assert may is NAMED or news <= may, (data.hex(" "), news, may)
            if k % 50 == 0:
                await asyncio.sleep(dice.choice([0.0, 0.02, 0.4]))
        assert moved > 20, "well-formed ones did move something"
        here.desk.change([(f"surface/1/now/{name}", value) for name, value in oracle.HOME.items()])
        here.desk.change([("transport/state", "stop"), ("recorder/state", "stop"), ("transport/position", 0.0)])
        for name in UNITS:  # what the units themselves never said they know nothing of
            here.do("unplug", name)
            here.do("power", name, on=False)
            await asyncio.sleep(0.1)
            here.do("plug", name)
            here.do("power", name, on=True)
        await asyncio.sleep(BACK_S)
        wrong = here.differences(but=("timecode", "smpte"))  # a key may have turned them to bars
        assert wrong == []

    hall(law, tmp_path, seed, settings={"midi": {"surfaces": [{"name": "x-touch", "left": ["x-touch-extender"]}]}})
