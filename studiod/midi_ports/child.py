"""The child process that owns the MIDI ports: `python -m studiod.midi_ports.child FD`; bytes only, over a socket pair.

A driver may hang or spin; this process is then killed by the desk's side (link.py) and started again.
Nothing here waits for the desk, and nothing that a device sends makes this process large (memory.py).

Desk to child   {"api": "auto|alsa|jack"}  {"open": number, "name": text, "in": [patterns], "out": [patterns],
                "timed": bool}  {"drop": number, "status": first byte}: such that wait for their time do not go out
Child to desk   {"beat": 1}  {"port": number, "in": name, "out": name}  {"seen": {"in": [], "out": []}}
                {"fault": text, "gone": whether the MIDI server has}
M and T frames (frames.py) carry MIDI both ways.  T to the desk: when the bytes came in (ports opened with
"timed"); from it: when they are to go out.
A pattern is as studiod/midi_ports/names.py takes it; the pattern "virtual" makes a port of our own, on a client
named studiod.
"""

import contextlib
import json
import os
import select
import socket
import sys
import time
from typing import Any

from studiod import heap
from studiod.midi_ports import priority
from studiod.midi_ports.driver import Driver
from studiod.midi_ports.frames import MOST_BYTES, Outbox, control, frames, midi, seen, time_of, timed
from studiod.midi_ports.guard import Grown, Guard
from studiod.midi_ports.memory import Memory
from studiod.midi_ports.names import choose
from studiod.midi_ports.port import Port
from studiod.midi_ports.reach import reach
from studiod.midi_ports.timing import Waiting

POLL_S = 0.001  # between two looks at what came in, while hands are at it; JACK wakes us instead
HANDS_S, IDLE_S = 5.0, 0.0019  # without a message for so long: less than a millisecond more, and half the wakes
GUARD_S = 0.01  # between two looks at what this process holds
BEAT_S = 0.25
SCAN_ROOM_S = 0.002  # what a look at the ports takes: not before a message is due
SCAN_S = 0.1  # a device that leaves and comes back more quickly is not seen to have left
NAMES_S = 0.5  # between two looks at all names while as many ports are there as before
TOLD_S = 5.0  # the same where the system itself tells when ports come and go
ROUND, ROUND_BYTES = 32, 4_096  # messages of one port before the others have their turn
TELL_S = 1.0  # between two faults of one port


class Gone(Exception):
    """The desk, or the MIDI server, has gone."""


class Ports:
    """All ports, and the loop that polls them."""

    def __init__(self, sock: socket.socket, memory: Memory) -> None:
        self.sock, self.memory = sock, memory
        self.out = Outbox(sock)
        self.api_name = "auto"
        self.ports: dict[int, Port] = {}
        self.guard = Guard(self.ports, memory, self.blame)
        self.waiting = Waiting()
        self.driver = Driver()
        self.seen: dict[str, list[str]] = {}
        self.fault, self.begun = "", False
        self.faults: dict[tuple[int, str], float] = {}  # when each was told last
        self.scan_s = self.names_s = self.guard_s = self.beat_s = 0.0  # not before then
        self.looked_s = -SCAN_S  # when the ports were looked at
        self.heard_s = -HANDS_S  # when any port said something
        self.counts: list[int] = []  # how many ports there were
        self.wakes = 0
        self.turn = 0  # who is heard first

    def tell(self, message: dict[str, Any]) -> None:
        """At once: a look at many ports takes seconds, and each that is opened is a sign of life."""
        self.out.put(control(message))
        self.out.flush()

    def complain(self, text: str) -> None:
        if text != self.fault:
            self.fault = text
            if text:
                self.tell({"fault": text})

    def blame(self, port: Port, text: str) -> None:
        """Tell what a port did, at a bounded rate: a device that does it does it often."""
        now_s = time.monotonic()
        if now_s - self.faults.get((port.number, text), -TELL_S) >= TELL_S:
            self.faults[port.number, text] = now_s
            self.tell({"fault": f"MIDI {port.name}: {text}"})

    def begin(self) -> bool:
        """Reach a MIDI system; tells once what is missing."""
        found = reach(self.api_name)
        if not self.begun or not isinstance(found, str):
            self.begun = True  # the first look loads libraries, which stay
            self.guard.begin()
        if isinstance(found, str):
            self.complain(found)
            return False
        self.driver.take(found)
        return True

    def scan(self) -> None:
        """See which ports exist; open and close accordingly.  Raises Gone when the server is."""
        if not self.driver.make and not self.begin():
            return
        there = self.driver.lists()
        if there is None:
            return  # the next time
        self.complain("")
        rests = there == self.seen
        if not rests:
            self.seen = there
            self.out.put(seen(there))
        stay = self.driver.staying(
            there, [name for port in self.ports.values() for name in port.names.values() if name]
        )
        left = {port.number: port.leave(stay) for port in self.ports.values()}
        wants = [port.want(there) for port in self.ports.values()]
        now_s = time.monotonic()
        for port, choice in zip(self.ports.values(), choose(wants, there), strict=True):
            ends = list(port.ends.values())
            try:
                changed = port.come(self.driver.make, choice, self.memory, now_s) or left[port.number]
            except Exception as fault:  # rtmidi has several kinds, without a common one
                self.complain(f"MIDI: the ports of {port.name} cannot be opened: {fault}")
                changed = left[port.number]
            rests = rests and not changed
            if changed:
                self.tell({"port": port.number, **port.names})
            if ends != list(port.ends.values()):
                self.memory.limit()
        if rests:
            self.names_s = time.monotonic() + (TOLD_S if self.driver.jack is not None else NAMES_S)

    def look(self, now_s: float) -> None:
        """`scan`, where a port came or went or is closed, and now and then.  Raises Gone when the server has gone."""
        if self.driver.ended:
            raise Gone("the JACK server has gone; it is tried again")
        counts = self.driver.mark()
        closed = any(port.names[way] and end is None for port in self.ports.values() for way, end in port.ends.items())
        if counts != self.counts or closed or now_s >= self.names_s:
            self.counts, self.names_s = counts, 0.0
            self.scan()
        told = self.driver.jack is not None and not closed
        self.looked_s = time.monotonic()
        self.scan_s = max(self.names_s if told else 0.0, self.looked_s + SCAN_S)

    def woken(self) -> None:
        """By JACK.  What came is heard in this turn anyway; a look at the ports comes sooner, not too near the last."""
        assert self.driver.jack is not None
        self.driver.jack.drain()
        if self.driver.ended or self.driver.mark() != self.counts:
            self.scan_s = min(self.scan_s, self.looked_s + SCAN_S)

    def obey(self, frame: bytes) -> None:
        if frame[:1] == b"M":
            self.send(frame[1], frame[2:])
            return
        if frame[:1] == b"T":
            self.waiting.add(*time_of(frame), frame[1])
            return
        message = json.loads(frame[1:])
        if "api" in message:
            self.api_name = message["api"]
        elif "open" in message:
            wanted = {way: message[way] for way in ("in", "out")}
            self.ports[message["open"]] = Port(message["open"], message["name"], wanted, message.get("timed", False))
        elif "drop" in message:
            self.waiting.drop(message["drop"], message["status"])

    def send(self, number: int, data: bytes) -> None:
        port = self.ports.get(number)
        if port is not None and port.ends["out"] is not None:
            port.ends["out"].send_message(list(data))

    def poll(self) -> bool:
        """Hand on what came in, some of each port; whether there is more.

        Never a Python callback: those corrupt bursts.  While the desk does not read, messages stay where they are.
        """
        if (now_s := time.monotonic()) >= self.guard_s:
            self.guard_s = now_s + GUARD_S
            if self.guard.look():
                self.scan_s = 0.0
        more = False
        ports = list(self.ports.values())
        self.turn += 1
        for port in ports[self.turn % len(ports) :] + ports[: self.turn % len(ports)] if ports else []:
            more = self.hear(port) or more
        return more

    def hear(self, port: Port) -> bool:
        """Some messages of one port, so that the others have their turn; whether there may be more."""
        took_bytes = 0
        for _ in range(ROUND):
            end = port.ends["in"]
            if end is None or self.out.full or (got := end.get_message()) is None:
                return False
            if got[0]:
                self.hand_on(port, *got)
            took_bytes += len(got[0])
            if took_bytes >= ROUND_BYTES:
                break
        if port.overrun():
            self.blame(port, "messages came faster than they could be taken; some were lost")
        return True

    def hand_on(self, port: Port, data: list[int], since_s: float) -> None:
        """One message, since_s after the last of its port as the driver says."""
        port.heard_s = self.heard_s = time.monotonic()
        if len(data) > MOST_BYTES:
            self.blame(port, f"a message of more than {MOST_BYTES:,} bytes; it was dropped")
        elif port.timed:
            at_ns = port.stamp.of(time.monotonic_ns(), since_s)
            self.out.put(timed(port.number, at_ns, bytes(data)))
        else:
            self.out.put(midi(port.number, bytes(data)))
        self.guard.took(port, len(data))

    def wait_s(self, now_s: float) -> float:
        """How long to wait for the desk, and for JACK, before the ports and what is due are looked at."""
        if self.driver.jack is not None and not len(self.out):
            look_s = self.scan_s - now_s
            pace_s = min(self.beat_s - now_s, look_s if look_s > 0 else POLL_S)
        else:
            pace_s = POLL_S if now_s - self.heard_s < HANDS_S else IDLE_S
        return max(min(pace_s, self.waiting.room_s()), 0.0)

    def run(self) -> None:
        """Until the socket closes."""
        buffer = bytearray()
        more, now_s = False, time.monotonic()
        self.sock.setblocking(False)
        while True:
            self.wakes += 1
            jack = self.driver.jack
            news: list[Any] = [self.sock] if jack is None else [self.sock, jack]
            ready = select.select(news, [], [], 0.0 if more else self.wait_s(now_s))[0]
            if self.sock in ready:
                data = self.sock.recv(65536)
                if not data:
                    return
                buffer += data
                for frame in frames(buffer):
                    self.obey(frame)
                    if frame[:1] == b"J":
                        self.scan_s = self.names_s = 0.0
            if jack in ready:
                self.woken()
            for number, data in self.waiting.due(time.monotonic_ns()):
                self.send(number, data)
            now_s = time.monotonic()
            if jack is None or jack in ready or more or len(self.out) or now_s >= self.beat_s:  # JACK says when
                more = self.poll()
            if now_s >= self.beat_s:
                self.beat_s = now_s + BEAT_S
                self.tell({"beat": 1})
            room = self.waiting.room_s() > SCAN_ROOM_S or now_s >= self.scan_s + 1
            if now_s >= self.scan_s and self.ports and room:
                if self.driver.jack is None:  # where no beginning of a SysEx leaves a port deaf
                    self.guard.doubt()
                self.look(now_s)
            full = self.out.full
            self.out.flush()
            more = more or (full and not len(self.out))  # what was left in the ports while it was


def main() -> None:
    """Own the ports until the socket closes; never wait for a driver at the end."""
    sock = socket.socket(fileno=int(sys.argv[1]))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # drivers chatter at each try; what matters is told over the socket
    priority.ask()
    memory = Memory()
    heap.part()  # each way in keeps a heap of its own: what one held goes back when it is closed
    ports = Ports(sock, memory)
    try:
        ports.run()
    except (BrokenPipeError, ConnectionResetError):
        pass
    except Exception as fault:
        with contextlib.suppress(OSError, BufferError):
            kind = "" if isinstance(fault, Gone | Grown) else f"{type(fault).__name__}: "
            ports.tell({"fault": f"MIDI: {kind}{fault}", "gone": isinstance(fault, Gone)})
            ports.out.flush()
    os._exit(0)  # a dead server's client hangs in its destructor


if __name__ == "__main__":
    main()
