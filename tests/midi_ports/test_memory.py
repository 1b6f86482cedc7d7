"""What the process of the ports reckons with: memory held, rests, frames, and a way out that never waits."""

import json
import socket
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiod.midi_ports import frames as ports_frames
from studiod.midi_ports.frames import LOST_BYTES, Outbox, control, frames
from studiod.midi_ports.memory import HEAP_BYTES, LONG_REST_S, QUEUE, SHORT_BYTES, Held, Rest


def test_memory_is_what_this_process_has_for_itself() -> None:
    """In a process of its own, in which nobody else takes memory; a heap may have room that it took before."""
    code = (
        "import mmap; from studiod.midi_ports.memory import Memory; memory = Memory(); part = b'x' * 4096\n"
        "mine = mmap.mmap(-1, 32 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS); before = memory.private_bytes()\n"
        "for _ in range(8192): mine.write(part)\n"
        "print(memory.private_bytes() - before); mine.close(); print(memory.private_bytes() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    taken, left = map(int, done.stdout.split())
    assert taken == pytest.approx(32 << 20, abs=4 << 20)  # the kernel counts in batches
    assert left < 4 << 20


def test_the_kernel_gives_no_more_than_the_limit() -> None:
    """In a process of its own: 8 MB more are had, 64 are not."""
    code = (
        "from studiod.midi_ports.memory import Memory; Memory().limit(32 << 20); bytearray(8 << 20); print('small')\n"
        "try: bytearray(64 << 20)\n"
        "except MemoryError: print('no more')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["small", "no more"]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 60)), max_size=30))
def test_a_place_of_the_queue_keeps_what_its_longest_message_took(runs: list[tuple[int, int]]) -> None:
    """Runs of (size, some hundred messages), against all the places one by one."""
    held, places, at = Held(), [0] * QUEUE, 0
    for size, hundreds in runs:
        for _ in range(100 * hundreds):
            held.took(size)
            at = (at + 1) % QUEUE
            places[at] = max(places[at], size)
    long_bytes = sum(size + HEAP_BYTES for size in places if size > SHORT_BYTES)
    assert held.long_bytes == long_bytes


def test_who_takes_too_much_again_rests_longer_and_is_forgiven_after_a_minute() -> None:
    rest, now_s, rests = Rest(), 1000.0, []
    for _ in range(10):
        rest.begin(now_s)
        rests.append(rest.until_s - now_s)
        now_s = rest.until_s + 0.1
    assert rests == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, LONG_REST_S, LONG_REST_S, LONG_REST_S]
    rest.begin(now_s + 60)
    assert rest.until_s == now_s + 60


def test_only_who_took_too_much_is_opened_anew_when_it_is_silent_less_and_less_often_and_not_for_ever() -> None:
    rest, opened_s, waits = Rest(), 0.0, []
    assert not rest.doubtful(1e9, 0.0)
    rest.begin(0.0)
    for tenth in range(10_000):
        now_s = tenth / 10
        if rest.doubtful(now_s, opened_s):
            waits.append(round(now_s - opened_s))
            opened_s = now_s
    assert waits == [1, 2, 4, 8, 16, 32, 64]


NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), max_size=40)


@given(NAMES, NAMES, st.integers(1, 60))
def test_whatever_ports_are_called_their_list_fits_a_frame(into: list[str], out: list[str], many: int) -> None:
    names = {"in": into * many, "out": out * many}
    buffer = bytearray(ports_frames.seen(names))
    (frame,) = frames(buffer)
    told = json.loads(frame[1:])["seen"]
    for way, some in names.items():
        whole = [name[:80] for name in some]
        kept = told[way] if told[way] == whole else told[way][:-1]
        assert kept == whole[: len(kept)]
        assert told[way] == whole or told[way][-1] == f"and {len(whole) - len(kept)} more"


def test_a_frame_that_is_too_long_is_refused_by_its_length() -> None:
    with pytest.raises(ValueError, match=r"a message of 70013 bytes about MIDI ports \(open\); expected at most 65535"):
        control({"open": "x" * 70_000})
    with pytest.raises(ValueError, match="a MIDI message of 60001 bytes; expected at most 60000"):
        ports_frames.midi(0, bytes(60_001))


def test_the_way_out_never_waits_keeps_the_order_and_gives_up_on_who_does_not_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        out, count = Outbox(theirs), 0
        while not out.full:
            out.put(control({"n": count}))
            count += 1
            out.flush()
        came = bytearray()
        while out or len(came) < sum(len(control({"n": n})) for n in range(count)):
            came += ours.recv(1 << 16)
            out.flush()
        assert [json.loads(frame[1:])["n"] for frame in frames(came)] == list(range(count))
        out.put(bytes(LOST_BYTES - len(out)))
        with pytest.raises(BufferError, match="the desk has not read 1048577 bytes; expected at most 1048576"):
            out.put(bytes(1))
