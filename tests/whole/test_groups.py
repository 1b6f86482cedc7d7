"""Solo, DCAs, mute groups and links against a plain model of a desk: thousands of seeded states, gain by gain.

The model keeps values of its own and knows nothing of the desk's code: it says in a few lines what an engineer expects.
What is compared is what the audio path multiplies by, read from the rack after the glides.
"""

import os
import random

import numpy as np
import pytest

from dsp import gain, mix
from studiod.host.offline import Offline
from studiod.realtime import layout as r
from studiod.realtime import monitor
from studiod.realtime import strip as units
from studiod.registry.registry import Console

CONSOLE = Console(inputs=4, outputs=4, channels=4, buses=4, returns=1, matrices=2, dcas=2, mute_groups=2)
PAIRED = ("ch", "bus", "matrix")
STRIPS = [f"{kind}/{n}" for kind, count in (("ch", 4), ("return", 1), ("bus", 4), ("matrix", 2))
          for n in range(1, count + 1)]  # fmt: skip
IN_PLACE = [s for s in STRIPS if s.startswith(("ch", "return"))]
LEVELS = [-90.0, -40.0, -12.0, -3.0, 0.0, 6.0]
SETTLE = np.zeros((1536, 4), np.float32)  # longer than any glide of a gain


def linear(level_db: float) -> float:
    return 0.0 if level_db == -90.0 else 10.0 ** (level_db / 20.0)


class Model:
    """A desk as its manual tells it."""

    def __init__(self) -> None:
        self.v: dict[str, object] = {"solo/ch_mode": "pfl", "solo/bus_mode": "afl", "solo/exclusive": 0}
        for s in [*STRIPS, "main"]:
            self.v |= {f"{s}/fader": -90.0 if s.startswith("ch") else 0.0, f"{s}/mute": 0}
            self.v |= {f"{s}/dca/{k}": 0 for k in (1, 2)} | {f"{s}/mutegroup/{k}": 0 for k in (1, 2)}
            if s != "main":
                self.v |= {f"{s}/solo": 0, f"{s}/solo_safe": 0}
        for k in (1, 2):
            self.v |= {f"dca/{k}/fader": 0.0, f"dca/{k}/mute": 0, f"dca/{k}/solo": 0, f"mutegroup/{k}/on": 0}
        self.v |= {f"{kind}/{n}/link": 0 for kind, n in (("ch", 1), ("ch", 3), ("bus", 1), ("bus", 3), ("matrix", 1))}

    def twin(self, strip: str) -> str | None:
        kind, _, n = strip.partition("/")
        odd = (int(n) - 1) // 2 * 2 + 1 if kind in PAIRED else 0
        if not odd or not self.v.get(f"{kind}/{odd}/link"):
            return None
        return f"{kind}/{odd + 1}" if int(n) == odd else f"{kind}/{odd}"

    def set(self, path: str, value: object) -> None:
        v, parts = self.v, path.split("/")
        strip = "/".join(parts[:2])
        tail = path.removeprefix(f"{strip}/")
        v[path] = value
        if tail == "link" and value:
            even = f"{parts[0]}/{int(parts[1]) + 1}"
            for key in [k for k in v if k.startswith(f"{strip}/") and k != path]:
                v[key.replace(strip, even, 1)] = v[key]
        twin = self.twin(strip) if strip in STRIPS and tail != "link" else None
        if twin:
            v[f"{twin}/{tail}"] = value
        if tail == "solo" and value and v["solo/exclusive"]:
            for key in [k for k in v if k.endswith("/solo") and k not in (path, f"{twin}/solo")]:
                v[key] = 0

    def dcas(self, s: str) -> list[int]:
        return [k for k in (1, 2) if self.v[f"{s}/dca/{k}"]]

    def muted(self, s: str) -> bool:
        by_dca = any(self.v[f"dca/{k}/mute"] for k in self.dcas(s))
        by_group = any(self.v[f"{s}/mutegroup/{k}"] and self.v[f"mutegroup/{k}/on"] for k in (1, 2))
        return bool(self.v[f"{s}/mute"] or by_dca or by_group)

    def soloed(self, s: str) -> bool:
        return bool(self.v[f"{s}/solo"] or any(self.v[f"dca/{k}/solo"] for k in self.dcas(s)))

    def mode(self, s: str) -> str:
        return str(self.v["solo/ch_mode" if s in IN_PLACE else "solo/bus_mode"])

    def fader(self, s: str, with_solo: bool = True) -> float:
        if self.muted(s):
            return 0.0
        alone = self.v["solo/ch_mode"] == "sip" and any(map(self.soloed, IN_PLACE))
        if with_solo and alone and s in IN_PLACE and not self.soloed(s) and not self.v[f"{s}/solo_safe"]:
            return 0.0
        out = linear(self.v[f"{s}/fader"])
        for k in self.dcas(s):
            out *= linear(self.v[f"dca/{k}/fader"])
        return out

    def heard(self, s: str) -> str:
        """Which sound of the strip is on the solo mix: pfl, afl or none."""
        return self.mode(s) if self.soloed(s) and self.mode(s) != "sip" else "none"


def lanes(strip: str) -> list[tuple[int, int]]:
    kind, _, n = strip.partition("/")
    if kind == "main":
        return [(2, 0), (2, 1)]
    return [(0, 4), (0, 5)] if kind == "return" else [({"ch": 0, "bus": 1, "matrix": 3}[kind], int(n) - 1)]


def any_change(rng: random.Random, model: Model) -> tuple[str, object]:
    path = rng.choice(list(model.v))
    if rng.random() < 0.4:  # solos and their modes are what this is about
        path = rng.choice([p for p in model.v if "solo" in p])
    if path == "solo/ch_mode":
        return path, rng.choice(["pfl", "afl", "sip", "sip"])
    if path == "solo/bus_mode":
        return path, rng.choice(["pfl", "afl"])
    if path.endswith("fader"):
        return path, rng.choice(LEVELS)
    return path, int(rng.random() < (0.2 if path.endswith(("mute", "on")) else 0.5))


@pytest.mark.parametrize("seed", range(6))
def test_a_thousand_states_in_a_row_sound_as_the_manual_says(seed: int) -> None:
    rng, model, offline = random.Random(seed), Model(), Offline(CONSOLE)
    state = offline.rack.state
    seen = {"pfl": 0, "afl": 0, "sip": 0, "safe": 0}
    for _ in range(1000):
        changes = [any_change(rng, model) for _ in range(rng.randint(1, 3))]
        offline.desk.change(changes)
        for path, value in changes:
            model.set(path, value)
        offline.run(SETTLE)
        listened = False
        for s in [*STRIPS, "main"]:
            want = model.fader(s)
            for bank, lane in lanes(s):
                got = state(bank * r.BLOCK + units.FADER)[gain.GAIN, lane]
                assert got == pytest.approx(want, rel=1e-6, abs=0), f"{s} after {changes}"  # float32 levels
                if s == "main":
                    continue
                first = lane * (8 if bank == 0 else 6) + (4 if bank == 0 else 0) + 2
                for tap, kind in ((r.TAP_PRE_FADER, "pfl"), (r.TAP_POST_FADER, "afl")):
                    row = state(bank * r.BLOCK + units.MIX_1 + tap)[mix.GAIN, first : first + 2]
                    assert (row.max() > 0.0) == (model.heard(s) == kind), f"{s} {kind} after {changes}"
            listened |= model.heard(s) != "none" if s != "main" else False
            if s in IN_PLACE:
                alone = model.mode(s) == "sip" and any(map(model.soloed, IN_PLACE))
                seen["sip"] += alone
                if alone and model.v[f"{s}/solo_safe"]:
                    seen["safe"] += 1
                    assert want == model.fader(s, with_solo=False)
        seen["pfl"] += model.heard("ch/1") == "pfl"
        seen["afl"] += model.heard("bus/1") == "afl"
        source, solo = state(monitor.MONITOR_MIX)[mix.GAIN], state(monitor.SOLO_MIX)[mix.GAIN]
        assert (source.max() > 0.0, solo.max() > 0.0) == (not listened, listened)
    assert min(seen.values()) > 20, f"these states say little: {seen}"
    os.close(offline.rack.fd)
    for path, value in model.v.items():
        assert offline.desk.get(path) == value


def test_a_solo_in_place_keeps_what_feeds_musicians() -> None:
    """Its silence is behind the fader: a send before it goes on, and one behind it falls silent with the strip."""
    values = {"ch/1/fader": 0.0, "ch/1/send/1/level": 0.0, "ch/1/send/1/tap": "pre_fader", "ch/1/send/2/level": 0.0,
              "solo/ch_mode": "sip", "output/1/source": "bus/1", "output/2/source": "bus/2"}  # fmt: skip
    offline = Offline(CONSOLE, values)
    offline.desk.set("ch/2/solo", 1)
    sound = np.zeros((4800, 4), np.float32)
    sound[:, 0] = 0.5
    out = offline.run(sound)[-1]
    assert (out[0], out[1]) == (0.5, 0.0)
    os.close(offline.rack.fd)
