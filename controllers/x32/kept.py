"""What the desk cannot hold of the console's leaves: remembered with the desk's state.

That is all of a leaf that is no part of the desk, and of one that is, what its values do not say by themselves.
"""

import asyncio
from collections.abc import Mapping

from controllers.x32.laws.law import Law, Step
from controllers.x32.leaf import Leaf
from controllers.x32.tree import Tree
from studiod.desk.desk import Desk

KIND = "x32"  # of the record
TYPES = "types"  # its part with the types that the parameters of effects are meant for


class Kept:
    """Of one desk.  Attribute steps: by address, those that are not as the desk's values and the rules say."""

    def __init__(self, desk: Desk, tree: Tree, shown: Mapping[str, Step]) -> None:
        self.desk, self.tree, self.shown = desk, tree, shown
        self.steps: dict[str, Step] = {}
        self.beside: dict[str, object] = {}  # what others keep in the same record
        self._types: Mapping[str, object] = {}
        self._due: asyncio.Handle | None = None

    def load(self) -> dict[str, Step]:
        """What was kept, as far as the tree has it today; in the place of what is known."""
        held = dict(self.desk.keepings.read(KIND))
        types, steps = held.pop(TYPES, {}), held.pop("steps", {})
        self.beside = held
        self.steps.clear()
        self._types = types if isinstance(types, dict) else {}
        for address, step in steps.items() if isinstance(steps, dict) else ():
            leaf = self.tree.leaves.get(address)
            if leaf is not None and ("/par/" in address or sound(leaf.law, step)):
                self.steps[address] = step
        return {address: step for address, step in self.steps.items() if "/par/" not in address}

    def parameter(self, par: Leaf, kind: str) -> Step:
        """The step of an effect's parameter that was kept for that type, or else where it rests."""
        held = self.steps.get(par.address)
        if held is not None and self._types.get(par.address[:4]) == kind and sound(par.law, held):
            return held
        self.steps.pop(par.address, None)
        return par.rest

    def look(self, leaf: Leaf) -> None:
        """A leaf shows another step: keep it, or let go of what was kept, as it needs."""
        step = self.shown[leaf.address]
        plain = leaf.rest if leaf.link is None else leaf.link.read(self.desk.heard, leaf.rest, self.shown)
        if self.steps.get(leaf.address, plain) == step:
            return
        if step == plain:
            self.steps.pop(leaf.address, None)
        else:
            self.steps[leaf.address] = step
        self.put()

    def put(self) -> None:
        """Write it down, once for all that changes in this round of the loop; without a loop, at once."""
        if self._due is not None:
            return
        try:
            self._due = asyncio.get_running_loop().call_soon(self.write)
        except RuntimeError:
            self.write()

    def write(self) -> None:
        self._due = None
        types = {f"fx/{slot}": self.tree.leaves[f"fx/{slot}/type"] for slot in range(1, 9)}
        told = {slot: leaf.law.text(self.shown[leaf.address]) for slot, leaf in types.items()}
        self.desk.keepings.keep(KIND, {**self.beside, TYPES: told, "steps": dict(self.steps)})

    def close(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self.write()


def sound(law: Law, step: object) -> bool:
    """Whether a step may be one of a law."""
    if law.tag == "s":
        return isinstance(step, str)
    return type(step) is int and law.first <= step <= law.last
