"""The rows of the store: its tables, and the sum by which each row says that it is what was written.

A row stands alone.  Its sum covers the table's name, its key, what it holds and its turn, so that a row found anywhere,
in a page that nothing leads to any more, is known for what it is.  A turn is the number of the transaction that wrote
it: of two rows with one key the higher turn is the newer.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import index
from typing import Any

from studiod.registry.laws import short

VERSION = 2  # of the tables, in the file's user_version
PAGE_BYTES = 4096
UNPACKED_BYTES = 16 << 20  # of one record: the largest console's scene is some 4 MB
TABLES = {
    "state": "CREATE TABLE state (path TEXT PRIMARY KEY, value TEXT NOT NULL, turn INTEGER NOT NULL, "
    "sum INTEGER NOT NULL)",
    "kept": "CREATE TABLE kept (kind TEXT, name TEXT, head TEXT NOT NULL, packed BLOB NOT NULL, "
    "turn INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (kind, name))",
    "pieces": "CREATE TABLE pieces (kind TEXT, name TEXT, part INTEGER, packed BLOB NOT NULL, "
    "turn INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (kind, name, part))",
    "gone": "CREATE TABLE gone (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, "
    "turn INTEGER NOT NULL, sum INTEGER NOT NULL)",
}  # value, head: JSON; packed: through zlib; gone: which records were deleted, since a backup may have them
COLUMNS = {"state": "path, value", "kept": "kind, name, head, packed", "pieces": "kind, name, part, packed",
           "gone": "kind, name"}  # fmt: skip # behind them turn and sum
PUT_VALUE = (
    "INSERT INTO state VALUES (?, ?, ?, ?) "
    "ON CONFLICT (path) DO UPDATE SET value = excluded.value, turn = excluded.turn, sum = excluded.sum"
)
PUT_RECORD = (
    "INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, name) DO UPDATE "
    "SET head = excluded.head, packed = excluded.packed, turn = excluded.turn, sum = excluded.sum"
)
PUT_PIECE = "INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?, ?, ?)"
PUT_GONE = "INSERT INTO gone (kind, name, turn, sum) VALUES (?, ?, ?, ?)"
GONE_MOST = 2000  # deletions that are remembered
FORGET_GONE = f"DELETE FROM gone WHERE id <= (SELECT max(id) FROM gone) - {GONE_MOST}"
DROP_RECORD = "DELETE FROM kept WHERE kind = ? AND name = ?"
DROP_PIECES = "DELETE FROM pieces WHERE kind = ? AND name = ?"

Key = tuple[str, str]  # kind, name
Record = tuple[str, bytes]  # head, packed
Held = Sequence[str | bytes | int]  # a row without turn and sum


@dataclass
class Rows:
    """What a file holds, each row behind the turn that it is of."""

    values: dict[str, tuple[int, str]] = field(default_factory=dict)  # by path; as JSON
    records: dict[Key, tuple[int, str, bytes]] = field(default_factory=dict)
    pieces: dict[tuple[str, str, int], tuple[int, bytes]] = field(default_factory=dict)
    gone: dict[Key, tuple[int]] = field(default_factory=dict)

    @property
    def turn(self) -> int:
        """Of the newest transaction: each leaves a row."""
        tables: Iterable[dict[Any, Any]] = (self.values, self.records, self.pieces, self.gone)
        return max((row[0] for table in tables for row in table.values()), default=0)

    def take(self, table: str, rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
        """Rows as they were found, texts as bytes, turn and sum last; those that are not what was written.

        Of two with one key the newer one stays.
        """
        bad = []
        tables: dict[str, dict[Any, Any]] = {"state": self.values, "kept": self.records, "pieces": self.pieces}
        into = tables.get(table, self.gone)
        for row, key, held in looked_at(table, rows):
            if held is None:
                bad.append(row)
            elif key not in into or into[key][0] < held[0]:
                into[key] = held
        return bad


def looked_at(table: str, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[Sequence[Any], Any, tuple[Any, ...] | None]]:
    """Each row as it was found, texts as bytes, turn and sum last; its key; its turn and what it holds, None where it
    is not what was written."""
    prefix, crc = table.encode() + b"\0", zlib.crc32
    for row in rows:
        turn = row[-2]
        key: Any = None
        try:
            parts = [part if part.__class__ is bytes else b"%d" % part for part in row[:-1]]
            sound = turn.__class__ is int and crc(prefix + b"\0".join(parts)) == row[-1]
            if table == "state":
                key = row[0].decode()
                found: tuple[Any, ...] = (turn, row[1].decode())
            elif table == "kept":
                key, found = (row[0].decode(), row[1].decode()), (turn, row[2].decode(), bytes(memoryview(row[3])))
            elif table == "pieces":
                key, found = (row[0].decode(), row[1].decode(), index(row[2])), (turn, bytes(memoryview(row[3])))
            else:
                key, found = (row[0].decode(), row[1].decode()), (turn,)
        except (TypeError, AttributeError, UnicodeDecodeError):  # a column of another type than ever was written
            sound = False
        yield row, key, found if sound else None


def summed(table: str, held: Held, turn: int) -> tuple[str | bytes | int, ...]:
    """A row as it is written: with its turn and its sum."""
    parts = [part if isinstance(part, bytes) else str(part).encode() for part in (*held, turn)]
    return *held, turn, zlib.crc32(table.encode() + b"\0" + b"\0".join(parts))


def unpacked(packed: bytes) -> bytes:
    """What a record holds, as it was before it was packed.  Raises ValueError, TypeError, zlib.error."""
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(packed, UNPACKED_BYTES)
    if not unpacking.eof:
        raise ValueError("it breaks off, or is larger than any record")
    return text


def value_text(value: object) -> str:
    """A value as the file has it.  Raises ValueError, TypeError: it has no place in JSON."""
    text = json.dumps(short(value), ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(short(value))
    return text


def label(key: str | Key) -> str:
    """What a row is called for people: ch/1/fader, scene 'Verse', moves of ch/1/fader."""
    if isinstance(key, str):
        return key
    kind, name = key
    return f"moves of {name}" if kind == "moves" else f"{kind} {name!r}"
