"""What a surface has to be told: as few patterns as name all of its paths, and the banks of its meters."""

from collections.abc import Callable, Iterable

from studiod.layouts.surface import CHOSEN, Part
from studiod.registry.registry import Registry

HZ = 20  # of meters: as a tablet draws them


def address(registry: Registry, part: Part) -> str:
    """Where a part's value is set and told: positions of numbers and lists, switches as 0 and 1."""
    if part.kind == "action":
        return part.path
    if part.kind == "hold":
        return f"/hold/{part.path}"
    if part.kind in ("meter", "figure"):
        return f"/turn/meters/{part.path}" if part.kind == "meter" else f"/meters/{part.path}"
    one = registry.params[part.path.replace(CHOSEN, "1")]
    return f"/{part.path}" if one.kind in ("switch", "text") else f"/turn/{part.path}"


def colour(part: Part) -> str:
    """Where the colour of a name is told."""
    return f"/{part.path.removesuffix('/name')}/colour"


def addresses(registry: Registry, parts: Iterable[Part], at: Callable[[Registry, Part], str] = address) -> list[str]:
    """Every address that has to be told, once; of the chosen strip not.  at: what an app takes in a part's place."""
    found: dict[str, None] = {}
    for part in parts:
        if part.path and CHOSEN not in part.path and part.kind not in ("action", "hold", "meter", "figure"):
            found[at(registry, part)] = None
            if part.kind == "name":
                found[colour(part)] = None
    return list(found)


def patterns(found: Iterable[str]) -> list[str]:
    """Patterns that name these addresses and no others: numbers and last words as alternatives."""
    leads: dict[tuple[str, str], dict[str, set[str]]] = {}  # what stands before the first number, and behind it
    for one in found:  # /turn/ch/1/send/2/level; without a number: /turn/main and fader
        parts = one.split("/")
        at = next((k for k, word in enumerate(parts) if word.isdecimal()), len(parts) - 2)
        lead, end = "/".join(parts[: at + 1 - parts[at].isdecimal()]), "/".join(parts[at + 1 :])
        leads.setdefault((lead, "#" if parts[at].isdecimal() else ""), {}).setdefault(end, set()).add(parts[at])
    out = []
    for (lead, numbered), tails in leads.items():
        by_numbers: dict[tuple[str, ...], list[str]] = {}
        for tail, those in tails.items():
            by_numbers.setdefault(tuple(sorted(those, key=int)) if numbered else (), []).append(tail)
        for some, ends in by_numbers.items():
            out += ["/".join([lead, *([_either(some)] if some else []), end]) for end in _ends(ends)]
    return out


def _ends(ends: list[str]) -> list[str]:
    """fader pan send/1/level send/2/level → {fader,pan} send/{1,2}/level."""
    by_shape: dict[tuple[str, ...], list[list[str]]] = {}
    for end in ends:
        words = end.split("/")
        by_shape.setdefault(tuple("#" if w.isdecimal() else w for w in words[:-1]), []).append(words)
    out = []
    for rows in by_shape.values():
        columns = [tuple(dict.fromkeys(column)) for column in zip(*rows, strict=True)]
        out.append("/".join(_either(column) for column in columns))
    return out


def _either(words: Iterable[str]) -> str:
    some = tuple(words)
    return some[0] if len(some) == 1 else "{" + ",".join(some) + "}"


def banks(parts: Iterable[Part]) -> list[str]:
    """What is asked of the meters: a bank's positions where bars stand, its numbers where figures do."""
    kinds = {(part.kind, part.path.partition("/")[0]) for part in parts if part.kind in ("meter", "figure")}
    return [f"/turn/meters/{bank}/**" if kind == "meter" else f"/meters/{bank}/**" for kind, bank in sorted(kinds)]
