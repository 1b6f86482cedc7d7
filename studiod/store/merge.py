"""What a start has to go by: the file, what its backups have beyond it, and what is told of the difference.

Of each value and record the newest row counts, wherever it stands.  What an index, a wrong sum or the witness names and
nothing has, or has only as it was before, is told by its name.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from studiod.store.place import Name, Witness
from studiod.store.read import Read
from studiod.store.rows import Rows, label

LINE_MOST = 40  # names in a line
NAMES_MOST = 400  # values that are told one by one; more are counted by their strips


@dataclass
class Start:
    """rows to begin with; lines for the log, alarm in short; sound: whether the file may be written on as it is.

    refused: why nothing can be written for now; barred: nothing ever is.
    """

    rows: Rows
    sound: bool
    damaged: bool = False
    turn: int = 0
    lines: list[str] = field(default_factory=list)
    alarm: str = ""
    refused: str = ""
    barred: bool = False


@dataclass(frozen=True)
class Backup:
    """A backup that can be read."""

    file: Path
    made_unix_s: float
    found: Read

    @property
    def words(self) -> str:
        return f"the backup of {datetime.fromtimestamp(self.made_unix_s):%Y-%m-%d %H:%M}"


def merged(file: Path, main: Read | None, backups: list[Backup], witness: Witness) -> Start:
    """main None: there is no file.  backups: the newest first."""
    if main is None and not backups and not witness.turn:
        return Start(Rows(), sound=False)
    found = main or Read(Rows(), why="it is not there")
    rows = found.rows
    missed = max(witness.turn, 0) > rows.turn and found.version > 1
    if found.whole and not missed:
        return Start(rows, found.version > 1, turn=rows.turn)
    taken: dict[Name, str] = {}
    turn = rows.turn
    for backup in backups:
        _add(rows, backup, taken)
    _bury(rows)
    lost, older = _lacking(rows, found, witness)
    for name in (*lost, *older):
        taken.pop(name, None)
    start = Start(rows, sound=False, damaged=True, turn=max(rows.turn, witness.turn))
    why = found.why or "its newest pages are missing"
    wrong = f"{file}: damaged: {why}" if main is not None else f"{file}: {why}"
    if not (rows.values or rows.records or rows.pieces or lost):
        start.lines.append(f"{wrong}; nothing in it can be read: this session begins anew")
        start.alarm = "nothing of the state can be read; the log says why"
        return start
    if not (lost or older or taken or missed):
        start.lines.append(f"{wrong}; all values and records were found again")
        return start
    start.lines.append(f"{wrong}; what is not named here is as it was")
    if missed and not older:
        start.lines.append(f"{file}: the newest changes are missing: the last {witness.turn - turn} writes")
    for words in dict.fromkeys(taken.values()):
        start.lines += [f"{file}: from {words}: {line}" for line in listed(n for n in taken if taken[n] == words)]
    start.lines += [f"{file}: older than it was: {line}" for line in listed(older)]
    start.lines += [f"{file}: lost: {line}" for line in listed(lost)]
    counts = [f"{len(part)} {what}" for part, what in ((lost, "lost"), (older, "older than they were"),
                                                        (taken, "from a backup")) if part]  # fmt: skip
    start.alarm = f"the state was damaged: {', '.join(counts) or 'the newest changes are missing'}; the log names them"
    return start


def _add(rows: Rows, backup: Backup, taken: dict[Name, str]) -> None:
    """What a backup has and nothing newer has."""
    theirs = backup.found.rows
    for path, value in theirs.values.items():
        if path not in rows.values or rows.values[path][0] < value[0]:
            rows.values[path] = value
            taken[path] = backup.words
    for key, record in theirs.records.items():
        if max(rows.records.get(key, (-1,))[0], rows.gone.get(key, (-1,))[0]) < record[0]:
            rows.records[key] = record
            taken[key] = backup.words
    for part, piece in theirs.pieces.items():
        rows.pieces.setdefault(part, piece)
    for key, turn in theirs.gone.items():
        rows.gone[key] = max(turn, rows.gone.get(key, (0,)))


def _bury(rows: Rows) -> None:
    """Let go of records that were deleted later, and of pieces that a later record has in it."""
    for key, (turn,) in rows.gone.items():
        if key in rows.records and rows.records[key][0] < turn:
            del rows.records[key]
    for kind, name, part in list(rows.pieces):
        over = max(rows.records.get((kind, name), (0,))[0], rows.gone.get((kind, name), (0,))[0])
        if rows.pieces[kind, name, part][0] < over:
            del rows.pieces[kind, name, part]


def _lacking(rows: Rows, found: Read, witness: Witness) -> tuple[list[Name], list[Name]]:
    """What was there and is not, and what is there as it was before."""
    lost: list[Name] = []
    older: list[Name] = []
    known: dict[Name, int] = dict.fromkeys(found.names, -1) | found.hurt
    for name, turn in witness.fresh.items():
        known[name] = max(turn, known.get(name, -1))
    for name, turn in known.items():
        has = _turn_of(rows, name)
        if has is None:
            lost.append(name)
        elif has < turn:
            older.append(name)
    return sorted(lost, key=label), sorted(older, key=label)


def _turn_of(rows: Rows, name: Name) -> int | None:
    """Of the newest that there is of a value or record, its end included; None: nothing."""
    if isinstance(name, str):
        return rows.values[name][0] if name in rows.values else None
    turns = [table[name][0] for table in (rows.records, rows.gone) if name in table]
    turns += [piece[0] for part, piece in rows.pieces.items() if part[:2] == name]
    return max(turns, default=None)


def listed(of: Iterable[Name]) -> list[str]:
    """Names as lines: every record, and every value, or how many of each strip where they are too many."""
    of = list(of)
    words = [label(name) for name in of if not isinstance(name, str)]
    paths = [name for name in of if isinstance(name, str)]
    if len(paths) > NAMES_MOST:
        strips = Counter("/".join(path.split("/")[:2]) for path in paths)
        paths = [f"{count} of {strip}" for strip, count in strips.items()]
    words += paths
    return [", ".join(words[at : at + LINE_MOST]) for at in range(0, len(words), LINE_MOST)]
