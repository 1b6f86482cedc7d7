"""What the sections declare is what there is: each unit once, where it says, with all that its module exports."""

import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from studiod.engine.engine import size_of
from studiod.host.offline import Offline
from studiod.metering import meters
from studiod.realtime import inputs, layout, sections, strip
from studiod.realtime.layout import Size
from studiod.realtime.rack import Rack
from studiod.registry.registry import Console, Registry

CONSOLES = (
    Console(3, 4, 5, 2, returns=2, matrices=3), Console(1, 1, 1, 1), Console(0, 2, 2, 16, returns=16, matrices=16),
)  # fmt: skip
each_console = pytest.mark.parametrize("console", CONSOLES, ids=range(len(CONSOLES)))


@each_console
def test_every_unit_has_a_number_and_memory_of_its_own(console: Console) -> None:
    size = size_of(console)
    found = [(number, block, unit) for section in sections.SECTIONS for number, block, unit in section.there(size)]
    numbers = [number for number, _, _ in found]
    assert len(numbers) == len(set(numbers))
    assert max(numbers) < layout.UNITS
    rack = Rack.create(size)
    assert rack.size == size
    for number, block, unit in found:
        assert rack.state(number).shape == unit.state(size, block).shape
    ends = sorted(
        (int(at), int(rows * lanes)) for at, rows, lanes in rack.words[layout.TABLE : layout.AWAKE].reshape(-1, 3)
    )
    for (at, count), (following, _) in pairwise(ends):
        assert at + count <= following or count == 0
    assert rack.column(inputs.SILENCE, 0) == (0, 0), "a lane that reads nothing reads the first of the memory"


def test_a_unit_says_what_it_forgets_what_glides_and_how_long_it_fades() -> None:
    made = {unit.made for section in sections.SECTIONS for unit in section.units if unit.made}
    assert len(made) >= 15
    for module in made:
        assert 2 <= module.MEMORY <= module.ROWS, module
        assert all(row < module.ROWS for row in module.GLIDES), module
        assert all(row < module.MEMORY and ms > 0.0 for row, ms in getattr(module, "FADES", {}).items()), module
        if asked := getattr(module, "ASKED", ()):
            assert {*asked, module.ASK} <= set(range(module.MEMORY)), module


@each_console
def test_every_point_is_offered_by_one_section_and_declared(console: Console) -> None:
    one_at_least = replace(console, inputs=max(console.inputs, 1))  # a rack has an input though its console has none
    assert sections.offers(size_of(console)).keys() == set(Registry(one_at_least).points)


def test_a_point_that_is_declared_and_not_offered_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Registry.__init__

    def more(self: Registry, console: Console) -> None:
        made(self, console)
        self.points = (*self.points, "lights/l")

    monkeypatch.setattr(Registry, "__init__", more)
    with pytest.raises(LookupError, match="lights/l: no section of studiod/realtime offers this point"):
        Offline(Console(1, 1, 1, 1))


@pytest.mark.parametrize("module", ["studiod.diagnostics.checks", "studiod.host.preflight", "studiod.cli.meters"])
def test_who_only_looks_at_a_rack_or_a_meter_compiles_nothing(module: str, tmp_path: Path) -> None:
    """`studiod check` on a cold cache says so, it does not stand for minutes."""
    program = f"import sys, {module}; print([m for m in sys.modules if m == 'studiod.realtime.strip'])"
    env = {**os.environ, "STUDIOD_CACHE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert not list(tmp_path.rglob("*.nbc"))


def test_two_rings_that_offer_one_point_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "SECTIONS", (*sections.SECTIONS, inputs.SECTION))
    with pytest.raises(ValueError, match="none: two rings offer this point at one tap"):
        sections.offers(Size(1, 1, 1, 1))


def test_a_reduction_that_the_registry_does_not_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meters, "METERED", ("gate",))
    told = " ".join(strip.SECTION.told)
    with pytest.raises(LookupError, match=f"strips tell what {told} take away; the registry declares gate"):
        Offline(Console(1, 1, 1, 1))


@pytest.mark.parametrize("bank", layout.BANKS)
def test_a_lane_that_holds_what_is_no_number_forgets_in_every_unit_and_its_neighbours_in_none(bank: int) -> None:
    size = Size(3, 2, 3, 3, matrices=3)
    rack = Rack.create(size)
    first, lanes = bank * layout.BLOCK, size.lanes(bank)
    held = [(number, unit) for number, block, unit in strip.SECTION.there(size) if block == bank and unit.made]
    before = {}
    for number, _ in held:
        rack.state(number)[2:] = 7.0
        before[number] = rack.state(number).copy()
    u = np.ones((8, lanes))
    u[3, 1] = np.nan
    strip.guard(rack.base, rack.words, bank, u, 0)
    assert not u[:, 1].any()
    assert u[:, 0].all()
    forgot = set()
    for number, unit in held:
        now, memory = rack.state(number), unit.made.MEMORY
        others = np.arange(now.shape[1]) != 1
        np.testing.assert_array_equal(now[:, others], before[number][:, others])
        np.testing.assert_array_equal(now[:memory], before[number][:memory])
        if now.shape[0] > memory and not now[memory:, 1].any():
            forgot.add(number - first)
    bands = {strip.EQ_1 + band for band in range(layout.EQ_BANDS[bank])}
    sides = {strip.SIDE_1 + strip.SIDE_UNITS * place + strip.FILTER for place in range(strip.PLACES)}
    cuts = {strip.HPF_1, strip.HPF_2, strip.LPF_1, strip.LPF_2}
    assert forgot >= bands | sides | cuts | {strip.GATE, strip.COMP}
    linked = {number - first for number, unit in held if getattr(unit.made, "LINKED", False)}
    assert not forgot & linked
    assert forgot == {number - first for number, unit in held if unit.made.MEMORY < unit.made.ROWS} - linked
