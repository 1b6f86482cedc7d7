"""JACK's MIDI ports, listed by a client without a process callback: it wakes in no period, only when ports come and go.

Through the same libjack as rtmidi's, which is loaded in this process already; a client of rtmidi's wakes in every
period, though it only lists.  JACK calls from a thread of its own: what it says is only noted there.
"""

import ctypes
from typing import Any

NO_START = 1  # JackNoStartServer
MIDI = b"8 bit raw midi"
ALL = 0
WAY = {"in": 2, "out": 1}  # what flows towards us comes out of others: JackPortIsOutput, JackPortIsInput
_SHUTDOWN = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_REGISTERED = ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_int, ctypes.c_void_p)


class NoServer(Exception):
    """No JACK server takes a client."""


def _library(path: str) -> Any:
    """libjack as the module at a path is linked with it.  Raises OSError or AttributeError where it is not."""
    jack = ctypes.CDLL(path)
    client, text = ctypes.c_void_p, ctypes.c_char_p
    jack.jack_client_open.restype, jack.jack_client_open.argtypes = client, [text, ctypes.c_int, ctypes.c_void_p]
    jack.jack_on_shutdown.restype, jack.jack_on_shutdown.argtypes = None, [client, _SHUTDOWN, ctypes.c_void_p]
    jack.jack_set_port_registration_callback.argtypes = [client, _REGISTERED, ctypes.c_void_p]
    jack.jack_activate.argtypes = [client]
    jack.jack_port_by_name.restype, jack.jack_port_by_name.argtypes = ctypes.c_void_p, [client, text]
    jack.jack_port_by_id.restype, jack.jack_port_by_id.argtypes = ctypes.c_void_p, [client, ctypes.c_uint32]
    jack.jack_get_ports.restype = ctypes.POINTER(text)
    jack.jack_get_ports.argtypes = [client, text, text, ctypes.c_ulong]
    jack.jack_free.restype, jack.jack_free.argtypes = None, [ctypes.c_void_p]
    return jack


class JackList:
    """Attributes: changes, how often a port came or went; gone, whether the server has ended."""

    def __init__(self, module: str, name: str) -> None:
        """module: the file that brings libjack along.  Raises NoServer; OSError or AttributeError without a libjack."""
        self._jack = _library(module)
        self._client = self._jack.jack_client_open(name.encode(), NO_START, None)
        if not self._client:
            raise NoServer
        self.gone, self.changes = False, 0
        self._left: list[int] = []  # numbers of ports that went
        self._held: dict[str, int] = {}
        self._told = _SHUTDOWN(self._end), _REGISTERED(self._change)  # kept for JACK
        self._jack.jack_on_shutdown(self._client, self._told[0], None)
        self._jack.jack_set_port_registration_callback(self._client, self._told[1], None)
        self._jack.jack_activate(self._client)

    def _end(self, _: object) -> None:
        self.gone = True

    def _change(self, port: int, there: int, _: object) -> None:
        if not there:
            self._left.append(port)
        self.changes += 1

    def hold(self, names: list[str]) -> None:
        """Which ports `left` tells of from now on."""
        self._held = {name: self._jack.jack_port_by_name(self._client, name.encode()) for name in names}

    def left(self) -> set[str]:
        """Those of them that went since the last time, though one of the same name may be there by now."""
        left, self._left = self._left, []
        gone = {self._jack.jack_port_by_id(self._client, port) for port in left}
        return {name for name, port in self._held.items() if port in gone}

    def names(self, flags: int = ALL) -> list[str]:
        """Of all MIDI ports, or of those with a flag of WAY, in the server's order."""
        found = self._jack.jack_get_ports(self._client, None, MIDI, flags)
        out: list[str] = []
        while found and found[len(out)]:
            out.append(found[len(out)].decode(errors="replace"))
        if found:
            self._jack.jack_free(found)
        return out

    def way(self, way: str) -> "JackWay":
        """What lists those of one way."""
        return JackWay(self, way)


class JackWay:
    """As an end of rtmidi lists ports."""

    def __init__(self, jack: JackList, way: str) -> None:
        self._jack, self._way = jack, way

    def get_ports(self) -> list[str]:
        return self._jack.names(WAY[self._way])

    def get_port_count(self) -> int:
        return len(self.get_ports())
