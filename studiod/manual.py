"""The manual, printed from the registry."""

import json

from studiod.laws import short, shown
from studiod.params import Param, Registry


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
        "nrpn": {"channel": channel, "number": number},
        "flags": sorted(param.flags),
        "about": param.about,
    }


def as_json(registry: Registry) -> str:
    """Every parameter, a list of objects."""
    return json.dumps([row(param) for param in registry.params.values()], indent=1)


def as_text(registry: Registry) -> str:
    """Every parameter, one line each."""
    lines = []
    for param in registry.params.values():
        rest = shown(param.rest) if isinstance(param.rest, float) else param.rest
        flags = f"  [{', '.join(sorted(param.flags))}]" if param.flags else ""
        nrpn = "{}:{}".format(*param.nrpn)
        lines.append(f"{param.path:<28} {param.expected:<58} rest {rest!s:<11} nrpn {nrpn:<9} {param.about}{flags}")
    return "\n".join(lines)
