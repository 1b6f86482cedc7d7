"""/backup and /restore: everything of a desk in one file: values, scenes, presets, cues, markers and moves.

A restore takes the file's desk in the place of the one there is; what was there before is kept as a scene, and whole
in a file of its own.  Files are written and read beside the desk's loop.
"""

import contextlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studiod.backup import file as backup_file
from studiod.backup.file import SUFFIX, BackupFault, Kept
from studiod.desk.arguments import Words, nearest
from studiod.desk.command import Answer, Deed, Errand
from studiod.desk.desk import Desk
from studiod.desk.stored import NOT_STORED, named_today
from studiod.memory.applying import fitting
from studiod.memory.fades import Fades
from studiod.memory.reset import keep_before, timed
from studiod.memory.scene_format import short
from studiod.memory.scenes import Scenes
from studiod.memory.shelf import ASIDE_MAX, pack
from studiod.store.file import Batch
from studiod.store.store import Store
from studiod.texts import plain

BEFORE = "before restore"
FOLDER = "backups"  # of files that are named without a folder


class Backup:
    """The commands, over one desk, its store and its scenes."""

    def __init__(self, desk: Desk, store: Store, scenes: Scenes, fades: Fades) -> None:
        self.desk, self.store, self.scenes, self.fades = desk, store, scenes, fades
        self.folder = store.file.parent / FOLDER if store.file is not None else None
        if self.folder is not None:
            for stray in backup_file.strays(self.folder):
                with contextlib.suppress(OSError):
                    stray.unlink()
        desk.commands |= {"backup": self.backup, "restore": self.restore}

    def backup(self, origin: str, *given: object) -> Deed:
        """Without a name, or without a folder in it, a file in `backups` of the state directory; where it is."""
        words = Words.of("backup", given)
        named = self._file(words, words.text("the file")) if words.more() else None
        words.end()

        def write() -> tuple[str, int, int]:
            batch, file = self.store.copied(), named or self._free(words, "desk")
            _told(words, file, lambda: self._written(file, batch))
            return str(file), len(batch.values), len(batch.records)

        def act(_: Deed) -> Errand:
            return Errand(write, lambda done: [("backup", *done)])

        return Deed(origin, {}, act)

    def restore(self, origin: str, *given: object) -> Errand:
        """The desk that a file holds; the one of before is in a scene and a file."""
        words = Words.of("restore", given)
        file = self._file(words, words.text("the file"))
        words.end()
        before = self.scenes.now()

        def look() -> tuple[Kept, bytes, str]:
            """What the file holds; once that is sound, the desk of before is kept too, or nothing goes on."""
            kept = _told(words, file, lambda: backup_file.read(file))
            if self.folder is None:
                return kept, pack(before), ""
            former = self._free(words, BEFORE)
            _told(words, former, lambda: self._written(former, self.store.copied()))
            self._thin({former, file})
            return kept, pack(before), str(former)

        def planned(found: tuple[Kept, bytes, str]) -> Deed:
            kept, packed, former = found
            params = self.desk.registry.params
            stored = {path: param.rest for path, param in params.items() if not param.flags & NOT_STORED}
            values = named_today(kept.values)
            unknown = {path: value for path, value in values.items() if path not in params}
            wanted = stored | {path: value for path, value in values.items() if path in params}
            changes, left, fits = fitting(self.desk, wanted)

            def act(deed: Deed) -> Answer:
                self.fades.cut(frozenset(stored))
                self.store.replace(kept.records, kept.pieces)
                self.desk.unknown = unknown
                self.store.note(unknown)
                scene = keep_before(self.scenes.shelf, "restore", packed, len(before))
                done = len(deed.changes), deed.left + len(unknown), len(kept.records)
                odd = [("restore/left", plain(name), "cannot be read") for name in short(kept.odd)]
                return [*odd, ("restore", str(file), *done, scene, former)]

            return Deed(f"restore for {origin}", changes, act, left=left, wanted=fits)

        return Errand(look, planned)

    def _file(self, words: Words, name: str) -> Path:
        """Where a name is.  Raises Refusal."""
        if not name.isprintable():
            raise words.refuse("a control character in the name", name, remedy="leave it out")
        if name.startswith("/"):
            if not Path(name).name:
                raise words.refuse("a folder, not a file", name, remedy="name a file in it")
            return Path(name)
        if self.folder is None:
            raise words.refuse("there is no state directory", name, remedy="write the path out, from / on")
        if not name.strip() or "/" in name or name.startswith((".", "~")):
            raise words.refuse("neither a name nor a path from / on", name, remedy="leave / out, or begin with it")
        file = self.folder / name
        return file if name.endswith(SUFFIX) else file.with_name(file.name + SUFFIX)

    def _free(self, words: Words, what: str) -> Path:
        """A name with the time that no file has.  Raises Refusal."""
        files = (self._file(words, name) for name in timed(what))
        return next(file for file in files if not os.path.lexists(file))

    def _thin(self, spared: set[Path]) -> None:
        """Of the files from before a restore the last ASIDE_MAX stay; names have the time.  On the errand's thread."""
        stamp = re.compile(rf"{BEFORE} \d{{4}}-\d\d-\d\d \d\d\.\d\d\.\d\d(, \d+)?{re.escape(SUFFIX)}")
        if self.folder is None:
            return
        with contextlib.suppress(OSError):
            files = [file for file in self.folder.iterdir() if stamp.fullmatch(file.name) and file not in spared]
            for file in sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name))[: 1 - ASIDE_MAX]:
                file.unlink()

    def _written(self, file: Path, batch: Batch) -> None:
        """On the errand's thread.  Raises BackupFault."""
        if file.parent == self.folder:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as fault:
                raise BackupFault(f"its folder cannot be made: {fault.strerror}", "mend the state directory") from None
        backup_file.write(file, batch)


def _told(words: Words, file: Path, work: Callable[[], Any]) -> Any:
    """What work comes to.  Raises Refusal that names the file, and the one that was meant."""
    try:
        return work()
    except BackupFault as fault:
        known = sorted(one.name for one in file.parent.glob(f"*{SUFFIX}")) if "no such file" in fault.why else []
        near = nearest(file.name, known) if known else ""
        raise words.refuse(fault.why, str(file), near, fault.remedy) from None
