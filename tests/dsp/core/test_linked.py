"""Compiled functions that compiled functions call: no wrapper, no machine code, no kind for a constant of their own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from dsp.core import linked
from dsp.core.reach import reached
from dsp.core.rt import OPTIONS, ROOT


def made(function: Any) -> linked.Function:
    """As `rt` makes it, but for the cache."""
    return linked.Function(function, targetoptions={"nopython": True, "boundscheck": None, **OPTIONS})


def inner_of(x, n):
    return x * n


inner = made(inner_of)


def outer_of(x, n):
    return inner(x, 2) + inner(x, 3) + inner(x, n)


outer = made(outer_of)


def test_a_constant_makes_no_kind_of_its_own_and_a_caller_no_wrapper() -> None:
    before = linked.MADE["test_linked.inner_of"]
    assert outer(1.5, 4) == 1.5 * 9
    assert len(inner.codes) == 1
    assert not inner.overloads, "nothing that Python can call"
    assert linked.MADE["test_linked.inner_of"] == before + 1
    (code,) = inner.codes.values()
    assert code.library.get_pointer_to_function(code.fndesc.llvm_func_name) == 0, "nor at any address"
    text, name = code.library.get_llvm_str(), code.fndesc
    assert name.llvm_func_name in text
    assert name.llvm_cpython_wrapper_name not in text
    assert name.llvm_cfunc_wrapper_name not in text
    assert inner(1.5, 2) == 3.0
    assert len(inner.overloads) == 1, "made when Python calls"
    assert outer(2, 1) == 12, "another kind"
    assert len(inner.codes) == 2


def test_functions_that_are_called_are_found_in_the_code() -> None:
    assert reached([outer_of]) == {"test_linked.outer_of", "test_linked.inner_of"}


def test_the_kinds_of_a_compressor_are_counted(tmp_path: Path) -> None:
    """Four of what works on a part of the lanes: whole, whole without what only a glide needs, cut, a pair; one of all
    else, wherever a block begins."""
    program = (
        "import numpy as np\nfrom dsp import comp\nfrom dsp.core import linked\n"
        "comp.run(comp.state(9), np.zeros((64, 9)))\n"
        "print(*(f'{name}={count}' for name, count in linked.MADE.items()))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "STUDIOD_CACHE": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    kinds = {name: int(count) for name, count in (one.split("=") for one in run.stdout.split())}
    own = {name: count for name, count in kinds.items() if name.startswith("dsp.comp")}
    assert own["dsp.comp_frames.tile"] == 4
    assert max(own.values()) == 4
    assert own["dsp.comp.keyed_at"] == 1
    assert len([*tmp_path.rglob("*.nbc")]) == 1, "machine code for the one that Python calls"
