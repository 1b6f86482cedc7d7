"""A device that speaks Mackie Control, as data: what it has and lacks, and where its faders' print is.

Everything in which devices differ stands in their files (config/surfaces), and is read into this.
"""

from dataclasses import dataclass, field

from studiod.registry.laws import FADER_HIGH_DB, FADER_LOW_DB, to_turn
from studiod.registry.param import Param, Value

ZERO_TURN = to_turn("fader", FADER_LOW_DB, FADER_HIGH_DB, 0.0)
HANDSHAKES = ("none", "any", "challenge")
COLOURS = ("none", "behringer", "icon")
RINGS = ("none", "dot", "all")
STEPS_DB = (-60.0, -50.0, -40.0, -30.0, -20.0, -14.0, -10.0, -8.0, -6.0, -4.0, -2.0, 0.0)  # as a Mackie Control's
STEP = 16  # of 16384: hardware has ten bits


@dataclass(frozen=True)
class Device:
    """One unit.  Positions are raw, 0..16383; zero: at the printed 0 dB."""

    name: str
    file: str = ""
    ports: tuple[str, ...] = ()
    model: int = 0x14
    handshake: str = "any"
    strips: int = 8
    knobs: int = 8
    faders: bool = True
    master: bool = True
    motors: bool = True
    touch: bool = True
    own_travel: bool = True
    bottom: int = 0
    zero: int = 12287
    top: int = 16383
    step: int = STEP
    motor_hz: float = 50.0
    bytes_per_s: float = 3125.0
    sysex_gap_ms: float = 0.0
    text: int = 0  # characters of a cell; 0: no display
    colours: str = "none"
    rings: str = "all"
    meters: bool = False
    meter_db: tuple[float, ...] = STEPS_DB  # of the steps 1, 2, 3 … of its bars
    overload: bool = False
    digits: bool = False
    assignment: bool = False
    lamps: bool = True
    flash: bool = True
    notes: dict[str, int] = field(default_factory=dict)  # keys that send another note than the sheet's
    keys: dict[str, str] = field(default_factory=dict)  # what its keys do

    def turn(self, param: Param, position: int) -> float:
        """A position to a turn 0..1."""
        if position <= self.bottom:
            return 0.0
        if position >= self.top:
            return 1.0
        if param.law != "fader":
            return (position - self.bottom) / (self.top - self.bottom)
        if position <= self.zero:
            return (position - self.bottom) / (self.zero - self.bottom) * ZERO_TURN
        return ZERO_TURN + (position - self.zero) / (self.top - self.zero) * (1.0 - ZERO_TURN)

    def value(self, param: Param, position: int) -> Value:
        """A position to a value.  The hardware's step at a parameter's rest, such as the middle of a pan, is that."""
        if param.kind == "number" and param.law != "fader":
            for rest in (float(param.rest), 0.0):
                if param.low < rest < param.high and abs(self.position(param, rest) - position) <= self.step // 2:
                    return param.accept(rest)
        return param.from_turn(self.turn(param, position))

    def position(self, param: Param, value: Value) -> int:
        """A value to a position."""
        turn = param.to_turn(value)
        if param.law != "fader" or param.kind != "number":
            return round(self.bottom + turn * (self.top - self.bottom))
        if turn <= ZERO_TURN:
            return round(self.bottom + turn / ZERO_TURN * (self.zero - self.bottom))
        return round(self.zero + (turn - ZERO_TURN) / (1.0 - ZERO_TURN) * (self.top - self.zero))
