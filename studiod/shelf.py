"""A shelf of named sets of values, scenes or presets: packed in memory, so that nobody waits, and in the store."""

import json
import zlib
from collections.abc import Mapping

from studiod.laws import short
from studiod.store import Store
from studiod.words import Words, nearest

MOST = 1000  # on one shelf
Head = dict[str, str | int]  # saved, scope, count …


class Shelf:
    """All of one kind, by name."""

    def __init__(self, store: Store, kind: str) -> None:
        self.store, self.kind = store, kind
        self.heads: dict[str, Head] = {}
        self._packed: dict[str, bytes] = {}
        for (of, name), (head, packed) in store.records.items():
            if of == kind:
                self.heads[name], self._packed[name] = json.loads(head), packed

    def find(self, words: Words, name: str) -> str:
        """The name, if there is one.  Raises Refusal with the nearest."""
        if name not in self.heads:
            remedy = f"/{self.kind}/list lists them all" if self.heads else f"/{self.kind}/store makes one"
            raise words.refuse(f"no {self.kind} of that name", name, nearest(name, list(self.heads)), remedy)
        return name

    def room(self, words: Words, name: str) -> None:
        """Raises Refusal when there is none for one more."""
        if name not in self.heads and len(self.heads) >= MOST:
            raise words.refuse(f"more than {MOST} {self.kind}s", remedy="delete some")

    def values(self, name: str) -> dict[str, object]:
        found: dict[str, object] = json.loads(zlib.decompress(self._packed[name]))
        return found

    def put(self, name: str, head: Head, values: Mapping[str, object]) -> None:
        """Keep values under a name; what it held before is gone."""
        text = json.dumps({path: short(value) for path, value in values.items()}, ensure_ascii=False)
        self._keep(name, head | {"count": len(values)}, zlib.compress(text.encode(), 1))

    def _keep(self, name: str, head: Head, packed: bytes) -> None:
        self.heads[name], self._packed[name] = head, packed
        self.store.put(self.kind, name, (json.dumps(head, ensure_ascii=False), packed))

    def drop(self, name: str) -> None:
        if name in self.heads:
            del self.heads[name], self._packed[name]
            self.store.drop(self.kind, name)

    def rename(self, old: str, new: str) -> None:
        if old in self.heads:
            head, packed = self.heads[old], self._packed[old]
            self.drop(old)
            self._keep(new, head, packed)
