"""Outputs and head amplifiers: those of the mains and of the aux outputs are the desk's, as far as it has so many."""

from collections.abc import Iterator

from controllers.x32.laws import known as law
from controllers.x32.laws.law import Choice, Whole
from controllers.x32.laws.scales import Line
from controllers.x32.links.link import Item, switch
from controllers.x32.links.pairs import DelayOn, DelayTime
from controllers.x32.rules.row import Row
from controllers.x32.rules.sources import OUTPUTS

POSITIONS = Choice(("IN/LC", "IN/LC+M", "<-EQ", "<-EQ+M", "EQ->", "EQ->+M", "PRE", "PRE+M", "POST"))
TAPS = ("input", "input", *("pre_fader",) * 6, "post_fader")
MAINS, AUX = 16, 6
HEADAMP_DB = Line(-12.0, 60.0, 0.5, 1, plus=True)
SPEAKERS = Choice(("none", "iQ8", "iQ10", "iQ12", "iQ15", "iQ15B", "iQ18B"))


def output(x: str, number: int) -> Iterator[Row]:
    """number: of the desk's output; 0: it has none for it."""
    desk = f"output/{number}"
    yield Row(f"{x}/src", law.OUTPUT_SOURCE, Item(f"{desk}/source", OUTPUTS) if number else None, admin=True)
    position = Item(f"{desk}/tap", TAPS, other=8) if number else None
    yield Row(f"{x}/pos", POSITIONS, position, "POST", admin=True)
    yield Row(f"{x}/invert", law.SWITCH, switch(f"{desk}/polarity") if number else None, admin=True)


def outputs() -> Iterator[Row]:
    for n in range(1, MAINS + 1):
        x, delay = f"outputs/main/{n:02d}", f"output/{n}/delay"
        yield from output(x, n)
        on, time = f"{x}/delay/on", f"{x}/delay/time"
        yield Row(on, law.SWITCH, DelayOn(delay, time, law.DELAY_MS), admin=True)
        yield Row(time, law.DELAY_MS, DelayTime(delay, on, law.DELAY_MS), admin=True)
    for n in range(1, AUX + 1):
        yield from output(f"outputs/aux/{n:02d}", MAINS + n)
    for n in range(1, 17):
        x = f"outputs/p16/{n:02d}"
        yield from output(x, 0)
        yield Row(f"{x}/iQ/group", Choice(("OFF", "A", "B")), admin=True)
        yield Row(f"{x}/iQ/speaker", SPEAKERS, admin=True)
        yield Row(f"{x}/iQ/eq", Choice(("Linear", "Live", "Speech", "Playback", "User")), admin=True)
        yield Row(f"{x}/iQ/model", Whole(7), admin=True)
    for n in range(1, 3):
        yield from output(f"outputs/aes/{n:02d}", 0)
    for n in range(1, 3):
        x = f"outputs/rec/{n:02d}"
        yield Row(f"{x}/src", law.OUTPUT_SOURCE, None, str(n), admin=True)
        yield Row(f"{x}/pos", POSITIONS, None, "POST", admin=True)


def headamps() -> Iterator[Row]:
    for n in range(128):
        yield Row(f"headamp/{n:03d}/gain", HEADAMP_DB, None, "+0.0", admin=True)
        yield Row(f"headamp/{n:03d}/phantom", law.SWITCH, admin=True)
