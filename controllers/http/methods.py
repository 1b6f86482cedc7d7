"""What stands in the tree beside parameters: commands, which are only written, and banks of meters, which are only
read."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import get_args

from controllers.http.attributes import READ, WRITE, json_of, unit
from studiod.desk.desk import Desk
from studiod.registry.command import Argument, Command
from studiod.registry.commands import DESK, TALK
from studiod.registry.laws import short
from studiod.registry.meter_banks import BANKS, names
from studiod.registry.param import Refusal

SESSION = frozenset({"info", "status"})  # words that ask about the desk as a whole, as those that are a sender's own
TAGS = ((str, "s"), (float, "f"), (int, "i"))
PRESS = "I"  # a word that takes nothing: an impulse
FLOOR = -150.0  # dB; what a meter says of less


class Method:
    """One node.  path: without the "/" in front."""

    path: str

    def attributes(self) -> dict[str, object]:
        """All but FULL_PATH; VALUE among them."""
        raise NotImplementedError

    @property
    def readable(self) -> bool:
        return False


class CommandNode(Method):
    """A command.  Some of what it takes may be left out: OVERLOADS has its other forms."""

    def __init__(self, command: Command) -> None:
        self.path = command.name
        kinds = [_kinds(one) for one in command.takes]
        needed = sum(not one.optional for one in command.takes)
        forms = dict.fromkeys("".join(kind[0] for kind in kinds[:count]) for count in range(needed, len(kinds) + 1))
        for other in kinds[0][1:] if needed else "":
            forms |= {other + form[1:]: None for form in list(forms)}
        own, *others = (form or PRESS for form in forms)
        about = command.about if not command.takes else f"{command.about}; takes {command.arguments}"
        # VALUE: a place holder for each argument, which the proposal allows; a known client refuses a tree without it
        self._of: dict[str, object] = {
            "TYPE": own, "ACCESS": WRITE, "VALUE": [None] * len(own), "DESCRIPTION": about,
            "TAGS": ["command", *filter(None, [command.role])],
        }  # fmt: skip
        if command.takes:
            self._of["NAMES"] = [one.name for one in command.takes]
        if others:
            self._of["OVERLOADS"] = [{"TYPE": form} for form in others]

    def attributes(self) -> dict[str, object]:
        return self._of


class BankNode(Method):
    """A bank of meters; VALUE is its newest frame."""

    def __init__(self, desk: Desk, bank: str, sizes: dict[str, int]) -> None:
        self.desk, self.bank, self.sizes, self.path = desk, bank, sizes, f"meters/{bank}"

    @property
    def readable(self) -> bool:
        return True

    def attributes(self) -> dict[str, object]:
        try:
            values = self.desk.meters(self.bank)[0]
        except Refusal:
            values = []
        told = names(self.bank, len(values) or len(BANKS[self.bank](self.sizes)), self.sizes)
        found: dict[str, object] = {"TYPE": "f" * len(told), "ACCESS": READ}
        if values:
            found["VALUE"] = [short(value) if math.isfinite(value) else FLOOR for value in map(float, values)]
        about = "Meters, each the most of the last 10 ms; /meters/subscribe sends them as they go."
        return found | {
            "DESCRIPTION": about,
            "TAGS": ["meters"],
            "UNIT": [unit(name) for _, name in told],
            "NAMES": [name for name, _ in told],
        }


def methods(desk: Desk) -> Iterator[Method]:
    """All of a desk's."""
    for command in (*DESK.values(), *TALK.values()):
        if not (command.own or command.former or command.name in SESSION):
            yield CommandNode(command)
    console = desk.registry.console
    sizes = {one.name: getattr(console, one.name) for one in fields(console)}
    for bank, named in BANKS.items():
        if named(sizes):
            yield BankNode(desk, bank, sizes)


def node_json(method: Method) -> bytes:
    """The whole of its node, without braces."""
    return json_of({"FULL_PATH": f"/{method.path}", **method.attributes()})[1:-1]


def _kinds(one: Argument) -> str:
    """The tags that an argument may have, the one of its example first."""
    types = get_args(one.kind.types) or (one.kind.types,)
    tags = "".join(tag for type_, tag in TAGS if type_ in types)
    if "f" in tags and "s" not in tags:
        return "f"  # a number, whole or not
    first = next((tag for type_, tag in TAGS if type(one.sample) is type_ and tag in tags), tags[0])
    return first + tags.replace(first, "")


def containers(paths: Iterable[str]) -> dict[str, dict[str, str]]:
    """What lies in each container of some paths: names, and the path of each; the root is "".."""
    inside: dict[str, dict[str, str]] = {}
    for path in paths:
        while path:
            above, _, name = path.rpartition("/")
            inside.setdefault(above, {})[name] = path
            path = above
    return inside
