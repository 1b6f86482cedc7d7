"""Names and values that fit a cell: by hypothesis, and by two hundred names as tracks are called."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controllers.mackie import short
from mackie_parts import new_desk

PARAMS = new_desk(channels=2).registry.params
WIDTHS = st.sampled_from([6, 7])
DRUMS = ("Kick In", "Kick Out", "Kick Sub", "Snare Top", "Snare Bottom", "Hi-Hat", "Tom 1", "Tom 2", "Floor Tom",
         "Overhead Left", "Overhead Right", "Room Left", "Room Right", "Room Mono", "Ride", "Percussion",
         "Shaker")  # fmt: skip
BAND = ("Bass DI", "Bass Amp", "Bass Synth", "Guitar Left", "Guitar Right", "Guitar Solo", "Acoustic Guitar",
        "Electric Guitar", "Piano Left", "Piano Right", "Organ Low", "Organ High", "Keys", "Strings", "Brass",
        "Lead Vocal", "Lead Vocal Double", "Background Vocal", "Talkback", "Playback Left", "Playback Right",
        "Click", "Choir Sopran", "Choir Alt", "Choir Tenor", "Choir Bass", "Violin", "Viola", "Cello")  # fmt: skip
REAL = [*DRUMS, *BAND, *(f"{name} {n}" for name in (*DRUMS[:10], *BAND[:20]) for n in (1, 2, 3, 10, 12))][:200]


@given(st.lists(st.text(max_size=32), max_size=16), WIDTHS)
def test_no_name_is_wider_than_its_cell_and_all_are_ascii(names: list[str], width: int) -> None:
    found = short.names([(f"ch/{k}", name) for k, name in enumerate(names, 1)], width)
    assert all(0 < len(one) <= width for one in found)
    assert all(" " <= letter <= "~" for one in found for letter in one)


@given(st.from_regex(r"[A-Za-z]{1,10}( [A-Za-z]{1,8})? [0-9]{1,3}", fullmatch=True), WIDTHS)
def test_digits_at_the_end_are_kept(name: str, width: int) -> None:
    (found,) = short.names([("ch/1", name)], width)
    assert re.search(r"\d+$", found)[0] == re.search(r"\d+$", name)[0]  # type: ignore[index]


def test_what_fits_stays_as_it_is_and_other_letters_are_spelt_out() -> None:
    names = ["Gtr 2", "Müller", "Straße", "Ænima", "日本", "", "Smörgås", "Łódź"]
    found = short.names([(f"ch/{k}", name) for k, name in enumerate(names, 1)], 6)
    assert found == ["Gtr 2", "Muller", "Strass", "AEnima", "Ch 5", "Ch 6", "Smorgs", "Lodz"]


@pytest.mark.parametrize("width", [6, 7])
def test_of_two_hundred_real_names_none_is_shown_like_another(width: int) -> None:
    assert len(set(REAL)) >= 190
    found = short.names([(f"ch/{k}", name) for k, name in enumerate(REAL, 1)], width)
    assert len(set(found)) == len(set(REAL))
    for first in range(0, len(REAL) - 8):
        view = [("ch/1", name) for name in REAL[first : first + 8]]
        assert len(set(short.names(view, width))) == 8


@given(st.sampled_from([p for p in PARAMS.values() if p.kind != "text"]), st.floats(0, 1), WIDTHS)
def test_every_value_fits(param, turn: float, width: int) -> None:
    said = short.value(param, param.from_turn(turn), width)
    assert 0 < len(said) <= width
    assert said.isascii()


@pytest.mark.parametrize(
    ("path", "value", "six", "seven"),
    [
        ("ch/1/fader", -6.0, "-6.0dB", "-6.0dB"),
        ("ch/1/fader", -12.5, "-12.5", "-12.5dB"),
        ("ch/1/fader", -90.0, "off", "off"),
        ("ch/1/pan", -35.0, "L35", "L35"),
        ("ch/1/pan", 0.0, "C", "C"),
        ("ch/1/eq/1/freq", 1234.0, "1.23k", "1.23kHz"),
        ("ch/1/delay/time", 432.2, "432ms", "432ms"),
        ("ch/1/comp/ratio", 3.0, "3.00", "3.00"),
        ("ch/1/mute", 1, "on", "on"),
    ],
)
def test_values_are_plain(path: str, value: float, six: str, seven: str) -> None:
    assert [short.value(PARAMS[path], value, width) for width in (6, 7)] == [six, seven]
