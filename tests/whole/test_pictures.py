"""The pictures of the docs are proofs: made by their script, named where they are shown, and true at known points."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs" / "pictures"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All the pictures, made anew by the script as a person calls it."""
    folder = tmp_path_factory.mktemp("pictures")
    command = [sys.executable, str(ROOT / "docs" / "pictures.py"), str(folder)]
    subprocess.run(command, cwd=folder, check=True, timeout=120, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def pictures() -> ModuleType:
    """The script as a module."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import pictures
    finally:
        sys.path.remove(str(ROOT / "docs"))
    return pictures


@pytest.fixture(scope="module")
def measure(pictures: ModuleType) -> ModuleType:
    return pictures.measure


def words(path: Path) -> list[str]:
    return re.findall(r"<text [^>]*>([^<]*)</text>", path.read_text(encoding="utf-8"))


def test_the_docs_show_what_the_script_makes_and_no_more(made: Path) -> None:
    shown = set()
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"!\[[^\]]+\]\(([^)]+\.svg)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).resolve().parent == KEPT, f"{page.name}: {target}"
            shown.add(Path(target).name)
    files = {path.name for path in made.iterdir()}
    assert shown == files == {path.name for path in KEPT.iterdir()}


def test_the_kept_pictures_say_what_new_ones_say(made: Path) -> None:
    """Not their curves: another processor may round the last digit of a point otherwise."""
    for path in made.iterdir():
        assert words(KEPT / path.name) == words(path), f"{path.name} is of another desk: make pictures"
        assert path.stat().st_size < 150_000
        assert "nan" not in path.read_text(encoding="utf-8")


def test_two_runs_make_the_same_bytes(made: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "docs" / "pictures.py"), str(tmp_path)]
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run(command, cwd=tmp_path, env=env, check=True, timeout=120, capture_output=True)
    for path in made.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def curve(figure: Figure, title: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    """What a picture shows under that name in the panel of that title."""
    (frame,) = (one for one in figure.axes if one.get_title("left") == title)
    (line,) = (one for one in frame.lines if one.get_label() == name)
    (low, high), (down, up) = frame.get_xlim(), frame.get_ylim()
    x, y = (np.asarray(values, float) for values in line.get_data())
    assert ((x >= low) & (x <= high) & (y >= down) & (y <= up)).any(), f"{title}, {name}: outside its panel"
    return x, y


@pytest.mark.parametrize(
    ("picture", "title", "name", "x", "y", "within"),
    [
        ("eq", "bell, Q 1", "−12 dB", 1000.0, -12.0, 0.01),  # these as in the laws below
        ("eq", "bell, +12 dB", "Q 6", 1000.0, 12.0, 0.01),
        ("eq", "low shelf, Q 0.7", "+6 dB", 1000.0, 3.0, 0.01),
        ("eq", "hpf at 100 Hz, lpf at 8 kHz", "24 dB/octave", 100.0, -3.0103, 0.01),
        ("dynamics", "comp, threshold −36 dB, knee 0", "3:1", 0.0, -24.0, 0.002),
        ("dynamics", "gate, threshold −36 dB, range 60 dB", "2:1", -48.0, -60.0, 0.001),
        ("dynamics", "duck, threshold −36 dB", "range 12 dB", -12.0, -24.0, 0.001),
        ("times", "comp: attack, release 100 ms", "50 ms", 100.0, -15.0 * (1.0 - np.exp(-1.0)), 0.01),
        ("limiter", "in and out, ceiling −1 dBTP", "sine, 1 kHz", 12.0, -1.0, 0.01),
        ("reverb", "decay, 500 Hz to 2 kHz, time 1.8 s", "plate", 0.9, -30.0, 1.5),  # 5 % of 30 dB
        ("laws", "pan laws, left side", "−3 dB", 0.0, -3.0103, 0.01),
    ],
)
def test_a_curve_is_drawn_where_its_unit_measures_it(
    pictures: ModuleType, picture: str, title: str, name: str, x: float, y: float, within: float
) -> None:
    assert np.interp(x, *curve(pictures.PICTURES[picture](), title, name)) == pytest.approx(y, abs=within)


def test_the_flow_shows_every_kind_of_strip(made: Path) -> None:
    """A kind that params.py has and the picture not wants a line in docs/pictures_flow.py."""
    from studiod.registry.registry import Console, Registry
    from studiod.settings.schema import Settings

    console = Console(**Settings().console.model_dump())
    kinds = {re.split(r"/\d+/", path)[0].split("/")[0] for path in Registry(console).params if path.endswith("/fader")}
    said = " ".join(words(made / "flow.svg"))
    assert {kind for kind in kinds if not re.search(rf"\b{kind}\b", said)} == set()


def at(hz: np.ndarray, answer_db: np.ndarray, freq_hz: float) -> float:
    return float(np.interp(freq_hz, hz, answer_db))


@pytest.mark.parametrize("gain_db", [12.0, 6.0, -6.0, -12.0])
def test_bells_and_shelves_have_their_gain(measure: ModuleType, gain_db: float) -> None:
    kinds = ("bell", "low_shelf", "high_shelf")
    hz, answers_db = measure.answers([measure.band(kind, 1000.0, 0.7, gain_db) for kind in kinds])
    bell, low, high = answers_db.T
    # exact by design (dsp/svf_design.py); 0.01 dB is what a reader of the picture could never see
    assert at(hz, bell, 1000.0) == pytest.approx(gain_db, abs=0.01)
    for shelf in (low, high):
        assert at(hz, shelf, 1000.0) == pytest.approx(gain_db / 2.0, abs=0.01)
    assert at(hz, low, 20.0) == pytest.approx(gain_db, abs=0.01)


def test_cuts_are_where_sound_md_says(measure: ModuleType) -> None:
    qs = (0.5, 2.0**-0.5, 2.0)
    hz, answers_db = measure.answers([measure.band("low_cut", 1000.0, q, 0.0) for q in qs])
    for k, q in enumerate(qs):
        # a matched cut is within 0.01 dB of the analog Q at a 48th of the rate
        assert at(hz, answers_db[:, k], 1000.0) == pytest.approx(20.0 * np.log10(q), abs=0.01)
    slopes = ("12dB", "18dB", "24dB")
    hz, answers_db = measure.answers([measure.cut(slope, 400.0, False) for slope in slopes])
    for k in range(len(slopes)):
        assert at(hz, answers_db[:, k], 400.0) == pytest.approx(-3.0103, abs=0.01)  # as above
        octave_db = at(hz, answers_db[:, k], 50.0) - at(hz, answers_db[:, k], 25.0)
        # three octaves down a Butterworth is straight: 6.02 dB an octave for each of its two to four poles
        assert octave_db == pytest.approx(20.0 * np.log10(2.0) * (2 + k), abs=0.01)


def test_a_compressor_has_its_ratio(measure: ModuleType) -> None:
    in_db, out_db = measure.comp_curve(-36.0, 3.0, 0.0)
    assert np.interp(-72.0, in_db, out_db) == pytest.approx(-72.0, abs=1e-6)
    # ten times the release has settled to exp(-10) of 24 dB: 0.001 dB
    assert np.interp([-24.0, 0.0], in_db, out_db) == pytest.approx([-32.0, -24.0], abs=0.002)


def test_gates_expanders_and_duckers_follow_their_rule(measure: ModuleType) -> None:
    for mode, under_db, over_db in (
        ("gate", -108.0, -12.0),
        ("expand2", -60.0, -12.0),
        ("expand3", -72.0, -12.0),
        ("expand4", -84.0, -12.0),
        ("duck", -48.0, -72.0),
    ):
        # in at -48 and -12 dBFS, threshold -36, range 60; thirty times the release has settled
        got = np.interp([-48.0, -12.0], *measure.gate_curve(mode, -36.0, 60.0))
        assert got == pytest.approx([under_db, over_db], abs=0.001), mode


def test_attack_and_release_do_63_percent_of_the_way(measure: ModuleType) -> None:
    ms, turned_db = measure.comp_in_time(50.0, 100.0)
    part = 1.0 - np.exp(-1.0)
    assert np.interp(100.0, ms, turned_db) == pytest.approx(-15.0 * part, abs=0.01)  # one frame is 0.006 dB
    # the release falls from what the level asked for, however much of it a slow attack had reached
    assert np.interp(351.0, ms, turned_db) == pytest.approx(-15.0 * (1.0 - part), abs=0.01)  # half a wave was held


def test_the_limiter_holds_its_ceiling(measure: ModuleType) -> None:
    in_db, out_db = measure.limiter_curve()
    below = in_db <= -2.0
    assert out_db[below] == pytest.approx(in_db[below], abs=1e-6)  # a wire; 48 samples of a sine hold its peak
    assert out_db.max() <= -1.0
    assert out_db[in_db >= 0.0].min() > -1.01  # no more than needed
    _, before, after = measure.drum()
    assert np.abs(before).max() > 1.5
    assert np.abs(after).max() <= 10.0 ** (-1.0 / 20.0)


@pytest.mark.parametrize("character", ["hall", "plate", "room", "chamber"])
def test_a_reverb_takes_its_time(measure: ModuleType, character: str) -> None:
    assert measure.t30_s(measure.room(character, 1.8)) == pytest.approx(1.8, rel=0.05)  # docs/fx.md: must be 5 %


def test_echoes_go_to_and_fro(measure: ModuleType) -> None:
    ms, levels_db = measure.ping_pong()
    np.testing.assert_array_equal(ms, 250.0 * np.arange(1, 9))
    loud, quiet = levels_db.max(axis=1), levels_db.min(axis=1)
    assert loud == pytest.approx(20.0 * np.log10(0.6) * np.arange(8), abs=1e-6)  # rounding
    assert quiet.max() < -100.0
    assert [int(side) for side in levels_db.argmax(axis=1)] == [0, 1] * 4
