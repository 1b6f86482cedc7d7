"""The types of `vectors`, and their operators: some float64, truths or words of 64 bits, as one value in registers."""

import operator

from llvmlite import ir
from numba.core import types
from numba.core.imputils import lower_builtin, lower_cast
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import models, register_model

DOUBLE, I1, I8, I32, I64 = ir.DoubleType(), ir.IntType(1), ir.IntType(8), ir.IntType(32), ir.IntType(64)


class Vector(types.Type):
    """n lanes of one kind: float64 (Lanes), truth (Mask) or 64 bits (Bits)."""

    element = DOUBLE

    def __init__(self, n):
        self.n = n
        super().__init__(f"{type(self).__name__}{n}")


class Lanes(Vector):
    """n float64."""


class Mask(Vector):
    """n truths."""

    element = I1


class Bits(Vector):
    """n words of 64 bits, unsigned."""

    element = I64


class Whole(types.Type):
    """The part that is all of n lanes; it holds nothing."""

    def __init__(self, n):
        self.n = n
        super().__init__(f"Whole{n}")


class Folded(types.Type):
    """The part that is fewer than n lanes, at least half of them: it holds where its second half begins."""

    def __init__(self, n):
        self.n = n
        super().__init__(f"Folded{n}")


@register_model(Lanes)
@register_model(Mask)
@register_model(Bits)
class VectorModel(models.PrimitiveModel):
    """A vector is a value like a float."""

    def __init__(self, manager, kind):
        super().__init__(manager, kind, ir.VectorType(kind.element, kind.n))


register_model(Whole)(models.OpaqueModel)


@register_model(Folded)
class FoldedModel(models.PrimitiveModel):
    """A lane number."""

    def __init__(self, manager, kind):
        super().__init__(manager, kind, I64)


def spread(builder, value, n):
    """A scalar on each of n lanes."""
    kind = ir.VectorType(value.type, n)
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, I32(0))
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), ir.Constant(ir.VectorType(I32, n), [0] * n))


@lower_cast(types.Float, Lanes)
@lower_cast(types.Integer, Bits)
def _cast(context, builder, given, wanted, value):
    scalar = {Lanes: types.float64, Bits: types.uint64}[type(wanted)]
    return spread(builder, context.cast(builder, value, given, scalar), wanted.n)


# -- operators --------------------------------------------------------------------------------------------------------


def _operator(op, inner, outer, build):
    """Teach numba one operator: on two of inner, or on one and a scalar, it gives outer."""
    scalars = {Lanes: types.Float, Bits: types.Integer, Mask: ()}[inner]

    @infer_global(op)
    class Typed(AbstractTemplate):
        def generic(self, args, kws):
            vectors = [a for a in args if isinstance(a, inner)]
            if vectors and all(a == vectors[0] or isinstance(a, scalars) for a in args):
                return signature(outer(vectors[0].n), *[vectors[0]] * len(args))
            return None

    def lower(context, builder, sig, args):
        return build(builder, *args)

    lower_builtin(op, *[inner] * (1 if op in (operator.neg, operator.invert) else 2))(lower)


for _op, _name in ((operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul"), (operator.truediv, "fdiv")):
    _operator(_op, Lanes, Lanes, lambda builder, a, b, name=_name: getattr(builder, name)(a, b))
_operator(operator.neg, Lanes, Lanes, lambda builder, a: builder.fneg(a))
SIGNS = ((operator.lt, "<"), (operator.le, "<="), (operator.gt, ">"), (operator.ge, ">="), (operator.eq, "=="))
for _op, _sign in SIGNS:
    _operator(_op, Lanes, Mask, lambda builder, a, b, sign=_sign: builder.fcmp_ordered(sign, a, b))
_operator(operator.ne, Lanes, Mask, lambda builder, a, b: builder.fcmp_unordered("!=", a, b))
for _op, _name in ((operator.and_, "and_"), (operator.or_, "or_")):
    for _kind in (Mask, Bits):
        _operator(_op, _kind, _kind, lambda builder, a, b, name=_name: getattr(builder, name)(a, b))
_operator(operator.invert, Mask, Mask, lambda builder, a: builder.not_(a))
for _op, _name in ((operator.add, "add"), (operator.sub, "sub"), (operator.lshift, "shl"), (operator.rshift, "lshr")):
    _operator(_op, Bits, Bits, lambda builder, a, b, name=_name: getattr(builder, name)(a, b))
