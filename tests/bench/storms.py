"""Long seeded storms on eight simulated motor surfaces, with time handed in: what fingers felt, what stood then.

    python tests/bench/storms.py [--events 10000] [--seeds 14 15] [--still]

Prints a line for each seed; ends with 1 where anything was wrong.  --still: no unit is switched off or unplugged.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import paths  # noqa: F401  (finds what is imported below)

from mackie_dry import Hall, hall
from mackie_stage import SLOW, UNITS, VALUE_S
from mackie_storm import storm

ON_ITS_WAY_S = 0.06
BACK_S, SETTLED_S, SLOWLY_S, SILENT_S = 2.0, 0.5, 1.0, 3.0
LABELS = ("labels",)


def one(events: int, seed: int, cables: bool) -> dict[str, Any]:
    """One storm: what was found."""
    found: dict[str, Any] = {"seed": seed, "events": events}

    async def law(here: Hall) -> None:
        begin_s = here.loop.time()
        await here.play(storm(here.desk.heard, events, seed, list(UNITS), cables))
        found["storm_s"] = round(here.loop.time() - begin_s)
        await asyncio.sleep(BACK_S)  # who is away comes back
        pulls = sum(len(cable.unit.pulls) for cable in here.cables.values())
        found["felt"], found["releases_judged"], found["unanswered"] = (
            here.felt(ON_ITS_WAY_S), here.answered, here.unanswered)  # fmt: skip
        found["positions_on_their_way_at_a_touch"] = pulls
        here.lift_all()
        await asyncio.sleep(SETTLED_S)
        found["wrong"] = here.differences(*(unit for unit in UNITS if unit != SLOW), but=LABELS)
        await asyncio.sleep(SLOWLY_S - SETTLED_S)
        found["wrong"] += here.differences(but=LABELS)
        await asyncio.sleep(VALUE_S)
        found["wrong"] += here.differences()
        here.forget_said()
        await asyncio.sleep(SILENT_S)
        found["said_at_rest"] = here.said
        found["most_backlog_bytes"] = here.cables[SLOW].unit.wire.most_backlog

    with tempfile.TemporaryDirectory() as folder:
        hall(law, Path(folder), seed)
    return found


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--events", type=int, default=10_000)
    words.add_argument("--seeds", type=int, nargs="+", default=[14])
    words.add_argument("--still", action="store_true")
    given, bad = words.parse_args(), 0
    for seed in given.seeds:
        found = one(given.events, seed, not given.still)
        bad += bool(found["felt"] or found["unanswered"] or found["wrong"] or found["said_at_rest"])
        print(json.dumps(found), flush=True)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
