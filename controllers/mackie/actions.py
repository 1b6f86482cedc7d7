"""What a key can do, in words: `toggle ch/1/mute`, `hold talkback/on`, `scene 3`, `page eq`, `marker/add`.

{select} in a path is the selected strip, {now} the line-up's paths below surface/U/now.
"""

import re
from dataclasses import dataclass

from controllers.midi.surface_words import misfit, unknown
from studiod.registry import spoken
from studiod.registry.alike import closest
from studiod.registry.commands import DESK
from studiod.registry.param import Param, Refusal, Value
from studiod.registry.registry import Registry
from studiod.registry.surfaces import PAGES, VIEWS

WAYS = ("left", "right")
# Of the surface itself: what may follow each.
OWN: dict[str, tuple[str, ...]] = {
    "page": PAGES, "view": VIEWS, "bank": WAYS, "channel": WAYS, "part": WAYS, "marker": WAYS, "layer": ("next",),
    "home": (), "save": (), "stop": (), "jog": ("line-up",), "scene": ("N",),
    "loop": ("in", "out"), "time": (), "nothing": (),
}  # fmt: skip
ON_PATH = ("set", "toggle", "hold", "step")
KINDS = {"toggle": ("switch", "list"), "hold": ("switch", "list", "number", "point", "strip")}


@dataclass(frozen=True, slots=True)
class Action:
    """verb: one of OWN, ON_PATH or a command of the desk; path: of those on one; words: what follows."""

    verb: str
    path: str = ""
    words: tuple[Value, ...] = ()


def parsed(text: str) -> Action:
    """An action whose words have been checked."""
    verb, *words = text.split()
    if verb in ON_PATH:
        return Action(verb, words[0], tuple(words[1:]))
    if verb == "scene":
        return Action("scene/recall", "", (int(words[0]),))
    return Action(verb, "", tuple(_number(word) for word in words) if verb in DESK else tuple(words))


def _number(word: str) -> Value:
    return int(word) if re.fullmatch(r"\d+", word) else word


def misread(text: str, registry: Registry | None) -> str:
    """What was expected in the place of an action that cannot be; "" where it can."""
    verb, *words = text.split() or [""]
    if verb in ON_PATH:
        return _on_path(verb, words, registry)
    if verb in OWN:
        return _own(verb, words)
    if verb in DESK:
        return misfit(DESK[verb], [_number(word) for word in words])
    near = closest(verb, [*OWN, *ON_PATH]) or (unknown(verb).partition("nearest is ")[2].rstrip(")"))
    known = f"set, toggle, hold or step with a path, one of {' '.join(OWN)}, or a command of the desk"
    return known + (f" (nearest is {near})" if near else "")


def _own(verb: str, words: list[str]) -> str:
    takes = OWN[verb]
    if takes == ("N",):
        return "" if len(words) == 1 and words[0].isdecimal() else "the number of a scene"
    if not takes:
        return "" if not words else f"{verb} alone"
    if len(words) == 1 and words[0] in takes:
        return ""
    near = closest(words[0], takes) if words else ""
    return f"{verb} and one of {' '.join(takes)}" + (f" (nearest is {near})" if near else "")


def _on_path(verb: str, words: list[str], registry: Registry | None) -> str:
    counts = {"set": (2,), "toggle": (1,), "hold": (1, 2), "step": (2,)}[verb]
    if len(words) not in counts:
        return {"set": "a path and a value", "step": "a path and by how much"}.get(verb, "a path")
    if verb == "step" and not _is_number(words[1]):
        return "a path and a number, by how much"
    if registry is None or ("{" not in words[0] and words[0] not in registry.params):
        return "" if registry is None else f"a path of this console (nearest is {registry.nearest(words[0])})"
    param = registry.params.get(placed(words[0], "ch/1", "surface/1/now"))
    if param is None:
        return "a path of this console" if "{select}" not in words[0] else ""
    return _fits(verb, param, words)


def _fits(verb: str, param: Param, words: list[str]) -> str:
    if "read-only" in param.flags:
        return "a path that can be set"
    if verb in KINDS and param.kind not in KINDS[verb]:
        return f"a path of a switch; {param.path} is a {param.kind}"
    if verb in ("set", "hold") and len(words) == 2:
        try:
            param.accept(words[1])
        except Refusal as refusal:
            return refusal.expected or "a value that it takes"
    return ""


def _is_number(word: str) -> bool:
    try:
        return spoken.number(word, "") is not None
    except spoken.OtherUnit:
        return False


def placed(path: str, select: str, now: str) -> str:
    """A path with what stands for something just now."""
    return path.replace("{select}", select).replace("{now}", now)
