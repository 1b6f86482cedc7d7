"""The tree against the console's own: every leaf, its place, each of its steps on the wire and in text."""

import re
from collections.abc import Iterator

import pytest

import x32_oracle as oracle
from controllers.x32.laws.law import Law
from controllers.x32.laws.scales import Scale
from controllers.x32.rules.effect_types import law_of, laws
from controllers.x32.rules.whole import rows
from x32_rig import CONSOLE, WIDE, board


def expected() -> Iterator[tuple[str, Law, oracle.Leaf]]:
    """Each leaf of the console that has a law of its own, and those of all effects."""
    leaves, effects = oracle.console()
    ours = {row.address: row.law for row in rows()}
    yield from ((address, ours[address], leaf) for address, leaf in leaves.items() if leaf["_type"] != "conditional")
    for kind, parameters in effects.items():
        for place, leaf in enumerate(parameters, 1):
            yield f"{kind} {place}", law_of(kind, place), leaf


def test_the_tree_has_the_leaves_of_the_console_in_their_order() -> None:
    assert [row.address for row in rows()] == list(oracle.console()[0])
    assert len(oracle.console()[0]) == 8479


def test_the_effects_are_those_of_the_console() -> None:
    assert {kind: len(parameters) for kind, parameters in oracle.console()[1].items()} == {
        kind: len(some) for kind, some in laws().items()
    }


def test_every_step_is_on_the_wire_and_in_text_as_on_the_console() -> None:
    wrong, seen = [], set()
    for name, law, leaf in expected():
        key = repr(sorted(leaf.items(), key=str)), id(law)
        if key in seen:
            continue
        seen.add(key)
        if oracle.is_text(leaf):
            wrong += [name] if law.tag != "s" else []
            continue
        assert law.last == oracle.last(leaf), name
        assert (law.tag == "f") == oracle.is_float(leaf), name
        for step in range(leaf["_type"] == "icon", law.last + 1, max(law.last // 5000, 1)):
            wrong += [(name, step, law.text(step))] if law.text(step) != oracle.text(leaf, step) else []
            wrong += [(name, step)] if abs(law.wire(step) - oracle.wire(leaf, step)) > 1e-7 else []
            wrong += [(name, step, "heard")] if law.heard(oracle.wire(leaf, step), 0) != step else []
    assert len(seen) > 150
    assert not wrong, wrong[:10]


def test_what_a_law_prints_it_reads_as_that_step_or_as_one_printed_alike() -> None:
    wrong, seen = [], set()
    for name, law, leaf in expected():
        if id(law) in seen or oracle.is_text(leaf):
            continue
        seen.add(id(law))
        for step in range(law.first, law.last + 1, max(law.last // 1100, 1)):
            said = law.said(law.text(step), 0)
            wrong += [(name, step, said)] if said is None or law.text(said) != law.text(step) else []
            wrong += [(name, step, "former")] if law.said(law.text(step), step) != step else []
    assert not wrong, wrong[:10]


@pytest.mark.parametrize(
    ("text", "step"),
    [("-oo", 0), ("-10.0", 512), ("0.0", 767), ("+0.0", 767), ("-0.0", 767), ("10", 1023), ("99", 1023)],
)
def test_a_fader_takes_text(text: str, step: int) -> None:
    from controllers.x32.laws.known import FADER

    assert FADER.said(text, 5) == step


def test_a_law_takes_what_clients_send_for_it() -> None:
    from controllers.x32.laws import known

    assert known.FADER.heard(1, 0) == 1023
    assert known.FADER.heard(7.0, 0) == 1023
    assert known.FADER.heard(float("nan"), 0) is None
    assert known.FREQUENCY.said("1k2", 0) == known.FREQUENCY.at(1200.0)
    assert known.FREQUENCY.said("1k39", 0) == known.FREQUENCY.said("1k390", 0)
    assert known.SWITCH.heard("on", 0) == 1
    assert known.SWITCH.heard(2, 0) is None
    assert known.MUTES.said("%101", 0) == 5
    assert known.NAME.heard('Say "hi" to them all', 0) == "Say hi to th"
    assert known.ICON.heard(0, 5) == 1
    for nonsense in ("", "k", "1k2k", "nan", "1e400", "٣", "--1"):
        assert known.FADER.said(nonsense, 5) is None, nonsense


def test_at_least_5500_leaves_are_the_desks_own() -> None:
    for console, least in ((CONSOLE, 6000), (WIDE, 6700)):
        tree = board(console)[0].tree
        mapped = [leaf for leaf in tree.leaves.values() if leaf.link is not None]
        assert len(mapped) >= least
        heads = {re.split("/", leaf.address)[0] for leaf in mapped}
        assert heads >= {"ch", "bus", "mtx", "main", "dca", "config", "fxrtn", "outputs", "fx"}


def test_a_scale_is_monotonous() -> None:
    for _, law, _ in expected():
        if isinstance(law, Scale) and law.last < 200:
            steps = [law.value(step) for step in range(law.last + 1)]
            assert steps == sorted(steps) or steps == sorted(steps, reverse=True)
