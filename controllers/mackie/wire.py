"""Mackie Control, bytes to events and back; no state.

Emagic, "Logic Control MIDI Implementation", 2002; TouchMCU's page for what a Mackie Control Universal Pro does with it.
Nothing here raises on bytes, whatever they are: what means nothing is Junk, with its kind in words.
"""

from collections.abc import Sequence
from typing import NamedTuple

HEAD = b"\xf0\x00\x00\x66"
QUERY, HELLO, REPLY, CONFIRMED, REFUSED, READY = 0x00, 0x01, 0x02, 0x03, 0x04, 0x06
LCD, METER_MODE, COLOURS = 0x12, 0x20, 0x72
OURS = (QUERY, REPLY, LCD, METER_MODE)  # what a host alone says: it comes back by a wired loop
LOGIC = (0x10, 0x11)  # the models that ask for an answer to their challenge; all others take none, ever
MASTER = 8  # among faders and touches
SYSEX_MOST = 1024
LINE = 56  # characters of a line of the display; the second follows the first
TOUCH, MASTER_TOUCH, VPOT_PRESS, STRIP_KEYS = 0x68, 0x70, 0x20, 0x28
LAST_KEY = 0x67
RING, VPOT, JOG, PEDAL, DIGIT = 0x30, 0x10, 0x3C, 0x2E, 0x40
OFF, FLASH, ON = 0x00, 0x01, 0x7F
DOT, BOOST, WRAP, SPREAD = range(4)  # modes of a ring


class Fader(NamedTuple):
    """A position 0..16383; n: 0..7, or MASTER."""

    n: int
    position: int


class Touch(NamedTuple):
    n: int
    down: bool


class Key(NamedTuple):
    note: int
    down: bool


class Turn(NamedTuple):
    """Ticks of a knob, clockwise above 0; n: 0..7."""

    n: int
    ticks: int


class Jog(NamedTuple):
    ticks: int


class Pedal(NamedTuple):
    """0..127."""

    value: int


class Hello(NamedTuple):
    """A unit asks who we are: at its power-on, and when it was asked."""

    model: int
    serial: bytes
    challenge: bytes


class Confirmed(NamedTuple):
    model: int


class Ready(NamedTuple):
    """It is there; nothing to answer."""

    model: int


class Refused(NamedTuple):
    """The answer to its challenge was wrong."""

    model: int


class Loop(NamedTuple):
    """What a host alone says has come in."""

    command: int


class Junk(NamedTuple):
    """What means nothing, by its kind."""

    why: str


Event = Fader | Touch | Key | Turn | Jog | Pedal | Hello | Confirmed | Ready | Refused | Loop | Junk


def read(data: bytes) -> Event:
    """One whole message."""
    if not data:
        return Junk("no byte")
    if data[0] == 0xF0:
        return _sysex(data)
    if data[0] < 0x80:
        return Junk("running status")
    if data[0] >= 0xF0:
        return Junk("clock, sensing or other messages of the system")
    kind, channel = data[0] & 0xF0, data[0] & 0x0F
    if len(data) != (2 if kind in (0xC0, 0xD0) else 3) or max(data[1:]) > 0x7F:
        return Junk("a cut message")
    if kind == 0xE0:
        return Fader(channel, data[2] << 7 | data[1]) if channel <= MASTER else Junk("pitch bend on channels 10..16")
    if channel == 0 and kind in (0x90, 0x80):
        return _note(data[1], kind == 0x90 and data[2] > 0x40)
    if channel == 0 and kind == 0xB0:
        return _control(data[1], data[2])
    return Junk("other messages or channels")


def _note(note: int, down: bool) -> Event:
    if TOUCH <= note < TOUCH + 8:
        return Touch(note - TOUCH, down)
    if note == MASTER_TOUCH:
        return Touch(MASTER, down)
    return Key(note, down) if note <= LAST_KEY else Junk("unknown notes")


def _control(number: int, value: int) -> Event:
    ticks = (value & 0x3F) * (-1 if value & 0x40 else 1)
    if not ticks and number in (*range(VPOT, VPOT + 8), JOG):
        return Junk("turns by nothing")
    if VPOT <= number < VPOT + 8:
        return Turn(number - VPOT, ticks)
    if number == JOG:
        return Jog(ticks)
    return Pedal(value) if number == PEDAL else Junk("unknown controllers")


def _sysex(data: bytes) -> Event:
    if len(data) > SYSEX_MOST:
        return Junk("SysEx without an end")
    if data[-1] != 0xF7 or any(byte > 0x7F for byte in data[1:-1]):
        return Junk("cut SysEx")
    if not data.startswith(HEAD) or len(data) < 7:
        return Junk("SysEx of others")
    model, command, rest = data[4], data[5], data[6:-1]
    if command == HELLO and len(rest) == 11:
        return Hello(model, rest[:7], rest[7:])
    if command == CONFIRMED and len(rest) == 7:
        return Confirmed(model)
    if command == REFUSED and len(rest) == 7:
        return Refused(model)
    if command == READY:
        return Ready(model)
    if command in OURS:
        return Loop(command)
    return Junk("SysEx that is too short or unknown")


# -- to the device ----------------------------------------------------------------------------------------------------


def sysex(model: int, command: int, body: bytes | Sequence[int] = b"") -> bytes:
    return HEAD + bytes((model, command, *body, 0xF7))


def query(model: int) -> bytes:
    """Who is there?"""
    return sysex(model, QUERY)


def response(challenge: bytes) -> bytes:
    """What a Logic Control wants to its four bytes."""
    a, b, c, d = challenge
    return bytes(
        byte & 0x7F
        for byte in (a + (b ^ 0x0A) - d, (c >> 4) ^ (a + d), (d - (c << 2)) ^ (a | b), b - c + (0xF0 ^ (d << 4)))
    )


def reply(hello: Hello) -> bytes:
    return sysex(hello.model, REPLY, hello.serial + response(hello.challenge))


def fader(n: int, position: int) -> bytes:
    return bytes((0xE0 | n, position & 0x7F, position >> 7))


def led(note: int, state: int) -> bytes:
    """state: OFF, FLASH or ON."""
    return bytes((0x90, note, state))


def ring(n: int, value: int) -> bytes:
    return bytes((0xB0, RING + n, value))


def ring_value(mode: int, turn: float, middle: bool = False) -> int:
    """A ring in a mode at a position 0..1; middle: its centre LED too.  SPREAD has six steps, and 0 for none."""
    at = min(max(turn, 0.0), 1.0)
    return middle << 6 | mode << 4 | (round(at * 6) if mode == SPREAD else 1 + round(at * 10))


def text(model: int, place: int, characters: str) -> bytes:
    """place: 0..111, the second line from 56 on.  ASCII only."""
    return sysex(model, LCD, bytes((place,)) + characters.encode("ascii"))


def colours(model: int, eight: Sequence[int]) -> bytes:
    """Behringer's: a number 0..7 for each strip, bit 0 red, 1 green, 2 blue."""
    return sysex(model, COLOURS, eight)


def meter(n: int, level: int) -> bytes:
    """level: 0..12 the bar, 14 sets the overload, 15 clears it."""
    return bytes((0xD0, n << 4 | level))


def digit(place: int, character: str, dot: bool = False) -> bytes:
    """place: 0 the rightmost of ten, 10 and 11 the right and left one of the assignment."""
    return bytes((0xB0, DIGIT + place, ord(character.upper()) & 0x3F | dot << 6))
