"""Takes: listed, loaded into the player, deleted; and any folder of sound files, opened as if it were one."""

import logging
import shutil
import threading
from pathlib import Path

from studiod.deed import Answer, Deed
from studiod.machine import Machine
from studiod.player import FADE_S
from studiod.reel import READABLE, Reel, Sound, Track, spooled
from studiod.scene import FileFault
from studiod.take import TakeFault, read_about
from studiod.words import Words, nearest

LOG = logging.getLogger(__name__)


class Takes:
    """The commands, over one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        machine.desk.commands |= {
            "take/list": self.list, "take/load": self.load, "take/open": self.open, "take/delete": self.delete,
        }  # fmt: skip

    def names(self) -> list[str]:
        """Every take, the oldest first."""
        folder = self.machine.folder
        if folder is None or not folder.is_dir():
            return []
        return sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))

    def list(self, origin: str, *given: object) -> Deed:
        """Every take: its name, seconds, tracks (0: a folder that is none)."""
        Words("take/list", "no words", given).end()

        def act(_: Deed) -> Answer:
            names = self.names()
            return [*(("take/list", name, *self._told(name)) for name in names), ("take/list/end", len(names))]

        return Deed(origin, {}, act)

    def _told(self, name: str) -> tuple[float, int]:
        folder = self._folder(name)
        try:
            about, lines = read_about(folder)
            frames = about.frames
            if not frames and lines:  # it is being written, or the lights went out
                first = Sound(folder / lines[0].file, about.rate_hz)
                frames = first.frames
                first.close()
        except (FileFault, TakeFault):
            return 0.0, 0
        return frames / about.rate_hz, len(lines)

    def _folder(self, name: str) -> Path:
        assert self.machine.folder is not None
        return self.machine.folder / name

    def _find(self, words: Words) -> Path:
        """The next word, a take.  Raises Refusal."""
        name, names = words.text("the name"), self.names()
        if name not in names:
            remedy = "/take/list lists them all" if names else "recorder/state record makes one"
            raise words.refuse("no take of that name", name, nearest(name, names), remedy)
        if self.machine.recorder.busy and name == self.machine.desk.values["recorder/folder"]:
            raise words.refuse("that take is still being recorded", name, remedy="stop it first")
        return self._folder(name)

    def load(self, origin: str, *given: object) -> Deed:
        """name [add]: into the player, each track in its place; add 1 keeps the tracks that the take does not have."""
        words = Words("take/load", "a take's name, [add 0 or 1]", given)
        folder, add = self._find(words), words.number("add", 0, 1, "", 0.0)
        words.end()
        try:
            reel, left = self._reel(folder)
        except (FileFault, TakeFault) as fault:
            raise words.refuse(str(fault)) from None
        return self._deed(origin, "take/load", folder.name, reel, left, bool(add))

    def _reel(self, folder: Path) -> tuple[Reel, int]:
        """Raises FileFault, TakeFault."""
        about, lines = read_about(folder)
        rate_hz, channels = self.machine.rate_hz, self.machine.channels
        position = round(about.position * rate_hz / about.rate_hz)
        fits = [line for line in lines if line.number <= channels]
        return (
            Reel({line.number: Track(Sound(folder / line.file, rate_hz), 0, position) for line in fits}),
            len(lines) - len(fits),
        )

    def open(self, origin: str, *given: object) -> Deed:
        """path [add]: a folder's sound files in the order of their names, or one file, side by side from track 1 on."""
        words = Words("take/open", "a folder of sound files or one file, [add 0 or 1]", given)
        path, add = Path(words.text("the path")).expanduser(), words.number("add", 0, 1, "", 0.0)
        words.end()
        try:
            inside = sorted(path.iterdir()) if path.is_dir() else [path]
        except OSError as fault:
            raise words.refuse(f"{path}: {fault.strerror}") from None
        files = [file for file in inside if file.suffix.lower() in READABLE or file == path]
        if not files:
            raise words.refuse("no sound file in that folder", str(path), remedy="expected WAV, FLAC, AIFF, OGG or MP3")
        try:
            reel, left = spooled(files, self.machine.rate_hz, self.machine.channels)
        except FileFault as fault:
            raise words.refuse(str(fault)) from None
        return self._deed(origin, "take/open", str(path), reel, left, bool(add))

    def _deed(self, origin: str, word: str, name: str, reel: Reel, left: int, add: bool) -> Deed:
        """Stop, go to the start, and play this from now on; answers tracks, how many had no room, and seconds."""
        machine = self.machine

        def act(_: Deed) -> Answer:
            whole = reel.over(machine.player.newest) if add else reel
            over = machine.transport.newest.frame + round(FADE_S * machine.rate_hz)
            machine.player.load(whole, max(over, machine.now))
            return [(word, name, len(reel.tracks), left, reel.frames / machine.rate_hz)]

        return Deed(origin, {"transport/state": "stop", "transport/position": 0.0}, act)

    def delete(self, origin: str, *given: object) -> Deed:
        """name: gone for good, but for what the player has open."""
        words = Words("take/delete", "a take's name", given)
        folder = self._find(words)
        words.end()

        def act(_: Deed) -> Answer:
            aside = folder.with_name(f".{folder.name}")
            try:
                folder.rename(aside)
            except OSError as fault:
                raise words.refuse(f"{folder.name}: {fault.strerror}") from None
            # minutes of many tracks take a disk a while
            threading.Thread(target=shutil.rmtree, args=(aside, True), name="studiod-delete", daemon=True).start()
            LOG.info("%s deleted for %s", folder.name, origin)
            return [("take/delete", folder.name)]

        return Deed(origin, {}, act)
