"""The tables of docs/x32.md: each node of the console, which of its leaves are the desk's and which are kept, and what
of the desk no leaf reaches.  `python -m controllers.x32.manual` writes them there."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from controllers.x32.rules.effects import SAME, parameter
from controllers.x32.rules.shows import PRESETS, SCENES
from controllers.x32.rules.whole import everything
from controllers.x32.tree import Tree
from studiod.registry.registry import Console, Registry

PAGE = Path(__file__).resolve().parents[2] / "docs" / "x32.md"
BEGIN, END = "<!-- written by controllers/x32/manual.py -->", "<!-- to here -->"
USUAL = Console(inputs=40, outputs=22, channels=40, returns=4, matrices=6, dcas=8, mute_groups=6, surfaces=1)
NAMED = {f"{SCENES}/N": "the desk's scenes", f"{PRESETS}/N": "the desk's presets"}  # lists of controllers/x32/slots.py
LISTED = "name", "hasdata"  # what these say
_NUMBER = re.compile(r"(?<![A-Za-z0-9])\d+(?![A-Za-z0-9])")


def folded(path: str) -> str:
    """A path with N in the place of its numbers; a letter of a bank or a side stays."""
    return _NUMBER.sub("N", path)


def tables(console: Console = USUAL) -> str:
    """All of them, for a console that has as much of the desk's as an X32."""
    registry = Registry(console)
    tree = Tree(everything(1), registry.params)
    held: dict[str, dict[str, dict[str, None]]] = {}
    for address, leaf in tree.leaves.items():
        if "/par/" in address:
            continue
        paths = [folded(path) for path in leaf.link.paths] if leaf.link is not None else []
        name = folded(address.rpartition("/")[2])
        told = held.setdefault(folded(leaf.node), {}).setdefault(name, {})
        told[", ".join(f"`{path}`" for path in dict.fromkeys(paths))] = None
    lines = ["| node | leaf → the desk's path | kept |", "|---|---|---|"]
    for node, leaves in held.items():
        for name in LISTED if node in NAMED else ():
            leaves[name] = {NAMED[node]: None}
        mapped = [f"{name} → {' or '.join(filter(None, paths))}" for name, paths in leaves.items() if any(paths)]
        kept = [name + (" (some)" if any(paths) else "") for name, paths in leaves.items() if "" in paths]
        lines.append(f"| `{node}` | {'; '.join(mapped)} | {', '.join(kept)} |")
    lines += ["", "Parameters of effects (`fx/N/par`, slots 1 to 4) by type; all others are kept:", ""]
    lines += ["| type | parameter → the desk's path |", "|---|---|", *_effects()]
    reached = {path for leaf in tree.leaves.values() if leaf.link is not None for path in _reached(leaf.link)}
    reached |= {path for kind in SAME for place in range(1, 65) for path in _paths(kind, place)}
    missing = sorted({folded(path) for path in registry.params} - {folded(path) for path in reached})
    lines += ["", "No leaf reaches these of the desk:", "", ", ".join(f"`{path}`" for path in missing) + "."]
    return "\n".join(lines)


def _reached(link: object) -> Iterable[str]:
    return (*getattr(link, "paths", ()), *getattr(link, "also", ()))


def _paths(kind: str, place: int) -> tuple[str, ...]:
    link = parameter(1, kind, place)[1]
    return link.paths if link is not None else ()


def _effects() -> Iterator[str]:
    for kind in SAME:
        found = ((place, _paths(kind, place)) for place in range(1, 65))
        told = (f"{k} → {', '.join(f'`{folded(path)}`' for path in paths)}" for k, paths in found if paths)
        yield f"| {kind} | {'; '.join(told)} |"


def written(page: str) -> str:
    """A page with the tables as they are now."""
    head, _, rest = page.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{tables()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
