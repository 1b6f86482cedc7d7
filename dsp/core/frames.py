"""Vectors along the frames of one line, beside those along the lanes (dsp/core/vectors.py): how the two are exchanged.

A loop that waits for the frame before it runs with a line on each lane; all else runs with a frame on each lane, where
a delay is read in one piece.
"""

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic

from dsp.core.rt import rt
from dsp.core.vectors import I32, Lanes, load, store, whole

WIDTH = 8  # frames of a vector: a cache line
COUNTS = np.arange(float(WIDTH))


@intrinsic
def floored(typing, x):
    """The greatest whole number that is not above each."""

    def build(context, builder, sig, args):
        kind = ir.FunctionType(args[0].type, [args[0].type])
        return builder.call(get_or_insert_function(builder.module, kind, f"llvm.floor.v{x.n}f64"), args)

    return x(x), build


@intrinsic
def turned(typing, rows):
    """n vectors of n lanes, a power of two, as columns: lane j of the i-th was lane i of the j-th."""
    n = rows.count

    def build(context, builder, sig, args):
        v = [builder.extract_value(args[0], k) for k in range(n)]

        def chosen(a, b, order):
            return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(I32, n), order))

        step = 1
        while step < n:  # exchange the blocks of so many beside the diagonal
            for k in range(n):
                if not k & step:
                    a, b = v[k], v[k + step]
                    v[k] = chosen(a, b, [n + j - step if j & step else j for j in range(n)])
                    v[k + step] = chosen(a, b, [n + j if j & step else j + step for j in range(n)])
            step *= 2
        return context.make_tuple(builder, sig.return_type, v)

    return types.UniTuple(Lanes(n), n)(rows), build


@rt
def turn(source, i, j, target):
    """The block of source[i.., j..], WIDTH square, to target[j.., i..]; the two may be one where i is j."""
    part = whole(WIDTH)
    v = turned(
        (
            load(source, i, j, part),
            load(source, i + 1, j, part),
            load(source, i + 2, j, part),
            load(source, i + 3, j, part),
            load(source, i + 4, j, part),
            load(source, i + 5, j, part),
            load(source, i + 6, j, part),
            load(source, i + 7, j, part),
        )
    )
    store(target, j, i, part, v[0])
    store(target, j + 1, i, part, v[1])
    store(target, j + 2, i, part, v[2])
    store(target, j + 3, i, part, v[3])
    store(target, j + 4, i, part, v[4])
    store(target, j + 5, i, part, v[5])
    store(target, j + 6, i, part, v[6])
    store(target, j + 7, i, part, v[7])
