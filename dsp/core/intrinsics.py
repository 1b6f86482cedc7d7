"""The few words of machine language that the audio path needs: addresses, atomics, flush-to-zero, libc's clock."""

import platform

import numpy as np
from llvmlite import ir
from numba import carray, types
from numba.core import cgutils
from numba.extending import intrinsic

from dsp.core.rt import rt

X86 = platform.machine().lower() in ("x86_64", "amd64")
FLUSH = 0x9FC0  # MXCSR: every exception masked, flush-to-zero, denormals-are-zero
I32, I64 = ir.IntType(32), ir.IntType(64)


@intrinsic
def pointer(typing, address):
    """The integer address as an untyped pointer, for carray."""

    def build(context, builder, signature, args):
        return builder.inttoptr(args[0], ir.IntType(8).as_pointer())

    return types.voidptr(types.int64), build


@intrinsic
def address_of(typing, pointer_type):
    """An untyped pointer as an integer address."""

    def build(context, builder, signature, args):
        return builder.ptrtoint(args[0], I64)

    return types.int64(types.voidptr), build


@intrinsic
def load_atomic(typing, address):
    """The int64 at an address, with acquire order."""

    def build(context, builder, signature, args):
        return builder.load_atomic(builder.inttoptr(args[0], I64.as_pointer()), "acquire", 8, typ=I64)

    return types.int64(types.int64), build


@intrinsic
def store_atomic(typing, address, value):
    """Store an int64 at an address, with release order."""

    def build(context, builder, signature, args):
        builder.store_atomic(args[1], builder.inttoptr(args[0], I64.as_pointer()), "release", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), build


def _mxcsr(builder, name, slot):
    function = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer()]), name
    )
    builder.call(function, [builder.bitcast(slot, ir.IntType(8).as_pointer())])


@intrinsic
def flush_to_zero(typing):
    """Set flush-to-zero on this thread; returns what stood before (x86; elsewhere 0)."""

    def build(context, builder, signature, args):
        if not X86:
            return I32(0)
        slot = cgutils.alloca_once(builder, I32)
        _mxcsr(builder, "llvm.x86.sse.stmxcsr", slot)
        before = builder.load(slot)
        builder.store(I32(FLUSH), slot)
        _mxcsr(builder, "llvm.x86.sse.ldmxcsr", slot)
        return before

    return types.int32(), build


@intrinsic
def restore_flush(typing, before):
    """Put the floating-point control word back."""

    def build(context, builder, signature, args):
        if X86:
            slot = cgutils.alloca_once(builder, I32)
            builder.store(args[0], slot)
            _mxcsr(builder, "llvm.x86.sse.ldmxcsr", slot)
        return context.get_dummy_value()

    return types.void(types.int32), build


def _timespec(builder):
    return cgutils.alloca_once(builder, ir.ArrayType(I64, 2))


@intrinsic
def monotonic_ns(typing):
    """CLOCK_MONOTONIC in nanoseconds."""

    def build(context, builder, signature, args):
        spec = _timespec(builder)
        call = cgutils.get_or_insert_function(builder.module, ir.FunctionType(I32, [I32, spec.type]), "clock_gettime")
        builder.call(call, [I32(1), spec])
        seconds = builder.load(cgutils.gep_inbounds(builder, spec, 0, 0))
        nanos = builder.load(cgutils.gep_inbounds(builder, spec, 0, 1))
        return builder.add(builder.mul(seconds, I64(1_000_000_000)), nanos)

    return types.int64(), build


@intrinsic
def sleep_until(typing, ns):
    """Sleep until CLOCK_MONOTONIC reads ns."""

    def build(context, builder, signature, args):
        spec = _timespec(builder)
        billion = I64(1_000_000_000)
        builder.store(builder.sdiv(args[0], billion), cgutils.gep_inbounds(builder, spec, 0, 0))
        builder.store(builder.srem(args[0], billion), cgutils.gep_inbounds(builder, spec, 0, 1))
        null = ir.Constant(ir.IntType(8).as_pointer(), None)
        call = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(I32, [I32, I32, spec.type, ir.IntType(8).as_pointer()]), "clock_nanosleep"
        )
        builder.call(call, [I32(1), I32(1), spec, null])
        return context.get_dummy_value()

    return types.void(types.int64), build


@rt
def read_word(address):
    """An int64 shared with another process."""
    return load_atomic(address)


@rt
def write_word(address, value):
    """Publish an int64 to another process."""
    store_atomic(address, value)


@rt
def matrix(address, rows, lanes):
    """The float64 array [rows, lanes] at an address."""
    return carray(pointer(address), (rows, lanes), np.float64)


@rt
def line64(address, count):
    """The float64 vector at an address."""
    return carray(pointer(address), (count,), np.float64)


@rt
def integers(address, count):
    """The int64 vector at an address."""
    return carray(pointer(address), (count,), np.int64)


@intrinsic
def address_in(typing, array):
    """Where the first cell of an array lies."""

    def build(context, builder, signature, args):
        return builder.ptrtoint(context.make_array(signature.args[0])(context, builder, args[0]).data, I64)

    return types.int64(array), build


@rt
def flat(rows):
    """All of a float64 array without gaps as one vector; reshape would ask a library for it."""
    return line64(address_in(rows), rows.size)


@rt
def floats(address, count):
    """The float32 vector at an address."""
    return carray(pointer(address), (count,), np.float32)
