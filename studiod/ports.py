"""The child process that owns the MIDI ports: `python -m studiod.ports FD`; bytes only, over a socket pair.

A driver may hang or spin; this process is then killed by the desk's side (midi_link.py) and started again.
Frames both ways: length (2 bytes, big-endian), then J and a JSON object, or M, a port's number (1 byte) and MIDI bytes.
T is M with a time (8 bytes, monotonic ns) before the bytes: to the desk when they came in (ports opened with "timed"),
from it when they are to go out.

Desk to child   {"api": "auto|alsa|jack"}  {"open": number, "name": text, "in": [patterns], "out": [patterns],
                "timed": bool}  {"drop": number, "status": first byte}: such that wait for their time do not go out
Child to desk   {"beat": 1}  {"port": number, "in": name, "out": name}  {"seen": {"in": [], "out": []}}  {"fault": text}
A pattern is a regular expression anywhere in a port's name; the pattern "virtual" makes a port of our own, on a client
named studiod.
"""

import contextlib
import json
import os
import select
import socket
import struct
import sys
import time
from typing import Any

from studiod.port_by_name import TRIES, listed, open_named
from studiod.port_names import Want, choose, fits
from studiod.ports_time import Stamp, Waiting

POLL_S = 0.001
BEAT_S = 0.25
PROBE_S = 2.0
SCAN_ROOM_S, PROBE_ROOM_S = 0.002, 0.025  # what a look at the ports takes, and a probe: not before a message is due
LATEST_S = 20.0  # of a probe that found no room
SCAN_S = 0.1  # a device that leaves and comes back more quickly is not seen to have left
LENGTH, TIME = struct.Struct("!H"), struct.Struct("!Q")
MOST_BYTES = 60_000
QUEUE = 16_384  # messages that wait for a poll: rtmidi's own 1,024 are a quarter of a second of a full state
CLIENT = "studiod"


def control(message: dict[str, Any]) -> bytes:
    """A frame of JSON."""
    body = b"J" + json.dumps(message).encode()
    return LENGTH.pack(len(body)) + body


def midi(port: int, data: bytes) -> bytes:
    """A frame of MIDI bytes for or from a port.  Raises ValueError beyond 60,000 bytes."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"a MIDI message of {len(data)} bytes; expected at most {MOST_BYTES}")
    return LENGTH.pack(len(data) + 2) + b"M" + bytes((port,)) + data


def timed(port: int, ns: int, data: bytes) -> bytes:
    """A frame of MIDI bytes with their time (monotonic ns).  Raises ValueError beyond 60,000 bytes."""
    if len(data) > MOST_BYTES:
        raise ValueError(f"a MIDI message of {len(data)} bytes; expected at most {MOST_BYTES}")
    return LENGTH.pack(len(data) + 2 + TIME.size) + b"T" + bytes((port,)) + TIME.pack(ns) + data


def time_of(frame: bytes) -> tuple[int, bytes]:
    """Of a T frame: its time and its bytes."""
    return TIME.unpack_from(frame, 2)[0], frame[2 + TIME.size :]


def frames(buffer: bytearray) -> list[bytes]:
    """The whole frames at the front of a buffer, taken out of it."""
    out = []
    while len(buffer) >= 2 and len(buffer) >= (end := 2 + LENGTH.unpack_from(buffer)[0]):
        out.append(bytes(buffer[2:end]))
        del buffer[:end]
    return out


class Gone(Exception):
    """The desk, or the MIDI server, has gone."""


class Port:
    """One surface's way in and out, found by name and found again after it was unplugged."""

    def __init__(self, number: int, name: str, wanted: dict[str, list[str]], timed: bool = False) -> None:
        self.number, self.name, self.wanted, self.timed = number, name, wanted, timed
        self.stamp = Stamp()
        self.ends: dict[str, Any] = {"in": None, "out": None}
        self.names: dict[str, str] = {"in": "", "out": ""}
        self.last: dict[str, str] = {"in": "", "out": ""}  # what it had before it left
        self.fits: dict[str, list[str]] = {}

    def virtual(self, way: str) -> bool:
        return "virtual" in self.wanted[way]

    def want(self, seen: dict[str, list[str]]) -> Want:
        """What it has, had and looks for."""
        before, self.fits = self.fits, {way: fits(patterns, seen[way]) for way, patterns in self.wanted.items()}
        return Want(self.wanted, self.names, self.last, settled=self.fits == before)

    def leave(self, seen: dict[str, list[str]]) -> bool:
        """Close what is gone; whether anything was."""
        gone = [way for way, name in self.names.items() if name and not self.virtual(way) and name not in seen[way]]
        for way in gone:
            self.ends[way].close_port()
            self.ends[way].delete()
            self.ends[way], self.names[way] = None, ""
        return bool(gone)

    def come(self, api: int, make: dict[str, Any], choice: dict[str, str]) -> bool:
        """Open the ports chosen for it; whether anything changed.  What went away meanwhile is chosen anew later."""
        changed = False
        for way in self.ends:
            name = f"{self.name} {way}" if self.virtual(way) else choice.get(way, "")
            if self.ends[way] is not None or not name:
                continue
            end = make[way](api, CLIENT, queue_size_limit=QUEUE) if way == "in" else make[way](api, CLIENT)
            try:
                if way == "in":
                    end.ignore_types(sysex=False, timing=not self.timed, active_sense=True)
                opened = self.virtual(way) or open_named(end, name, f"{self.name} {way}")
                if self.virtual(way):
                    end.open_virtual_port(name)
            except BaseException:
                end.delete()
                raise
            if not opened:
                end.delete()
                continue
            self.ends[way], self.names[way], changed = end, name, True
            self.last[way] = name
        return changed


class Ports:
    """All ports, and the loop that polls them."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.api_name = "auto"
        self.ports: dict[int, Port] = {}
        self.waiting = Waiting()
        self.make: dict[str, Any] = {}
        self.scanners: dict[str, Any] = {}
        self.api = 0
        self.seen: dict[str, list[str]] = {}
        self.fault = ""
        self.jack = False
        self.probe_s = 0.0

    def tell(self, message: dict[str, Any]) -> None:
        self.sock.sendall(control(message))

    def complain(self, text: str) -> None:
        if text != self.fault:
            self.fault = text
            if text:
                self.tell({"fault": text})

    def begin(self) -> bool:
        """Reach a MIDI system; tells once what is missing."""
        try:
            import rtmidi
        except ImportError as fault:
            self.complain(f"MIDI: python-rtmidi cannot be loaded ({fault}); install python-rtmidi")
            return False
        self.make = {"in": rtmidi.MidiIn, "out": rtmidi.MidiOut}
        known = {"alsa": rtmidi.API_LINUX_ALSA, "jack": rtmidi.API_UNIX_JACK, "coremidi": rtmidi.API_MACOSX_CORE}
        built = rtmidi.get_compiled_api()
        if self.api_name != "auto" and known.get(self.api_name) not in built:
            self.complain(f'MIDI: no api "{self.api_name}" here; expected auto, {", ".join(known)}')
            return False
        wanted = [n for n, a in known.items() if a in built and self.api_name in ("auto", n)]
        reasons = []
        for name in wanted:
            try:
                self.scanners = {way: kind(known[name], f"{CLIENT}-scan") for way, kind in self.make.items()}
            except (rtmidi.SystemError, RuntimeError) as fault:
                missing = {"alsa": "no ALSA sequencer (/dev/snd/seq)", "jack": "no JACK server"}
                reasons.append(missing.get(name, f"{name}: {fault}"))
                continue
            self.api, self.jack = known[name], name == "jack"
            return True
        self.complain(f"MIDI: {', '.join(reasons)}; surfaces wait until there is one")
        return False

    def scan(self) -> None:
        """See which ports exist; open and close accordingly.  Raises Gone when the server is."""
        if not self.scanners and not self.begin():
            return
        there = {way: listed(end) for way, end in self.scanners.items()}
        late_s = time.monotonic() - self.probe_s
        if self.jack and late_s >= 0 and (late_s > LATEST_S or self.waiting.room_s() > PROBE_ROOM_S):
            self.probe_s = time.monotonic() + PROBE_S
            self.probe()
        if None in there.values():
            return  # the next time
        seen = {way: [n for n in names or [] if not n.startswith(CLIENT)] for way, names in there.items()}
        self.complain("")
        if seen != self.seen:
            self.seen = seen
            self.tell({"seen": seen})
        left = {port.number: port.leave(seen) for port in self.ports.values()}
        wants = [port.want(seen) for port in self.ports.values()]
        for port, choice in zip(self.ports.values(), choose(wants, seen), strict=True):
            try:
                changed = port.come(self.api, self.make, choice) or left[port.number]
            except Exception as fault:  # rtmidi has several kinds, without a common one
                self.complain(f"MIDI: the ports of {port.name} cannot be opened: {fault}")
                changed = left[port.number]
            if changed:
                self.tell({"port": port.number, **port.names})

    def probe(self) -> None:
        """A client of a dead JACK server goes on listing the ports that were; a new client knows.  Raises Gone."""
        try:
            probe = self.make["in"](self.api, f"{CLIENT}-probe")
            same = any(listed(probe) == listed(self.scanners["in"]) for _ in range(TRIES))
            probe.delete()
        except Exception:
            raise Gone("the JACK server has gone; it is tried again") from None
        if not same:
            raise Gone("the JACK server was started anew; its ports are opened again")

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

    def poll(self) -> None:
        """Hand on all that came in.  Never a Python callback: those corrupt bursts."""
        for port in self.ports.values():
            end = port.ends["in"]
            while end is not None and (got := end.get_message()) is not None:
                data = bytes(got[0])[:MOST_BYTES]
                self.sock.sendall(
                    timed(port.number, port.stamp.of(time.monotonic_ns(), got[1]), data)
                    if port.timed
                    else midi(port.number, data)
                )

    def run(self) -> None:
        """Until the socket closes."""
        buffer = bytearray()
        beat_s = scan_s = 0.0
        while True:
            if select.select([self.sock], [], [], min(POLL_S, self.waiting.room_s()))[0]:
                data = self.sock.recv(65536)
                if not data:
                    return
                buffer += data
                for frame in frames(buffer):
                    self.obey(frame)
                    if frame[:1] == b"J":
                        scan_s = 0.0
            for number, data in self.waiting.due(time.monotonic_ns()):
                self.send(number, data)
            self.poll()
            now_s = time.monotonic()
            if now_s >= beat_s:
                beat_s = now_s + BEAT_S
                self.tell({"beat": 1})
            if now_s >= scan_s and self.ports and (now_s >= scan_s + 1 or self.waiting.room_s() > SCAN_ROOM_S):
                self.scan()
                scan_s = time.monotonic() + SCAN_S


def main() -> None:
    """Own the ports until the socket closes; never wait for a driver at the end."""
    sock = socket.socket(fileno=int(sys.argv[1]))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # drivers chatter at each try; what matters is told over the socket
    ports = Ports(sock)
    try:
        ports.run()
    except (BrokenPipeError, ConnectionResetError):
        pass
    except Exception as fault:
        with contextlib.suppress(OSError):
            ports.complain(f"MIDI: {fault}" if isinstance(fault, Gone) else f"MIDI: {type(fault).__name__}: {fault}")
    os._exit(0)  # a dead server's client hangs in its destructor


if __name__ == "__main__":
    main()
