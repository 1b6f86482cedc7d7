"""A scene's text from outside, looked through once, when it comes in: what is kept of it, and what is told of the rest.

What this console does not know is kept for one that does, within bounds: a scene is listed, compared and exported in
packets, so no line of it may be longer than one.  Nothing here touches a desk's values: it may run on any thread.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from studiod.desk.arguments import Words
from studiod.errors import FileFault
from studiod.memory.scene_format import VERSION, parse_scene
from studiod.registry.param import Refusal, told
from studiod.registry.registry import Registry
from studiod.texts import plain, printable

PATH_MAX = 200  # characters of a path that this console does not know
TEXT_MAX = 400  # characters of a scope, or of a value of such a path
VALUES_MAX = 65_536  # of a scene: the largest console has half as many
TOLD_MAX = 20  # lines of what is not of this console
REASON_MAX = 100  # characters
KINDS_MAX = 8  # reasons that are counted one by one
LEFT = {
    True: "kept as it is; a recall leaves this path alone",
    False: "kept for a console that has it",
}  # known: its path
KEPT = f"a path of at most {PATH_MAX} characters, with a finite number or at most {TEXT_MAX} characters of text"
SAVED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
NOT_STORED = {"volatile", "read-only"}
Head = dict[str, str | int]  # saved, version, scope


@dataclass
class Found:
    """What a text holds.  lines: what is told of it, at most TOLD_MAX; strange: how many there would be; kinds: how
    many for each reason."""

    title: str
    head: Head
    values: dict[str, object] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    strange: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    sought: bool = False  # whether a nearest path was looked for: that is done for one, not for thousands

    def tell(self, refusal: Refusal, known: bool = True) -> None:
        """One more that is not of this console.  known: its path is, and the nearest value costs no search."""
        if len(self.lines) < TOLD_MAX:
            self.lines.append(refusal.line(near=known or not self.sought))
            self.sought = self.sought or not known
        self.strange += 1
        reason = plain(refusal.reason, REASON_MAX)
        self.kinds[reason if reason in self.kinds or len(self.kinds) < KINDS_MAX else "other reasons"] += 1


def now_text() -> str:
    """The wall clock, as scenes write it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def keepable(path: str, value: object) -> bool:
    """Whether a value that this console does not know is kept for another version."""
    if len(path) > PATH_MAX or not printable(path):
        return False
    if isinstance(value, str):
        return len(value) <= TEXT_MAX
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return isinstance(value, float) and math.isfinite(value)


def look_through(registry: Registry, words: Words, name: str, text: str) -> Found:
    """A scene of a text.  name: what it is to be called, "" as the text says.  Raises Refusal."""
    try:
        head, values = parse_scene(text, "the text")
    except FileFault as fault:
        raise words.refuse("not a scene", remedy=str(fault)) from None
    if len(values) > VALUES_MAX:
        raise words.refuse(f"a scene of {len(values)} values; at most {VALUES_MAX}", remedy="take some out")
    title = Words(words.command, words.takes, [name or head.get("name")]).name("the scene's name")
    found = Found(title, {"saved": now_text(), "version": VERSION})
    _heading(found, head)
    for path, value in values.items():
        try:
            found.values[path] = _taken(registry, path, value)
        except Refusal as fault:
            param = registry.params.get(path)
            stored = param is None or not param.flags & NOT_STORED
            near = partial(getattr, fault, "nearest")
            if stored and keepable(path, value):
                found.values[path] = value
                fault = Refusal(path, fault.reason, fault.expected, fault.got, near, LEFT[param is not None])
            elif stored:
                fault = Refusal(path, f"{fault.reason}; not kept either", KEPT, told(value), near)
            found.tell(fault, param is not None)
    return found


def _taken(registry: Registry, path: str, value: object) -> object:
    """A value as this console holds it.  Raises Refusal."""
    param = registry.find(path)
    if param.flags & NOT_STORED:
        raise Refusal(path, "never stored", remedy="left out")
    return param.accept(value)


def _heading(found: Found, head: dict[str, object]) -> None:
    """When it was saved, and its scope."""
    saved, scope = head.get("saved"), head.get("scope", "")
    if isinstance(saved, datetime) and saved.tzinfo is not None:
        saved = saved.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(saved, str) and SAVED.fullmatch(saved):
        found.head["saved"] = saved
    elif saved is not None:
        remedy = "the time of the import stands there"
        found.tell(Refusal("saved", "not a date", "one such as 2026-11-29T10:12:03Z", told(saved), remedy=remedy))
    if isinstance(scope, str) and len(scope) <= TEXT_MAX and printable(scope):
        found.head |= {"scope": scope} if scope.strip() else {}
    else:
        expected = f"text of at most {TEXT_MAX} characters, none of them a control character"
        found.tell(Refusal("scope", "not a scope", expected, told(scope), remedy="left out: it recalls all"))
