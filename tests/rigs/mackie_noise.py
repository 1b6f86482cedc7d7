"""Bytes that a surface may bring in, good and bad; and by the sheet alone, which paths a message of them names."""

import random
from collections.abc import Mapping
from typing import Any

import mackie_oracle as oracle

GOOD = [bytes.fromhex(text) for text in (
    "e0 7f 5f", "e3 00 20", "e7 40 40", "e8 00 00", "90 68 7f", "90 68 00", "90 10 7f", "90 02 7f", "90 0a 7f",
    "90 1c 7f", "90 23 7f", "90 2f 7f", "90 32 7f", "90 2a 7f", "b0 10 01", "b0 17 47", "b0 3c 41", "b0 2e 40",
    "f0 00 00 66 14 06 00 f7", "f0 00 00 66 14 01 58595a57186105 57186105 f7")]  # fmt: skip
NAMED: set[str] = {"anything: a key of the table"}
STRIP_KEYS, PRESS, KEYS, TOUCH, MASTER_TOUCH = 0x20, 0x28, 0x68, 0x70, 0x71
ROWS = ("arm", "solo", "mute", "")
PEDAL = "monitor/level"


def noise(dice: random.Random) -> bytes:
    """A good message, one with something wrong, or nothing of one."""
    data = bytearray(dice.choice(GOOD))
    for _ in range(dice.randrange(4)):
        what = dice.randrange(5)
        if what == 0 and data:
            data[dice.randrange(len(data))] = dice.randrange(256)
        elif what == 1 and data:
            del data[dice.randrange(len(data)) :]
        elif what == 2:
            data.insert(dice.randrange(len(data) + 1), dice.randrange(256))
        elif what == 3:
            data = bytearray(dice.randbytes(dice.randrange(30)))
        elif data:
            data[-1] = dice.randrange(128)
    return bytes(data) if dice.random() > 0.002 else b"\xf0" + dice.randbytes(dice.choice([1023, 1024, 5000]))


def named(data: bytes, values: Mapping[str, Any], device: oracle.Device) -> set[str]:
    """The paths that a message of a unit may move; NAMED where that is a key's, or the page has knobs of its own."""
    if len(data) != 3 or data[0] < 0x80 or max(data[1:]) > 0x7F:
        return set()
    kind, channel = data[0] & 0xF0, data[0] & 0x0F
    pages = values["surface/1/now/page"] in oracle.EACH
    if kind == 0xE0:
        return at(oracle.paths(values, 1, device)[1], channel) if pages else NAMED if channel <= 8 else set()
    if channel:
        return set()
    if kind in (0x90, 0x80):
        note, down = data[1], kind == 0x90 and data[2] > 0x40
        if not down and note < KEYS:
            return {"talkback/on"}
        if note < STRIP_KEYS:
            return strip_key(values, device, note)
        if note >= KEYS:
            return set()
        return NAMED
    if kind != 0xB0:
        return set()
    if 0x10 <= data[1] < 0x18:
        return at(oracle.paths(values, 1, device)[2], data[1] - 0x10) if pages else NAMED
    return NAMED if data[1] == 0x3C else {PEDAL} if data[1] == 0x2E else set()


def at(paths: list[str], k: int) -> set[str]:
    return {paths[k]} - {""} if k < len(paths) else set()


def strip_key(values: Mapping[str, Any], device: oracle.Device, note: int) -> set[str]:
    strip = oracle.places(values, 1)[device.at + note % 8]
    row = ROWS[note // 8]
    if not row:
        return {f"surface/1/now/{name}" for name in ("select", "spill", "first", "page", "bus")}
    return {f"{strip}/{row}", "solo/any"} if strip else set()
