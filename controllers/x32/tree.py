"""The console's tree on one desk: its leaves by address, and its nodes, each with its leaves in their order."""

from collections.abc import Iterable, Mapping

from controllers.x32.laws.law import Law, Step
from controllers.x32.leaf import Leaf
from controllers.x32.links.link import Link
from controllers.x32.rules.effect_types import rest_of
from controllers.x32.rules.effects import parameter
from controllers.x32.rules.row import Row
from studiod.registry.param import Param


def at_rest(law: Law, text: str) -> Step:
    """The step that a rule begins with.  Raises ValueError where its law does not print it."""
    if law.tag == "s":
        return text
    step = law.said(text, 0) if text else 0
    if step is None:
        raise ValueError(f"a rule rests at {text!r}, which its law does not print")
    return step


class Tree:
    """Attributes: leaves by address, without its first "/"; nodes by address; reads, the leaves that read a path of the
    desk, and those that read another leaf."""

    def __init__(self, rows: Iterable[Row], params: Mapping[str, Param]) -> None:
        self.params = params
        self.leaves: dict[str, Leaf] = {}
        self.nodes: dict[str, list[Leaf]] = {}
        self.reads: dict[str, dict[Leaf, None]] = {}
        for row in rows:
            link = row.link if row.link is not None and row.link.fits(params) else None
            leaf = Leaf(row.address, row.law, link, at_rest(row.law, row.rest), row.admin)
            if row.address in self.leaves:
                raise ValueError(f"{row.address}: two rules for one leaf")
            self.leaves[row.address] = leaf
            self.nodes.setdefault(leaf.node, []).append(leaf)
            self._read(leaf)

    def _read(self, leaf: Leaf) -> None:
        for name in (*leaf.link.paths, *leaf.link.beside) if leaf.link else ():
            self.reads.setdefault(name, {})[leaf] = None

    def relink(self, leaf: Leaf, law: Law, link: Link | None) -> None:
        """Another law and link for a leaf."""
        for name in (*leaf.link.paths, *leaf.link.beside) if leaf.link else ():
            self.reads[name].pop(leaf, None)
        leaf.become(law, link if link is not None and link.fits(self.params) else None, rest_of(law))
        self._read(leaf)

    def effect(self, slot: int, kind: str) -> list[Leaf]:
        """The parameters of a slot become those of a type; all of them."""
        found = self.nodes[f"fx/{slot}/par"]
        for place, leaf in enumerate(found, 1):
            self.relink(leaf, *parameter(slot, kind, place))
        return found
