"""What a finger on a motor fader would have felt, read from the log of a simulated unit."""

import itertools
from typing import Any

TOUCH = 0x68
TRAVEL_S, SETS_OUT_S, LATE_S = 0.5, 3.0, 0.05  # a motor tells of its way for so long, and sets out by then
HELD_S, LAST_S = 0.3, 0.099  # a move is a hand for so long; and how close two positions may follow, ten a second


def raw(hexed: str) -> int:
    """The position of a pitch bend."""
    return int(hexed[4:6], 16) << 7 | int(hexed[2:4], 16)


def felt(kind: dict[str, Any], log: list[dict[str, Any]], pulls: list[dict[str, Any]], on_its_way_s: float) -> list:
    """The positions that a hand should not have felt: others than its own, or more than ten of them a second.

    What was on its way when the hand came (on_its_way_s) is nobody's fault.  Where no sensor tells of it, a hand is
    one that moved of late.
    """
    said, wrong = [one for one in log if one["way"] == "out"], []
    heard = [one for one in log if one["way"] == "in"]
    for fader in sorted({pull["fader"] for pull in pulls}):
        sensed = kind["touch"] and fader not in kind["dead"]
        own = [one for one in said if one["hex"].startswith(f"e{fader:x}")]
        touched = [one["t"] for one in said if one["hex"] == f"90{TOUCH + fader:02x}7f"]
        known = away(own, [one for one in heard if one["hex"].startswith(f"e{fader:x}")], kind)
        told = []
        for pull in (pull for pull in pulls if pull["fader"] == fader):
            recent = [one for one in own if 0 <= pull["t"] - one["t"] < HELD_S]
            if sensed and any(0 <= pull["t"] - t < on_its_way_s for t in touched):
                continue
            if not sensed and not begun(known, pull["t"], on_its_way_s):
                continue
            places = [raw(one["hex"]) for one in recent]
            if min(abs(pull["raw"] - place) for place in [*places, pull["finger"]]) > kind["step"]:
                wrong.append(pull)
            told.append(pull["t"])
        wrong += [(fader, "too often", a, b) for a, b in itertools.pairwise(told) if b - a < LAST_S]
    return wrong


def begun(own: list[dict[str, Any]], at_s: float, on_its_way_s: float) -> bool:
    """Whether a hand without a sensor was known by then: a move came longer ago than the way takes, and one of late."""
    late = [one["t"] for one in own if on_its_way_s <= at_s - one["t"] < HELD_S - on_its_way_s]
    return bool(late)


def away(own: list[dict[str, Any]], told: list[dict[str, Any]], kind: dict[str, Any]) -> list[dict[str, Any]]:
    """The moves of a fader that none of its motor's could be: not between where it stood and where it was told to go
    of late, or has not set out for yet.  All of them where it does not tell of its motor."""
    if not kind["own_travel"]:
        return own
    found, at, before = [], 0, None
    set_out_s, way = -9.0, [0]  # the last travel that may be on: since when, and all places that it may have
    for one in own:
        while at < len(told) and told[at]["done"] <= one["t"] + LATE_S:
            goal_s, goal = told[at]["done"], raw(told[at]["hex"])
            begin = [] if before is None else [raw(before["hex"])]
            way = [*(way if goal_s - set_out_s < TRAVEL_S else []), *begin, goal]
            set_out_s, at = goal_s, at + 1
        place = raw(one["hex"])
        if (before is None or before["t"] < set_out_s) and one["t"] - set_out_s < SETS_OUT_S:
            set_out_s = one["t"]  # late, but it was expected
        on = one["t"] - set_out_s < TRAVEL_S + LATE_S and (len(way) < 2 or min(way) - kind["step"] <= place)
        if not on or place > max(way) + kind["step"]:
            found.append(one)
        before = one
    return found
