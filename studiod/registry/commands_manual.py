"""The commands as a table of the docs, written between two marks of `docs/osc.md`.

`python -m studiod.registry.commands_manual docs/osc.md` writes them anew; a test fails when they are not as declared.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from studiod.registry.command import Command, Line
from studiod.registry.commands import GROUPS, SAID, TALK, WAYS
from studiod.registry.param import Value

BEGIN = "<!-- commands: written by `python -m studiod.registry.commands_manual docs/osc.md` -->"
END = "<!-- end of commands -->"
FADER, SWITCHED = "/ch/1/fader", "/ch/1/mute"  # in examples
HEAD = "| word | takes | | answers | example |\n|---|---|---|---|---|"
TAGS = {str: "s", int: "i", float: "f"}


def tables() -> str:
    """Every word of OSC, in groups: Markdown."""
    groups = {**GROUPS, "Being told, meters, small talk": tuple(TALK.values())}
    return "\n\n".join([*(table(name, group) for name, group in groups.items()), ways(), said()])


def table(name: str, group: Iterable[Command]) -> str:
    """One group with its heading."""
    return "\n".join([f"### {name}\n", HEAD, *map(row, group)])


def row(one: Command) -> str:
    """One command; an answer is a line each."""
    answers = "<br>".join(map(columns, one.answers)) or "–"
    return f"| `/{one.name}` | {takes(one)} | {one.about} | {answers} | `{example(one)}` |"


def takes(one: Command) -> str:
    """Its arguments in words, with no star that Markdown would take for its own."""
    return one.arguments.replace("*", r"\*") or "–"


def columns(line: Line) -> str:
    """`/scene/store` name, values, [former]."""
    told = ", ".join([*line.columns, *(f"[{name}]" for name in line.more)])
    return f"`/{line.name}` {told}".rstrip()


def example(one: Command, path: str = "") -> str:
    """As `oscsend` takes it: address, type tags, values."""
    tags = "".join(TAGS[type(value)] for value in one.samples)
    return " ".join([f"/{one.name}{path}", *([tags] if tags else []), *map(quoted, one.samples)])


def quoted(value: Value) -> str:
    """A value as a shell takes it: in quotes where it needs them."""
    if not isinstance(value, str):
        return f"{value:g}"
    return f"'{value}'" if set(value) & set(' *?[]{}"') else value


def ways() -> str:
    """The words that stand before a path."""
    rows = [
        f"| `/{one.name}/PATH` | {takes(one)} | {one.about} | `{example(one, FADER if one.samples else SWITCHED)}` |"
        for one in WAYS.values()
    ]
    return "\n".join(["### Before a path\n", "| word | takes | | example |\n|---|---|---|---|", *rows])


def said() -> str:
    """What nobody but a desk says."""
    return f"The desk alone says {'; '.join(map(columns, SAID.values()))}."


def with_tables(page: str) -> str:
    """A page with the tables of today between its marks.  Raises ValueError where it has none."""
    before, _, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"no {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(with_tables(file.read_text("utf-8")), "utf-8")
