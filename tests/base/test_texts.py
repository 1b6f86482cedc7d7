"""Laws of shown text: nothing in it moves a cursor, turns a line or splits it; it is short; what is fit stays."""

import json
import tomllib
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studiod.memory.scene_format import scene_text
from studiod.registry.param import PARTS_MAX, REFUSAL_MAX, Refusal, told
from studiod.texts import JOINERS, escaped, fit, plain, printable

# what terminals act on, and what is not seen: each kind once
HOSTILE = (
    "\x00\x07\x08\t\n\r\x1b[31m\x7f\x80\x85\x9b\xad\u061c\u200b\u200e\u2028\u2029\u202e\u2066\ufeff\ud800\U000e0041"
)


@given(st.text(st.characters(), max_size=60), st.integers(1, 80))
@example(HOSTILE, 80)
@example("\u202e" * 60, 13)
def test_a_shown_text_is_one_short_line_of_what_is_seen(text: str, most: int) -> None:
    shown = plain(text, most)
    assert len(shown) <= most
    for character in shown:
        kind = unicodedata.category(character)
        assert kind not in ("Cc", "Cs", "Zl", "Zp")
        assert kind != "Cf" or character in JOINERS
    assert plain(shown, most) == shown, "twice is once"


@pytest.mark.parametrize("text", ["Kick", "Bär ♭", "−3 dB 😀", "👩\u200d👧", "می\u200cخواهم", "東京", "a b", "c:\\new"])
def test_what_is_fit_stays_as_it_is(text: str) -> None:
    assert plain(text) == escaped(text) == text
    assert printable(text)


def test_every_character_is_fit_or_escaped() -> None:
    """All of Unicode, one by one."""
    for point in range(0x110000):
        character = chr(point)
        out = escaped(character)
        assert out == character if fit(character) else out.isascii() and out.isprintable(), hex(point)


def test_what_is_cut_says_so_and_costs_no_more_than_what_is_shown() -> None:
    class Long(str):
        """Counts how much of it is looked at."""

        looked = 0

        def __getitem__(self, key: object) -> str:
            out = str.__getitem__(self, key)  # type: ignore[index]
            Long.looked += len(out)
            return out

        def __iter__(self) -> object:  # type: ignore[override]
            raise AssertionError("all of it was looked at")

    assert plain(Long("\x1b" * 100_000), 20) == "\\u001b\\u001b\\u001b\\" + "…"
    assert 0 < Long.looked <= 21
    assert plain("x" * 20, 20) == "x" * 20


def test_an_escape_is_that_of_toml_and_json() -> None:
    text = HOSTILE.replace("\ud800", "").replace("\x00", "")
    shown = escaped(json.dumps(text, ensure_ascii=False))
    assert json.loads(escaped(json.dumps("\u202e\x7f\u2028", ensure_ascii=False))) == "\u202e\x7f\u2028"
    assert tomllib.loads(f"a = {shown}")["a"] == text
    scene = scene_text({"name": text}, {f"x{text}": text})
    assert escaped(scene, "\n") == scene
    assert tomllib.loads(scene) == {"scene": {"name": text}, "values": {f"x{text}": text}}


@pytest.mark.parametrize("text", ["a\x1bb", "a\x9bb", "a\nb", "a\u2028b", "a\u202eb", "a\u2066b", "a\ud800b", "a\x7fb"])
def test_no_name_may_hold_what_moves_the_line_it_stands_in(text: str) -> None:
    assert not printable(text)


# -- refusals --------------------------------------------------------------------------------------------------------


@given(st.lists(st.text(st.characters(), max_size=900), min_size=6, max_size=6))
@example([HOSTILE * 100] * 6)
def test_a_refusal_is_one_printable_line_of_bounded_length(words: list[str]) -> None:
    refusal = Refusal(*words)
    line = str(refusal)
    assert len(line) <= REFUSAL_MAX
    assert all(map(fit, line))
    assert line == str(refusal)


def test_a_refusal_that_is_long_keeps_something_of_each_part() -> None:
    """And what was expected gives way first: it stands in the manual."""
    line = str(Refusal(*(letter * most for letter, most in zip("abcdef", (60, 60, 220, 60, 60, 80), strict=True))))
    assert [letter for letter in "abdef" if letter * 60 in line] == list("abdef")
    assert "f" * 80 in line
    assert "c" * 39 + "…" in line
    assert str(Refusal("a", "b", "c" * 220)) == f"a: b; expected {'c' * 220}", "when there is room"
    assert set(PARTS_MAX) == {"path", "reason", "expected", "got", "nearest", "remedy"}


def test_a_nearest_name_is_looked_for_when_it_is_told_and_once() -> None:
    sought = []
    refusal = Refusal("a", "no", nearest=lambda: sought.append(1) or "b")  # type: ignore[func-returns-value]
    assert "nearest" not in refusal.line(near=False)
    assert not sought
    assert str(refusal) == str(refusal) == "a: no; nearest is b"
    assert sought == [1]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (10**5000, "a whole number of 16610 bits"), (-(10**5000), "a whole number of 16610 bits"), (1e308, "1e+308"),
        ([[1]] * 9, "a list of 9"), ({"a": 1}, "a table of 1"), (b"\x1b\x9b", "2 bytes"), (None, "None"), (0.7, "0.7"),
        ("\x1b[31m", "'\\x1b[31m'"), ("x" * 70_000, "'" + "x" * 58 + "…"), ("\u202e", "'\\u202e'"), (True, "True"),
    ],
    ids=range(12),
)  # fmt: skip
def test_what_came_is_told_short(value: object, words: str) -> None:
    assert told(value) == words
