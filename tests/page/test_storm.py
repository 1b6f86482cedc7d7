"""Two tablets and another hand on the same strips, recalls and lost connections between: all end on one value.

PAGE_STORM_S is how long it lasts, in seconds.
"""

import os
import random
import threading
import time
from collections.abc import Callable

from page_rig import Seen, cut, eventually
from studiod.registry.laws import float32
from web_rig import WebRig

Open = Callable[..., Seen]
STORM_S = float(os.environ.get("PAGE_STORM_S", "6"))
STRIPS = [f"ch/{n}" for n in range(1, 9)]
SHOWN = [f"{strip}/{what}" for strip in STRIPS for what in ("fader", "mute", "solo", "pan")]


def surface(rig: WebRig, over: threading.Event, dice: random.Random) -> None:
    """What a surface does meanwhile: fingers on faders, moves, mutes; now and then everything changes at once."""

    async def hand(strip: str, level_db: float, down: bool) -> None:
        rig.desk.touch(f"{strip}/fader", down, "midi:surface")
        rig.desk.set(f"{strip}/fader", float32(level_db), "midi:surface")

    async def recall(values: dict[str, float]) -> None:
        rig.desk.change(list(values.items()), "scene")

    while not over.wait(0.01):
        strip = dice.choice(STRIPS)
        if dice.random() < 0.02:
            rig.on(recall({path: float32(dice.uniform(-60.0, 0.0)) for path in SHOWN if path.endswith("fader")}))
        elif dice.random() < 0.2:
            rig.set(f"{strip}/mute", dice.randrange(2))
        else:
            for down in (True, True, False):
                rig.on(hand(strip, dice.uniform(-60.0, 5.0), down))


def test_every_value_shown_is_the_desks_at_the_end(rig: WebRig, opened: Open) -> None:
    pages, dice, over = (opened(), opened()), random.Random(17), threading.Event()
    other = threading.Thread(target=surface, args=(rig, over, random.Random(18)))
    other.start()
    ends_s, cuts = time.monotonic() + STORM_S, 0
    try:
        while time.monotonic() < ends_s:
            page, strip = dice.choice(pages), dice.choice(STRIPS)
            place = page.place(f"{strip}/fader")
            page.hand.down(place["x"], place["y"])
            for _ in range(dice.randrange(1, 6)):
                page.hand.move(place["x"], place["y"] + dice.uniform(-150.0, 150.0))
            if dice.random() < 0.25 or not cuts:
                cut(rig)  # under the finger
                cuts += 1
            page.hand.up()
            if dice.random() < 0.3:
                page.page.locator(f'x-switch[path="{strip}/mute"] button').click(force=True)
    finally:
        over.set()
        other.join()
    assert cuts or STORM_S < 3
    for page in pages:
        page.live()
        for path in SHOWN:
            eventually(lambda page=page, path=path: page.value(path) == rig.get(path))
        labels = page.page.eval_on_selector_all(
            "x-fader", "all => all.map(one => [one.getAttribute('path'), Number(one.getAttribute('aria-valuenow'))])"
        )
        for path, drawn in labels:
            assert float32(drawn) == rig.get(path), path
