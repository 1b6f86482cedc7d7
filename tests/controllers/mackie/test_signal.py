"""What moves by itself: meters with signal, overload, then zero and nothing; timecode and bars while it rolls."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mackie_dry import Hall, hall
from mackie_oracle import Device

# Sheet §9: the least level in dBFS of each step of a bar.
STEPS_DB = {1: -60, 2: -50, 3: -40, 4: -30, 5: -20, 6: -14, 7: -10, 8: -8, 9: -6, 10: -4, 11: -2, 12: 0}
RATE_HZ, BEATS_KEY, SMPTE, BEATS = 25, 0x35, "71", "72"
ONE = {"midi": {"surfaces": [{"name": "mackie"}]}}
FALL_S, LATE_S, DIGITS_S = 12 * 0.3 + 0.3, 0.13, 0.03


def bars(here: Hall) -> dict[str, Any]:
    return here.cables["one"].unit.seen(here.loop.time())


async def one_unit(here: Hall) -> Any:
    here.add("one", "mackie", "mackie", 1, Device("mackie"))
    await asyncio.sleep(3.0)
    return here.desk.engine


@pytest.mark.parametrize(("step", "level_db"), [(k, db + 0.01) for k, db in STEPS_DB.items() if k < 12])
def test_a_bar_stands_for_as_long_as_the_signal_does(tmp_path: Path, step: int, level_db: float) -> None:
    async def law(here: Hall) -> None:
        engine = await one_unit(here)
        engine.level = level_db
        await asyncio.sleep(0.1)
        here.forget_said()
        for _ in range(20):
            await asyncio.sleep(0.1)
            assert bars(here)["bars"] == [step] * 8
            assert bars(here)["over"] == [False] * 8
        assert here.said["one"] <= 8 * 2 * 2 * RATE_HZ + 16, "25 a second of two bytes each"
        engine.level = -150.0
        await asyncio.sleep(0.1)
        assert bars(here)["bars"] == [0] * 8, "zero is said, once"
        here.forget_said()
        await asyncio.sleep(3.0)
        assert here.said == {}

    hall(law, tmp_path, settings=ONE)


def test_an_overload_stays_for_as_long_as_the_desk_holds_clips(tmp_path: Path) -> None:
    async def law(here: Hall) -> None:
        engine = await one_unit(here)
        here.desk.set("meter/clip_hold", 1.0)
        engine.level = 0.5
        await asyncio.sleep(0.1)
        assert bars(here)["over"] == [True] * 8
        assert bars(here)["bars"] == [12] * 8
        engine.level = -35.0
        await asyncio.sleep(0.8)
        assert bars(here)["over"] == [True] * 8
        await asyncio.sleep(0.3)
        assert bars(here)["over"] == [False] * 8
        await asyncio.sleep(FALL_S)
        assert bars(here)["bars"] == [3] * 8
        engine.level = -150.0
        await asyncio.sleep(0.1)
        here.forget_said()
        await asyncio.sleep(3.0)
        assert here.said == {}

    hall(law, tmp_path, settings=ONE)


def spelt(seconds: float, beats: bool, tempo: float) -> str:
    """The ten digits for a place in the music, 25 frames a second; bars, by their last three digits, of four beats of
    four parts of 240."""
    if beats:
        ticks = round(seconds * tempo / 60 * 960 * 1e4) // 10000
        bar, beat, part, tick = ticks // 3840, ticks // 960 % 4, ticks // 240 % 4, ticks % 240
        return f"{str(bar + 1)[-3:]:>3}.{beat + 1:02}.{part + 1:02}.{tick:03}"
    frames = round(seconds * 25 * 1e4) // 10000
    return f"{frames // 90000:>3}.{frames // 1500 % 60:02}.{frames // 25 % 60:02}.{frames % 25:03}"


@pytest.mark.parametrize("beats", [False, True])
def test_the_digits_follow_the_music_and_rest_with_it(tmp_path: Path, beats: bool) -> None:
    async def law(here: Hall) -> None:
        await one_unit(here)
        begin_s, rolls = here.loop.time(), True
        here.desk.set("tempo", 97.0)
        here.desk.live["transport/position"] = lambda: 3590.0 + (here.loop.time() - begin_s if rolls else 30.0)
        if beats:
            here.do("press", "one", note=BEATS_KEY)
        here.desk.set("transport/state", "play")
        await asyncio.sleep(0.3)
        last = ""
        for _ in range(40):
            await asyncio.sleep(0.37)
            for _ in range(2):  # each digit is a message: between two of them it is none of both times
                seen, at_s = bars(here), 3590.0 + here.loop.time() - begin_s
                known = {spelt(at_s - k / 5000, beats, 97.0) for k in range(round(LATE_S * 5000))}
                if seen["timecode"] not in known:
                    await asyncio.sleep(DIGITS_S)
            assert seen["timecode"] in known, (seen["timecode"], spelt(at_s, beats, 97.0))
            assert seen["timecode"] != last
            last = seen["timecode"]
            assert (SMPTE in seen["leds"], BEATS in seen["leds"]) == (not beats, beats)
        rolls = False
        here.desk.set("transport/state", "stop")
        await asyncio.sleep(0.3)
        assert bars(here)["timecode"] == spelt(3620.0, beats, 97.0)
        here.forget_said()
        await asyncio.sleep(3.0)
        assert here.said == {}

    hall(law, tmp_path, settings=ONE)
