"""A driver's list of MIDI ports, which can change at any moment, and opening one of it by its name."""

from typing import Any

TRIES = 5  # looks at a list that does not stand still


def distinct(names: list[str]) -> list[str]:
    """The same list with each name once: the second "X" is called "X #2"."""
    out: list[str] = []
    for name in names:
        count = 1
        label = name
        while label in out:
            count += 1
            label = f"{name} #{count}"
        out.append(label)
    return out


def listed(end: Any) -> list[str] | None:
    """The driver's list of ports, the same twice in a row; None while it does not stand still.

    rtmidi reads it name by name, by place: a port that comes or goes meanwhile doubles or hides another, or raises.
    """
    last: list[str] | None = None
    fault: Exception | None = None
    for _ in range(TRIES):
        try:
            names = distinct(end.get_ports())
        except Exception as raised:  # rtmidi has several kinds, without a common one
            fault, last = raised, None
            continue
        if names == last:
            return names
        fault, last = None, names
    if fault is not None:
        raise fault
    return None


def open_named(end: Any, name: str, label: str) -> bool:
    """Open a port by its name; False when it went away.

    The driver opens by place in a list that can change at any moment: the list is read again, and what
    was opened is closed unless the name stood at the same place before and after.
    """
    for _ in range(TRIES):
        there = listed(end) or []
        if name not in there:
            continue
        place = there.index(name)
        try:
            end.open_port(place, label)
        except Exception:
            if listed(end) == there:
                raise
            continue
        if (listed(end) or [])[: place + 1] == there[: place + 1]:
            return True
        end.close_port()
    return False
