"""What a desk remembers: its store, scenes, presets and history, and the commands that work on them."""

import contextlib
import logging
from collections.abc import Mapping

from studiod.backup.backup import Backup
from studiod.desk.arguments import Words
from studiod.desk.desk import Desk
from studiod.desk.stored import NOT_STORED
from studiod.memory.autotrim import Autotrim
from studiod.memory.copies import Copies
from studiod.memory.cues import Cues
from studiod.memory.fades import Fades
from studiod.memory.history import History
from studiod.memory.keepings import Keepings
from studiod.memory.presets import Presets
from studiod.memory.reset import Reset
from studiod.memory.scene_format import VERSION
from studiod.memory.scene_transfer import SceneFiles
from studiod.memory.scenes import Scenes, now_text
from studiod.memory.shelf import Shelf, pack
from studiod.memory.tokens import Tokens
from studiod.registry.multitrack import mended
from studiod.registry.param import Refusal, Value
from studiod.store.merge import listed
from studiod.store.store import Store

LOG = logging.getLogger(__name__)
LAST_SESSION = "last session"  # the scene that keeps what a start from a file would have lost


class Library:
    """Made when the desk has its first values; from then on every change is written down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self.desk, self.store = desk, store
        self.history, self.fades = History(desk), Fades(desk)
        shelf = Shelf(store, "scene")
        self.scenes = Scenes(desk, shelf, self.fades)
        self.files = SceneFiles(desk, shelf)
        self.cues = Cues(self.scenes)
        self.presets, self.copies, self.autotrim = Presets(desk, Shelf(store, "preset")), Copies(desk), Autotrim(desk)
        Reset(desk, self.scenes, self.fades)
        Backup(desk, store, self.scenes, self.fades)
        self.tokens = Tokens(desk, store)
        desk.keepings = Keepings(store)
        self._kept = {path for path, param in desk.registry.params.items() if not param.flags & NOT_STORED}
        desk.listen_beneath(self._hear)

    def _hear(self, origin: str, news: dict[str, Value]) -> None:
        kept = news
        if not self._kept.issuperset(news):
            kept = {path: value for path, value in news.items() if path in self._kept}
        if kept:
            self.store.note(kept)

    def _keep_session(self, old: Mapping[str, object]) -> None:
        """What the desk held, as a scene; the sessions before stay beside it, as what any scene held does."""
        shelf, packed = self.scenes.shelf, pack(old)
        head: dict[str, str | int] = {"saved": now_text(), "version": VERSION, "count": len(old)}
        with contextlib.suppress(Refusal):  # no room for one more
            shelf.aside(Words.of("scene/store", ()), LAST_SESSION, head, packed)
        shelf.place(LAST_SESSION, head, packed)
        LOG.info("the mix that was here is the scene %r; this start begins from its start_scene", LAST_SESSION)

    def begin(self, from_file: bool) -> None:
        """Write down what the desk started with: all of it after a start from a file, else what the store lacks.

        A value that this console could not take stays in the store as it was.  What a damaged one has lost is told.
        """
        old, values = self.store.state, self.scenes.now()
        if self.store.damage:
            gone = sorted(self._kept - old.keys())
            for line in listed(gone):
                LOG.error("%s: not in it any more, and at its default: %s", self.store.file, line)
        if from_file and old:
            self._keep_session(old)
        new = mended(old, self.desk.registry.console.inputs)
        fresh = {path: value for path, value in values.items() if path not in old or path in new or from_file}
        self.store.note({path: value for path, value in fresh.items() if old.get(path) != value})
