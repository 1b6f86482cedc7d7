"""Parts for tests of clock, timecode and machine control: a desk whose transport rolls on a clock, without sound."""

import time
from collections.abc import Callable, Iterable
from types import SimpleNamespace

from midi_parts import SilentEngine
from studiod.desk.desk import Desk
from studiod.registry.registry import Console, Registry, Value
from studiod.registry.template import choice, number

RATE_HZ = 48_000
VOLATILE = frozenset({"volatile"})
# What the multitrack brings; a registry that has them already keeps its own
PARTS = {
    "transport/state": (choice(0, "state", "stop play", "stop", "Whether it rolls.", VOLATILE), 500),
    "transport/position": (number(1, "position", "s", 0, 86_400, 0, "Where it stands.", flags=VOLATILE), 500),
    "recorder/state": (choice(0, "state", "stop record", "stop", "Whether it records.", VOLATILE), 501),
}


class Rolling(SilentEngine):
    """A transport as an engine: changes take hold at their frames.  ppm: how fast the audio clock runs."""

    def __init__(self, clock: Callable[[], int], ppm: float) -> None:
        self.clock, self.hz = clock, RATE_HZ * (1 + ppm * 1e-6)
        self.zero_ns = clock() - 10**9
        self.states: list[tuple[int, float, bool]] = [(0, 0.0, False)]  # from which frame on: at which place, rolling

    def frame_at(self, ns: int) -> int:
        return round((ns - self.zero_ns) * self.hz / 1e9)

    def position_s(self, frame: int) -> float:
        first, place_s, rolls = next(s for s in reversed(self.states) if s[0] <= frame)
        return place_s + (frame - first) / RATE_HZ * rolls

    def post(self, changed: dict[str, Value], values: dict[str, Value], frame: int) -> None:
        at = frame or self.frame_at(self.clock())
        place_s = float(changed.get("transport/position", self.position_s(at)))
        if any(path.startswith("transport/") for path in changed):
            self.states.append((at, place_s, values["transport/state"] == "play"))


class RollingDesk(Desk):
    """A desk with transport and recorder, whose position is read live.  locates: how often it was put somewhere."""

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns, ppm: float = 0.0, tape: bool = True) -> None:
        registry = Registry(Console(channels=2, buses=1))
        if tape:
            for path, (template, block) in PARTS.items():
                if path not in registry.params:
                    registry.add(template.at(path, block))
        self.rolling = Rolling(clock, ppm)
        super().__init__(registry, self.rolling, clock)

    def get(self, path: str) -> Value:
        if path == "transport/position":
            return self.rolling.position_s(self.rolling.frame_at(self.clock()))
        return super().get(path)

    def _apply(
        self, changes: list[tuple[str, Value]], origin: str, frame: int, holds: Iterable[tuple[str, Value]] = ()
    ) -> dict[str, Value]:
        if "transport/position" in self.values:
            at = self.get("transport/position")
            self.values["transport/position"] = self.heard["transport/position"] = at  # what news is measured against
        return super()._apply(changes, origin, frame, holds)

    @property
    def locates(self) -> int:
        return len(self.rolling.states) - 1


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.ns = 10**12

    def __call__(self) -> int:
        return self.ns

    def move(self, s: float) -> None:
        self.ns += round(s * 1e9)


def midi_settings(
    clock_in: str = "", clock_out: str = "", mtc_in: str = "", mtc_out: str = "", mmc_in: str = "", fps: str = "25"
) -> SimpleNamespace:
    """As studio.toml would give them."""
    return SimpleNamespace(
        midi=SimpleNamespace(
            clock=SimpleNamespace(input=clock_in, output=clock_out),
            mtc=SimpleNamespace(input=mtc_in, output=mtc_out, fps=fps),
            mmc=SimpleNamespace(input=mmc_in, device=127),
        )
    )
