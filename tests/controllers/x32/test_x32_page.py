"""docs/x32.md: its tables are those of the rules, and every leaf of the tree is in one of them."""

import re

from controllers.x32.manual import LISTED, NAMED, PAGE, USUAL, folded, written
from controllers.x32.rules.whole import everything
from controllers.x32.tree import Tree
from studiod.registry.registry import Registry


def test_the_tables_are_those_of_the_rules() -> None:
    page = PAGE.read_text("utf-8")
    assert written(page) == page, "write them anew: python -m controllers.x32.manual"


def test_every_leaf_is_in_a_table_as_mapped_or_kept() -> None:
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE))
    tree = Tree(everything(1), Registry(USUAL).params)
    for leaf in tree.leaves.values():
        if "/par/" in leaf.address:
            continue
        mapped, _, kept = rows[folded(leaf.node)].rpartition(" | ")
        name = folded(leaf.address.rpartition("/")[2])
        listed = folded(leaf.node) in NAMED and name in LISTED
        if leaf.link is None and not listed:
            assert name in re.split(", | \\(some\\)", kept), leaf.address
        else:
            assert f"{name} → " in mapped, leaf.address


def test_numbers_are_folded_and_names_are_not() -> None:
    assert folded("config/chlink/1-2") == "config/chlink/N-N"
    assert folded("config/dp48/link/01") == "config/dp48/link/N"
    assert folded("outputs/p16/01/iQ") == "outputs/p16/N/iQ"
