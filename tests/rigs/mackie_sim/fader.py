"""One motor fader: a mass that a motor drives and a finger holds.  Time is handed in, and goes on in steps of 0.5 ms.

The motor speeds up and brakes with the same force, such that the full throw takes 120 ms from rest to rest.  A finger
is stronger than any motor.
"""

import math

from mackie_sim.kinds import FULL_THROW_S, HIGHEST, Kind

STEP_S = 0.0005
FORCE = 4 * HIGHEST / FULL_THROW_S**2  # raw/s²: half the way speeding up, half braking
NEAR = 1.0


class Fader:
    """`advance` gives what the fader tells: (second, "at", raw) and (second, "touch", 0 or 1)."""

    def __init__(self, kind: Kind, now_s: float = 0.0, place: float = 0.0) -> None:
        self.kind, self.place, self.speed = kind, place, 0.0
        self.wanted: int | None = None  # the host's last position
        self.held = False
        self._pulling = False  # the motor was on its way when the finger came, or was sent since
        self._step = math.ceil(now_s / STEP_S)
        self._drive_s: float | None = None  # the motor pulls from then on
        self._way = (now_s, place, now_s, place)  # of the finger: from second and place to second and place
        self._told = self.reported
        self._told_s = -1.0
        self._said: list[tuple[float, str, int]] = []

    @property
    def reported(self) -> int:
        """What the fader would tell of where it is: hardware steps, and its very top."""
        top, step = self.kind.top, self.kind.step
        return top if self.place >= top - step + 1 else int(self.place) // step * step

    @property
    def moving(self) -> bool:
        return self._drive_s is not None or self.held or self._told != self.reported or bool(self._said)

    def want(self, now_s: float, raw: int) -> None:
        """The host says where it shall stand."""
        self.wanted = min(raw, self.kind.top)
        self._pulling = True
        if not self.held:
            self._drive_s = now_s

    def rest(self) -> None:
        """Without power: it stays where it is, and forgets where it was wanted."""
        self.wanted, self._drive_s, self.speed, self._pulling = None, None, 0.0, False

    def touch(self, now_s: float) -> None:
        if self.held:
            return
        self._pulling = self._drive_s is not None
        self.held, self.speed, self._drive_s = True, 0.0, None
        self._way = (now_s, self.place, now_s, self.place)
        self._touched(now_s, 1)

    def move(self, now_s: float, to: float, over_s: float) -> None:
        """The finger goes there, at an even speed; it lies on the fader afterwards."""
        if not self.held:
            self.touch(now_s)
        self._way = (now_s, self.place, now_s + over_s, min(max(to, 0.0), float(self.kind.top)))

    def lift(self, now_s: float) -> None:
        if not self.held:
            return
        self.held, self._drive_s = False, None
        self._tell(now_s, at_once=True)
        self._touched(now_s, 0)
        if self.wanted is not None and self.kind.servo_s is not None:
            self._drive_s = now_s + self.kind.servo_s
        elif self._pulling:  # it never knew of the hand, and is still on its way
            self._drive_s = now_s

    def advance(self, now_s: float) -> list[tuple[float, str, int]]:
        last = math.floor(now_s / STEP_S + 1e-9)
        if self.moving:
            while self._step < last:
                self._step += 1
                self._go(self._step * STEP_S)
        self._step = max(self._step, last)
        said, self._said = self._said, []
        return said

    def _go(self, at_s: float) -> None:
        if self.held:
            from_s, begin, to_s, end = self._way
            part = 1.0 if at_s >= to_s else 0.0 if at_s <= from_s else (at_s - from_s) / (to_s - from_s)
            self.place = begin + part * (end - begin)
        elif self._drive_s is not None and at_s >= self._drive_s:
            self._pull()
        if self.held or self.kind.own_travel:
            self._tell(at_s)
        else:
            self._told = self.reported

    def _pull(self) -> None:
        """One step of the motor: as fast as still lets it stop at its goal."""
        assert self.wanted is not None
        left = self.wanted - self.place
        change = FORCE * STEP_S
        fastest = math.copysign(math.sqrt(2 * FORCE * abs(left) + change**2 / 4) - change / 2, left)
        self.speed += min(max(fastest - self.speed, -change), change)
        self.place = min(max(self.place + self.speed * STEP_S, 0.0), float(self.kind.top))
        if abs(self.wanted - self.place) <= max(NEAR, abs(self.speed) * STEP_S) and abs(self.speed) <= 4 * change:
            self.place, self.speed, self._drive_s = float(self.wanted), 0.0, None

    def _tell(self, at_s: float, at_once: bool = False) -> None:
        if self.reported != self._told and (at_once or at_s - self._told_s >= self.kind.report_s - 1e-9):
            self._told, self._told_s = self.reported, at_s
            self._said.append((at_s, "at", self._told))

    def _touched(self, at_s: float, on: int) -> None:
        if self.kind.touch:
            self._said.append((at_s, "touch", on))
