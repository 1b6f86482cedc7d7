"""A store that is shot at: a mix with scenes, presets, markers and a pass under way, its files damaged in one place,
and what a start makes of it."""

import logging
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from library_rig import REGISTRY, Rig, changed
from studiod.memory.shelf import Shelf
from studiod.multitrack.automation_kept import Kept
from studiod.store import backups as store_backup
from studiod.store.rows import PAGE_BYTES
from studiod.store.store import FILE, Store

WAL = f"{FILE}-wal"
AGES = tuple(f"{FILE}.{age}" for age in store_backup.AGES_S)
SCENES = 12


@dataclass
class Mix:
    """What a store holds."""

    state: dict[str, object]
    records: dict[tuple[str, str], tuple[str, bytes]]
    pieces: dict[tuple[str, str], list[bytes]]

    @classmethod
    def of(cls, store: Store) -> "Mix":
        return cls(dict(store.state), dict(store.records), dict(store.pieces))


@dataclass
class Verdict:
    """What a start made of damaged files.  silent: what is different and not told by its name."""

    lines: list[str]
    lost: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)


def until(true: Callable[[], object], what: Callable[[], str] = lambda: "it did not come") -> None:
    """Wait for what a thread does; a busy machine may take its time."""
    end_s = time.monotonic() + 30.0
    while not true():
        assert time.monotonic() < end_s, what()
        time.sleep(0.01)


def settled(store: Store) -> None:
    """Wait until all is written, the -wal is empty and a backup is there."""
    assert store.file is not None
    rested(store)
    until(store.file.with_name(AGES[0]).exists)


def rested(store: Store) -> None:
    """Wait until all is written and the -wal is empty."""
    assert store.file is not None
    wal = store.file.with_name(WAL)
    until(lambda: not store._memory.waiting and not (wal.exists() and wal.stat().st_size))


def written(store: Store) -> None:
    """Wait until all is written."""
    until(lambda: not store._memory.waiting)


def built(folder: Path) -> None:
    """folder/live: as a kill leaves it, most in the file and its backup, the newest in the -wal; folder/shut: as a stop
    does."""
    rig = Rig(folder / "made")
    rig.desk.change(changed(REGISTRY, 1, links=False).items())
    for k in range(SCENES):
        rig.desk.change(changed(REGISTRY, 2 + k, links=False).items())
        rig.do("scene/store", f"Scene {k}")
        written(rig.store)
    rig.do("preset/store", "Voice", "ch/1")
    Shelf(rig.store, "marker").put("Chorus", {}, {"position": 31.5})
    settled(rig.store)
    for k in range(20):
        rig.desk.change([(f"ch/{k % 6 + 1}/fader", -float(k)), (f"bus/{k % 4 + 1}/pan", float(k))])
        written(rig.store)
    rig.do("scene/store", "Late")
    rig.do("scene/delete", "Scene 3")
    for at, value in ((48_000, -6.0), (96_000, -3.0)):
        Kept(rig.store, 48_000).more("ch/1/fader", [(at, value)], at, at, None)
        written(rig.store)
    shutil.copytree(folder / "made", folder / "live")
    rig.store.close()
    shutil.copytree(folder / "made", folder / "shut")


def unhurt(folder: Path, spare: Path) -> Mix:
    """What a folder holds, by a start from a copy of it."""
    shutil.copytree(folder, spare)
    store = Store(spare)
    assert store.fault == ""
    store.close()
    return Mix.of(store)


def damages(data: bytes, chance: random.Random, flips: int, zeros: int, cut_every: int) -> Iterator[tuple[str, bytes]]:
    """The same file with one bit turned over, with a page of zeros, and cut at pages."""
    for _ in range(flips):
        bit = chance.randrange(len(data) * 8)
        out = bytearray(data)
        out[bit // 8] ^= 1 << bit % 8
        yield f"bit {bit} turned over", bytes(out)
    pages = len(data) // PAGE_BYTES
    for _ in range(zeros):
        at = chance.randrange(pages) * PAGE_BYTES
        yield f"zeros from byte {at}", data[:at] + bytes(PAGE_BYTES) + data[at + PAGE_BYTES :]
    for page in range(0, pages + 1, cut_every):
        yield f"cut at byte {page * PAGE_BYTES}", data[: page * PAGE_BYTES]


def shoot(source: Path, folder: Path, name: str, data: bytes, backups: bool = True) -> Path:
    """A copy of a folder with one of its files replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    (folder / name).write_bytes(data)
    for age in () if backups else AGES:
        (folder / age).unlink(missing_ok=True)
    return folder


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def verdict(folder: Path, want: Mix) -> Verdict:
    """Start from it, and once more: the second start finds nothing wrong, and the same."""
    heard, log = _Heard(), logging.getLogger("studiod.host.library")
    log.addHandler(heard)
    try:
        rig = Rig(folder)
    finally:
        log.removeHandler(heard)
    got = Mix.of(rig.store)
    out = Verdict([*rig.store.lines, *heard.lines])
    told = "\n".join(out.lines)

    def differs(name: str, words: str) -> None:
        (out.lost if words in told else out.silent).append(name)

    for path in want.state.keys() | got.state.keys():
        if got.state.get(path) != want.state.get(path):
            strip = "/".join(path.split("/")[:2])
            differs(path, path if path in told else f" of {strip}")
    for key in want.records.keys() | got.records.keys():
        if got.records.get(key) != want.records.get(key):
            differs(str(key), repr(key[1]))
    if got.pieces != want.pieces:
        differs("pieces", "moves of ch/1/fader")
    rig.store.close()
    again = Store(folder)
    again.close()
    if again.lines:
        out.silent.append(f"the second start: {again.lines}")
    if {**again.state, **got.state} != again.state or again.records != got.records or again.pieces != got.pieces:
        out.silent.append("the second start has something else")
    return out
