"""A compiled unit run by the interpreter, which counts how often it touches its state.

What is compiled cannot be counted; its Python source can: every function of `dsp` is called as it is written, on plain
numbers for vectors, and the state is an array that counts.  No clock, no processor, no compiler is asked: the figures
are the same everywhere, and say what a unit looks through.  The bits are not those of the machine (fma is not fused).
"""

import importlib
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np


class Touched:
    """A state [row, lane]: `touches` counts reads and writes of a cell by itself, and of a vector of lanes."""

    def __init__(self, cells: np.ndarray) -> None:
        self.cells, self.touches = cells, 0

    @property
    def shape(self) -> tuple[int, ...]:
        return self.cells.shape

    def __getitem__(self, at: tuple[int, int]) -> float:
        self.touches += 1
        return float(self.cells[at])

    def __setitem__(self, at: tuple[int, int], value: float) -> None:
        self.touches += 1
        self.cells[at] = value


def line(array: Any, row: int) -> np.ndarray:
    """A row of an array, or of a state, which counts it; a line without rows is its own."""
    if isinstance(array, Touched):
        array.touches += 1
        array = array.cells
    return array[row] if array.ndim == 2 else array


def load(array: Any, row: int, first: int, part: np.ndarray) -> np.ndarray:
    lanes = line(array, row)[first : first + len(part)]
    out = np.zeros(len(part))
    out[: len(lanes)] = lanes
    return np.where(part, out, 0.0)


def store(array: Any, row: int, first: int, part: np.ndarray, x: np.ndarray) -> None:
    at = np.nonzero(part)[0]
    line(array, row)[first + at] = np.broadcast_to(x, part.shape)[at]


WORDS = {
    "whole": lambda n: np.ones(n, bool),
    "head": lambda n, count: np.arange(n) < count,
    "folded": lambda n, count: np.arange(n) < count,
    "within": lambda part, mask: part & mask,
    "load": load,
    "store": store,
    "stack": lambda rows, n: None,
    "pick": np.where,
    "fma": lambda a, b, c: a * b + c,
    "bits": lambda x: np.asarray(x, float).view(np.uint64),
    "number": lambda word: np.asarray(word, np.uint64).view(float),
    "magnitude": np.abs,
    "partner": lambda x: x.reshape(-1, 2)[:, ::-1].reshape(-1),
    "every": lambda mask: bool(np.all(mask)),
    "least": np.min,
    "carray": lambda place, shape, kind: np.zeros(shape),
}


def interpreted(name: str, known: dict[str, SimpleNamespace] | None = None) -> SimpleNamespace:
    """A module of dsp with its functions, and those that it calls, as Python."""
    known = {} if known is None else known
    if name in known:
        return known[name]
    module = importlib.import_module(name)
    space: dict[str, Any] = {"__builtins__": __builtins__}
    known[name] = SimpleNamespace()
    for word, thing in vars(module).items():
        if word in WORDS:
            space[word] = WORDS[word]
        elif isinstance(thing, ModuleType) and thing.__name__.startswith("dsp."):
            space[word] = interpreted(thing.__name__, known)
        elif hasattr(thing, "py_func") and thing.py_func.__module__ != name:
            space[word] = getattr(interpreted(thing.py_func.__module__, known), word)
        elif hasattr(thing, "py_func"):
            space[word] = FunctionType(thing.py_func.__code__, space, word)
        elif not word.startswith("__"):
            space[word] = thing
    vars(known[name]).update(space)
    return known[name]
