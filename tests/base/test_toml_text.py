"""The one writer of TOML: tomllib reads back what was written, whatever the text; nothing moves a terminal."""

import ast
import math
import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as some

import servers
from studiod.texts import fit
from studiod.toml_text import key, table, value

TEXTS = (
    some.text()
    | some.text(some.characters(categories=["Cc", "Cf", "Zl", "Zp", "Zs", "Lo"]))
    | some.text("\\\"'[]=#\n\r.")
)
PLAIN = TEXTS | some.booleans() | some.integers(-(2**63), 2**63 - 1) | some.floats(allow_nan=False)
VALUES = some.recursive(PLAIN, lambda below: some.lists(below) | some.dictionaries(TEXTS, below), max_leaves=8)
TABLES = some.dictionaries(TEXTS, VALUES, max_size=6)


def same(one: object, other: object) -> bool:
    """Equal in value and in kind: 1 is neither 1.0 nor true, -0.0 is not 0.0."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other and str(one) == str(other)


@given(TABLES)
def test_what_was_written_is_read_back(rows: dict[str, object]) -> None:
    for quoted in (False, True):
        assert same(tomllib.loads(table("a", rows, quoted))["a"], rows)


@given(some.lists(TABLES, min_size=1, max_size=4), TEXTS)
def test_tables_follow_one_another(many: list[dict[str, object]], name: str) -> None:
    parts = [table("head", {name: name}), *(table("track", rows, one_of_many=True) for rows in many)]
    read = tomllib.loads("\n".join(parts))
    assert same(read, {"head": {name: name}, "track": many})


@given(TEXTS)
def test_no_text_splits_its_line_or_moves_what_shows_it(text: str) -> None:
    for written in (value(text), key(text)):
        assert all(map(fit, written))


@given(some.text(some.characters(categories=["Cs", "Ll", "So"])))
def test_half_of_a_surrogate_pair_costs_itself_and_not_the_file(text: str) -> None:
    read = tomllib.loads(f"a = {value(text)}")["a"]
    assert len(read) <= len(text)
    assert [c for c in read if c != "\ufffd"] == [c for c in read if not 0xD800 <= ord(c) < 0xE000 and c != "\ufffd"]
    if not any(0xD800 <= ord(c) < 0xE000 for c in text):
        assert read == text


def test_it_is_written_as_people_write_it() -> None:
    rows = {"name": "Kick \u001b", "on": True, "n": 3, "fps": [24, 25.5], "a b": {"cc": 1}, "none": {}}
    assert table("a.b", rows, one_of_many=True) == (
        '[[a.b]]\nname = "Kick \\u001b"\non = true\nn = 3\nfps = [24, 25.5]\n"a b" = { cc = 1 }\nnone = {}\n'
    )
    assert table("values", {"tempo": 120.0}, quoted=True) == '[values]\n"tempo" = 120.0\n'
    assert [value(number) for number in (math.inf, -math.inf, math.nan)] == ["inf", "-inf", "nan"]
    assert math.isnan(tomllib.loads(f"a = {value(math.nan)}")["a"])


@pytest.mark.parametrize("odd", [None, b"a", {1, 2}, object()])
def test_what_toml_has_not_is_refused(odd: object) -> None:
    with pytest.raises(TypeError, match=f"TOML has no {type(odd).__name__}"):
        value(odd)


def by_hand(source: str) -> list[str]:
    """Texts in a program that begin a table of TOML."""
    texts = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and re.search(r"^\[\[?\w+\]\]?\n", text, re.MULTILINE)]


def test_nobody_else_writes_toml() -> None:
    files = [path for top in ("studiod", "controllers", "dsp") for path in (servers.ROOT / top).rglob("*.py")]
    assert len(files) > 200
    assert {path.name: by_hand(path.read_text("utf-8")) for path in files if by_hand(path.read_text("utf-8"))} == {}
    assert by_hand(r"""a = f'[osc]\nport = {1}\n'""") == ["[osc]\nport = "]
    assert by_hand(r"""a = "[one]"; b = "a\n[[two]]\n" """) == ["a\n[[two]]\n"]
