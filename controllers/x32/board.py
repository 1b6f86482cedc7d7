"""What the console shows on one desk: the step of every leaf, which follows the desk, and is set through it.

A leaf that is set to what it shows moves nothing; what the desk cannot hold of a leaf is kept here and in the desk's
store.  Whoever listens hears which leaf has changed, and who set it.  Runs on the desk's loop.
"""

import logging
from collections.abc import Callable, Iterable, Mapping

from controllers.access import Access, refusal
from controllers.x32.kept import Kept
from controllers.x32.laws.law import Step
from controllers.x32.leaf import Leaf
from controllers.x32.links.link import Changes
from controllers.x32.tree import Tree
from studiod.desk.desk import Desk
from studiod.registry import roles
from studiod.registry.param import Refusal, Value

Told = Callable[[Leaf, str], None]  # a leaf that has changed, and the origin that has set it to this; "": all hear it
_log = logging.getLogger(__name__)


class Board:
    """Attributes: shown, the steps by address; refused, sets that a role or the desk did not allow."""

    def __init__(self, desk: Desk, tree: Tree, access: Access, told: Told) -> None:
        self.desk, self.tree, self.access, self.told = desk, tree, access, told
        self.shown: dict[str, Step] = {}
        self.kept = Kept(desk, tree, self.shown)
        self.refused = 0
        self._begin()
        self._unlisten = desk.listen(self._hear), desk.keepings.listen(self._again)

    def _begin(self) -> None:
        kept, heard, shown = self.kept.load(), self.desk.heard, self.shown
        for address, leaf in self.tree.leaves.items():
            shown[address] = kept.get(address, leaf.rest)
        for address, leaf in list(self.tree.leaves.items()):
            if leaf.link is not None:
                shown[address] = leaf.link.read(heard, shown[address], shown)
            if _is_type(address):
                kind = leaf.law.text(shown[address])
                for par in self.tree.effect(int(leaf.node[3:]), kind):  # which are read behind their type
                    shown[par.address] = self.kept.parameter(par, kind)

    def _again(self) -> None:
        """A restore has replaced what was kept: read it, and tell what shows another step."""
        former = dict(self.shown)
        self._begin()
        for address, step in self.shown.items():
            if former[address] != step:
                self.told(self.tree.leaves[address], "")

    # -- what is shown -----------------------------------------------------------------------------------------------

    def line(self, node: str) -> str:
        """A node as text, its address first; "" for what is no node."""
        leaves = self.tree.nodes.get(node)
        if leaves is None:
            leaf = self.tree.leaves.get(node)
            leaves = [leaf] if leaf is not None else []
        told = " ".join(leaf.law.text(self.shown[leaf.address]) for leaf in leaves)
        return f"/{node} {told}\n" if leaves else ""

    # -- setting -----------------------------------------------------------------------------------------------------

    def set(self, leaf: Leaf, step: Step, origin: str, role: str) -> bool:
        """Set a leaf as a role; False: that is not allowed, and nothing has changed."""
        address, shown = leaf.address, self.shown
        former = shown[address]
        if step == former:
            return True
        changes = leaf.link.write(step, self.desk.heard, shown) if leaf.link is not None else []
        try:
            self._check(leaf, changes, role)
            shown[address] = step
            if changes:
                self.desk.change(changes, origin)
        except Refusal as fault:
            shown[address] = former
            self.refused += 1
            _log.debug("%s set /%s: %s", origin, address, fault)
            return False
        if shown[address] == step:  # else the desk has made another of it, and said so
            self._changed(leaf, former, origin)
        return True

    def show(self, address: str, step: Step) -> None:
        """What another part of the port has found out about a leaf that is no path of the desk; all are told."""
        leaf, former = self.tree.leaves[address], self.shown[address]
        if step != former:
            self.shown[address] = step
            self._changed(leaf, former, "")

    def _check(self, leaf: Leaf, changes: Changes, role: str) -> None:
        """Raises Refusal."""
        paths: Iterable[str] = [path for path, _ in changes] or (leaf.link.paths if leaf.link is not None else ())
        for path in paths:
            self.access.check(role, path)
        need = "admin" if leaf.admin else "mix"
        if leaf.link is None and not roles.reaches(role, need):
            raise refusal(leaf.address, need, role)

    # -- following ---------------------------------------------------------------------------------------------------

    def _hear(self, origin: str, news: Mapping[str, Value]) -> None:
        reads, leaves = self.tree.reads, dict[Leaf, None]()
        for path in news:
            found = reads.get(path)
            if found:
                leaves |= found
        for leaf in leaves:
            self._follow(leaf)

    def _follow(self, leaf: Leaf) -> None:
        """Read a leaf again; all are told if it shows another step."""
        if leaf.link is None:
            return
        former = self.shown[leaf.address]
        step = leaf.link.read(self.desk.heard, former, self.shown)
        if step != former:
            self.shown[leaf.address] = step
            self._changed(leaf, former, "")
        elif leaf.address in self.kept.steps:
            self.kept.look(leaf)

    def _changed(self, leaf: Leaf, former: Step, origin: str) -> None:
        address, step = leaf.address, self.shown[leaf.address]
        self.kept.look(leaf)
        self.told(leaf, origin)
        for other in tuple(self.tree.reads.get(address, ())):
            self._follow(other)
        if _is_type(address):
            kind = leaf.law.text(step)
            pars = self.tree.effect(int(leaf.node[3:]), kind)
            self.shown |= {par.address: par.rest for par in pars}
            for par in pars:
                self._settle(par)

    def _settle(self, par: Leaf) -> None:
        """A parameter of an effect that has just got its type."""
        if par.link is not None:
            self.shown[par.address] = par.link.read(self.desk.heard, par.rest, self.shown)
        self.kept.look(par)
        if par.law.last:
            self.told(par, "")

    def close(self) -> None:
        for end in self._unlisten:
            end()
        self.kept.close()


def _is_type(address: str) -> bool:
    return address.startswith("fx/") and address.endswith("/type")
