"""A shelf of named sets of values, scenes or presets: packed in memory, so that nobody waits, and in the store."""

import contextlib
import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count

from studiod.desk.arguments import NAME_MAX, Words, nearest
from studiod.desk.stored import named_today
from studiod.registry.laws import short
from studiod.store.rows import UNPACKED_BYTES, unpacked
from studiod.store.store import Store

MOST = 1000  # on one shelf
BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
    zlib.error,
)  # what reading a record may raise, whatever it holds
ASIDE_MAX = 20  # of one name, kept aside by itself
NUMBERED = ("scene", "preset")
MAKES = {"marker": "add", "cue": "add"}  # which word makes one, where that is not `store`
NUMBER, FORMER = "number", "former"  # in a head: its number; of which name it is what stood there before
LAST = "number"  # the kind of record that keeps the last number of a shelf
DIGITS_MAX = 7
NUMBERS = 10 ** (DIGITS_MAX - 1)  # as `named` takes them: below this
WHOLE_MAX = 2**31 - 1  # of a number in a head: what an answer can carry
Head = dict[str, str | int]  # saved, scope, count …


def pack(values: Mapping[str, object]) -> bytes:
    """Values as they are kept.  A scene takes some ms: on a thread, where one is at hand."""
    text = json.dumps({path: short(value) for path, value in values.items()}, ensure_ascii=False)
    return zlib.compress(text.encode(), 1)


def unpack(packed: bytes) -> dict[str, object]:
    """The values again, under the names of today; some ms too.  Raises one of BROKEN on what is no record."""
    found = json.loads(unpacked(packed))
    if not isinstance(found, dict):
        raise ValueError("no names with values")
    return dict(named_today(found))


def size(packed: bytes) -> int:
    """How many bytes a record has unpacked; one more than UNPACKED_BYTES: too many.  Raises zlib.error."""
    return len(zlib.decompressobj().decompress(packed, UNPACKED_BYTES + 1))


class Shelf:
    """All of one kind, by name; scenes and presets have a lasting number too, which none gets a second time."""

    def __init__(self, store: Store, kind: str) -> None:
        self.store, self.kind = store, kind
        self.heads: dict[str, Head] = {}
        self._packed: dict[str, bytes] = {}
        self._last = 0  # the highest number that one of them ever had
        self._load()
        store.holders.append(self._load)

    def _load(self) -> None:
        """All that the store's records have of this kind, at the start and after a restore."""
        self.heads, self._packed = {}, {}
        for (of, name), (head, packed) in self.store.records.items():
            if of == self.kind:
                self.heads[name], self._packed[name] = _head(head), packed
        if self.kind in NUMBERED:
            self._number_all()

    def _number_all(self) -> None:
        """What an older studiod has kept gets its numbers too, in the order of its dates."""
        self._last = number_of(_head(self.store.records.get((LAST, self.kind), ("{}", b""))[0]))
        free: list[str] = []
        taken: set[int] = set()
        for name, head in sorted(self.heads.items(), key=lambda one: (str(one[1].get("saved", "")), one[0])):
            if self.kind == "scene" and "of" in head:  # as it was called once
                head[FORMER] = head.pop("of")
            number = number_of(head)
            if FORMER not in head and (number == 0 or number in taken):
                free.append(name)
            taken.add(number)
        self._last = max(self._last, *taken, 0)
        for name in free:
            self.heads[name].pop(NUMBER, None)
            self.place(name, self.heads[name], self._packed[name])

    def named(self, key: str) -> str:
        """The name that a name means, or a number in digits; the key itself when there is none."""
        if key in self.heads or not (key.isascii() and key.isdigit() and len(key) < DIGITS_MAX):
            return key
        return self.numbered(int(key)) or key

    def written(self, words: Words, key: str) -> str:
        """The same key: what goes without a copy is meant by its name, never by its number.  Raises Refusal."""
        name = self.named(key)
        if name != key:
            remedy = f"say {name!r} when it is meant"
            raise words.refuse(f"{self.kind} {key} is {name!r}", key, remedy=remedy)
        return name

    def numbered(self, number: int) -> str:
        """The name that has a number; "" when none has."""
        return next((name for name, head in self.heads.items() if number_of(head) == number > 0), "")

    def number(self, name: str) -> int:
        """The number of a name; 0: it has none."""
        return number_of(self.heads.get(name, {}))

    def find(self, words: Words, key: str) -> str:
        """The name, if there is one of that name or number.  Raises Refusal with the nearest."""
        name = self.named(key)
        if name not in self.heads:
            makes = MAKES.get(self.kind, "store")
            remedy = f"/{self.kind}/list lists them all" if self.heads else f"/{self.kind}/{makes} makes one"
            near = list(self.heads)
            raise words.refuse(f"no {self.kind} of that name", name, lambda: nearest(name, near), remedy)
        return name

    def room(self, words: Words, name: str) -> None:
        """Raises Refusal when there is none for one more."""
        if name not in self.heads and len(self.heads) >= MOST:
            raise words.refuse(f"more than {MOST} {self.kind}s", remedy="delete some")

    def packed(self, words: Words, name: str) -> bytes:
        """What a name holds, for `unpack`.  Raises Refusal."""
        return self._packed[self.find(words, name)]

    def values(self, name: str) -> dict[str, object]:
        return unpack(self._packed[name])

    def put(self, name: str, head: Head, values: Mapping[str, object]) -> None:
        """Keep values under a name; what it held before is gone."""
        self.place(name, head | {"count": len(values)}, pack(values))

    def place(self, name: str, head: Head, packed: bytes) -> None:
        """The same with values that are packed, and a head that has their count; a number stays with its name."""
        if self.kind in NUMBERED and FORMER not in head:
            head = head | {NUMBER: self.number(name) or number_of(head) or self._fresh()}
        self.heads[name], self._packed[name] = head, packed
        self.store.put(self.kind, name, (json.dumps(head, ensure_ascii=False), packed))

    def _fresh(self) -> int:
        """The next number, for a new name; behind the last that a button can say, the first that is free."""
        if self._last + 1 >= NUMBERS:
            taken = {number_of(head) for head in self.heads.values()}
            return next(number for number in count(1) if number not in taken)
        self._last += 1
        self.store.put(LAST, self.kind, (json.dumps({NUMBER: self._last}), pack({})))
        return self._last

    def aside(self, words: Words, name: str, head: Head, packed: bytes) -> tuple[str, ...]:
        """Before a name gets something else: what it holds, kept under a name of its own; that name, if need was.

        Raises Refusal when there is no room.
        """
        former = self.heads.get(name)
        if former is None or (self._packed[name] == packed and former.get("scope") == head.get("scope")):
            return ()
        older = [kept for kept, held in self.heads.items() if held.get(FORMER) == name]  # in the order of their dates
        for gone in older[1 : max(len(older) + 2 - ASIDE_MAX, 1)]:  # the first stays: what stood there before all of it
            self.drop(gone)
        kept = next(free for free in _before(name) if free not in self.heads)
        self.room(words, kept)
        self.place(kept, _without(former, NUMBER) | {FORMER: name}, self._packed[name])
        return (kept,)

    def drop(self, name: str) -> None:
        if name in self.heads:
            del self.heads[name], self._packed[name]
            self.store.drop(self.kind, name)

    def rename(self, old: str, new: str) -> None:
        if old in self.heads:
            head, packed = _without(self.heads[old], FORMER), self._packed[old]
            self.drop(old)
            self.place(new, head, packed)


def number_of(head: Head) -> int:
    """The number that a head says; 0: none."""
    number = head.get(NUMBER)
    return number if type(number) is int and 0 < number < NUMBERS else 0


def _without(head: Head, key: str) -> Head:
    return {name: value for name, value in head.items() if name != key}


def read_head(text: str) -> dict[str, object]:
    """A head as it is written.  Raises one of BROKEN."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("no names with values")
    return found


def _head(text: str) -> Head:
    """A head as commands take it for granted, whatever a file had in the place of it."""
    found: dict[str, object] = {}
    with contextlib.suppress(*BROKEN):
        found = read_head(text)
    held: Head = {}
    for key, value in found.items():
        if type(value) is int and abs(value) <= WHOLE_MAX:
            held[_kept(key)] = value
        elif isinstance(value, str):
            held[_kept(key)] = _kept(value)
    count = held.get("count")
    return held | {"count": count if isinstance(count, int) else 0}


def _kept(text: str) -> str:
    """A text that a file takes: JSON may hold half of a surrogate pair, UTF-8 none."""
    return text.encode("utf-8", "replace").decode()


def _before(name: str) -> Iterator[str]:
    """Names for what a name held until now, of at most NAME_MAX characters."""
    when = datetime.now().strftime("%Y-%m-%d %H.%M.%S")
    for number in count(1):
        tail = f" (before {when}{f', {number}' if number > 1 else ''})"
        yield name[: NAME_MAX - len(tail)] + tail
