"""The manual for people: by strip and unit, indices folded, wrapped; what its signs mean stands at its end."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from studiod.registry.folded import Fold, folded
from studiod.registry.laws import shown
from studiod.registry.manual import numbered
from studiod.registry.param import Param
from studiod.registry.points import vocabulary

FLAGS = {
    "place": "belongs to the strip's place, not to its sound: copies and presets leave it alone",
    "read-only": "told by the desk; nobody sets it",
    "safe": "left alone by scenes, unless the recall asks for it",
    "volatile": "at its default after every start, and in no scene",
}
NAME_LEN, WIDTH_MIN, WIDTH_MAX = 12, 40, 120  # characters
TIED = "\xa0"  # a space at which no line ends


def pages(params: Iterable[Param], width: int) -> str:
    """All of them in lines of at most that many characters, where it is 40 or more."""
    width = min(max(width, WIDTH_MIN), WIDTH_MAX)
    folds = folded(params)
    points = _points(folds)
    lines: list[str] = []
    heading = None
    for fold in folds:
        if fold.heading != heading:
            heading = fold.heading
            lines += [""] if lines else []
            lines += wrap(f"{heading}/…", width) if heading else []
        lines += _entry(fold, points, width)
    return "\n".join([*lines, "", *_legend(folds, points, width)]).replace(TIED, " ")


def _points(folds: Sequence[Fold]) -> tuple[str, ...]:
    """The points that every source and key among them takes, in their order."""
    taken = [fold.params[0].items for fold in folds if fold.params[0].kind == "point"]
    all_of = set(taken[0]).intersection(*taken[1:]) if taken else set()
    return tuple(point for point in taken[0] if point in all_of) if taken else ()


def _entry(fold: Fold, points: tuple[str, ...], width: int) -> list[str]:
    """A name, and beside it all that there is to say."""
    first = fold.params[0]
    said = f"{fold.about.rstrip('.')}. {_takes(first, points)}"
    if "read-only" not in first.flags:
        said += f"; default{TIED}{_default(fold)}"
    if numbered(first):
        said += f"; NRPN{TIED}" + TIED.join(["{}:{}".format(*first.nrpn), *(f"+{step}" for step in fold.steps)])
    said += f" [{f',{TIED}'.join(sorted(first.flags))}]" if first.flags else ""
    left = " " * (NAME_LEN + 2)
    name = f"  {fold.path.rpartition('/')[2]} "
    lines = wrap(said, width - len(left), break_on_hyphens=False)
    if len(name) > len(left):
        return [name.rstrip(), *(left + line for line in lines)]
    return [f"{name:<{len(left)}}{lines[0]}", *(left + line for line in lines[1:])]


def _takes(param: Param, points: tuple[str, ...]) -> str:
    if param.kind == "list":
        return f"One of {' '.join(param.items)}"
    if param.kind == "point":
        more = tuple(item for item in param.items if item not in points)
        return f"A point, or {vocabulary(more)}" if more else "A point"
    return param.expected[0].upper() + param.expected[1:]


def _default(fold: Fold) -> str:
    """The default of all, or of the first and the last where they differ."""
    rests = [shown(param.rest) if isinstance(param.rest, float) else str(param.rest) for param in fold.params]
    rests = [rest or "empty" for rest in rests]
    return rests[0] if len(set(rests)) == 1 else f"{rests[0]}{TIED}…{TIED}{rests[-1]}"


def _legend(folds: Sequence[Fold], points: tuple[str, ...], width: int) -> list[str]:
    """What the signs mean, those that are there."""
    kinds = {fold.params[0].kind for fold in folds}
    said = [f"[{flag}]: {FLAGS[flag]}." for flag in sorted({flag for fold in folds for flag in fold.params[0].flags})]
    if any(len(fold.params) > 1 for fold in folds):
        said.append("1..32: any number from 1 to 32. 1,3..31: every second one.")
    if "point" in kinds:
        said.append(f"A point: {vocabulary(points)}.")
    if "list" in kinds:
        said.append("One of several may be given by its place too, from 0.")
    if any(fold.steps and numbered(fold.params[0]) for fold in folds):
        said.append(
            "NRPN 1:2 +512: MIDI channel 1, number 2, and 512 more for each next index."
            " After number 16383 the next MIDI channel begins at 0."
        )
    said.append("A part of this: studiod params ch/9/comp. What has a word: --search WORD. For programs: --json.")
    return [line for text in said for line in wrap(text, width, subsequent_indent="  ")]
