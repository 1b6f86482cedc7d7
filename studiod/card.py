"""The child that owns the audio interface: PortAudio's callback is compiled, and runs the graph on the shared rack.

Part of the real-time border.  `python -m studiod.card RACK_FD CONTROL_FD SETTINGS` is started by studiod.runner, tells
one line of JSON when the stream plays or why not, and ends when its parent says so or is gone.  Drivers hang: whoever
waits for this process waits with a limit and kills it.
"""

import ctypes
import json
import os
import socket
import sys
import threading
from typing import Any

import numpy as np
from numba import carray, cfunc, types

from dsp import gain, glide
from dsp.machine import address_of, integers, load_atomic, monotonic_ns, pointer
from studiod import graph
from studiod import rack as r
from studiod.interface import choose, explain, interfaces
from studiod.rack import Rack

UNDERFLOW, OVERFLOW = 4, 2  # PortAudio's flags: output underflow, input overflow
BASE, GENERATION, QUIET = range(3)  # the words of the table that the callback gets
MOST_FRAMES = 8192
FADE_S = 0.05
MLOCK_ONFAULT = 1

_SIGNATURE = types.int32(types.voidptr, types.voidptr, types.uint64, types.voidptr, types.uint64, types.voidptr)


@cfunc(_SIGNATURE, cache=True, error_model="numpy")
def callback(inputs, outputs, frames, _time, flags, user):
    """One block for PortAudio; silence when this process is no longer the runner."""
    table = carray(user, (3,), np.int64)
    base = table[BASE]
    count = np.int64(frames)
    words = integers(base, r.TABLE)
    out = address_of(outputs)  # type: ignore[call-arg, var-annotated]  # numba's intrinsics hide an argument
    if load_atomic(base + 8 * r.GENERATION) != table[GENERATION] or count > MOST_FRAMES:
        blank = carray(pointer(out), (count * words[r.OUTPUTS],), np.float32)
        for k in range(blank.shape[0]):
            blank[k] = 0.0
        return 0
    if flags & np.uint64(UNDERFLOW | OVERFLOW):
        words[r.MISSED] += 1
    graph.stamp(base, monotonic_ns())
    source = address_of(inputs)
    graph.run(base, table[QUIET] if source == 0 else source, out, count)
    return 0


def lock_pages(rack: Rack) -> bool:
    """Keep what is used of the rack in memory; whether the system allowed it.

    A line that no delay or effect has used takes no memory until one does: a zeroed page, a microsecond each.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    where, size = ctypes.c_void_p(rack.base), ctypes.c_size_t(int(rack.words[r.BYTES]))
    return libc.mlock2(where, size, MLOCK_ONFAULT) == 0 or libc.mlock(where, size) == 0


def open_stream(rack: Rack, wanted: dict[str, Any], keep: list[Any]) -> Any:
    """Start the stream.  Raises LookupError, sounddevice.PortAudioError."""
    import sounddevice as sd

    device = choose(interfaces(), wanted["device"])
    inputs, outputs = int(rack.words[r.INPUTS]), int(rack.words[r.OUTPUTS])
    quiet = np.zeros(MOST_FRAMES * inputs, np.float32)
    table = np.array([rack.base, wanted["generation"], quiet.ctypes.data], np.int64)
    keep += [quiet, table]
    duplex = wanted["duplex"]
    stream = sd._StreamBase(
        kind="duplex" if duplex else "output",
        device=(device["index"],) * 2 if duplex else device["index"],
        samplerate=wanted["rate_hz"],
        blocksize=wanted["block_frames"],
        channels=(inputs, outputs) if duplex else outputs,
        dtype="float32",
        latency="low",
        extra_settings=None,
        callback=sd._ffi.cast("PaStreamCallback*", callback.address),
        finished_callback=None,
        clip_off=False,
        dither_off=True,
        never_drop_input=None,
        prime_output_buffers_using_stream_callback=None,
        userdata=sd._ffi.cast("void*", table.ctypes.data),
        wrap_callback=None,
    )
    stream.start()
    return stream


def main(argv: list[str]) -> None:
    """Serve one rack until the control socket closes."""
    rack_fd, control_fd, wanted = int(argv[0]), int(argv[1]), json.loads(argv[2])
    control = socket.socket(fileno=control_fd)
    rack = Rack(rack_fd)
    locked = lock_pages(rack)
    keep: list[Any] = []
    try:
        stream = open_stream(rack, wanted, keep)
    except Exception as fault:  # whatever a driver raises is told to the desk, which keeps the sound going
        told = explain(fault, wanted)
        control.sendall(json.dumps({"error": told}).encode() + b"\n")
        os._exit(1)
    latency = stream.latency if isinstance(stream.latency, tuple) else (0.0, stream.latency)
    control.sendall(json.dumps({"playing": True, "locked": locked, "latency_s": latency}).encode() + b"\n")
    word = control.recv(64)
    if not word:  # the desk is gone: close the outputs softly
        fade = rack.state(r.OUT_FADE)
        for lane in range(fade.shape[1]):
            glide.start(fade, gain.GAIN, lane, 0.0, int(FADE_S * wanted["rate_hz"]))
        fade[glide.MOVING, 0] = 1.0
        threading.Event().wait(2 * FADE_S)
    threading.Timer(1.0, os._exit, (0,)).start()  # a driver may never come back from stop
    stream.stop()
    stream.close()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
