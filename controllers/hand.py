"""The hand on one motor fader: when a position that comes in is a hand's, and when the motor may be told where to go.

A state machine without ports, desk or clock: times (s) are handed in and never go back.  Positions are whole numbers of
the hardware's travel.  A hand is a finger that the device feels, or, since touch sensors fail and many devices have
none, a move of late.  While it is on, its motor is told nothing at all; when it leaves, once where the desk stands.
"""

from collections import deque
from math import inf

HELD_S = 0.3  # a move counts as a hand for so long
LATE_S = 3.0  # what a busy desk or port may be late with that
TRAVEL_S = 0.5  # a motor that was told to go reports its own way for so long
RUN_ON_S = 0.25  # a motor that is told to turn round runs on for a while, at most to where it was told to go before
TURN_S = 0.1  # and has turned by then: where it was told to be, it is there
RESTS = 2.0  # so many ticks of motor_hz without a new goal, and a last small step is made too


class Hand:
    """One fader.  Attribute goal: where the desk stands; shown: where the motor was told to be (None: not known)."""

    def __init__(self, step: int = 16, motor_hz: float = 50.0, own_travel: bool = True, echo: bool = True) -> None:
        """step: of the hardware; own_travel: whether the device may report what its motor does; echo: whether a motor
        has to be told where it stands when a hand leaves it there."""
        self.step, self.tick_s, self.own_travel, self.echo = step, 1.0 / motor_hz, own_travel, echo
        self.goal = 0
        self.shown: int | None = None
        self.down = False  # a finger, as the device says
        self._at: int | None = None  # where it stood last, as far as is known
        self._moved_s = self._told_s = self._new_s = -inf
        self._from: int | None = None  # where it stood when it was told to go
        self._ran: deque[tuple[float, int]] = (
            deque()
        )  # goals before the last, and until when it may still be after them
        self._awaited = False  # nothing of that way has been reported yet
        self._strayed = self._twice = (
            False  # what it reported last is not where it was told to be; told once more since
        )
        self._deaf = False  # the hand meant another strip
        self._moving = False  # a hand by its moves, not yet off
        self._owed = True  # tell it, whatever it shows
        self._hurry = False  # without waiting for its tick

    # -- from the device ---------------------------------------------------------------------------------------------

    def touch(self, down: bool, now_s: float) -> None:
        """A finger is felt, or no more."""
        self._settle(now_s)
        if down == self.down:
            return
        self.down = down
        if not down:
            self._off()

    def move(self, position: int, now_s: float) -> bool:
        """A position came in; whether it is a hand's, which is the value at once."""
        self._settle(now_s)
        if not self.down and not self._moving and self._is_own(position, now_s):
            self._at = position
            self._strayed = self.shown is not None and abs(position - self.shown) >= self.step
            return False
        self._moving, self._moved_s, self._at = True, now_s, position
        return not self._deaf

    def held(self, now_s: float) -> bool:
        """Whether a hand is on it."""
        self._settle(now_s)
        return self.down or self._moving

    def arrived(self) -> None:
        """Its motor is where it was told to be: whatever it reports from now on is a hand's."""
        self._at, self._told_s, self._awaited = self.shown, -inf, False
        self._ran.clear()

    def _is_own(self, position: int, now_s: float) -> bool:
        """The motor's own report: where it was told to be, or on its way there."""
        if self.shown is None:  # it is told in a moment
            return self.own_travel
        if abs(position - self.shown) < self.step:
            self._awaited = False
            if now_s - self._told_s > TURN_S:
                self._ran.clear()
            return True
        if not self.own_travel or (now_s - self._told_s > TRAVEL_S and not self._sets_out(position, now_s)):
            return False
        if self._at is None:  # it was told to go from nobody knows where
            return True
        while self._ran and self._ran[0][0] < now_s:
            self._ran.popleft()
        ways = [self._at, self.shown, *(goal for _, goal in self._ran)]
        return min(ways) - self.step <= position <= max(ways) + self.step

    def _sets_out(self, position: int, now_s: float) -> bool:
        """A travel that begins late, since a busy desk or port was.  No hand is where the motor left long ago."""
        begin = self._from or 0  # one that nobody knows has run to its bottom
        if not self._awaited or now_s - self._told_s > LATE_S or abs(position - begin) > 2 * self.step:
            return False
        self._at, self._told_s, self._awaited = begin, now_s, False
        return True

    def _settle(self, now_s: float) -> None:
        """A hand that was known by its moves alone leaves by resting."""
        if self._moving and now_s >= self._moved_s + HELD_S:  # just as `when` says it, to the last bit
            self._moving = False
            if not self.down:
                self._off()
        if self.shown is not None and now_s - self._told_s > TRAVEL_S and not self._moving and not self.down:
            self._at = self.shown  # it has arrived

    def _off(self) -> None:
        self._moving = self._deaf = self._strayed = False
        self._moved_s = -inf
        if self.echo or self._at is None or self.goal != self._at:
            self._owed = True
        else:
            self.shown = self._at

    # -- from the desk -----------------------------------------------------------------------------------------------

    def aim(self, goal: int, now_s: float) -> None:
        """The desk stands there now."""
        if goal != self.goal:
            self.goal, self._new_s = goal, now_s

    def shift(self, now_s: float) -> None:
        """It stands for something else now, at once: a hand that is on it moves nothing until it is off."""
        self._deaf = self.held(now_s)
        self._hurry = True

    def owe(self) -> None:
        """The motor is told once more, whatever it shows."""
        self._owed = True

    def come(self) -> None:
        """The device is new: nothing is known of it."""
        self.shown = self._at = None
        self._ran.clear()
        self.down = self._moving = self._deaf = self._strayed = self._twice = False
        self._moved_s = self._told_s = self._new_s = -inf
        self._owed = True

    # -- to the motor ------------------------------------------------------------------------------------------------

    def when(self, now_s: float) -> float:
        """When the goal is to be sent, if nothing changes: now or earlier, later, or inf."""
        self._settle(now_s)
        if self.down:
            return inf
        if self._moving:
            return self._moved_s + HELD_S
        if self._owed or self.shown is None:
            return now_s
        if self.goal == self.shown:
            return self._told_s + TRAVEL_S + HELD_S if self._strayed and not self._twice else inf
        if self._hurry:
            return now_s
        far = abs(self.goal - self.shown) >= self.step
        return max(self._told_s + self.tick_s, self._new_s + (0.0 if far else RESTS * self.tick_s))

    def told(self, now_s: float) -> None:
        """The goal was sent."""
        if self._at is None:
            self._at = self.shown
        if self.own_travel and self.shown is not None and now_s - self._told_s < TRAVEL_S:
            self._ran.append((now_s + RUN_ON_S, self.shown))
            while self._ran[0][0] < now_s:
                self._ran.popleft()
        self._twice, self._strayed = self._strayed and self.goal == self.shown, False
        self._from, self._awaited = self._at, self._at != self.goal
        self.shown, self._told_s = self.goal, now_s
        self._owed = self._hurry = False
