"""Laws of every unit, found by discovery: each module of dsp/ with a run and a demo is put through them unnamed."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pytest

from dsp.core import rt, standing
from studiod.realtime import card, clock, graph

ROOT = Path(__file__).resolve().parents[2]
FRAMES = 1500
ODD_LANES = 7


def discovered() -> list[ModuleType]:
    """Every module of dsp/ that is a unit."""
    files = sorted((ROOT / "dsp").rglob("[a-z]*.py"))
    modules = [importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts)) for file in files]
    return [module for module in modules if hasattr(module, "run") and hasattr(module, "demo")]


UNITS = discovered()
# A unit may say of itself: LINKED, its lanes are one group, turned by one gain; LATE_FRAMES, how late it is at rest.
ALONE = [unit for unit in UNITS if not getattr(unit, "LINKED", False)]
each_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.__name__)


def noise(lanes: int = ODD_LANES, frames: int = FRAMES, seed: int = 3) -> np.ndarray:
    """Seeded noise that is loud and faint by turns, so that gates open and close.  [frames, lanes]."""
    x = np.random.default_rng(seed).standard_normal((frames, lanes)) * 0.3
    return x * np.where(np.arange(frames) // 250 % 2, 0.01, 1.0)[:, None]


def run(unit: ModuleType, s: np.ndarray, x: np.ndarray, block: int = 32) -> np.ndarray:
    """What a unit makes of x, in blocks."""
    out = x.copy()
    for at in range(0, len(out), block):
        unit.run(s, out[at : at + block])
    return out


def test_discovery_finds_units() -> None:
    assert len(UNITS) >= 5  # gain, ceiling, svf, gate, comp; more join by themselves


@each_unit
def test_a_demo_is_heard(unit: ModuleType) -> None:
    x = noise()
    assert np.abs(run(unit, unit.demo(ODD_LANES), x) - x).max() > 0.01


@each_unit
def test_silence_in_is_silence_out(unit: ModuleType) -> None:
    assert not run(unit, unit.demo(ODD_LANES), np.zeros((FRAMES, ODD_LANES))).any()


@each_unit
def test_a_unit_at_rest_is_a_wire(unit: ModuleType) -> None:
    x = np.clip(noise(), -1.0, 1.0)  # 1.0 is where a ceiling rests
    late = getattr(unit, "LATE_FRAMES", 0)
    out = run(unit, unit.state(ODD_LANES), x)
    np.testing.assert_array_equal(out[late:], x[: FRAMES - late])
    assert not out[:late].any()


@each_unit
@pytest.mark.parametrize("seed", [1, 2])
def test_cutting_the_block_changes_nothing(unit: ModuleType, seed: int) -> None:
    x = noise()
    s = unit.demo(ODD_LANES)
    whole = run(unit, s, x, FRAMES)
    for block in (1, 31, 64):
        np.testing.assert_array_equal(run(unit, unit.demo(ODD_LANES), x, block), whole)
    rng, cut, other, at = np.random.default_rng(seed), x.copy(), unit.demo(ODD_LANES), 0
    while at < FRAMES:
        step = int(rng.integers(1, 100))
        unit.run(other, cut[at : at + step])
        at += step
    np.testing.assert_array_equal(cut, whole)
    np.testing.assert_array_equal(other[unit.MEMORY :], s[unit.MEMORY :])


@each_unit
def test_no_sound_of_a_lane_leaks_into_a_silent_neighbour(unit: ModuleType) -> None:
    for lane in range(ODD_LANES):
        x = noise()
        x[:, lane] = 0.0
        assert not run(unit, unit.demo(ODD_LANES), x)[:, lane].any()


@pytest.mark.parametrize("unit", ALONE, ids=lambda unit: unit.__name__)
def test_a_lane_never_hears_its_neighbour(unit: ModuleType) -> None:
    x = noise()
    alone = run(unit, unit.demo(ODD_LANES), x)
    for lane in range(ODD_LANES):
        other = noise(seed=4) * 3.0
        other[:, lane] = x[:, lane]
        np.testing.assert_array_equal(run(unit, unit.demo(ODD_LANES), other)[:, lane], alone[:, lane])


@each_unit
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf], ids=str)
def test_a_lane_recovers_from_what_is_no_number_once_its_memory_is_cleared(unit: ModuleType, bad: float) -> None:
    x = noise()
    clean = run(unit, unit.demo(ODD_LANES), x)
    s, lane = unit.demo(ODD_LANES), 3
    sick = x.copy()
    sick[100, lane] = bad
    first = run(unit, s, sick[:512])
    s[unit.MEMORY :, lane] = 0.0
    out = np.concatenate([first, run(unit, s, sick[512:])])
    assert np.isfinite(out[512:] if unit in ALONE else out).all()  # a group must not even begin
    if unit in ALONE:
        rest = np.arange(ODD_LANES) != lane
        np.testing.assert_array_equal(out[:, rest], clean[:, rest])
    assert np.isfinite(s).all()


@each_unit
def test_an_empty_memory_is_the_state_after_a_long_silence(unit: ModuleType) -> None:
    s = unit.demo(ODD_LANES)
    run(unit, s, noise())
    assert s.shape[0] == unit.ROWS
    before = unit.demo(ODD_LANES)
    run(unit, before, np.zeros((FRAMES, ODD_LANES)))
    s[unit.MEMORY :] = 0.0
    x = noise(seed=6)
    np.testing.assert_array_equal(run(unit, s, x), run(unit, before, x))


# -- the machine code -----------------------------------------------------------------------------------

ALLOCATIONS = ("NRT_Allocate", "NRT_MemInfo_alloc")


def asks_for_memory(text: str) -> bool:
    return any(kind in line for line in text.splitlines() for kind in ALLOCATIONS if "call" in line)


def allocates(function: Any, signature: tuple) -> bool:
    """Whether the machine code of a function asks for memory.  Compiled anew: a cached one has no text to read."""
    standing.link()
    compiled = numba.njit(nogil=True, error_model="numpy")(getattr(function, "py_func", function))
    compiled.compile(signature)
    return asks_for_memory(compiled.inspect_llvm(compiled.signatures[0]))


MATRIX = numba.types.Array(numba.float64, 2, "C")


@each_unit
def test_a_unit_never_allocates(unit: ModuleType) -> None:
    assert not allocates(unit.run, (MATRIX, MATRIX))


@pytest.mark.parametrize("name", sorted(standing.STANDING))
def test_what_stands_at_one_address_never_allocates(name: str) -> None:
    standing.link()
    found = standing.STANDING[name]
    compiled = numba.cfunc(found.signature, error_model="numpy")(found.function)
    assert not asks_for_memory(compiled.inspect_llvm())


def test_the_graph_stands_at_one_address_for_all_who_run_it() -> None:
    assert {"studiod_graph", "studiod_strip"} <= set(standing.STANDING)
    assert not allocates(graph.run, (numba.int64,) * 4)


def test_the_virtual_interface_never_allocates() -> None:
    assert not allocates(clock.keep_time, (numba.int64,) * 6)


def test_the_card_callback_never_allocates() -> None:
    standing.link()
    compiled = numba.cfunc(card._SIGNATURE, error_model="numpy")(card.callback.function)
    assert not asks_for_memory(compiled.inspect_llvm())


def allocating(s, u):
    u[0] = u[0] * 2.0 + np.ones(u.shape[1]) * s[0, 0]


inner = numba.njit(nogil=True, error_model="numpy")(allocating)


def calling(s, u):
    inner(s, u)


@pytest.mark.parametrize("function", [allocating, calling])
def test_an_allocation_is_found_also_in_what_is_called(function: Any) -> None:
    assert allocates(function, (MATRIX, MATRIX))


# -- the cache ------------------------------------------------------------------------------------------

CALLER = """
import numpy as np
from dsp import gain
from dsp.core.rt import rt

@rt
def caller(s, u):
    gain.run(s, u)

u = np.ones((1, 1))
s = gain.state(1)
s[gain.GAIN] = 0.25
s[1, 0] = 1.0
caller(s, u)
print(u[0, 0], sum(caller.stats.cache_hits.values()))
"""


def call(root: Path, cache: Path) -> tuple[float, int]:
    """What a compiled caller of gain.run in a copy of the sources gives, and how often it came from the cache."""
    env = {**os.environ, "STUDIOD_CACHE": str(cache), "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, str(root / "caller.py")], cwd=root, env=env, capture_output=True, text=True, check=True
    )
    value, hits = done.stdout.split()
    return float(value), int(hits)


def test_an_edited_source_is_never_played_from_a_stale_cache(tmp_path: Path) -> None:
    for part in ("dsp", "studiod"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "caller.py").write_text(CALLER)
    cache = tmp_path / "cache"
    assert call(tmp_path, cache) == (0.25, 0)
    assert call(tmp_path, cache) == (0.25, 1)  # the cache is in use: else this test proves nothing
    source = tmp_path / "dsp" / "gain.py"
    text = source.read_text()
    resting = "u[i, c] *= s[GAIN + VALUE, c]"
    assert text.count(resting) == 1
    source.write_text(text.replace(resting, f"{resting} * 2.0"))
    assert call(tmp_path, cache) == (0.5, 0)


def test_every_compiled_source_is_in_the_fingerprint(tmp_path: Path) -> None:
    compiled = [
        file
        for part in ("dsp", "studiod")
        for file in sorted((ROOT / part).rglob("*.py"))
        if re.search(r"^@rt$|= rt\(|numba\.(njit|cfunc|jit)|^@(njit|cfunc|intrinsic)", file.read_text(), re.MULTILINE)
    ]
    rooms = {file.parent.relative_to(ROOT).as_posix() for file in compiled}
    assert rooms == {"dsp", "dsp/core", "studiod/realtime"}, "compiled code has no other room"
    for part in ("dsp", "studiod"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    was = rt.fingerprint(tmp_path)
    assert was == rt.fingerprint(ROOT)
    for file in compiled:
        copy = tmp_path / file.relative_to(ROOT)
        copy.write_text(copy.read_text() + "\n# edited\n")
        now = rt.fingerprint(tmp_path)
        assert now != was, f"{copy.name} is compiled; dsp/core/rt.py COMPILED does not name it"
        was = now


@pytest.mark.parametrize("lost", rt.COMPILED)
def test_a_folder_without_compiled_files_has_no_fingerprint(lost: str, tmp_path: Path) -> None:
    """A glob that matches nothing would keep old machine code for ever."""
    for kept in {"dsp/gain.py", "studiod/realtime/graph.py"}:
        file = tmp_path / kept
        if not file.match(lost.replace("/**", "")):
            file.parent.mkdir(parents=True)
            file.write_text("")
    with pytest.raises(FileNotFoundError, match=re.escape(f"no file is {lost}")):
        rt.fingerprint(tmp_path)


def test_fast_math_is_off_and_division_by_zero_raises_nothing() -> None:
    assert "fastmath" not in rt.OPTIONS
    assert rt.OPTIONS["error_model"] == "numpy"
    compilers = re.compile(r"(?<!class )\b(?:n?jit|cfunc|CFunc|Function)\(.*")
    calls = [call for file in rt.compiled() for call in compilers.findall(file.read_text("utf-8"))]
    assert len(calls) == 2, "one place for functions, one for those with an address"
    assert all("OPTIONS" in call for call in calls), calls
