"""What controllers keep beside the desk's values, in the desk's store: one record by name."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from studiod.memory.shelf import BROKEN, pack, unpack
from studiod.store.store import Store

KIND = "keeping"
_log = logging.getLogger(__name__)


class Keepings:
    """Over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def read(self, name: str) -> Mapping[str, Any]:
        """What was there at the start, or came with a restore; what cannot be read is told, and left out."""
        record = self.store.records.get((KIND, name))
        if record is None:
            return {}
        try:
            return unpack(record[1])
        except BROKEN:
            _log.warning("what is kept for %s cannot be read, and is left out", name)
            return {}

    def keep(self, name: str, held: Mapping[str, Any]) -> None:
        self.store.put(KIND, name, lambda: ("{}", pack(held)))

    def listen(self, again: Callable[[], None]) -> Callable[[], None]:
        """Be told, behind those who were before, when a restore has replaced the records."""
        holders = self.store.holders
        holders.append(again)
        return lambda: holders.remove(again)
