"""What each strip comes to in the mains, as a send can have it: straight, through buses that play into them, by DCAs.

A way is one road of a strip's sound into the mains: what it is turned up by, and its place.  A send before the fader
with the sum of all ways plays the same; what no send can have is said in words.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from studiod.engine.gains import OFF_DB, linked, odd
from studiod.engine.groups import Groups
from studiod.registry.param import Value

Values = Mapping[str, Value]
KINDS = ("ch", "return")  # strips that have sends into buses
CUTS = ("low_cut", "high_cut", "notch")


@dataclass(frozen=True, slots=True)
class Way:
    """level_db: -inf where a fader on it is off; place: -100..100, None as the strip itself is placed."""

    level_db: float
    place: float | None
    bus: str = ""  # the group that it goes through


def fader_db(values: Values, groups: Groups, strip: str) -> float:
    """A strip's fader and those of its DCAs, in dB; -inf when one of them is off."""
    faders = [float(values[f"{at}/fader"]) for at in (strip, *groups.dcas(values, strip))]
    return -math.inf if min(faders) <= OFF_DB else math.fsum(faders)


def ways(values: Values, groups: Groups, strip: str, buses: list[str], into: str) -> Iterator[Way]:
    """The ways of a strip into the mains, but for those through the bus (or the pair) that the copy goes into."""
    own_db, muted = fader_db(values, groups, strip), groups.muted(values, strip)
    if values[f"{strip}/main/on"] and not muted:
        yield Way(own_db, None)
    for bus in buses:
        n = int(bus.partition("/")[2])
        pair = linked(values, "bus", n)
        first = f"bus/{odd(n) if pair else n}"
        if first != bus or first == into or not values[f"{bus}/main/on"] or groups.muted(values, bus):
            continue  # of a pair the odd one stands for both
        send = f"{strip}/send/{n}"
        tap, level = str(values[f"{send}/tap"]), float(values[f"{send}/level"])
        late = tap in ("post_fader", "group")
        if not values[f"{send}/on"] or (muted and tap != "input" and (late or values["config/mute_pre"])):
            continue
        parts = [own_db] if late else []
        if tap != "group":
            parts.append(-math.inf if level <= OFF_DB else level)
        place = None if pair else float(values[f"{bus}/pan"])
        if pair and tap != "group" and not values[f"{send}/follow"]:
            place = float(values[f"{send}/pan"])
        level_db = sum([*parts, fader_db(values, groups, bus)])
        if tap == "group" or level > OFF_DB:
            yield Way(level_db, place, bus)


def summed_db(found: list[Way]) -> float:
    """All ways together: they carry the same sound."""
    if len(found) == 1:
        return found[0].level_db
    gain = math.fsum(10.0 ** (way.level_db / 20.0) for way in found)
    return 20.0 * math.log10(gain) if gain > 0.0 else -math.inf


def processed(values: Values, strip: str) -> list[str]:
    """What of a group's own units is in the sound of its strips."""
    bands = [band for band in range(1, 7) if values.get(f"{strip}/eq/{band}/on")]
    bent = [band for band in bands
            if values[f"{strip}/eq/{band}/type"] in CUTS or values[f"{strip}/eq/{band}/gain"]]  # fmt: skip
    units = {"EQ": bool(values[f"{strip}/eq/on"] and bent), "compressor": values[f"{strip}/comp/on"],
             "low cut": values[f"{strip}/hpf/on"], "high cut": values[f"{strip}/lpf/on"],
             "delay": values[f"{strip}/delay/on"], "insert": values.get(f"{strip}/insert/fx", "0") != "0",
             "balance": values.get(f"{strip}/balance", 0.0)}  # fmt: skip
    return [name for name, on in units.items() if on]


def fed_by(values: Values, bus: str, pair: bool) -> set[str]:
    """The strips and effects that hang on a bus by their sources: a send of theirs into it would feed back."""
    found = {bus, f"bus/{int(bus.partition('/')[2]) + 1}"} if pair else {bus}
    sources = {path.removesuffix("/source"): "/".join(str(value).split("/")[:2]) for path, value in values.items()
               if path.endswith("/source") and path.startswith((*KINDS, "fx"))}  # fmt: skip
    while more := {strip for strip, source in sources.items() if source in found} - found:
        found |= more
    return found
