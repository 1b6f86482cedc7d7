"""The manual, printed from the registry, for programs: a line a path, or JSON; and which paths it is about."""

import json
from collections.abc import Iterable

from studiod.errors import Fault
from studiod.registry.laws import short, shown
from studiod.registry.registry import Param, Refusal, Registry


def chosen(registry: Registry, pattern: str | None) -> list[Param]:
    """What a pattern matches, and all that lies below it, in order; None: all.  Raises Fault with what is near."""
    if pattern is None:
        return list(registry.params.values())
    wanted = pattern.strip("/")
    try:
        found = {param.path for one in (wanted, f"{wanted}/**") for param in registry.match(one)}
    except Refusal as fault:
        raise Fault(str(fault)) from None
    if not found:
        try:
            registry.find(wanted)
        except Refusal as fault:
            near = f"; nearest is {fault.nearest}" if fault.nearest else ""
            raise Fault(f"{pattern}: no path matches{near}; quote a pattern, such as 'ch/1/eq/*'") from None
    return [param for param in registry.params.values() if param.path in found]


def having(params: Iterable[Param], word: str) -> list[Param]:
    """Those with a word, in any case, in their path, their line for people or their items.  Raises Fault."""
    wanted = word.casefold()
    found = [param for param in params if any(wanted in text.casefold() for text in _texts(param))]
    if not found:
        raise Fault(f"{word}: in no path and no text of the manual; try a shorter word, or its beginning")
    return found


def _texts(param: Param) -> tuple[str, ...]:
    return param.path, param.about, *(param.items if param.kind == "list" else ())


def numbered(param: Param) -> bool:
    """Whether its NRPN number reaches it: a text has no position, and NRPN nothing else."""
    return param.kind != "text"


def row(param: Param) -> dict[str, object]:
    """One parameter as plain data."""
    channel, number = param.nrpn
    return {
        "path": param.path,
        "kind": param.kind,
        "unit": param.unit,
        "low": short(param.low) if param.kind == "number" else None,
        "high": short(param.high) if param.kind == "number" else None,
        "rest": short(param.rest),
        "law": param.law if param.kind == "number" else None,
        "items": list(param.items) if param.kind == "list" else None,
        "nrpn": {"channel": channel, "number": number} if numbered(param) else None,
        "flags": sorted(param.flags),
        "about": param.about,
    }


def as_json(params: Iterable[Param]) -> str:
    """Every parameter, a list of objects."""
    return json.dumps([row(param) for param in params], indent=1)


def as_text(params: Iterable[Param]) -> str:
    """Every parameter, one line each."""
    lines = []
    for param in params:
        rest = shown(param.rest) if isinstance(param.rest, float) else param.rest
        flags = f"  [{', '.join(sorted(param.flags))}]" if param.flags else ""
        nrpn = "nrpn {}:{}".format(*param.nrpn) if numbered(param) else ""
        lines.append(f"{param.path:<28} {param.expected:<58} default {rest!s:<11} {nrpn:<14} {param.about}{flags}")
    return "\n".join(lines)
