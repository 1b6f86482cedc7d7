"""Laws of look-ups in the tree of paths: in slices, kept within bounds, and the nearest path at a bounded cost."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from brute_patterns import grown
from studiod.registry import pattern as patterns
from studiod.registry.nearest import LEAVES_MOST, PAIRS_MOST, PATH_MOST
from studiod.registry.pattern import BYTES_MAX, compiled
from studiod.registry.pattern_bits import TAKES_MAX
from studiod.registry.registry import Console, Registry
from studiod.registry.tree import ANSWER_PATHS, ANSWERS, SLICE

DESK = Registry(Console(inputs=2, outputs=2, channels=3, buses=3, returns=1, matrices=1, dcas=1))
FULL = Registry(Console(returns=4, matrices=6, dcas=8, mute_groups=6))
NAME_MOST = max(len(part) for path in DESK.params for part in path.split("/"))
ATTACK = "ch/" + "{,}" * 34 + "x"


# -- in slices -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("pattern", ["**", "/fader", "/*/*/*", "ch/*/eq/*/gain", "ch/1/fader", "nothing", ATTACK])
def test_in_slices_the_same_is_found_and_no_slice_is_long(pattern):
    DESK.forget()
    found, told, before = [], 0, DESK.steps
    for param in DESK.matching(pattern):
        if param is not None:
            found.append(param)
            told += 1
            continue
        assert DESK.steps - before <= SLICE + NAME_MOST + 2 or told == SLICE
        before, told = DESK.steps, 0
    assert told <= SLICE
    assert found == DESK.match(pattern)


def test_the_whole_of_a_large_console_is_many_slices():
    before = FULL.steps
    slices = sum(param is None for param in FULL.matching("/on"))
    assert slices >= (FULL.steps - before) // (SLICE + NAME_MOST + 2) > 10


def test_a_walk_that_is_given_up_does_no_harm():
    DESK.forget()
    for _ in range(3):
        next(iter(DESK.matching("/on")))
    assert [p.path for p in DESK.match("/on")] == [path for path in DESK.params if path.split("/")[-1] == "on"]


# -- what is kept ----------------------------------------------------------------------------------------------------
def test_a_pattern_asked_again_costs_what_it_found():
    DESK.forget()
    first = DESK.match("ch/*/eq/*/gain")
    before = DESK.steps
    again = DESK.match("ch/*/eq/*/gain")
    assert again == first
    assert DESK.steps - before == len(first)
    again.clear()  # the caller's own
    assert DESK.match("ch/*/eq/*/gain") == first


def test_a_pattern_is_compiled_once_and_keeps_few_characters():
    law = compiled("**/[!x]*")
    assert compiled("**/[!x]*") is law
    for code in range(0x100, 0x3000):
        assert law.fits(chr(code))
    assert len(law.bits._takes) <= TAKES_MAX


def test_a_tree_that_grows_answers_anew():
    tree = grown(["ch/1/fader"])
    assert len(tree.match("**")) == 1
    more = grown(["ch/2/fader"]).params["ch/2/fader"]
    tree.add(more)
    assert tree.match("**")[1:] == [more]


def test_what_is_kept_of_patterns_and_answers_is_bounded():
    for k in range(2000):
        DESK.match(f"ch/*/{k}*")
        compiled(f"{k}" + "?" * 900)
    assert len(DESK._answers) <= ANSWERS
    lately = patterns._LATELY
    assert lately.weight <= lately.most_weight == 32 * BYTES_MAX
    assert len(lately) <= lately.most_entries
    for k in range(ANSWER_PATHS // len(DESK.params) + 5):
        assert len(DESK.match("*" * k + "*" + "/**")) > 500
    assert DESK._answers.weight <= ANSWER_PATHS


def test_the_answer_for_a_pattern_is_kept_but_not_for_a_plain_path():
    DESK.forget()
    DESK.match("ch/1/fader")
    assert len(DESK._answers) == 0


# -- nearest ---------------------------------------------------------------------------------------------------------
@given(
    st.text(max_size=300) | st.builds(lambda a, n: a * n, st.text("eqgainr/1 ", min_size=1, max_size=9), st.just(9000))
)
@example("/" * 70000 + "ch/1/fadr")
@example("ch/1/" + "eqgain" * 20000)
def test_the_nearest_path_costs_a_bounded_amount_whatever_came(wrong):
    before = DESK.steps
    assert DESK.nearest(wrong) in DESK.params
    assert 0 < DESK.steps - before <= looked_at(DESK)


def looked_at(tree):
    """At most: each leaf's letters, the names of one node against one part, and the pairs that are compared."""
    names = (1 + PATH_MOST) * sum(map(len, tree.root.kids))
    return LEAVES_MOST * max(map(len, tree.params)) + names + PAIRS_MOST


def test_noise_as_long_as_a_packet_is_not_compared_with_every_leaf_at_full_length():
    dice, worst = random.Random(9), 0
    for _ in range(50):
        wrong = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz_/0123456789", k=1000)) * 60
        before = FULL.steps
        assert FULL.nearest(wrong) in FULL.params
        worst = max(worst, FULL.steps - before)
    assert PAIRS_MOST / 2 < worst <= looked_at(FULL)  # without the bound: five times as many


def test_slashes_in_front_do_not_mislead_unless_nothing_else_is_in_sight():
    assert DESK.nearest("///ch/2/fadr/") == "ch/2/fader"
    assert DESK.nearest("/" * 70000 + "ch/2/fadr") == DESK.nearest("")
