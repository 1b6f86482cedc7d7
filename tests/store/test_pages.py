"""The pages of an SQLite file, read without SQLite, are what SQLite reads; and what is damaged is known for it."""

import os
import random
import sqlite3
from pathlib import Path

import pytest

from studiod.store.cells import cells
from studiod.store.pages import FRAME_BYTES, FRAME_HEAD, WAL_HEAD, frames_of, laid_over
from studiod.store.rows import PAGE_BYTES, TABLES, Rows, label, summed, value_text

Row = tuple[str, str, str, bytes, int, int]


def base_of(file: Path) -> sqlite3.Connection:
    base = sqlite3.connect(file, isolation_level=None)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA wal_autocheckpoint = 0")
    for table in TABLES.values():
        base.execute(table)
    return base


def filled(file: Path, seed: int) -> tuple[sqlite3.Connection, list[Row]]:
    """A file with records of all sizes, some of them changed and deleted, all of it in the -wal."""
    base, chance = base_of(file), random.Random(seed)
    for turn in range(1, 60):
        key = "scene", f"S {chance.randrange(20)} {'ä' * chance.randrange(30)}"
        size = chance.choice((0, 1, 100, 3000, 4040, 4061, 4062, 9000, 40_000))
        row = summed("kept", (*key, "{}", chance.randbytes(size)), turn)
        base.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?, ?)", row)
        if not turn % 7:
            base.execute("DELETE FROM kept WHERE name LIKE ?", (f"S {chance.randrange(20)} %",))
    return base, base.execute("SELECT * FROM kept").fetchall()


@pytest.mark.parametrize("seed", range(3))
def test_a_file_with_its_wal_laid_over_is_what_sqlite_reads(tmp_path: Path, seed: int) -> None:
    base, want = filled(tmp_path / "f", seed)
    frames, whole = frames_of((tmp_path / "f-wal").read_bytes())
    assert whole
    assert all(frame.good for frame in frames)
    image = laid_over((tmp_path / "f").read_bytes(), frames)
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()
    assert image[20:24] + image[28:92] == (tmp_path / "f").read_bytes()[20:24] + (tmp_path / "f").read_bytes()[28:92]
    copy = sqlite3.connect(":memory:")
    copy.deserialize(image)
    assert copy.execute("SELECT * FROM kept").fetchall() == want
    copy.close()


@pytest.mark.parametrize("seed", range(3))
def test_the_rows_of_a_file_are_found_page_by_page(tmp_path: Path, seed: int) -> None:
    base, want = filled(tmp_path / "f", seed)
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()
    data = (tmp_path / "f").read_bytes()
    pages = [data[at : at + PAGE_BYTES] for at in range(0, len(data), PAGE_BYTES)]
    rows, index = Rows(), set()
    for number, page in enumerate(pages, 1):
        for cell in cells(page, number, lambda n: pages[n - 1] if 0 < n <= len(pages) else None)[0]:
            if cell.index and cell.texts == (True, True, False):
                index.add(tuple(part.decode() for part in cell.columns[:2] if isinstance(part, bytes)))
            elif len(cell.columns) == 6 and cell.texts[:3] == (True, True, True):
                rows.take("kept", [cell.columns])
    found = {key: (turn, head, packed) for key, (turn, head, packed) in rows.records.items()}
    assert found.items() >= {(kind, name): (turn, head, packed) for kind, name, head, packed, turn, _ in want}.items()
    assert index >= {row[:2] for row in want}


def test_one_byte_that_is_another_is_one_bad_frame(tmp_path: Path) -> None:
    base, _ = filled(tmp_path / "f", 1)
    wal, chance = (tmp_path / "f-wal").read_bytes(), random.Random(2)
    base.close()
    count = (len(wal) - WAL_HEAD) // FRAME_BYTES
    for _ in range(60):
        at = chance.randrange(WAL_HEAD, len(wal))
        hurt = bytearray(wal)
        hurt[at] ^= 1 << chance.randrange(8)
        frames, whole = frames_of(bytes(hurt))
        number, within = divmod(at - WAL_HEAD, FRAME_BYTES)
        bad = [k for k, frame in enumerate(frames) if not frame.good]
        assert not whole
        # the sum that stands in a frame is where that of the next one begins
        assert bad in ([number], [number, number + 1]) if 16 <= within < FRAME_HEAD else bad == [number]
        assert len(frames) == count


def test_a_frame_with_another_salt_is_a_bad_one_and_not_the_end(tmp_path: Path) -> None:
    base, _ = filled(tmp_path / "f", 1)
    wal = (tmp_path / "f-wal").read_bytes()
    base.close()
    for at in range(8, 16):
        hurt = bytearray(wal)
        hurt[WAL_HEAD + 3 * FRAME_BYTES + at] ^= 1
        frames, whole = frames_of(bytes(hurt))
        assert not whole
        assert [k for k, frame in enumerate(frames) if not frame.good] == [3]


@pytest.mark.parametrize("at", [0, 3, 4, 5, 6, 8, 9])
def test_a_page_that_says_something_else_of_itself_still_gives_its_rows(tmp_path: Path, at: int) -> None:
    """Its kind, how many entries it has, where they begin, where the first one is."""
    base, want = filled(tmp_path / "f", 1)
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.close()
    data = (tmp_path / "f").read_bytes()
    pages = [bytearray(data[at : at + PAGE_BYTES]) for at in range(0, len(data), PAGE_BYTES)]
    rows = Rows()
    for number, page in enumerate(pages, 1):
        if page[0] == 13 and number > 1:
            page[at] ^= 2
        for cell in cells(bytes(page), number, lambda n: bytes(pages[n - 1]) if 0 < n <= len(pages) else None)[0]:
            rows.take("kept", [cell.columns])
    assert rows.records.keys() >= {row[:2] for row in want}


def test_what_an_unfinished_transaction_left_is_none_of_a_whole_wal(tmp_path: Path) -> None:
    base, want = filled(tmp_path / "f", 1)
    whole = (tmp_path / "f-wal").read_bytes()
    base.execute("PRAGMA cache_size = 1")
    base.execute("BEGIN")
    row = summed("kept", ("scene", "late", "{}", os.urandom(200_000)), 99)
    base.execute("INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?)", row)
    longer = (tmp_path / "f-wal").read_bytes()
    assert len(longer) > len(whole), "SQLite spills what its cache has no room for"
    frames, sane = frames_of(longer)
    assert sane
    assert len(frames) == (len(whole) - WAL_HEAD) // FRAME_BYTES
    base.close()
    assert want


def test_a_row_says_by_its_sum_whether_it_is_what_was_written() -> None:
    row = tuple(part.encode() if isinstance(part, str) else part
                for part in summed("state", ("ch/1/fader", "-6.0"), 7))  # fmt: skip
    rows = Rows()
    assert rows.take("state", [row]) == []
    assert rows.values == {"ch/1/fader": (7, "-6.0")}
    others = [("kept", row), ("state", (b"ch/2/fader", *row[1:])), ("state", (row[0], b"-7.0", *row[2:])),
              ("state", (*row[:2], 8, row[3])), ("state", (*row[:2], None, row[3])),
              ("state", (row[0], 3.5, *row[2:]))]  # fmt: skip
    for table, other in others:
        assert Rows().take(table, [other]) == [other]
    assert rows.turn == 7


def test_of_two_rows_with_one_key_the_newer_one_stays() -> None:
    rows = Rows()
    for turn, text in ((3, "-3.0"), (9, "-9.0"), (6, "-6.0")):
        row = summed("state", ("ch/1/fader", text), turn)
        rows.take("state", [[part.encode() if isinstance(part, str) else part for part in row]])
    assert rows.values == {"ch/1/fader": (9, "-9.0")}


def test_any_bytes_are_read_as_a_page_without_a_fault() -> None:
    chance = random.Random(4)
    for kind in (2, 5, 10, 13, 0, 255):
        for _ in range(5):
            page = bytes([kind]) + chance.randbytes(PAGE_BYTES - 1)
            cells(page, 2, lambda n, page=page: page)  # type: ignore[misc]
            frames_of(page * 3)
    assert cells(bytes(PAGE_BYTES), 3, lambda n: None) == ([], False)


def test_values_and_names_have_their_words() -> None:
    assert (value_text("Bär"), value_text("\ud800"), value_text(-6.0)) == ('"Bär"', '"\\ud800"', "-6.0")
    names = [label("ch/1/fader"), label(("scene", "A b")), label(("moves", "ch/1/fader"))]
    assert names == ["ch/1/fader", "scene 'A b'", "moves of ch/1/fader"]
