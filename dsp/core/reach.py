"""Which compiled functions a function calls, and those in turn, read from its code: how much there is to compile."""

import dis
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

from dsp.core.linked import Function, called


def calls(function: Callable[..., Any]) -> Iterator[Function]:
    """The compiled functions that a Python function names: its globals, and the attributes of modules among them."""
    last: object = None
    for step in dis.get_instructions(function):
        if step.opname == "LOAD_GLOBAL":
            last = function.__globals__.get(step.argval)
        elif step.opname in ("LOAD_ATTR", "LOAD_METHOD") and isinstance(last, ModuleType):
            last = getattr(last, step.argval, None)
        else:
            last = None
        if isinstance(last, Function):
            yield last


def reached(roots: Iterable[Callable[..., Any]]) -> set[str]:
    """The names of all that are compiled for some Python functions, themselves among them."""
    found: dict[str, Callable[..., Any]] = {}
    waiting = list(roots)
    while waiting:
        function = waiting.pop()
        if called(function) not in found:
            found[called(function)] = function
            waiting += [one.py_func for one in calls(function)]
    return set(found)
