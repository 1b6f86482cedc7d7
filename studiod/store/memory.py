"""All that the store's file should hold, and what of it is not in it yet: of each key the newest.

The desk's thread puts in, the store's thread takes out; neither holds the lock for longer than a copy of names takes.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from studiod.store.file import Batch
from studiod.store.merge import Start
from studiod.store.place import Name
from studiod.store.rows import GONE_MOST, Key, Record, label, value_text

Packing = Record | Callable[[], Record]  # a function packs on the store's thread
_log = logging.getLogger(__name__)


@dataclass
class Due:
    """What is to be written next, and as what."""

    news: dict[str, object]
    records: dict[Key, None]
    pieces: dict[Key, int]  # how many there are
    batch: Batch


class Memory:
    """Attribute fresh: the turn of each record, and of the values that were written last, oldest first."""

    def __init__(self, start: Start, values: Mapping[str, object]) -> None:
        self._values = dict(values)
        self._records: dict[Key, Packing] = {
            key: (head, packed) for key, (_, head, packed) in start.rows.records.items()
        }
        self._pieces: dict[Key, list[bytes]] = {}
        for (kind, name, _), (_, packed) in sorted(start.rows.pieces.items()):
            self._pieces.setdefault((kind, name), []).append(packed)
        self._gone = {key: turn for key, (turn,) in start.rows.gone.items()}
        self.fresh: dict[Name, int] = {key: row[0] for key, row in start.rows.records.items()}
        self._news: dict[str, object] = {}
        self._due: dict[Key, None] = {}
        self._done = {key: len(parts) for key, parts in self._pieces.items()}
        self._more: dict[Key, None] = {}
        self._taken = False  # some of it is being written
        self._lock = threading.Lock()

    # -- the desk's thread -------------------------------------------------------------------------------------------

    def note(self, news: Mapping[str, object]) -> None:
        with self._lock:
            self._news.update(news)
            self._values.update(news)

    def put(self, key: Key, record: Packing | None) -> None:
        """A record in the place of what there is, its pieces included; None: nothing."""
        with self._lock:
            if record is None:
                self._records.pop(key, None)
            else:
                self._records[key] = record
            self._due[key] = None
            for table in (self._pieces, self._more, self._done):
                table.pop(key, None)

    def add(self, key: Key, piece: bytes) -> None:
        with self._lock:
            self._pieces.setdefault(key, []).append(piece)
            self._more[key] = None

    def keys(self) -> set[Key]:
        """Of all records and pieces."""
        with self._lock:
            return {*self._records, *self._pieces}

    # -- the store's thread ------------------------------------------------------------------------------------------

    @property
    def waiting(self) -> bool:
        """Whether something is not in the file yet.  Any thread."""
        with self._lock:
            return bool(self._news or self._due or self._more or self._taken)

    def take(self) -> Due:
        """What has come since the last time."""
        with self._lock:
            news, due = self._news, self._due
            pieces = {key: list(self._pieces[key]) for key in self._more}
            done = {key: self._done.get(key, 0) for key in pieces}
            self._news, self._due, self._more, self._taken = {}, {}, {}, True
        parts = {key: (done[key], every[done[key] :]) for key, every in pieces.items()}
        batch = Batch(_texts(news), self._packed(due), parts)
        return Due(news, due, {key: len(every) for key, every in pieces.items()}, batch)

    def back(self, due: Due) -> None:
        """It was not written: it waits, but for what something newer has come for."""
        with self._lock:
            self._news = due.news | self._news
            self._due = due.records | self._due
            self._more |= {key: None for key in due.pieces if key in self._pieces}
            self._taken = False

    def written(self, due: Due, turn: int) -> None:
        """It is on the disk, of that turn."""
        with self._lock:
            for key, count in due.pieces.items():
                if key in self._pieces and key not in self._due:
                    self._done[key] = count
            self._taken = False
        for key, record in due.batch.records.items():
            self._gone.pop(key, None)
            if record is None:
                self._gone[key] = turn
        while len(self._gone) > GONE_MOST:
            del self._gone[next(iter(self._gone))]

    def freshened(self, due: Due, turn: int) -> dict[Name, int]:
        """fresh, with what is on the disk of that turn."""
        names: list[Name] = [*due.batch.values, *due.batch.records, *due.batch.pieces]
        for name in names:
            self.fresh.pop(name, None)
            self.fresh[name] = turn
        return self.fresh

    def copied(self) -> Batch:
        """All that the file should hold, for another one.  Any thread."""
        with self._lock:
            values, records = dict(self._values), dict(self._records)
            pieces = {key: (0, list(parts)) for key, parts in self._pieces.items()}
        return Batch(_texts(values), self._packed(records), pieces)

    def everything(self) -> Batch:
        """All that the file should hold, when it is made anew."""
        with self._lock:
            values, records = dict(self._values), dict(self._records)
            pieces = {key: (0, list(parts)) for key, parts in self._pieces.items()}
            self._done = {key: len(parts) for key, (_, parts) in pieces.items()}
        return Batch(_texts(values), self._packed(records), pieces, dict(self._gone))

    def _packed(self, keys: Iterable[Key]) -> dict[Key, Record | None]:
        """Records as the file takes them; what is packed here is packed once."""
        out: dict[Key, Record | None] = {}
        for key in keys:
            with self._lock:
                held = self._records.get(key)
            if callable(held):
                try:
                    record = held()
                except Exception:
                    _log.exception("%s: not kept", label(key))
                    continue
                with self._lock:
                    if self._records.get(key) is held:
                        self._records[key] = record
                held = record
            out[key] = held
        return out


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    """Values as the file takes them; one that it cannot take costs itself, and is told."""
    out: dict[str, str] = {}
    for path, value in values.items():
        try:
            path.encode()
            out[path] = value_text(value)
        except (ValueError, TypeError, RecursionError) as fault:
            _log.error("%a: not kept: %s", path, fault)
    return out
