"""Sixteen float32 in a row as one value in registers: beside dsp/core/vectors.py, for what needs no float64.

Each number gets the bits that a plain float32 would get: nothing is reordered, nothing fused.
"""

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, models, register_model

N = 16
I32, I64 = ir.IntType(32), ir.IntType(64)
KIND = ir.VectorType(ir.FloatType(), N)


class Singles(types.Type):
    """Sixteen float32."""

    def __init__(self):
        super().__init__("Singles")


@register_model(Singles)
class SinglesModel(models.PrimitiveModel):
    """A value like a float."""

    def __init__(self, manager, kind):
        super().__init__(manager, kind, KIND)


SINGLES = Singles()


def _place(context, builder, sig, args):
    """The pointer to sixteen numbers of a line from an index on."""
    line = context.make_array(sig.args[0])(context, builder, args[0])
    first = context.cast(builder, args[1], sig.args[1], types.int64)
    start = builder.add(builder.ptrtoint(line.data, I64), builder.mul(first, I64(4)))
    return builder.inttoptr(start, KIND.as_pointer())


def _spread(builder, value):
    one = builder.insert_element(ir.Constant(KIND, ir.Undefined), value, I32(0))
    return builder.shuffle_vector(one, ir.Constant(KIND, ir.Undefined), ir.Constant(ir.VectorType(I32, N), [0] * N))


@intrinsic
def load(typing, line, first):
    """Sixteen numbers of a float32 line without gaps, from an index on."""

    def build(context, builder, sig, args):
        return builder.load(_place(context, builder, sig, args), align=4)

    return SINGLES(line, first), build


@intrinsic
def store(typing, line, first, x):
    """Write them."""

    def build(context, builder, sig, args):
        builder.store(args[2], _place(context, builder, sig, args), align=4)
        return context.get_dummy_value()

    return types.void(line, first, SINGLES), build


@intrinsic
def spread(typing, x):
    """One number on all sixteen places."""

    def build(context, builder, sig, args):
        return _spread(builder, context.cast(builder, args[0], sig.args[0], types.float32))

    return SINGLES(x), build


@intrinsic
def plus(typing, a, b):
    """a + b."""
    return SINGLES(SINGLES, SINGLES), lambda context, builder, sig, args: builder.fadd(*args)


@intrinsic
def minus(typing, a, b):
    """a - b."""
    return SINGLES(SINGLES, SINGLES), lambda context, builder, sig, args: builder.fsub(*args)


@intrinsic
def times(typing, x, factor):
    """x times one float32."""

    def build(context, builder, sig, args):
        return builder.fmul(args[0], _spread(builder, args[1]))

    return SINGLES(SINGLES, types.float32), build


@intrinsic
def size(typing, x):
    """The absolute value of each."""

    def build(context, builder, sig, args):
        words = builder.bitcast(args[0], ir.VectorType(I32, N))
        mask = ir.Constant(ir.VectorType(I32, N), [0x7FFFFFFF] * N)
        return builder.bitcast(builder.and_(words, mask), KIND)

    return SINGLES(SINGLES), build


@intrinsic
def larger(typing, a, b):
    """a where it is above b, else b."""

    def build(context, builder, sig, args):
        return builder.select(builder.fcmp_ordered(">", *args), *args)

    return SINGLES(SINGLES, SINGLES), build
