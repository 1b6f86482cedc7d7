"""A MIDI surface as data: its controls, what they send, what they move, and what shows it."""

from dataclasses import dataclass

from controllers.midi.messages import Message
from studiod.registry.param import Value

MODES = ("absolute", "toggle", "momentary", "set", "relative")
TAKEOVERS = ("pickup", "jump")


class SurfaceError(ValueError):
    """All that is wrong with a map, one fault a line."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """The message that shows a value: a LED, a ring or a motor.  off and on are what the ends of the travel show."""

    message: Message
    off: int = 0
    on: int = 127
    echo: bool = False  # a motor that runs back unless it is told where the hand has put it

    def at(self, turn: float) -> int:
        """What shows a position 0..1."""
        return self.off + round(turn * (self.on - self.off))


@dataclass(frozen=True, slots=True)
class Control:
    """One slider, knob or button.  path has {n}, the place in its row, counted from 1; instead bank shifts all n, or
    do is a command that it says."""

    name: str
    message: Message
    n: int
    path: str
    mode: str
    takeover: str
    lamp: Lamp | None
    lights_itself: bool
    bank: int
    top: int  # the value at the upper end; what is above it counts as it
    encoding: str  # of relative ones
    step: float  # part of the travel that a tick moves
    acceleration: float  # n ticks at once move n to this power steps
    touch: Message | None  # says that a finger is on it
    fine_first: bool = False  # of two halves of a value the fine one comes first
    value: Value | None = None  # what mode set sets
    do: str = ""
    words: tuple[Value, ...] = ()  # of the command

    @property
    def steps(self) -> int:
        """How many steps its travel has: pitch bend is a fader of ten bits, whatever it is sent with."""
        return min(self.top, 1023) if self.message.kind == "pitch_bend" else self.top

    @property
    def has_motor(self) -> bool:
        """Whether its own message shows it: a motor, or a ring that it turns itself."""
        return self.mode == "absolute" and self.lamp is not None and self.lamp.message == self.message

    def at(self, offset: int) -> str:
        """The path it stands for when the banks are shifted by offset."""
        return self.path.replace("{n}", str(self.n + offset))


@dataclass(frozen=True, slots=True)
class Surface:
    """A device as data."""

    name: str
    ports: tuple[str, ...]
    rate_hz: float
    controls: tuple[Control, ...]
    bytes_per_s: float = 3125.0  # what its wire takes
    warnings: tuple[str, ...] = ()  # what may not be meant, with file and lines

    def of(self, kind: str) -> list[Message]:
        """The messages of one kind that its controls send."""
        return [c.message for c in self.controls if c.message.kind == kind]

    @property
    def fine_first(self) -> list[Message]:
        """The messages whose fine half comes before the coarse one."""
        return [c.message for c in self.controls if c.fine_first]


def placed(words: tuple[Value, ...], n: int) -> tuple[Value, ...]:
    """A command's words for one control of a row: {n} is its place, a number where it stands alone."""
    return tuple(
        n if word == "{n}" else word.replace("{n}", str(n)) if isinstance(word, str) else word for word in words
    )
