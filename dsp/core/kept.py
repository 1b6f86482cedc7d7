"""Machine code in the cache, taken as it is: what numba compiles by is loaded where something has to be compiled.

numba loads it before each look into its cache: a quarter of a second of a start that compiles nothing.
"""

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from numba.core.caching import FunctionCache
from numba.core.registry import cpu_target
from numba.core.runtime import rtsys


@contextlib.contextmanager
def hidden(name: str) -> Iterator[None]:
    """As if a package were not installed, unless it is in use already."""
    absent = name not in sys.modules
    if absent:
        sys.modules[name] = None  # type: ignore[assignment]  # what makes an import fail
    try:
        yield
    finally:
        if absent:
            sys.modules.pop(name, None)


def begin() -> None:
    """Have numba load all that it compiles by."""
    with hidden("scipy"):  # for products of matrices, of which the audio path has none; a quarter of a second
        cpu_target.target_context.refresh()


class Kept(FunctionCache):
    """What is kept of one function."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)  # what the code itself calls
        with self._guard_against_spurious_io_errors():
            if (found := self._load_overload(sig, target_context)) is not None:
                return found
        begin()
        return None
