"""The languages of controllers that are installed, and the tables that they bring to the settings.

A language is an entry point (studiod/desk/controller.py); only what a settings file names is loaded for it.
"""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from pydantic import create_model

from studiod.errors import Fault
from studiod.settings.table import Table

GROUP = "studiod.controllers"
S = TypeVar("S", bound=Table)


class LanguageFault(Fault, RuntimeError):
    """A package that is installed as a controller, and is none."""


def installed() -> list[EntryPoint]:
    """In the order of their names."""
    return sorted(entry_points(group=GROUP), key=lambda entry: entry.name)


def introduced(entry: EntryPoint) -> Any:
    """How a language introduces itself.  Raises LanguageFault."""
    try:
        found = entry.load()
    except Exception as fault:  # whatever a package of others does when it is imported
        why = f"{type(fault).__name__}: {fault}"
        raise LanguageFault(f"the controller {entry.name} ({entry.value}) cannot be loaded: {why}") from None
    if getattr(found, "name", "") != entry.name:
        told = f"the controller {entry.name} ({entry.value}) does not introduce itself by that name"
        raise LanguageFault(f"{told}; install its package again")
    return found


def brought(name: str) -> type[Table] | None:
    """The table that a language of that name brings; None: no such language, or it has none.  Raises LanguageFault."""
    return next((introduced(entry).table for entry in installed() if entry.name == name), None)


def widened(settings: type[S], names: Iterable[str]) -> type[S]:
    """The settings with the tables of those names that languages bring.  Raises LanguageFault."""
    more = {name: table for name in names if name not in settings.model_fields and (table := brought(name))}
    fields: dict[str, Any] = {name: (table, ...) for name, table in more.items()}
    return create_model(settings.__name__, __base__=settings, **fields) if more else settings
