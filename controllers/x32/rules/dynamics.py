"""Gates and compressors, with their keys."""

from collections.abc import Iterator

from controllers.x32.laws import known as law
from controllers.x32.laws.law import Choice
from controllers.x32.laws.scales import Line
from controllers.x32.links.link import Item, Near, Number, switch
from controllers.x32.links.pairs import KeyFilter
from controllers.x32.rules.row import Row
from controllers.x32.rules.sources import SOURCES

GATES = Choice(("EXP2", "EXP3", "EXP4", "GATE", "DUCK"))
GATE_MODES = ("expand2", "expand3", "expand4", "gate", "duck")
GATE_DB, RANGE_DB = Line(-80.0, 0.0, 0.5, 1), Line(3.0, 60.0, 1.0, 1)
COMP_DB, MAKEUP_DB = Line(-60.0, 0.0, 0.5, 1), Line(0.0, 24.0, 0.5, 2, 3)
RATIO = Choice(("1.1", "1.3", "1.5", "2.0", "2.5", "3.0", "4.0", "5.0", "7.0", "10", "20", "100"))
KNEE, MIX = Line(0.0, 5.0, 1.0), Line(0.0, 100.0, 5.0)
KNEE_DB = 3.0  # of the desk's knee, for one of the console's five


def key_filter(x: str, desk: str) -> Iterator[Row]:
    yield Row(f"{x}/filter/on", law.SWITCH, switch(f"{desk}/filter/on"))
    yield Row(f"{x}/filter/type", law.FILTER, KeyFilter(f"{desk}/filter/type", f"{desk}/filter/q"), "3.0")
    yield Row(f"{x}/filter/f", law.FREQUENCY, Number(f"{desk}/filter/freq", law.FREQUENCY), "990.9")


def gate(x: str, desk: str) -> Iterator[Row]:
    x, desk = f"{x}/gate", f"{desk}/gate"
    yield Row(f"{x}/on", law.SWITCH, switch(f"{desk}/on"))
    yield Row(f"{x}/mode", GATES, Item(f"{desk}/mode", GATE_MODES, other=3), "GATE")
    yield Row(f"{x}/thr", GATE_DB, Number(f"{desk}/threshold", GATE_DB))
    yield Row(f"{x}/range", RANGE_DB, Number(f"{desk}/range", RANGE_DB), "60.0")
    yield Row(f"{x}/attack", law.ATTACK_MS, Number(f"{desk}/attack", law.ATTACK_MS), "1")
    yield Row(f"{x}/hold", law.HOLD_MS, Number(f"{desk}/hold", law.HOLD_MS), "502")
    yield Row(f"{x}/release", law.RELEASE_MS, Number(f"{desk}/release", law.RELEASE_MS), "983")
    yield Row(f"{x}/keysrc", law.SOURCE, Item(f"{desk}/key", SOURCES))
    yield from key_filter(x, desk)


def comp(x: str, desk: str, keyed: bool = True) -> Iterator[Row]:
    x, desk = f"{x}/dyn", f"{desk}/comp"
    yield Row(f"{x}/on", law.SWITCH, switch(f"{desk}/on"))
    yield Row(f"{x}/mode", Choice(("COMP", "EXP")))
    yield Row(f"{x}/det", Choice(("PEAK", "RMS")), Item(f"{desk}/detector", ("peak", "rms")))
    yield Row(f"{x}/env", Choice(("LIN", "LOG")), rest="LOG")
    yield Row(f"{x}/thr", COMP_DB, Number(f"{desk}/threshold", COMP_DB), "0.0")
    yield Row(f"{x}/ratio", RATIO, Near(f"{desk}/ratio", tuple(map(float, RATIO.words))), "3.0")
    yield Row(f"{x}/knee", KNEE, Number(f"{desk}/knee", KNEE, KNEE_DB), "1")
    yield Row(f"{x}/mgain", MAKEUP_DB, Number(f"{desk}/makeup", MAKEUP_DB))
    yield Row(f"{x}/attack", law.ATTACK_MS, Number(f"{desk}/attack", law.ATTACK_MS), "10")
    yield Row(f"{x}/hold", law.HOLD_MS, Number(f"{desk}/hold", law.HOLD_MS), "10.0")
    yield Row(f"{x}/release", law.RELEASE_MS, Number(f"{desk}/release", law.RELEASE_MS), "151")
    yield Row(f"{x}/pos", Choice(("PRE", "POST")), Item(f"{desk}/position", ("pre_eq", "post_eq")), "POST")
    if keyed:
        yield Row(f"{x}/keysrc", law.SOURCE, Item(f"{desk}/key", SOURCES))
    yield Row(f"{x}/mix", MIX, Number(f"{desk}/mix", MIX), "100")
    yield Row(f"{x}/auto", law.SWITCH)
    yield from key_filter(x, desk)
