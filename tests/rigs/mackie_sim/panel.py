"""What can be seen on a unit: LEDs, rings, text, colours, digits, bars.  Time is handed in; it knows nothing of ports.

Sheet §5 to §9.  `apply` says of each message whether it was shown, or what this unit has no place for.
"""

from mackie_sim.kinds import Kind

COLUMNS = 56
FALL_S = 0.3  # a step of a bar
RING_LEDS, CENTRE = 11, 6
STRIP_NOTES = 0x20  # of four rows; the knobs' have no LED
MASTER_NOTES = frozenset((*range(0x28, 0x66), 0x71, 0x72, 0x73))
CLICK = 0x76
LAST_DIGIT = 12
WHITE = 7


def lit(value: int) -> list[int]:
    """Which of the LEDs 1..11 of a ring are on."""
    mode, place = value >> 4 & 3, value & 15
    if place == 0:
        return []
    place = min(place, 6 if mode == 3 else RING_LEDS)
    ranges = (
        (place, place),
        (min(place, CENTRE), max(place, CENTRE)),
        (1, place),
        (CENTRE - place + 1, CENTRE + place - 1),
    )
    first, last = ranges[mode]
    return list(range(first, last + 1))


def digit(value: int) -> str:
    """A seven-segment digit, its dot behind it."""
    low = value & 0x3F
    return chr(low + 0x40 if low < 0x20 else low) + ("." if value & 0x40 else "")


class Panel:
    """All off, as after the switch."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.leds: dict[int, int] = {}
        self.rings = [0] * kind.strips
        self.text = bytearray(b" " * 2 * COLUMNS)
        self.colours = [WHITE] * kind.strips
        self.digits = [0x20] * LAST_DIGIT
        self.over = [False] * kind.strips
        self.clicks = 0
        self._bars = [(0, 0.0)] * kind.strips  # level, and the second at which it was said

    def bar(self, strip: int, now_s: float) -> int:
        """The bar's height, 0..12, by now."""
        level, at_s = self._bars[strip]
        return max(0, level - int((now_s - at_s) / FALL_S + 1e-9))

    def note(self, note: int, value: int) -> bool:
        if note == CLICK and self.kind.master:
            self.clicks += value > 0
            return True
        strip, main = note < STRIP_NOTES and note % 8 < self.kind.strips, self.kind.master and note in MASTER_NOTES
        if strip or main:
            # anything even is off and anything odd flashes, but for the highest
            self.leds[note] = 2 if value == 0x7F else value & 1
        return strip or main

    def ring(self, strip: int, value: int) -> bool:
        if strip < self.kind.strips:
            self.rings[strip] = value & 0x7F
        return strip < self.kind.strips

    def figure(self, place: int, value: int) -> bool:
        if self.kind.master:
            self.digits[place] = value & 0x7F
        return self.kind.master

    def meter(self, now_s: float, strip: int, level: int) -> bool:
        """A louder one than stands lifts the bar; it falls by itself; zero is zero at once."""
        if not self.kind.meters or strip >= self.kind.strips or level == 13:
            return False
        if level > 13:
            self.over[strip] = level == 14
        elif level == 0 or level >= self.bar(strip, now_s):
            self._bars[strip] = (level, now_s)
        return True

    def write(self, offset: int, text: bytes) -> bool:
        end = offset + len(text)
        if not self.kind.text or end > 2 * COLUMNS or not text:
            return False
        self.text[offset:end] = text
        return True

    def paint(self, colours: bytes) -> bool:
        if not self.kind.colours or len(colours) != 8 or max(colours) > WHITE:
            return False
        self.colours = list(colours[: self.kind.strips])
        return True

    def cells(self, line: int) -> list[str]:
        """What each strip shows in a line: only what can be seen of it."""
        row = self.text[line * COLUMNS : (line + 1) * COLUMNS].decode("latin-1")
        return [row[7 * k : 7 * k + self.kind.cell] for k in range(self.kind.strips)]

    def seen(self, now_s: float) -> dict[str, object]:
        """All of it, as plain data."""
        timecode = "".join(digit(value) for value in reversed(self.digits[:10]))
        return {
            "leds": {
                f"{note:02x}": ("off", "flash", "on")[value] for note, value in sorted(self.leds.items()) if value
            },
            "rings": [lit(value) for value in self.rings],
            "ring_modes": [value >> 4 & 3 for value in self.rings],
            "ring_centres": [bool(value & 0x40) for value in self.rings],
            "text": [self.text[:COLUMNS].decode("latin-1"), self.text[COLUMNS:].decode("latin-1")],
            "cells": [self.cells(0), self.cells(1)],
            "colours": list(self.colours) if self.kind.colours else [],
            "timecode": timecode,
            "assignment": digit(self.digits[11]) + digit(self.digits[10]),
            "bars": [self.bar(strip, now_s) for strip in range(self.kind.strips)],
            "over": list(self.over),
            "clicks": self.clicks,
        }
