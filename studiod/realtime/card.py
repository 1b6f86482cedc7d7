"""The child that owns the audio interface: PortAudio's callback is compiled, and runs the graph on the shared rack.

Part of the real-time border.  `python -m studiod.realtime.card CONTROL_FD` is started by studiod.host.card_process.
Its socket brings a byte once all is compiled, then a line of JSON with the rack's descriptor.  It tells one line when
the device has asked for sound or why not, and ends when its parent says so or is gone.  Drivers hang: whoever waits
for this process waits with a limit and kills it.  No driver is touched before there is a rack.

The console's channels are the rack's, the device's are its own: device input k is `input/k`, `output/k` is device
output k; what the device lacks is silence, and so is what it has beyond.
"""

import ctypes
import json
import os
import select
import socket
import sys
import threading
from typing import Any

import numpy as np
from numba import carray, types

from dsp import gain
from dsp.core import glide
from dsp.core.intrinsics import address_of, floats, integers, load_atomic, monotonic_ns, store_atomic
from dsp.core.rt import rt
from dsp.core.standing import Standing
from studiod.realtime import graph
from studiod.realtime import layout as r
from studiod.realtime.interface import PERIOD, choose, explain, interfaces
from studiod.realtime.outputs import OUT_FADE
from studiod.realtime.rack import Rack

UNDERFLOW, OVERFLOW = 4, 2  # PortAudio's flags: output underflow, input overflow
# The words of the table that the callback gets: whose turn it is, the console's blocks, the device's channels, and of
# the sound that the device took in one go: when it began, how much so far, how much the time before; and the last call
BASE, GENERATION, INS, OUTS, DEVICE_IN, DEVICE_OUT, BEGAN_NS, TAKEN, BEFORE, CALLED_NS, BLOCK, WORDS = range(12)
PIECE = 1024  # frames of the console's blocks: a longer block of the device is cut, which changes no bit
LONG_NS = 10_000_000_000  # so that the product below stays a number
MOST_TAKEN = 32_768  # a device that runs faster than the time (freewheeling) takes all in one go
FADE_S = 0.05
MLOCK_ONFAULT = 1
POLL_S = 0.005
MOST_WORDS = 65_536  # bytes of what is wanted

_SIGNATURE = types.int32(types.voidptr, types.voidptr, types.uint64, types.voidptr, types.uint64, types.voidptr)


@rt
def since(now_ns, then_ns, rate_hz):
    """The frames that a time takes; a long one is cut."""
    return min(now_ns - then_ns, LONG_NS) * rate_hz // 1_000_000_000


@rt
def take(table, base, rate_hz, now_ns, count):
    """Measure the device's period, by what it takes in one go; whether this call says what time it is for the device.

    A block of 64 frames says nothing: PortAudio cuts a period of 8192 into 128 of them, called at once.  What comes
    before the sound so far can have been played is of the same period; what comes right after the last call is late
    or early by nothing but our own speed.
    """
    if since(now_ns, table[BEGAN_NS], rate_hz) * 10 >= table[TAKEN] * 9 or table[TAKEN] > MOST_TAKEN:
        table[BEFORE] = table[TAKEN]
        table[TAKEN] = 0
        table[BEGAN_NS] = now_ns
    timely = table[TAKEN] == 0 or since(now_ns, table[CALLED_NS], rate_hz) * 2 >= table[BLOCK]
    table[CALLED_NS] = now_ns
    table[BLOCK] = count
    table[TAKEN] += count
    store_atomic(base + 8 * PERIOD, max(table[TAKEN], table[BEFORE]))  # type: ignore[call-arg]  # numba hides one
    return timely


@rt
def spread(source, lanes, into, width, frames):
    """float32 [frames, lanes] at an address into [frames, width] at another: lane for lane, the others silent.

    No source (0): silence.
    """
    given = floats(source, frames * lanes)
    out = floats(into, frames * width)
    both = min(lanes, width) if source != 0 else 0
    for i in range(frames):
        for c in range(both):
            out[i * width + c] = given[i * lanes + c]
        for c in range(both, width):
            out[i * width + c] = np.float32(0.0)


@rt
def serve(table, source, out, frames, now_ns, late):
    """One block of the device, at the addresses of its float32 [frames, channels]; silence when it is not our turn."""
    base = table[BASE]
    words = integers(base, r.TABLE)
    timely = take(table, base, words[r.RATE], now_ns, frames)
    if load_atomic(base + 8 * r.GENERATION) != table[GENERATION]:  # type: ignore[call-arg]
        spread(0, 0, out, table[DEVICE_OUT], frames)
        return
    words[r.MISSED] += late
    if timely:
        graph.stamp(base, now_ns)
    same_in = source != 0 and table[DEVICE_IN] == words[r.INPUTS]
    same_out = table[DEVICE_OUT] == words[r.OUTPUTS]
    done = 0
    while done < frames:
        piece = min(frames - done, PIECE)
        given = source + 4 * done * table[DEVICE_IN] if source != 0 else 0
        wanted = out + 4 * done * table[DEVICE_OUT]
        if not same_in:
            spread(given, table[DEVICE_IN], table[INS], words[r.INPUTS], piece)
        graph.run(base, given if same_in else table[INS], wanted if same_out else table[OUTS], piece)
        if not same_out:
            spread(table[OUTS], words[r.OUTPUTS], wanted, table[DEVICE_OUT], piece)
        done += piece


def _callback(inputs, outputs, frames, _time, flags, user):
    """One block for PortAudio."""
    late = 1 if flags & np.uint64(UNDERFLOW | OVERFLOW) else 0
    table = carray(user, (WORDS,), np.int64)
    source, out = address_of(inputs), address_of(outputs)  # type: ignore[call-arg, var-annotated]  # numba hides one
    serve(table, source, out, np.int64(frames), monotonic_ns(), late)
    return 0


callback = Standing("callback", _callback, _SIGNATURE)


def table_for(rack: Rack, generation: int, device_in: int, device_out: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """The callback's table, int64 [WORDS], and what must live as long as it: the console's blocks."""
    inputs, outputs = int(rack.words[r.INPUTS]), int(rack.words[r.OUTPUTS])
    blocks = [np.zeros((PIECE, lanes), np.float32) for lanes in (inputs, outputs)]
    table = np.zeros(WORDS, np.int64)
    table[[BASE, GENERATION, DEVICE_IN, DEVICE_OUT]] = rack.base, generation, device_in, device_out
    table[[INS, OUTS]] = [block.ctypes.data for block in blocks]
    return table, blocks


def lock_pages(rack: Rack) -> bool:
    """Keep the rack in memory, so far as the audio thread uses it; whether the system allowed it."""
    rack.touch()
    libc = ctypes.CDLL(None, use_errno=True)
    where, size = ctypes.c_void_p(rack.base), ctypes.c_size_t(int(rack.words[r.BYTES]))
    return libc.mlock2(where, size, MLOCK_ONFAULT) == 0 or libc.mlock(where, size) == 0


def open_stream(rack: Rack, wanted: dict[str, Any], keep: list[Any]) -> Any:
    """Start the stream, with the channels that device and console share, or with all of the device's where its driver
    takes no fewer.  Raises LookupError, sounddevice.PortAudioError."""
    import sounddevice as sd

    device = choose(interfaces(), wanted["device"])
    own = device["inputs"], device["outputs"]
    shared = min(own[0], int(rack.words[r.INPUTS])), min(own[1], int(rack.words[r.OUTPUTS]))
    try:
        return _stream(rack, wanted, device["index"], *shared, keep)
    except sd.PortAudioError:
        if shared == own:
            raise
        return _stream(rack, wanted, device["index"], *own, keep)


def _stream(rack: Rack, wanted: dict[str, Any], index: int, inputs: int, outputs: int, keep: list[Any]) -> Any:
    import sounddevice as sd

    table, blocks = table_for(rack, wanted["generation"], inputs, outputs)
    keep[:] = [table, blocks]
    stream = sd._StreamBase(
        kind="duplex" if inputs else "output",
        device=(index, index) if inputs else index,
        samplerate=wanted["rate_hz"],
        blocksize=wanted["block_frames"],
        channels=(inputs, outputs) if inputs else outputs,
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
    control = socket.socket(fileno=int(argv[0]))
    if not control.recv(1):
        os._exit(0)
    _ = callback.address  # all of the code, while there is no rack yet
    told, handles, *_ = socket.recv_fds(control, MOST_WORDS, 1)
    if not handles:
        os._exit(0)
    wanted, rack = json.loads(told), Rack(handles[0])
    locked = lock_pages(rack)
    keep: list[Any] = []
    try:
        stream = open_stream(rack, wanted, keep)
    except Exception as fault:  # whatever a driver raises is told to the desk, which keeps the sound going
        control.sendall(json.dumps({"error": explain(fault, wanted)}).encode() + b"\n")
        os._exit(1)
    table = keep[0]
    control.sendall(json.dumps({"open": True}).encode() + b"\n")
    while table[TAKEN] == 0:  # a driver may open and never ask; whoever waits has a limit
        if select.select([control], [], [], POLL_S)[0]:
            os._exit(0)
    latency = stream.latency if isinstance(stream.latency, tuple) else (0.0, stream.latency)
    about = {"locked": locked, "latency_s": latency, "inputs": int(table[DEVICE_IN]), "outputs": int(table[DEVICE_OUT])}
    control.sendall(json.dumps({"playing": True, **about}).encode() + b"\n")
    word = control.recv(64)
    if not word:  # the desk is gone: close the outputs softly
        fade = rack.state(OUT_FADE)
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
