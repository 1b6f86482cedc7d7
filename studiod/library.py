"""What a desk remembers: its store, scenes, presets and history, and the commands that work on them."""

from studiod.autotrim import Autotrim
from studiod.copies import Copies
from studiod.desk import Desk
from studiod.fades import Fades
from studiod.fitting import NOT_STORED
from studiod.history import History
from studiod.param import Value
from studiod.presets import Presets
from studiod.scene import VERSION
from studiod.scene_files import SceneFiles
from studiod.scenes import Scenes, now_text
from studiod.shelf import Shelf
from studiod.store import Store

LAST_SESSION = "last session"  # the scene that keeps what a start from a file would have lost


class Library:
    """Made when the desk has its first values; from then on every change is written down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self.desk, self.store = desk, store
        self.history, self.fades = History(desk), Fades(desk)
        shelf = Shelf(store, "scene")
        self.scenes = Scenes(desk, shelf, self.fades)
        self.files = SceneFiles(desk, shelf)
        self.presets, self.copies, self.autotrim = Presets(desk, Shelf(store, "preset")), Copies(desk), Autotrim(desk)
        self._kept = {path for path, param in desk.registry.params.items() if not param.flags & NOT_STORED}
        desk.listen(self._hear)

    def _hear(self, origin: str, news: dict[str, Value]) -> None:
        kept = {path: value for path, value in news.items() if path in self._kept}
        if kept:
            self.store.note(kept)

    def begin(self, from_file: bool) -> None:
        """Write down what the desk started with: all of it after a start from a file, else what the store lacks.

        A value that this console could not take stays in the store as it was.
        """
        old, values = self.store.state, self.scenes.now()
        if from_file and old:
            self.scenes.shelf.put(LAST_SESSION, {"saved": now_text(), "version": VERSION}, old)
        fresh = {path: value for path, value in values.items() if path not in old or from_file}
        self.store.note({path: value for path, value in fresh.items() if old.get(path) != value})
