"""Large functions that stand at one address each: callers are linked to that address, not to a copy of their code.

They are compiled when anything of the audio path is called first, all of them, in the order in which they call each
other: that of their declaration.
"""

from collections.abc import Callable
from typing import Any

import llvmlite.binding
import numba
from numba.core.ccallback import CFunc
from numba.core.compiler_lock import global_compiler_lock

from dsp.core import linked
from dsp.core.kept import Kept, begin

OPTIONS = {"error_model": "numpy"}
STANDING: dict[str, "Standing"] = {}  # by name


class Standing:
    """A function for compiled callers of a signature.  function: in Python; signature: numba's."""

    def __init__(self, name: str, function: Callable[..., object], signature: Any) -> None:
        self.name, self.function, self.signature = name, function, signature
        self._made: Any = None

    @property
    def made(self) -> bool:
        return self._made is not None

    def make(self) -> int:
        """Compile it, or take it from the cache; its address in this process."""
        if self._made is None:
            self._made = CFunc(self.function, (self.signature.args, self.signature.return_type), {}, OPTIONS)
            self._made._cache = Kept(self.function)
            self._made.compile()
            if not self._made.cache_hits:
                linked.note(self.function)
        return int(self._made.address)

    @property
    def address(self) -> int:
        """Of it and of all that it calls."""
        link()
        return self.make()


def standing(name: str, arguments: int) -> Callable[[Callable[..., object]], Any]:
    """For the few that several callers share: takes so many int64 and gives nothing back."""
    signature = numba.types.void(*(numba.types.int64,) * arguments)

    def declared(function: Callable[..., object]) -> Any:
        STANDING[name] = Standing(name, function, signature)
        return numba.types.ExternalFunction(name, signature)

    return declared


def link() -> None:
    """Whoever is compiled from now on finds them."""
    with global_compiler_lock:
        for name, one in STANDING.items():
            if not one.made:
                llvmlite.binding.add_symbol(name, one.make())


def pretend() -> None:
    """For a process that compiles and never runs: names that lead nowhere are enough."""
    linked.BEFORE.clear()
    begin()
    for name in STANDING:
        llvmlite.binding.add_symbol(name, 1)


linked.BEFORE.append(link)
