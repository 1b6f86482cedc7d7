"""What a command, or another word that a controller can say, is declared by; what follows from that is found here.

The declarations: `commands_memory.py`, `commands_tape.py`, `commands_osc.py`; `commands.py` has all of them by name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import UnionType

from studiod.registry.param import Value


@dataclass(frozen=True, slots=True)
class Kind:
    """What an argument of a command, or a column of its answer, may be.

    types: as it comes over OSC.  number_from: where it is the first argument, a lone number from here on is meant as
    it is; a smaller one, or any (None), is a button.  in_address: as the first one it may stand in the address.
    """

    types: type | UnionType
    number_from: int | None = None
    in_address: bool = False


ANY = float | int | str
TEXT, NAME = Kind(str), Kind(str, in_address=True)
KEY = Kind(int | str, 1, in_address=True)  # a name, or a number that counts from 1
PLACE = Kind(ANY, 0, in_address=True)  # a name, or a time from 0 on
WHOLE, NUMBER, SWITCH = Kind(int, 1), Kind(float | int), Kind(int, 0)
VALUE, ECHOED = Kind(ANY), Kind(ANY, 0)
Columns = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument.  told: what it is, as a refusal says it; sample: in the example (None: left out there)."""

    name: str
    kind: Kind
    told: str
    sample: Value | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of line of an answer: its address without the "/", its columns, and those that only some have."""

    name: str
    columns: Columns = field(default_factory=dict)
    more: Columns = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Command:
    """One command.  Raises ValueError where an argument that is needed follows one that is not.

    role: the least that may say it ("": the one that its path needs).  about: what it does, one sentence.
    note: sample words behind what it takes.  expected: what a refusal says that it takes, where that is not the same.
    partial: what its sender has no right to is left out; elsewhere it is refused.  own: it concerns its sender's
    connection alone, so the command line has it not.  former: a name that another command had once; no tree shows it.
    """

    name: str
    role: str
    about: str
    takes: tuple[Argument, ...] = ()
    answers: tuple[Line, ...] = ()
    note: str = ""
    expected: str = ""
    partial: bool = False
    own: bool = False
    former: bool = False

    def __post_init__(self) -> None:
        wanted = [not one.optional for one in self.takes]
        if wanted != sorted(wanted, reverse=True):
            raise ValueError(f"{self.name}: an argument that is needed behind one that is not")

    @property
    def arguments(self) -> str:
        """What it takes, in words: "a scene's name, [fade s]"; "" for none."""
        told = ", ".join(f"[{one.told}]" if one.optional else one.told for one in self.takes)
        return f"{told} {self.note}".rstrip()

    @property
    def expects(self) -> str:
        """The same as a refusal says it."""
        return self.expected or self.arguments or "no words"

    @property
    def usage(self) -> str:
        """The names of its arguments: "scene [fade]"."""
        return " ".join(f"[{one.name}]" if one.optional else one.name for one in self.takes)

    @property
    def number_from(self) -> int | None:
        """From where on a lone number is its first argument and no button; None: it is always a button."""
        return self.takes[0].kind.number_from if self.takes else None

    @property
    def named(self) -> bool:
        """Whether its first argument may stand in the address: /scene/recall/Verse."""
        return bool(self.takes) and self.takes[0].kind.in_address

    @property
    def samples(self) -> tuple[Value, ...]:
        """The arguments of its example."""
        return tuple(one.sample for one in self.takes if one.sample is not None)


def by_name(commands: Iterable[Command]) -> dict[str, Command]:
    """Raises ValueError on two of one name."""
    found: dict[str, Command] = {}
    for one in commands:
        if one.name in found:
            raise ValueError(f"two commands are called {one.name}")
        found[one.name] = one
    return found
