"""Loudness: what the meters say is what is read, and the limiter and the reset reach the desk."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from page_rig import Seen, eventually
from page_works import choose, work_all
from studiod.registry.meter_banks import MAIN
from web_rig import WebRig

Open = Callable[..., Seen]
NAMES = [name for name, _ in MAIN]
SAID = {
    "momentary": (-18.24, "−18.2"), "short_term": (-19.96, "−20.0"), "integrated": (-23.04, "−23.0"),
    "range": (7.5, "7.5"), "true_peak_l": (-0.95, "−0.9"), "true_peak_r": (0.31, "0.3"),
    "correlation": (-0.25, "−0.25"), "limiter": (3.0, "3.0"),
}  # fmt: skip


@pytest.fixture
def levels(rig: WebRig, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The meters of the mains, by hand."""
    now = dict.fromkeys(NAMES, -150.0)
    real: Any = rig.desk.engine.meters
    frames = iter(range(2, 1 << 30))

    def meters(bank: str, since: int) -> tuple[list[float], int]:
        return ([now[name] for name in NAMES], next(frames)) if bank == "main" else real(bank, since)

    monkeypatch.setattr(rig.desk.engine, "meters", meters)
    return now


def shown(page: Seen, name: str) -> str:
    return str(page.page.locator(f'[data-level="{name}"]').inner_text())


def test_the_numbers_are_those_of_the_desk(opened: Open, levels: dict[str, float]) -> None:
    page = opened("loudness")
    eventually(lambda: shown(page, "integrated") == "−∞")
    levels.update({name: level for name, (level, _) in SAID.items()})
    for name, (_, text) in SAID.items():
        eventually(lambda name=name, text=text: shown(page, name) == text)
    correlation = page.page.locator(".correlation i")
    eventually(lambda: correlation.evaluate("one => one.style.left") == "37.5%")
    units = {name: page.page.locator(f'.level:has([data-level="{name}"]) small').inner_text() for name in SAID}
    assert [units[name] for name in ("integrated", "range", "true_peak_l")] == ["LUFS", "LU", "dB"]


def test_the_last_minute_is_drawn(opened: Open, levels: dict[str, float]) -> None:
    levels.update(short_term=-20.0, momentary=-10.0)
    page = opened("loudness")
    high = (
        "(() => { const one = document.querySelector('x-history canvas'), x = one.width - 2;"
        " const column = one.getContext('2d').getImageData(x, 0, 1, one.height).data, lit = [];"
        " for (let y = 0; y < one.height; y++)"
        "   if (column[4 * y] > 200 && column[4 * y + 2] < 120) lit.push(y / one.height);"
        " return lit; })()"
    )
    page.until(f"{high}.length > 0")
    drawn = page.run(high)
    assert math.isclose(sum(drawn) / len(drawn), 20 / 50, abs_tol=0.02)  # −20 of 0 to −50


def test_the_limiter_and_the_source_reach_the_desk(rig: WebRig, opened: Open) -> None:
    page = opened("loudness")
    worked = set(work_all(rig, page))
    limiter = {f"main/limiter/{part}" for part in ("on", "gain", "ceiling", "release", "lookahead")}
    assert worked == {*limiter, "meter/loudness"}
    choose(rig, page, "meter/loudness", "bus/2")


def test_it_begins_anew(rig: WebRig, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    resets: list[int] = []
    monkeypatch.setattr(rig.desk.engine, "reset_meters", lambda: resets.append(1))
    page = opened("loudness")
    page.page.get_by_text("Begin anew").click()
    eventually(lambda: resets == [1])
