"""Nothing that a MIDI device sends makes the process of the ports large, deaf or still: real ports, real floods.

Memory here is what the process has for itself: VmHWM counts JACK's shared memory too, some 170 MB that every client
maps, which does not change meanwhile.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import servers
from midi_parts import until
from studiod.midi_ports import inbox as midi_inbox
from studiod.midi_ports.frames import MOST_BYTES, control, frames, midi
from studiod.midi_ports.link import Link

MIDI_SERVER = pytest.mark.parametrize("jack_server", [{"suffix": "-midi", "sync": True, "channels": 2}], indirect=True)
MOST_PRIVATE_BYTES = 100 << 20  # 8 MB at rest, 25 in a flood on an idle machine; more where it waits for its turn
FLOOD_BYTES = 100_000_000  # takes 200 MB and more where each is collected: 4 s at what JACK carries, 32 kB a period
CHUNK = bytes(30_000)
FLOOD = "a SysEx without an end, or long messages without a pause"
LONG, LOST = (
    "a message of more than 60,000 bytes; it was dropped",
    "messages came faster than they could be taken; some were lost",
)
FADER, OTHER = b"\xb0\x07\x40", b"\xb0\x08\x11"


class Device:
    """A JACK client with one way out.  `first` goes out once and in order, `chunk` in every period."""

    def __init__(self, name: str) -> None:
        self.client = servers.need_module("jack").Client(name, no_start_server=True)
        self.port = self.client.midi_outports.register("CTRL")
        self.first: list[bytes] = []
        self.chunk = b""
        self.sent_bytes = 0
        self.client.set_process_callback(self._period)
        self.client.activate()

    def _period(self, frame_count: int) -> None:
        self.port.clear_buffer()
        if self.first:
            self.port.write_midi_event(0, self.first.pop(0))
        elif self.chunk:
            self.port.write_midi_event(0, self.chunk)
            self.sent_bytes += len(self.chunk)

    def close(self) -> None:
        self.client.deactivate()
        self.client.close()


@contextlib.contextmanager
def devices(*names: str) -> Iterator[list[Device]]:
    made = [Device(name) for name in names]
    try:
        yield made
    finally:
        for one in made:
            one.close()


def status_bytes(pid: int, key: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(f"{key}:"))


class Scales:
    """The most memory of its own that a process has had since they were made."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._own, self._peak = status_bytes(pid, "RssAnon"), status_bytes(pid, "VmHWM")

    def private_bytes(self) -> int:
        return self._own + status_bytes(self.pid, "VmHWM") - self._peak


def linked(
    names: list[str], law: Callable[[Link, dict[str, list[bytes]]], Any], pattern: str = "^{}:", wires: Any = ()
) -> None:
    """The law with a link whose ports are there, and connected to the devices in `wires`."""

    async def run() -> None:
        link, heard, up = Link("jack"), {name: list[bytes]() for name in names}, set[str]()
        for name in names:
            link.open(name, [pattern.format(name)], ["virtual"], heard[name].append, lambda _, name=name: up.add(name))
        try:
            await until(lambda: len(up) == len(names), 20)
            await until(lambda: all(one.client.get_all_connections(one.port) for one in wires), 20)
            await law(link, heard)
        finally:
            await link.close()

    asyncio.run(run())


@MIDI_SERVER
@pytest.mark.parametrize(
    ("first", "chunk", "told"),
    [
        ([b"\xf0"], CHUNK, {LONG}),
        ([], b"\xf0" + CHUNK, set()),  # again and again
        ([], b"\xf0" + CHUNK + b"\xf7", {f"{FLOOD}; its port was closed and is opened again"}),  # each a whole message
        ([], CHUNK, set()),  # of no message
    ],
    ids=["endless", "begun again", "whole", "data"],
)
def test_a_flood_of_sysex_takes_no_memory_and_no_other_port_and_leaves_its_own_to_be_heard_again(
    jack_server: servers.JackServer, first: list[bytes], chunk: bytes, told: set[str]
) -> None:
    with devices("bad", "good") as (bad, good):

        async def law(link: Link, heard: dict[str, list[bytes]]) -> None:
            pid, scales = link.pid, Scales(link.pid)
            bad.first, bad.chunk = list(first), chunk
            moves = 0
            while bad.sent_bytes < FLOOD_BYTES:
                good.first.append(FADER)
                moves += 1
                await asyncio.sleep(0.02)
                heard["bad"].clear()
            bad.chunk = b""
            await until(lambda: not good.first)
            await until(lambda: len(heard["good"]) > 0.9 * moves)  # on a busy machine JACK itself loses a period
            assert scales.private_bytes() < MOST_PRIVATE_BYTES
            assert set(heard["good"]) == {FADER}
            while FADER not in heard["bad"]:
                bad.first.append(FADER)
                await asyncio.sleep(0.05)
            assert link.pid == pid, "it lived through it"
            assert {*link.faults} - {f"MIDI bad: {LOST}"} == {f"MIDI bad: {text}" for text in told}

        linked(["bad", "good"], law, wires=(bad, good))


@MIDI_SERVER
def test_a_sysex_that_just_stops_leaves_its_port_to_be_heard_at_once(jack_server: servers.JackServer) -> None:
    with devices("bad") as (bad,):

        async def law(link: Link, heard: dict[str, list[bytes]]) -> None:
            bad.first += [b"\xf0\x00", FADER]
            await until(lambda: heard["bad"], 20)
            assert heard["bad"] == [FADER]

        linked(["bad"], law, wires=[bad])


@MIDI_SERVER
def test_messages_that_find_no_room_are_told(jack_server: servers.JackServer) -> None:
    """While the desk reads nothing, what comes waits in a ring of half a megabyte, and no longer."""
    with devices("bad") as (bad,):
        child = Child()
        try:
            child.ours.sendall(control({"api": "jack"}))
            child.ours.sendall(control({"open": 0, "name": "bad", "in": ["^bad:"], "out": []}))
            while not any(b'"port"' in frame for frame in child.read()):
                pass
            bad.chunk = b"\xf0" + bytes(2000) + b"\xf7"
            asyncio.run(until(lambda: bad.sent_bytes >= 2_000_000, 60))
            bad.chunk = b""
            told: list[bytes] = []
            while not any(f"MIDI bad: {LOST}".encode() in frame for frame in told):
                told += child.read()
        finally:
            child.close()


@MIDI_SERVER
def test_a_message_longer_than_a_frame_is_dropped_whole_and_told(jack_server: servers.JackServer) -> None:
    most = b"\xf0" + bytes(MOST_BYTES - 2) + b"\xf7"
    longer = b"\xf0" + bytes(MOST_BYTES - 1) + b"\xf7"

    with devices("deck") as (deck,):

        async def law(link: Link, heard: dict[str, list[bytes]]) -> None:
            for message in (longer, most, FADER):
                deck.first += [message[at : at + 20_000] for at in range(0, len(message), 20_000)]
            await until(lambda: FADER in heard["deck"], 20)
            assert heard["deck"] == [most, FADER]
            assert link.faults == ["MIDI deck: a message of more than 60,000 bytes; it was dropped"]

        linked(["deck"], law, wires=[deck])


class Child:
    """The process of the ports alone, and a desk that reads when it likes."""

    def __init__(self) -> None:
        self.ours, theirs = socket.socketpair()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "studiod.midi_ports.child", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": str(servers.ROOT)},
        )
        theirs.close()
        self.buffer = bytearray()

    def read(self) -> list[bytes]:
        """What has come, at least one frame."""
        self.ours.settimeout(30)
        while not (got := frames(self.buffer)):
            self.buffer += self.ours.recv(1 << 16)
        return got

    def close(self) -> None:
        self.ours.close()
        assert self.process.wait(20) == 0, "it ends by itself when the desk has gone"


@MIDI_SERVER
def test_a_desk_that_does_not_read_holds_nothing_up_and_nothing_is_kept_for_it(jack_server: servers.JackServer) -> None:
    with devices("bad") as (bad,):
        child = Child()
        try:
            child.ours.sendall(control({"api": "jack"}))
            child.ours.sendall(control({"open": 0, "name": "bad", "in": ["^bad:"], "out": []}))
            while not any(b'"port"' in frame for frame in child.read()):
                pass
            scales = Scales(child.process.pid)
            bad.chunk = b"\xf0" + CHUNK + b"\xf7"
            asyncio.run(until(lambda: bad.sent_bytes >= FLOOD_BYTES, 60))
            bad.chunk = b""
            assert scales.private_bytes() < MOST_PRIVATE_BYTES
            told: list[bytes] = []
            while OTHER not in (frame[2:] for frame in told):
                bad.first.append(OTHER)
                told += child.read()
            waited_bytes = sum(len(frame) for frame in told if frame[:1] == b"M")
            assert waited_bytes < FLOOD_BYTES / 10, "what it had not taken is gone"
        finally:
            child.close()


@MIDI_SERVER
def test_ports_of_our_own_are_there_again_after_a_flood_and_it_is_said_that_wires_are_lost(
    jack_server: servers.JackServer,
) -> None:
    with devices("bad") as (bad,):

        def ours() -> list[Any]:
            return bad.client.get_ports(":nrpn in$", is_midi=True)

        async def connected() -> None:
            await until(ours, 20)
            bad.client.connect(bad.port, ours()[0])

        async def law(link: Link, heard: dict[str, list[bytes]]) -> None:
            await connected()
            bad.chunk = b"\xf0" + CHUNK + b"\xf7"
            await until(lambda: any(FLOOD in fault for fault in link.faults), 60)
            bad.chunk = b""
            text = f"{FLOOD}; its port was closed and is opened again; who was connected to it connects anew"
            assert {*link.faults} - {f"MIDI nrpn: {LOST}"} == {f"MIDI nrpn: {text}"}
            await connected()
            while FADER not in heard["nrpn"]:
                bad.first.append(FADER)
                await asyncio.sleep(0.05)

        linked(["nrpn"], law, "virtual")


@MIDI_SERVER
def test_many_ports_with_long_names_and_names_that_move_a_terminal_stop_nothing(
    jack_server: servers.JackServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    with devices("deck", "evil") as (deck, evil):
        for number in range(300):
            evil.client.midi_outports.register(f"{number:03d}" + "\U0001f39a" * 60)
        evil.client.midi_outports.register("a\x1b[2J\u202e\nb")

        async def law(link: Link, heard: dict[str, list[bytes]]) -> None:
            deck.first.append(FADER)
            await until(lambda: FADER in heard["deck"], 20)
            assert link.faults == []
            assert link.seen["in"][-1].startswith("and ")
            assert link.seen["in"][-1].endswith(" more")

        linked(["deck"], law, wires=[deck])
        linked(["evil"], lambda link, heard: until(lambda: "evil:a" in caplog.text), "^{}:a")
    (line,) = [one for one in caplog.messages if "evil:a" in one]
    assert line == "MIDI evil: in evil:a\\u001b[2J\\u202e\\u000ab, out evil out"


def test_a_process_of_the_ports_that_is_ended_by_a_signal_is_told_and_started_again() -> None:
    async def run() -> None:
        link = Link("jack")
        link.open("deck", ["^deck"], [], lambda data: None, lambda up: None)
        try:
            await until(lambda: link.pid, 20)
            pid = link.pid
            os.kill(pid, signal.SIGABRT)
            await until(lambda: link.pid not in (0, pid), 20)
            assert "MIDI: the process of the ports was ended by SIGABRT; it is started again" in link.faults
        finally:
            await link.close()

    asyncio.run(run())


def test_a_flood_leaves_the_rest_of_the_desk_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages that came in one read are not handled in one go: each slice of time ends with a turn of the others."""
    monkeypatch.setattr(midi_inbox, "SLICE_S", -1.0)  # each message takes longer
    turns = 0

    async def run() -> None:
        nonlocal turns
        ours, theirs = socket.socketpair()
        seen: list[int] = []
        inbox = midi_inbox.Inbox(lambda frame: seen.append(turns))
        await asyncio.get_running_loop().create_connection(lambda: inbox, sock=ours)
        theirs.sendall(midi(0, FADER) * 1000)
        theirs.close()
        task = asyncio.create_task(inbox.until_over(20.0))
        while len(seen) < 1000:
            await asyncio.sleep(0)
            turns += 1
        assert len(set(seen)) == 1000
        assert await task

    asyncio.run(run())


def test_whoever_is_not_read_for_long_is_not_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk that needs longer for what it has read than a process may be still does not end that process."""
    monkeypatch.setattr(midi_inbox, "SLICE_S", -1.0)

    async def run() -> None:
        ours, theirs = socket.socketpair()
        seen: list[bytes] = []

        def obey(frame: bytes) -> None:
            time.sleep(0.002)
            seen.append(frame)

        inbox = midi_inbox.Inbox(obey)
        await asyncio.get_running_loop().create_connection(lambda: inbox, sock=ours)
        theirs.sendall(midi(0, FADER) * 300)
        assert not await inbox.until_over(0.1), "still in the end"
        assert len(seen) == 300
        theirs.close()

    asyncio.run(run())


def test_whoever_says_nothing_any_more_is_told_from_one_that_has_ended() -> None:
    async def run() -> None:
        ours, theirs = socket.socketpair()
        inbox = midi_inbox.Inbox(lambda frame: None)
        await asyncio.get_running_loop().create_connection(lambda: inbox, sock=ours)
        assert not await inbox.until_over(0.1)
        task = asyncio.create_task(inbox.until_over(20.0))
        theirs.close()
        assert await task

    asyncio.run(run())
