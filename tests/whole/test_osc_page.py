"""docs/osc.md names every word that the desk knows, and none that it does not."""

import re

import servers
from controllers.osc.vocabulary import DESK_SAYS
from studiod.registry.roles import COMMANDS

PAGE = (servers.ROOT / "docs" / "osc.md").read_text("utf-8")
TABLE = PAGE[PAGE.index("| word |") : PAGE.index("The desk alone says")]


def test_every_word_has_a_row() -> None:
    named = {
        word
        for line in TABLE.splitlines()
        if line.startswith("| `/")
        for word in re.findall(r"`/([a-z/]+)`", line.split("|")[1])
    }
    assert named == set(COMMANDS)


def test_what_the_desk_alone_says_is_named() -> None:
    said = re.findall(r"`/([a-z/]+)`", PAGE[PAGE.index("The desk alone says") :].splitlines()[0])
    assert set(said) == DESK_SAYS
