"""A way in and a way out on JACK, with the methods of rtmidi's that the process of the MIDI ports uses."""

from studiod.midi_ports.frames import MOST_BYTES
from studiod.midi_ports.jack.client import Client
from studiod.midi_ports.jack.ring import IN_BYTES, OUT_BYTES, Ring
from studiod.midi_ports.jack.whole import Whole

TIMING, ACTIVE_SENSE = (0xF1, 0xF8), 0xFE


class End:
    """One way, "in" or "out"; until it is opened it only lists.  client: of all ways out; name: of a way in's own."""

    def __init__(self, client: Client, way: str, name: str = "") -> None:
        self._main, self._way, self._name = client, way, name
        self._client = client
        self._slot = -1
        self._ring: Ring | None = None
        self._whole = Whole(MOST_BYTES)
        self._ignored: set[int] = set()
        self._last_us = 0

    def get_ports(self) -> list[str]:
        return self._main.names(self._way)

    def open_port(self, place: int, label: str) -> None:
        """Connected to a port by its place in the list.  Raises OSError."""
        name = self.get_ports()[place]
        self.open_virtual_port(label)
        if not self._client.connect(self._slot, name):
            self.close_port()
            raise OSError(f"the JACK server does not connect {name!r}")

    def open_virtual_port(self, label: str) -> None:
        """To which others connect.  Raises OSError."""
        self._ring = Ring(self._main.library, IN_BYTES if self._way == "in" else OUT_BYTES)
        if self._way == "in":
            self._client = Client(self._name, self._main)
        try:
            self._slot = self._client.register(label, self._way, self._ring)
        except OSError:
            self.close_port()
            raise

    def close_port(self) -> None:
        if self._slot >= 0:
            self._client.unregister(self._slot)
        if self._client is not self._main:
            self._client.close()
        self._client, self._slot, self._ring = self._main, -1, None

    def delete(self) -> None:
        self.close_port()

    def ignore_types(self, sysex: bool = True, timing: bool = True, active_sense: bool = True) -> None:
        """What get_message leaves out; SysEx it never does."""
        self._ignored = {*(TIMING if timing else ()), *((ACTIVE_SENSE,) if active_sense else ())}

    @property
    def lost(self) -> int:
        """How many messages came faster than they were taken."""
        return self._ring.lost if self._ring is not None else 0

    def get_message(self) -> tuple[bytes, float] | None:
        """The next message, and how many seconds after the last one it came; b"" for what makes none, or is ignored."""
        if self._ring is None or (got := self._ring.get()) is None:
            return None
        came_us, piece = got
        data = self._whole.of(piece)
        if not data or data[0] in self._ignored:
            return b"", 0.0
        since_s = (came_us - self._last_us) / 1e6 if self._last_us else 0.0
        self._last_us = came_us
        return data, since_s

    def send_message(self, data: bytes | list[int]) -> None:
        """In the next period.  What finds no room is lost: the server takes nothing."""
        if self._ring is not None and data:
            self._ring.put(bytes(data))
