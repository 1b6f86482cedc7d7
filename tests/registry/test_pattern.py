"""Laws of patterns: what they match, and that none costs more than its own bytes and those of the paths."""

import itertools
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from brute_patterns import beyond, brute, grown, name_fits
from studiod.registry import pattern as patterns
from studiod.registry.param import Refusal
from studiod.registry.pattern import ALTERNATIVES_MAX, BYTES_MAX, SEGMENTS_MAX, Pattern, compiled
from studiod.registry.registry import Console, Registry

DESK = Registry(Console(inputs=2, outputs=2, channels=3, buses=3, returns=1, matrices=1, dcas=1))
ATTACK = "ch/" + "{,}" * 34 + "x"


# -- strategies that make patterns nobody sane would send ------------------------------------------------------------
BITS = [
    *"{}*?/[],!-ab1.(|$\\^é", "**", "//", "/**/", "{,}", "{,a}", "{a,ab,b}", "{1,2,}", "{ch,bus}", "*a*", "?*",
    "[a-c]", "[a-cb-d]", "[!a]", "[!!]", "[]", "[b-a]", "[-a]", "[0-9]", "[é-ü]", "ch", "eq", "fader", "gain",
]  # fmt: skip
PIECE = st.lists(st.sampled_from(BITS), max_size=12).map("".join)
NASTY = st.builds(lambda a, b, n, c: a + b * n + c, PIECE, PIECE, st.integers(0, 200), PIECE)
NASTY = NASTY.map(lambda text: text.encode()[:BYTES_MAX].decode(errors="ignore"))
NAMES = st.text("ab1é-", min_size=1, max_size=6) | st.sampled_from(["ch", "eq", "fader", "a" * 40])
PATHS = st.lists(st.lists(NAMES, min_size=1, max_size=9).map("/".join), min_size=1, max_size=12, unique=True)


def made_wild(draw, path):
    """A path with some of its characters made wild."""
    out = ""
    for c in path:
        if c == "/":
            out += draw(st.sampled_from(["/", "/", "/", "//", "/**/", "/*/", "*/", "/{,x}"]))
        else:
            wild = [c, c, c, "*", "?", "", f"*{c}", "{,}*"]
            wild += [f"{{{c},x}}", f"{{,{c}}}", f"[{c}-z]", f"[!{c}]", f"[a{c}-{c}]"]
            out += draw(st.sampled_from(wild))
    return out + draw(st.sampled_from(["", "", "", "*", "/**", "//", "/", "{,x}"]))


@st.composite
def near_a_path(draw):
    return made_wild(draw, draw(st.sampled_from(list(DESK.params))))


@st.composite
def paths_and_pattern(draw):
    paths = draw(PATHS)
    return paths, made_wild(draw, draw(st.sampled_from(paths)))


def agrees(tree, pattern):
    """What is found is what the oracle finds, in order, in slices, for no more than it may cost; False: refused."""
    bytes_in_all = len(pattern.encode()) + sum(len(path.encode()) for path in tree.params)
    if pattern not in tree.params and beyond(pattern):
        with pytest.raises(Refusal):
            tree.match(pattern)
        return False
    tree.forget()
    before = tree.steps
    found = tree.match(pattern)
    assert [param.path for param in found] == [path for path in tree.params if brute(pattern, path)]
    own = Pattern(pattern)
    assert own.steps + tree.steps - before <= 50 * bytes_in_all
    assert [path for path in tree.params if own.fits(path)] == [param.path for param in found]
    return True


@given(paths_and_pattern())
@example((["a", "a/b"], "a/**"))
@example((["a/b", "c", "a/d"], "a/**"))
@example((["c", "a/b/d", "a/b", "a/c"], "**/b/**"))
def test_a_pattern_made_of_a_path_matches_what_brute_force_does(made):
    agrees(grown(made[0]), made[1])


@given(PATHS, NASTY)
@example(["ch/1/x"], ATTACK)
@example(["a/b/c/a/b/c"], "**/{,a,b}*" * 20)
@example(["a" * 40], "*a" * 40 + "*b")
@example(["a/b", "ab"], "{,a}{,b}/")
@example(["a"], "{{}/")
def test_a_pattern_matches_what_brute_force_does_within_its_steps(paths, pattern):
    agrees(grown(paths), pattern)


@given(near_a_path() | NASTY)
@example("*/*/*")
@example("/{on,off}")
@example("ch/[!1-2]*/{eq,comp}/**")
@example("{,c}{,h}{,x}/1/{f,fa,fad}{d,}{er,}")
def test_a_pattern_of_the_desk_matches_what_brute_force_does_within_its_steps(pattern):
    agrees(DESK, pattern)


@pytest.mark.parametrize(
    "pattern",
    [ATTACK, "{,}" * 128, "{,a}" * 128 + "x", "**/" * 63 + "x", "*" * 1024, "*a" * 500 + "b", "?*" * 500, "[a-z]" * 204,
     "**/" + "*e" * 500, "**/*" + "[!x]" * 250, "[" * 1024, "**/{,a,b}*/" * 20 + "x"],
)  # fmt: skip
def test_the_worst_that_1_kb_can_say_costs_no_more_than_the_tree(pattern):
    assert agrees(DESK, pattern)


def test_a_node_is_visited_once_however_many_ways_lead_to_it():
    """31 spans can share out a deep path in more ways than there are atoms; twice the depth is twice the work."""
    steps = []
    for depth in (100, 200):
        tree = grown(["/".join(["a"] * depth)])
        assert len(tree.match("**/a/" * 31 + "a")) == 1
        steps.append(tree.steps)
    assert steps[1] <= 2 * steps[0]


def test_what_cannot_match_is_not_gone_into():
    DESK.forget()
    before = DESK.steps
    assert DESK.match("n?thing/*/**") == []
    assert DESK.steps - before <= sum(len(name) + 2 for name in DESK.root.kids)


def test_the_steps_of_a_walk_are_no_fewer_than_those_of_its_pattern():
    for text in ("/o?", "/*[!x]*/*", "*/{1,2}/eq/**"):
        DESK.forget()
        before, own = DESK.steps, compiled(text).steps
        DESK.match(text)
        assert DESK.steps - before > compiled(text).steps - own > 50


def test_half_of_what_may_be_left_out_is_not_left_out():
    assert [name for name in ("c", "ac", "bc", "abc", "ababc") if Pattern("{,ab}c").fits(name)] == ["c", "abc"]
    assert [name for name in ("c", "ac", "abc", "abac") if Pattern("{,ab}{,ab}{,a}c").fits(name)] == [
        "c",
        "ac",
        "abc",
        "abac",
    ]


def test_stars_within_a_name_stay_within_it():
    assert [p.path for p in DESK.match("ch/1/fa**")] == ["ch/1/fader"]
    assert DESK.match("ch/***/fader") == DESK.match("ch/*/fader")


def test_every_part_that_brackets_and_braces_can_make_takes_the_names_that_it_says():
    dice, letters = random.Random(9), "ab-!]"
    names = ["".join(name) for size in (1, 2, 3) for name in itertools.product(letters, repeat=size)]
    fitting = 0
    for _ in range(3000):
        part = "".join(dice.choices([*"aabb-!*?[[]]{},,", "{,ab}", "{b,-a,}", "{a,ab}", "[a-b]"], k=dice.randint(1, 9)))
        if part == "**" or beyond(part):
            continue
        law = Pattern(part)
        for name in dice.sample(names, 30):
            assert law.fits(name) == name_fits(part, name), (part, name)
            fitting += law.fits(name)
    assert fitting > 500  # else nothing was shown


@pytest.mark.parametrize(
    ("part", "fit"),
    [("[ab]", "a b"), ("[!a]", "b c - !"), ("[a-b]", "a b"), ("[b-a]", ""), ("[!b-a]", ""), ("[-a]", "a -"),
     ("[a-]", "a -"), ("[!]", "!"), ("[!!]", "a b c -"), ("[a-bb-c]", "a b c"), ("[!a-bb-c]", "- !"), ("{a,-}", "a -"),
     ("{a,b", ""), ("{,}", ""), ("{,a}", "a"), ("{a*,b}", "b"), ("a{}", "a"), ("**{!,}", "a b c - !")],
)  # fmt: skip
def test_a_part_of_one_character_takes_these(part, fit):
    assert [c for c in "abc-!" if Pattern(part).fits(c)] == fit.split()


# -- beyond the bounds -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("*" * 1025, "a pattern that is too long; expected at most 1024 bytes; got 1025 bytes; use several"),
        ("é" * 600 + "*", "a pattern that is too long; expected at most 1024 bytes; got 1201 bytes; use several"),
        ("**/" * 300, "too many parts in a pattern; expected at most 64 between slashes; got 301; use several"),
        ("{a,b}" * 129, "too many alternatives in a pattern; expected at most 256 in braces, all together; got 258; "),
        ("ch/{1,{2,3}}/*", "ch/{1,{2,3}}/*: braces within braces; expected plain text in them, such as {ch,bus}; "
         "got {1,{2,3}; use several patterns, or * and ** for more of them"),
    ],
)  # fmt: skip
def test_a_pattern_beyond_a_bound_is_refused_at_once_and_not_kept(pattern, words):
    for ask in (compiled, DESK.match, DESK.matching):
        with pytest.raises(Refusal) as caught:
            ask(pattern)
        assert words in str(caught.value)
        assert len(str(caught.value)) < 300
    assert pattern not in patterns._LATELY
    assert pattern not in DESK._answers


def test_a_pattern_at_its_bounds_is_taken():
    for pattern in ("*" * BYTES_MAX, "/".join(["*"] * SEGMENTS_MAX), "{" + "," * (ALTERNATIVES_MAX - 1) + "}"):
        assert compiled(pattern).text == pattern


def test_a_refusal_shows_what_came_without_what_moves_a_terminal():
    with pytest.raises(Refusal) as caught:
        compiled("\x1b[2J{a,{\x1b[31m}" + "x" * 200)
    assert str(caught.value).isprintable()
