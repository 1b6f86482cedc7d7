"""The sends of a strip: the odd one of a pair has pan and tap, which hold for both."""

from collections.abc import Iterator

from controllers.x32.laws import known as law
from controllers.x32.laws.law import Choice, Whole
from controllers.x32.links.link import Item, Number, switch
from controllers.x32.rules.row import Row

TAPS = ("input", "pre_eq", "pre_fader", "pre_fader", "post_fader", "group")
FOLLOW = Whole(1)


def sends(x: str, desk: str, count: int, tap: Choice) -> Iterator[Row]:
    for n in range(1, count + 1):
        at, send = f"{x}/mix/{n:02d}", f"{desk}/send/{n}"
        yield Row(f"{at}/on", law.SWITCH, switch(f"{send}/on"), "ON")
        yield Row(f"{at}/level", law.SEND, Number(f"{send}/level", law.SEND))
        if n % 2 == 0:
            continue
        yield Row(f"{at}/pan", law.PAN, Number(f"{send}/pan", law.PAN), "+0")
        both = Item(f"{send}/tap", TAPS[: len(tap.words)], also=[f"{desk}/send/{n + 1}/tap"], other=4)
        yield Row(f"{at}/type", tap, both, "POST")
        yield Row(f"{at}/panFollow", FOLLOW, switch(f"{send}/follow"))
