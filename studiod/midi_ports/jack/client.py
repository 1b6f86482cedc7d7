"""Our clients of a JACK server: one for all ways out, which also lists, and one for each way in.

The server wakes each in every period; rtmidi has one for each way of each port, and two that list.  A way in is woken
after the device that it is connected to: with a client of its own, a device that stands still costs nobody else.  In
and out in one client make a circle with their device, which the server cuts by handing one way on a period later.
"""

import ctypes
import os
import time
from typing import Any

from studiod.midi_ports.jack.library import library
from studiod.midi_ports.jack.ring import Ring

NO_START = 1  # JackNoStartServer
MIDI = b"8 bit raw midi"
OURS = {"in": 1, "out": 2}  # JackPortIsInput, JackPortIsOutput: of our own port
THEIRS = {"in": 2, "out": 1}  # what flows towards us comes out of others
SLOTS_MOST, LEFT_MOST = 512, 1024
PERIOD_S = 0.1  # longer than any: a slot that was emptied is not looked at any more
# Words of the table (period.ll): eight, the ports that left, the slots of four
_PIPE, _PERIODS, _ENDED, _CHANGES, _SLOTS, _LEFT_COUNT, _, _, _LEFT = range(9)
_FIRST = _LEFT + LEFT_MOST


class NoServer(Exception):
    """No JACK server takes a client."""


class Client:
    """Under a name of ours.  `library`: what rings are made with.

    in_for: the client whose pipe says that something came; without one, this is it, and hears when ports come and go.
    """

    def __init__(self, name: str, in_for: "Client | None" = None) -> None:
        """Raises NoServer; OSError or AttributeError without a libjack."""
        self.library = library()
        self._jack, made = self.library.jack, self.library.made
        self._client = self._jack.jack_client_open(name.encode(), NO_START, None)
        if not self._client:
            raise NoServer
        self._pipe: int
        self._write: int
        self._pipe, self._write = os.pipe() if in_for is None else (in_for._pipe, in_for._write)
        os.set_blocking(self._pipe, False)
        os.set_blocking(self._write, False)
        self._table = (ctypes.c_int64 * (_FIRST + 4 * SLOTS_MOST))()
        self._table[_PIPE] = self._write
        self._kept: dict[int, Ring] = {}
        self._left = 0
        table = ctypes.addressof(self._table)
        self._jack.jack_set_process_callback(self._client, made["period"], table)
        self._jack.jack_on_shutdown(self._client, made["ended"], table)
        if in_for is None:
            self._jack.jack_set_port_registration_callback(self._client, made["changed"], table)
            self._jack.jack_set_port_rename_callback(self._client, made["renamed"], table)
        if self._jack.jack_activate(self._client):
            raise NoServer

    def close(self) -> None:
        """Before it is forgotten: JACK calls with what lies in it."""
        self._jack.jack_client_close(self._client)

    def fileno(self) -> int:
        """For select: readable when a message came, a port came or went, or the server has ended."""
        return self._pipe

    def drain(self) -> None:
        """What it was readable by is known."""
        os.read(self._pipe, 65536)

    @property
    def ended(self) -> bool:
        """Whether the server has."""
        return bool(self._table[_ENDED])

    @property
    def changes(self) -> int:
        """How often a port came, went or got another name."""
        return int(self._table[_CHANGES])

    def names(self, way: str) -> list[str]:
        """Of all MIDI ports of others that are for a way of ours, in the server's order."""
        found = self._jack.jack_get_ports(self._client, None, MIDI, THEIRS[way])
        out: list[str] = []
        while found and found[len(out)]:
            out.append(found[len(out)].decode(errors="replace"))
        if found:
            self._jack.jack_free(found)
        return out

    def left(self, names: list[str]) -> set[str]:
        """Those of these ports that went since the last time, though one of the same name may be there by now."""
        count, before = int(self._table[_LEFT_COUNT]), self._left
        self._left = count
        if count - before > LEFT_MOST:
            return set(names)
        ids = {int(self._table[_LEFT + k % LEFT_MOST]) for k in range(before, count)}
        gone = {self._jack.jack_port_by_id(self._client, number) for number in ids}
        return {name for name in names if self._jack.jack_port_by_name(self._client, name.encode()) in gone}

    def register(self, label: str, way: str, ring: Ring) -> int:
        """A port of ours and its ring; the number of its slot.  Raises OSError where the server takes none."""
        port = self._jack.jack_port_register(self._client, label.encode(), MIDI, OURS[way], 0)
        free = next((k for k in range(SLOTS_MOST) if not self._table[_FIRST + 4 * k]), -1)
        if not port or free < 0:
            raise OSError(f"the JACK server takes no port {label!r}")
        at = _FIRST + 4 * free
        self._kept[free] = ring
        self._table[at + 1], self._table[at + 2] = ring.address, way == "out"
        self._table[_SLOTS] = max(self._table[_SLOTS], free + 1)
        self.library.store(ctypes.addressof(self._table) + 8 * at, port)
        return free

    def connect(self, slot: int, name: str) -> bool:
        """Between one of our ports and another's; whether it is."""
        mine = self._jack.jack_port_name(self._port(slot))
        wire = (name.encode(), mine) if not self._table[_FIRST + 4 * slot + 2] else (mine, name.encode())
        return self._jack.jack_connect(self._client, *wire) in (0, 17)  # EEXIST: it is already

    def unregister(self, slot: int) -> None:
        """Give a port back, when JACK's thread has done with it."""
        port, periods = self._port(slot), self._table[_PERIODS]
        self.library.store(ctypes.addressof(self._table) + 8 * (_FIRST + 4 * slot), 0)
        end_s = time.monotonic() + PERIOD_S
        while self._table[_PERIODS] < periods + 2 and time.monotonic() < end_s and not self.ended:
            time.sleep(0.0005)
        self._jack.jack_port_unregister(self._client, port)
        del self._kept[slot]

    def _port(self, slot: int) -> Any:
        return self._table[_FIRST + 4 * slot]
