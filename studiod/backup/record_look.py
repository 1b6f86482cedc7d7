"""Whether a record of a file is one: read once as whoever holds its kind reads it, before anything counts on it."""

import contextlib
from collections.abc import Iterable

from studiod.memory import cues
from studiod.memory.shelf import BROKEN, read_head, size, unpack
from studiod.multitrack import automation_kept, markers
from studiod.store.rows import Key, Record
from studiod.texts import printable

FREE = (automation_kept.UNREADABLE,)  # kinds that are kept as they are, whatever they hold
ANY_RATE_HZ = 48_000
MOVES_BYTES = 256 << 20  # of all moves together, unpacked: some ten million


def too_much(moves: Iterable[bytes]) -> bool:
    """Whether records and pieces of moves hold more than a start can read in its time."""
    total = 0
    for packed in moves:
        with contextlib.suppress(*BROKEN):  # what cannot be unpacked holds nothing
            total += size(packed)
        if total > MOVES_BYTES:
            return True
    return False


def sound(key: Key, record: Record) -> bool:
    """Takes some ms for a scene: on a thread."""
    kind, name = key
    if kind in FREE:
        return True
    try:
        if kind == automation_kept.KIND:
            automation_kept.moves_of(record, ANY_RATE_HZ)
        elif kind == cues.KIND:
            cues.entries(record[1])
        elif kind == "marker":
            markers.place_of(unpack(record[1]))
        else:
            unpack(record[1])
        read_head(record[0])
    except BROKEN:
        return False
    return printable(name)


def piece_sound(packed: bytes) -> bool:
    """Of a pass of moves that came to no end."""
    try:
        automation_kept.over({}, packed, ANY_RATE_HZ)
    except BROKEN:
        return False
    return True
