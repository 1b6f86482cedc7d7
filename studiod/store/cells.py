"""The rows in a page of an SQLite file, read without SQLite: from a damaged page too, or one that nothing leads to.

SQLite, "Database File Format", sqlite.org/fileformat2.html, sections 1.6 (pages, cells, overflow) and 2.1 (records).
A page whose bytes do not add up is tried at every byte: what is a row there says so by its sum, which the caller looks
at.  Of such a page only rows of tables are found, not the keys of an index.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from studiod.store.rows import PAGE_BYTES

INDEX_INNER, TABLE_INNER, INDEX_LEAF, TABLE_LEAF = 2, 5, 10, 13
MOST_BYTES = 1 << 26  # of a row
SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # of the types 0 to 9: none, whole numbers, a float, the numbers 0 and 1
Fetch = Callable[[int], bytes | None]  # a page by its number
Column = bytes | int | float | None


@dataclass(frozen=True)
class Cell:
    """One entry.  rowid: of a row of a table; an entry of an index has it as its last column.

    listed: the page's own list names it; texts: which of the columns are texts, not blobs.
    """

    index: bool
    rowid: int
    columns: tuple[Column, ...]
    texts: tuple[bool, ...]
    listed: bool


def cells(page: bytes, number: int, fetch: Fetch) -> tuple[list[Cell], bool]:
    """The entries of a page, and whether all its bytes add up to what it says of itself."""
    top = 100 if number == 1 else 0
    kind = page[top]
    if kind == TABLE_INNER:
        return [], True
    found: list[Cell] = []
    sane = kind in (INDEX_INNER, INDEX_LEAF, TABLE_LEAF)
    if sane:
        found, sane = _listed(page, top, kind, fetch)
    if not sane and any(page):
        found += _tried(page, fetch)
    return found, sane


def _listed(page: bytes, top: int, kind: int, fetch: Fetch) -> tuple[list[Cell], bool]:
    """The entries that the page's own list names, and whether entries, holes and gaps fill it."""
    free, count, content, gaps = _two(page, top + 1), _two(page, top + 3), _two(page, top + 5), page[top + 7]
    head = top + (12 if kind == INDEX_INNER else 8)
    if head + 2 * count > PAGE_BYTES or content < head + 2 * count:
        return [], False
    out, filled, sane = [], gaps, True
    for k in range(count):
        at = _two(page, head + 2 * k)
        found = _cell(page, at, kind, fetch, True) if head + 2 * count <= at < PAGE_BYTES - 3 else None
        if found is None:
            sane = False
            continue
        cell, size = found
        filled += size
        if cell is None:
            sane = False
        else:
            out.append(cell)
    for _ in range(PAGE_BYTES // 4):
        if not free or free > PAGE_BYTES - 4:
            break
        filled += _two(page, free + 2)
        free = _two(page, free)
    return out, sane and filled == PAGE_BYTES - (content or 65536)


def _tried(page: bytes, fetch: Fetch) -> Iterator[Cell]:
    """Whatever looks like a row of a table, at any byte."""
    for at in range(PAGE_BYTES - 8):
        if page[at]:
            found = _cell(page, at, TABLE_LEAF, fetch, False)
            if found is not None and found[0] is not None and len(found[0].columns) in (4, 5, 6):
                yield found[0]


def _cell(page: bytes, at: int, kind: int, fetch: Fetch, listed: bool) -> tuple[Cell | None, int] | None:
    """The entry at a byte (None: it is none, its place is known), and the bytes that it takes within the page."""
    begin, rowid = at, 0
    if kind == INDEX_INNER:
        at += 4
    size, at = _varint(page, at)
    if kind == TABLE_LEAF:
        rowid, at = _varint(page, at)
    if not 2 <= size <= MOST_BYTES or at >= PAGE_BYTES or not _plausible(page, at, size):
        return None
    local = _local(size, kind)
    end = at + local + (4 if local < size else 0)
    if end > PAGE_BYTES:
        return None
    payload: bytes | None = page[at : at + local]
    if local < size:
        payload = _gathered(page[at : at + local], size, int.from_bytes(page[at + local : end], "big"), fetch)
    read = _record(payload) if payload is not None else None
    cell = None if read is None else Cell(kind != TABLE_LEAF, rowid, *read, listed)
    return cell, max(end - begin, 4)


def _plausible(page: bytes, at: int, size: int) -> bool:
    """Whether a record may begin here: the head of ours is 3 to 24 bytes, whose types come to the size."""
    head = page[at]
    if not 3 <= head <= 24 or at + head > PAGE_BYTES:
        return False
    total, place = head, at + 1
    while place < at + head:
        kind, place = _varint(page, place)
        total += SIZES[kind] if kind < 10 else (kind - 12) // 2 if kind >= 12 else MOST_BYTES
    return total == size


def _local(size: int, kind: int) -> int:
    """How much of a payload stands in the page itself."""
    most = PAGE_BYTES - 35 if kind == TABLE_LEAF else (PAGE_BYTES - 12) * 64 // 255 - 23
    if size <= most:
        return size
    least = (PAGE_BYTES - 12) * 32 // 255 - 23
    kept = least + (size - least) % (PAGE_BYTES - 4)
    return kept if kept <= most else least


def _gathered(first: bytes, size: int, page: int, fetch: Fetch) -> bytes | None:
    """A payload that goes on in other pages; None: it breaks off."""
    parts, left = [first], size - len(first)
    while left > 0:
        data = fetch(page) if page else None
        if data is None or len(data) < PAGE_BYTES:
            return None
        parts.append(data[4 : 4 + min(left, PAGE_BYTES - 4)])
        left -= len(parts[-1])
        page = int.from_bytes(data[:4], "big")
    return b"".join(parts)


def _record(payload: bytes) -> tuple[tuple[Column, ...], tuple[bool, ...]] | None:
    head, at = _varint(payload, 0)
    kinds = []
    while at < head:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    columns: list[Column] = []
    for kind in kinds:
        size = SIZES[kind] if kind < 10 else (kind - 12) // 2
        part = payload[at : at + size]
        at += size
        if kind >= 12:
            columns.append(part)
        elif kind in (8, 9):
            columns.append(kind - 8)
        elif kind == 7:
            columns.append(0.0)  # none of our rows has one
        else:
            columns.append(int.from_bytes(part, "big", signed=True) if kind else None)
    return None if at != len(payload) else (tuple(columns), tuple(kind >= 13 and kind % 2 == 1 for kind in kinds))


def _two(page: bytes, at: int) -> int:
    return page[at] << 8 | page[at + 1]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of 1 to 9 bytes, and where it ends; 0 beyond the data."""
    out = 0
    for k in range(9):
        if at >= len(data):
            return 0, at + 1
        byte = data[at]
        at += 1
        if k == 8:
            return out << 8 | byte, at
        out = out << 7 | byte & 0x7F
        if byte < 0x80:
            return out, at
    return out, at
