"""Some lanes of a row at a time, as one value in registers: what a loop over frames keeps to itself until it is done.

numba knows no vectors; these are LLVM's own, so that a unit reads a tile of its state once, runs through the frames,
and writes it back once.  A `Part` says which lanes: `whole(n)`, all n from the first on, or `head(n, count)`, the
first count of them, the others read as 0 and are never written, `folded(n, count)`, count lanes as two halves of n that
share some: what is done to one of them is done twice, alike.  Each lane gets the bits that a plain float64 would
get: nothing is reordered, and only `fma` is fused, on every path alike (where the processor has it; LLVM's fmuladd).
The same words work on plain floats: `pick`, `fma`, `bits`, `number`.
"""

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from dsp.core.vector_types import DOUBLE, I8, I32, I64, Bits, Folded, Lanes, Mask, Vector, Whole, spread


def _call(builder, name, result, args):
    kind = ir.FunctionType(result, [a.type for a in args])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), args)


# -- parts, and the way from a state to registers and back ------------------------------------------------------------


@intrinsic(prefer_literal=True)
def whole(typing, n):
    """All n lanes; n is a constant."""
    return Whole(n.literal_value)(n), lambda context, builder, sig, args: context.get_dummy_value()


@intrinsic(prefer_literal=True)
def head(typing, n, count):
    """The first count of n lanes; n is a constant."""
    width = n.literal_value

    def build(context, builder, sig, args):
        counts = ir.Constant(ir.VectorType(I64, width), list(range(width)))
        limit = context.cast(builder, args[1], sig.args[1], types.int64)
        return builder.icmp_signed("<", counts, spread(builder, limit, width))

    return Mask(width)(n, count), build


@intrinsic(prefer_literal=True)
def folded(typing, n, count):
    """n/2 to n lanes, count of them, in n: the first n/2 and the last n/2.  n is a constant.

    No load or store of it reaches beyond the count.  In a row that is narrower than n, those of `head` lie over the
    next row, and each load waits for the store before it.
    """
    width = n.literal_value

    def build(context, builder, sig, args):
        return builder.sub(context.cast(builder, args[1], sig.args[1], types.int64), I64(width // 2))

    return Folded(width)(n, count), build


@intrinsic
def within(typing, part, mask):
    """Of a part, the lanes where mask is true: a part too."""

    def build(context, builder, sig, args):
        return args[1] if isinstance(sig.args[0], Whole) else builder.and_(*args)

    return mask(part, mask), build


def _place(context, builder, sig, args):
    """(pointer to the vector at array[row, first], its type)."""
    array = context.make_array(sig.args[0])(context, builder, args[0])
    row, first = (context.cast(builder, args[k], sig.args[k], types.int64) for k in (1, 2))
    start = builder.ptrtoint(array.data, I64)
    if sig.args[0].ndim == 2:
        start = builder.add(start, builder.mul(row, builder.extract_value(array.strides, 0)))
    start = builder.add(start, builder.mul(first, I64(8)))
    kind = ir.VectorType(DOUBLE, sig.args[3].n)
    return builder.inttoptr(start, kind.as_pointer()), kind


def _halves(builder, pointer, second, n):
    """The pointers to the two halves of a folded part of n lanes."""
    half = ir.VectorType(DOUBLE, n // 2).as_pointer()
    start = builder.ptrtoint(pointer, I64)
    return [builder.inttoptr(at, half) for at in (start, builder.add(start, builder.mul(second, I64(8))))]


def _order(*lanes):
    """Which lanes a shuffle takes."""
    return ir.Constant(ir.VectorType(I32, len(lanes)), lanes)


def _is_rows(array):
    """Whether it is [row, lane], or a line without rows, of float64 without gaps."""
    return isinstance(array, types.Array) and array.ndim < 3 and array.layout == "C" and array.dtype == types.float64


@intrinsic
def load(typing, array, row, first, part):
    """The lanes of a part of array[row], from lane first on; of a line the row is 0."""
    if not _is_rows(array):
        return None

    def build(context, builder, sig, args):
        pointer, kind = _place(context, builder, sig, args)
        if isinstance(sig.args[3], Whole):
            return builder.load(pointer, align=8)
        if isinstance(sig.args[3], Folded):
            halves = [builder.load(at, align=8) for at in _halves(builder, pointer, args[3], part.n)]
            return builder.shuffle_vector(*halves, _order(*range(part.n)))
        name = f"llvm.masked.load.v{part.n}f64.p0"
        return _call(builder, name, kind, [pointer, I32(8), args[3], ir.Constant(kind, [0.0] * part.n)])

    return Lanes(part.n)(array, row, first, part), build


@intrinsic
def store(typing, array, row, first, part, x):
    """Write the lanes of a part of array[row], from lane first on."""
    if not _is_rows(array):
        return None

    def build(context, builder, sig, args):
        pointer, _ = _place(context, builder, sig, args)
        if isinstance(sig.args[3], Whole):
            builder.store(args[4], pointer, align=8)
        elif isinstance(sig.args[3], Folded):
            half, nothing = part.n // 2, ir.Constant(args[4].type, ir.Undefined)
            for at, first in zip(_halves(builder, pointer, args[3], part.n), (0, half), strict=True):
                lanes = _order(*range(first, first + half))
                builder.store(builder.shuffle_vector(args[4], nothing, lanes), at, align=8)
        else:
            name = f"llvm.masked.store.v{part.n}f64.p0"
            _call(builder, name, ir.VoidType(), [args[4], pointer, I32(8), args[3]])
        return context.get_dummy_value()

    return types.void(array, row, first, part, Lanes(part.n)), build


@intrinsic(prefer_literal=True)
def stack(typing, rows, n):
    """Room for float64 [rows, n], constants, on the stack: for carray, until the function that asks returns.

    Nothing is written to it: what a caller has not written may be anything, and must decide nothing.
    """
    many = rows.literal_value * n.literal_value

    def build(context, builder, sig, args):
        with builder.goto_entry_block():  # numba's own way to a place on the stack would clear it each time
            place = builder.alloca(ir.ArrayType(DOUBLE, many))
        place.align = 64
        return builder.bitcast(place, I8.as_pointer())

    return types.voidptr(rows, n), build


# -- words ------------------------------------------------------------------------------------------------------------


def _common(args):
    """The type that all the numbers among args become: lanes if one is lanes, else float64."""
    return next((a for a in args if isinstance(a, Vector)), types.float64)


@intrinsic
def pick(typing, which, a, b):
    """Lane by lane a where which is true, b elsewhere."""
    kind = _common((a, b))
    if isinstance(which, Mask):
        kind = kind if isinstance(kind, Vector) else Lanes(which.n)

    def build(context, builder, sig, args):
        return builder.select(*args)

    return kind(which, kind, kind), build


@intrinsic
def fma(typing, a, b, c):
    """a b + c, rounded once where the processor can."""
    kind = _common((a, b, c))

    def build(context, builder, sig, args):
        name = f"llvm.fmuladd.v{kind.n}f64" if isinstance(kind, Lanes) else "llvm.fmuladd.f64"
        return _call(builder, name, args[0].type, args)

    return kind(kind, kind, kind), build


@intrinsic
def bits(typing, x):
    """The 64 bits of each number."""
    kind = Bits(x.n) if isinstance(x, Lanes) else types.uint64
    given = x if isinstance(x, Lanes) else types.float64
    return kind(given), lambda context, builder, sig, args: builder.bitcast(args[0], context.get_value_type(kind))


@intrinsic
def number(typing, word):
    """The number that 64 bits are."""
    kind = Lanes(word.n) if isinstance(word, Bits) else types.float64
    given = word if isinstance(word, Bits) else types.uint64
    return kind(given), lambda context, builder, sig, args: builder.bitcast(args[0], context.get_value_type(kind))


@intrinsic
def magnitude(typing, x):
    """The absolute value of each number."""
    kind = _common((x,))

    def build(context, builder, sig, args):
        name = f"llvm.fabs.v{kind.n}f64" if isinstance(kind, Lanes) else "llvm.fabs.f64"
        return _call(builder, name, args[0].type, args)

    return kind(kind), build


@intrinsic
def partner(typing, x):
    """Each pair of lanes 2k, 2k + 1 exchanged."""
    order = ir.Constant(ir.VectorType(I32, x.n), [k ^ 1 for k in range(x.n)])
    return x(x), lambda context, builder, sig, args: builder.shuffle_vector(
        args[0], ir.Constant(args[0].type, ir.Undefined), order
    )


@intrinsic
def every(typing, mask):
    """Whether all lanes are true."""

    def build(context, builder, sig, args):
        word = builder.bitcast(args[0], ir.IntType(mask.n))
        return builder.icmp_unsigned("==", word, word.type(-1))

    return types.boolean(mask), build


@intrinsic
def least(typing, x):
    """The least of all lanes, none of which is not a number; the lanes are a power of two."""

    def build(context, builder, sig, args):
        value, n = args[0], x.n
        while n > 1:
            n //= 2
            nothing = ir.Constant(value.type, ir.Undefined)
            a, b = (
                builder.shuffle_vector(value, nothing, ir.Constant(ir.VectorType(I32, n), list(range(at, at + n))))
                for at in (0, n)
            )
            value = builder.select(builder.fcmp_ordered("<", a, b), a, b)
        return builder.extract_element(value, I32(0))

    return types.float64(x), build
