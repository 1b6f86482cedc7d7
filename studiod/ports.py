"""The child process that owns the MIDI ports: `python -m studiod.ports FD`; bytes only, over a socket pair.

A driver may hang or spin; this process is then killed by the desk's side (midi_link.py) and started again.
Frames both ways: length (2 bytes, big-endian), then J and a JSON object, or M, a port's number (1 byte) and MIDI bytes.

Desk to child   {"api": "auto|alsa|jack"}  {"open": number, "name": text, "in": [patterns], "out": [patterns]}
Child to desk   {"beat": 1}  {"port": number, "in": name, "out": name}  {"seen": {"in": [], "out": []}}  {"fault": text}
A pattern is a regular expression anywhere in a port's name; the pattern "virtual" makes a port of our own, on a client
named studiod.
"""

import contextlib
import json
import os
import re
import select
import socket
import struct
import sys
import time
from typing import Any

POLL_S = 0.001
BEAT_S = 0.25
PROBE_S = 2.0
SCAN_S = 0.1  # a device that leaves and comes back more quickly is not seen to have left
LENGTH = struct.Struct("!H")
MOST_BYTES = 60_000
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

    def __init__(self, number: int, name: str, wanted: dict[str, list[str]]) -> None:
        self.number, self.name, self.wanted = number, name, wanted
        self.ends: dict[str, Any] = {"in": None, "out": None}
        self.names: dict[str, str] = {"in": "", "out": ""}

    def find(self, api: int, make: dict[str, Any], seen: dict[str, list[str]]) -> bool:
        """Open what is there, close what is gone; whether anything changed."""
        changed = False
        for way, patterns in self.wanted.items():
            virtual = "virtual" in patterns
            if self.ends[way] is not None and not virtual and self.names[way] not in seen[way]:
                self.ends[way].close_port()
                self.ends[way].delete()
                self.ends[way], self.names[way], changed = None, "", True
            if self.ends[way] is not None:
                continue
            fits = [n for n in seen[way] if any(re.search(p, n, re.IGNORECASE) for p in patterns)]
            if not virtual and not fits:
                continue
            end = make[way](api, CLIENT)
            if way == "in":
                end.ignore_types(sysex=False, timing=True, active_sense=True)
            label = f"{self.name} {way}"
            if virtual:
                end.open_virtual_port(label)
            else:
                there = end.get_ports()
                if fits[0] not in there:  # unplugged in between
                    end.delete()
                    continue
                end.open_port(there.index(fits[0]), label)
            self.ends[way], self.names[way], changed = end, label if virtual else fits[0], True
        return changed


class Ports:
    """All ports, and the loop that polls them."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.api_name = "auto"
        self.ports: dict[int, Port] = {}
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
        there = {way: end.get_ports() for way, end in self.scanners.items()}
        if self.jack and time.monotonic() >= self.probe_s:
            self.probe_s = time.monotonic() + PROBE_S
            self.probe()
        seen = {way: [n for n in names if not n.startswith(CLIENT)] for way, names in there.items()}
        self.complain("")
        if seen != self.seen:
            self.seen = seen
            self.tell({"seen": seen})
        for port in self.ports.values():
            try:
                changed = port.find(self.api, self.make, seen)
            except Exception as fault:  # rtmidi has several kinds, without a common one
                self.complain(f"MIDI: the ports of {port.name} cannot be opened: {fault}")
                continue
            if changed:
                self.tell({"port": port.number, **port.names})

    def probe(self) -> None:
        """A client of a dead JACK server goes on listing the ports that were; a new client knows.  Raises Gone."""
        old = self.scanners["in"].get_ports()
        try:
            probe = self.make["in"](self.api, f"{CLIENT}-probe")
            new = probe.get_ports()
            probe.delete()
        except Exception:
            raise Gone("the JACK server has gone; it is tried again") from None
        if new != old and new != self.scanners["in"].get_ports():
            raise Gone("the JACK server was started anew; its ports are opened again")

    def obey(self, frame: bytes) -> None:
        if frame[:1] == b"M":
            port = self.ports.get(frame[1])
            if port is not None and port.ends["out"] is not None:
                port.ends["out"].send_message(list(frame[2:]))
            return
        message = json.loads(frame[1:])
        if "api" in message:
            self.api_name = message["api"]
        elif "open" in message:
            wanted = {way: message[way] for way in ("in", "out")}
            self.ports[message["open"]] = Port(message["open"], message["name"], wanted)

    def poll(self) -> None:
        """Hand on all that came in.  Never a Python callback: those corrupt bursts."""
        for port in self.ports.values():
            end = port.ends["in"]
            while end is not None and (got := end.get_message()) is not None:
                self.sock.sendall(midi(port.number, bytes(got[0])[:MOST_BYTES]))

    def run(self) -> None:
        """Until the socket closes."""
        buffer = bytearray()
        beat_s = scan_s = 0.0
        while True:
            if select.select([self.sock], [], [], POLL_S)[0]:
                data = self.sock.recv(65536)
                if not data:
                    return
                buffer += data
                for frame in frames(buffer):
                    self.obey(frame)
                    if frame[:1] == b"J":
                        scan_s = 0.0
            self.poll()
            now_s = time.monotonic()
            if now_s >= beat_s:
                beat_s = now_s + BEAT_S
                self.tell({"beat": 1})
            if now_s >= scan_s and self.ports:
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
