"""What is sent to the ports together is one write to their process, in its order."""

from typing import Any

from studiod.midi_ports import frames
from studiod.midi_ports.link import FULL_BYTES, Link


class Pipe:
    """In place of the way to the process: what was written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def get_write_buffer_size(self) -> int:
        return 0


def linked() -> tuple[Link, Pipe]:
    link, pipe = Link(), Pipe()
    written: Any = pipe
    link._writer = written
    link._keeper = object()  # type: ignore[assignment]
    for name in ("one", "two"):
        link.open(name, [name], [name], lambda data: None, lambda up: None)
    for port in link._ports:
        port.up = True
    pipe.written.clear()
    return link, pipe


def test_messages_that_are_sent_together_are_one_write() -> None:
    link, pipe = linked()
    with link.together():
        assert link.send("one", b"\xe0\x00\x01")
        link.drop("two", 0xE1)
        assert link.send("two", b"\xe1\x00\x02")
        assert pipe.written == []
    (piece,) = pipe.written
    got = frames.frames(bytearray(piece))
    assert [got[0], got[2]] == [b"M\x00\xe0\x00\x01", b"M\x01\xe1\x00\x02"]
    assert got[1][:1] == b"J"
    assert link.send("one", b"\xd0\x05")
    assert len(pipe.written) == 2, "alone it leaves at once"


def test_together_takes_no_more_than_the_process_may_be_behind() -> None:
    link, pipe = linked()
    with link.together():
        taken = sum(link.send("one", bytes(1000)) for _ in range(200))
    assert 0 < taken < 200
    assert FULL_BYTES <= len(pipe.written[0]) < FULL_BYTES + 2000
