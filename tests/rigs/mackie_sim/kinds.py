"""What kinds of units there are: everything in which one differs from another is data here."""

from dataclasses import dataclass

FULL_THROW_S = 0.120
HIGHEST = 16383
HARDWARE_STEP = 16  # of 10 bits in 14
MAIN, EXTENDER, LOGIC = 0x14, 0x15, 0x10


@dataclass(frozen=True)
class Kind:
    """A unit.  Positions are raw, 0..16383; times in seconds."""

    name: str
    model: int = MAIN  # the only one that it obeys
    answers: str = "01"  # to a query: "01", "06", "nothing", or "challenge" and dark until it is answered right
    greets: bool = True  # says so by itself when it is switched on
    strips: int = 8
    master: bool = True  # with all that stands beside it: the keys' LEDs, the digits
    text: bool = True
    cell: int = 7  # characters of a strip that can be seen, the space between not counted
    colours: bool = False
    meters: bool = True
    touch: bool = True  # has sensors
    dead: tuple[int, ...] = ()  # the faders whose sensors never tell
    own_travel: bool = False  # the motor's way is reported as if it were a hand's
    servo_s: float | None = (
        0.0  # from the hand's leaving until the motor brings back where the host wants it; None: never
    )
    report_s: float = 0.005  # positions are told no closer than this
    step: int = HARDWARE_STEP  # between two positions that it can tell
    top: int = HIGHEST
    bytes_per_s: int | None = None  # what its wire takes; None: at once
    text_gap_s: float = 0.0  # text closer than this behind another SysEx is lost
    deaf_s: float = 0.0  # text is lost for so long after a change of the meters' mode
    bad_answer_locks: bool = True  # an 02 that it did not want: nothing more until it is switched off


KINDS = {
    kind.name: kind
    for kind in (
        Kind("mackie", cell=6, bytes_per_s=3125),
        Kind("mackie-xt", model=EXTENDER, master=False, cell=6, bytes_per_s=3125),
        Kind("logic-control", model=LOGIC, answers="challenge", cell=6, bytes_per_s=3125, deaf_s=0.6),
        Kind("x-touch", colours=True, servo_s=1.0, top=15935),
        Kind("x-touch-extender", model=EXTENDER, master=False, colours=True, servo_s=1.0, top=15935),
        Kind("x-touch-compact", answers="06", greets=False, text=False, meters=False, step=128, top=16256),
        Kind("no-touch", answers="nothing", greets=False, master=False, text=False, meters=False, touch=False,
             servo_s=None),
        Kind("own-travel", answers="nothing", greets=False, master=False, text=False, meters=False, touch=False,
             servo_s=None, own_travel=True, report_s=0.01),
        Kind("dead-touch", dead=(1, 4, 6)),
        Kind("hasty-text", text_gap_s=0.005),
    )
}  # fmt: skip
