"""The declarations of the commands: what stands in them twice, or not at all, is refused, and the docs are theirs."""

from pathlib import Path

import pytest

from studiod.registry import commands, roles
from studiod.registry.command import KEY, NAME, TEXT, WHOLE, Argument, Command, Line, by_name
from studiod.registry.commands_manual import BEGIN, END, example, row, with_tables

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "osc.md").read_text("utf-8")
EVERY = [*commands.WORDS.values(), *commands.WAYS.values()]


def test_two_declarations_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^two commands are called undo$"):
        by_name([*EVERY, commands.DESK["undo"]])


def test_what_is_needed_stands_before_what_is_not() -> None:
    wanted, free = Argument("a", TEXT, "a text"), Argument("b", WHOLE, "a number", optional=True)
    assert Command("one", "mix", "it", (wanted, free)).expects == "a text, [a number]"
    with pytest.raises(ValueError, match=r"^one: an argument that is needed behind one that is not$"):
        Command("one", "mix", "it", (free, wanted))


def test_every_word_has_a_role_that_there_is_and_a_way_before_a_path_that_of_its_path() -> None:
    assert {one.role for one in commands.WORDS.values()} <= set(roles.ROLES)
    assert {one.role for one in commands.WAYS.values()} == {""}


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
def test_a_declaration_says_enough_for_a_manual(one: Command) -> None:
    assert one.about
    assert "|" not in one.about + one.expects
    assert len({argument.name for argument in one.takes}) == len(one.takes)
    samples = [argument.sample is not None for argument in one.takes]
    assert samples == sorted(samples, reverse=True), "an example cannot leave one out and go on"
    assert all(argument.optional or argument.sample is not None for argument in one.takes), "an example needs it"
    for argument in one.takes:
        assert argument.sample is None or isinstance(argument.sample, argument.kind.types)
    if one.name in commands.DESK:
        assert {line.name.removesuffix(line.name.removeprefix(one.name)) for line in one.answers} == {one.name}


def test_what_a_lone_number_is_follows_from_the_first_argument() -> None:
    number, key, name = (Command("x", "mix", "it", (Argument("a", kind, "a"),)) for kind in (WHOLE, KEY, NAME))
    assert [one.number_from for one in (number, key, name)] == [1, 1, None]
    assert [one.named for one in (number, key, name)] == [False, True, True]
    assert Command("x", "mix", "it").number_from is None


def test_the_page_of_osc_is_what_is_declared() -> None:
    assert with_tables(PAGE) == PAGE, "python -m studiod.registry.commands_manual docs/osc.md"
    for one in EVERY:
        assert PAGE.count(f"\n| `/{one.name}` |") + PAGE.count(f"\n| `/{one.name}/PATH` |") == 1
    with pytest.raises(ValueError, match="no <!-- commands"):
        with_tables("a page without marks")
    stale = with_tables(PAGE).replace("put a scene with its fade", "drop a scene")
    assert with_tables(stale) == PAGE
    assert with_tables(f"a {BEGIN} b {END} c").startswith(f"a {BEGIN}\n\n### Scenes")


def test_a_row_of_the_page() -> None:
    one = Command(
        "paint", "mix", "give it a colour", (Argument("what", TEXT, "what (a*)", "a b"), Argument("n", WHOLE, "n", 3)),
        (Line("paint", {"name": TEXT}, {"former": TEXT}), Line("paint/end", {"count": WHOLE})),
    )  # fmt: skip
    assert example(one) == "/paint si 'a b' 3"
    assert row(one) == (
        r"| `/paint` | what (a\*), n | give it a colour | `/paint` name, [former]<br>`/paint/end` count "
        "| `/paint si 'a b' 3` |"
    )
