"""The settings, read again while the desk plays: what changes at once, and what waits for a restart, by name."""

import asyncio
import json
import logging
from collections.abc import Callable, Container, Iterator
from typing import Any, TypeVar

from studiod.aside import aside
from studiod.errors import Fault
from studiod.host.controllers import languages
from studiod.settings.schema import Settings
from studiod.settings.table import Table
from studiod.texts import plain

LOG = logging.getLogger(__name__)
T = TypeVar("T", bound=Table)
ACCESS = "access"  # of every language; may hold tokens: the values of what is live are not told
VALUE_CHARACTERS = 60


def live_keys() -> frozenset[str]:
    """What changes at once: what the languages say of their tables, and who may do what.  Raises LanguageFault."""
    return frozenset((ACCESS, *(key for one in languages() for key in one.live)))


def changed(
    before: dict[str, Any], after: dict[str, Any], whole: Container[str] = (), within: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """Every key whose value differs, with both; a list is one value, and so is what `whole` names."""
    for name in dict.fromkeys([*after, *before]):  # a controller's own table may be new, or gone
        key, value, old = f"{within}{name}", after.get(name), before.get(name)
        if isinstance(value, dict) and isinstance(old, dict) and key not in whole:
            yield from changed(old, value, whole, f"{key}.")
        elif value != old:
            yield key, old, value


def merged(now: Settings, fresh: Settings, keys: Container[str] | None = None) -> tuple[Settings, list[str], list[str]]:
    """The settings from here on, the keys that are in force with them, and a line for each that waits for a restart.

    keys: what is live.
    """
    live, waits = [], []
    keys = live_keys() if keys is None else keys
    for key, old, new in changed(now.model_dump(), fresh.model_dump(), keys):
        if key in keys:
            live.append(key)
        else:
            waits.append(f"{key}: {_short(old)} → {_short(new)} needs a restart")
    after = now
    for key in live:
        after = _with(after, fresh, key)
    return after, live, waits


def _with(now: T, fresh: T, key: str) -> T:
    """A table with one key of another, which may lie in a table within."""
    head, _, rest = key.partition(".")
    value = getattr(fresh, head)
    return now.model_copy(update={head: _with(getattr(now, head), value, rest) if rest else value})


def _short(value: Any) -> str:
    return plain(json.dumps(value, ensure_ascii=False), VALUE_CHARACTERS)


class Reload:
    """On the desk's loop.  Attribute settings: those in force."""

    def __init__(
        self, settings: Settings, read: Callable[[], Settings] | None, use: Callable[[Settings], None]
    ) -> None:
        """read: the settings as they are written now, on a thread of its own; None: they were not read from a file.
        use: is given those in force from then on."""
        self.settings, self._read, self._use = settings, read, use
        self._task: asyncio.Task[None] | None = None
        self._wanted = False

    def ask(self) -> None:
        """Read them again; while that is done already, once more."""
        self._wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while self._wanted:
            self._wanted = False
            if self._read is None:
                LOG.warning("there is no settings file to read again; start with --config FILE")
                continue
            try:
                fresh, keys = await aside(self._read), await aside(live_keys)
            except Fault as fault:
                for line in str(fault).split("\n"):
                    LOG.error(plain(line, 1000))  # each a kind of line of its own: the log leaves none of them out
                LOG.error("the settings have faults, all told above; nothing has changed; mend them, then send SIGHUP")
                continue
            except Exception:
                LOG.exception("the settings could not be read again; nothing has changed")
                continue
            self.settings, live, waits = merged(self.settings, fresh, keys)
            for line in waits:
                LOG.warning(line)
            self._use(self.settings)
            told = f"in force now: {', '.join(live)}" if live else "nothing else has changed" if waits else "no change"
            LOG.info("the settings were read again; %s", told)

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
