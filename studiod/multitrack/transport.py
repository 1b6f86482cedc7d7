"""The transport: which place in the music is heard at which frame of the audio clock, exactly.

Pure: no thread, no clock of its own.  The desk's thread plans from an absolute frame on (`play`, `stop`, `locate`,
`loop`); any thread may ask, for a plan is a tuple that is replaced whole.  Positions are whole frames from the start of
the music, frames those of the audio clock:

    position_at(frame)        where the music stands at a frame, also one that has passed
    plays_at(frame)           whether it rolls there
    frame_of(position, after) the first frame from `after` on at which a position is heard; None: never, as planned
    playing                   whether it rolls by the newest plan
    listen(fn)                fn(segment) after every change of plan, on the desk's thread; the answer un-listens
    passes(first, last)       the pieces of music that sound in between, loops unrolled, for whoever plays them
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

NEVER = 1 << 62
KEPT = 256  # segments that are remembered: what was heard when, for a take that began in the past
LOOP_LEAST_S = 0.02  # a shorter loop would be a tone, and costs a crossfade each time round


@dataclass(frozen=True, slots=True)
class Segment:
    """From a frame on, until the next segment."""

    frame: int
    position: int
    rolls: bool
    loop: tuple[int, int] | None = None  # in, out: positions
    since: int = 0  # from this frame on the music has gone on without a jump
    soft: bool = False  # whether it began inside the music, where a cut would click

    @property
    def caught(self) -> bool:
        """Whether the loop will turn it back: a position beyond its end plays on."""
        return self.rolls and self.loop is not None and self.position < self.loop[1]

    def position_at(self, frame: int) -> int:
        if not self.rolls:
            return self.position
        at = self.position + frame - self.frame
        if self.caught and self.loop is not None and at >= self.loop[1]:
            first, last = self.loop
            at = first + (at - last) % (last - first)
        return at

    def began(self, frame: int) -> tuple[int, bool]:
        """since and soft of what is heard at a frame: a loop begins anew each time round."""
        if self.caught and self.loop is not None:
            turn = self.frame + self.loop[1] - self.position
            if frame >= turn:
                return frame - (frame - turn) % (self.loop[1] - self.loop[0]), self.loop[0] > 0
        return self.since, self.soft

    def frame_of(self, position: int, after: int) -> int | None:
        """The first frame, not before after, at which a position is heard if nothing follows."""
        if not self.rolls:
            return max(self.frame, after) if position == self.position else None
        at = self.frame + position - self.position
        last = self.loop[1] if self.caught and self.loop is not None else NEVER
        if at >= max(self.frame, after) and position < last:
            return at
        if last == NEVER or self.loop is None or not self.loop[0] <= position < last:
            return None
        length = last - self.loop[0]
        at = self.frame + last - self.position + position - self.loop[0]
        return at + max(-(-(after - at) // length), 0) * length


@dataclass(frozen=True, slots=True)
class Pass:
    """A piece of music: from start to end (then, if it fades, a little beyond) position and what follows it."""

    start: int
    end: int
    position: int
    since: int  # it fades in from this frame on, if it is soft
    soft: bool
    fades: bool  # whether something else follows at end, or nothing


class Transport:
    """What rolls from when on.  Frames given to its methods must lie so far ahead that nobody has played them."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._plan: tuple[Segment, ...] = (Segment(0, 0, False),)
        self._listeners: list[Callable[[Segment], None]] = []

    # -- asking ------------------------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        return self._plan[-1].rolls

    @property
    def newest(self) -> Segment:
        return self._plan[-1]

    def _at(self, plan: tuple[Segment, ...], frame: int) -> Segment:
        return plan[max(bisect_right(plan, frame, key=lambda segment: segment.frame) - 1, 0)]

    def plays_at(self, frame: int) -> bool:
        return self._at(self._plan, frame).rolls

    def position_at(self, frame: int) -> int:
        return self._at(self._plan, frame).position_at(frame)

    def frame_of(self, position: int, after: int) -> int | None:
        plan = self._plan
        for segment, end in _with_ends(plan):
            if end > after:
                found = segment.frame_of(position, after)
                if found is not None and found < end:
                    return found
        return None

    def passes(self, first: int, last: int) -> Iterator[Pass]:
        """In order; the frames that any of them covers, ends beyond last included, are all that sound in between."""
        plan = self._plan
        for k, (segment, end) in enumerate(_with_ends(plan)):
            if segment.rolls and end > first and segment.frame < last:
                goes_on = k + 1 < len(plan) and plan[k + 1].since < plan[k + 1].frame
                yield from _unrolled(segment, end, not goes_on, first, last)

    # -- planning, on the desk's thread ------------------------------------------------------------------------------

    def play(self, frame: int) -> None:
        self._follow(frame, rolls=True)

    def stop(self, frame: int) -> None:
        self._follow(frame, rolls=False)

    def locate(self, frame: int, position: int) -> None:
        """Go on, rolling or not, from another position."""
        self._follow(frame, position=max(position, 0))

    def loop(self, frame: int, loop: tuple[int, int] | None) -> None:
        """Turn back at the end of a loop, from now on; None, or one that is too short: no longer."""
        if loop is not None and loop[1] - loop[0] < LOOP_LEAST_S * self.rate_hz:
            loop = None
        if loop != self.newest.loop:
            self._follow(frame, loop=loop)

    def _follow(self, frame: int, **changed: object) -> None:
        """A new segment; what was planned for that frame or later is gone."""
        plan = self._plan
        before = self._at(plan, frame)
        now = before.position_at(frame)
        new = replace(plan[-1], frame=frame, **{"position": now} | changed)  # type: ignore[arg-type]
        if new.position != now or not before.rolls or not new.rolls:
            new = replace(new, since=frame, soft=new.position > 0)
        else:
            since, soft = before.began(frame)
            new = replace(new, since=since, soft=soft)
        kept = tuple(segment for segment in plan if segment.frame < frame)
        self._plan = (*kept, new)[-KEPT:]
        for fn in tuple(self._listeners):
            fn(new)

    def listen(self, fn: Callable[[Segment], None]) -> Callable[[], None]:
        self._listeners.append(fn)
        return lambda: self._listeners.remove(fn)


def _with_ends(plan: tuple[Segment, ...]) -> Iterator[tuple[Segment, int]]:
    """Each segment, and the frame at which it is over."""
    ends = [segment.frame for segment in plan[1:]]
    return zip(plan, [*ends, NEVER], strict=True)


def _unrolled(segment: Segment, end: int, fades: bool, first: int, last: int) -> Iterator[Pass]:
    """The passes of one rolling segment that reach into first..last."""
    turn = segment.frame + segment.loop[1] - segment.position if segment.caught and segment.loop else NEVER
    if turn > first:
        over = min(turn, end)
        ends = turn < end or fades
        yield Pass(segment.frame, over, segment.position, segment.since, segment.soft, ends)
    if segment.loop is None or turn >= end:
        return
    position, length = segment.loop[0], segment.loop[1] - segment.loop[0]
    at = turn + max((first - turn) // length, 0) * length
    while at < min(end, last):
        over = min(at + length, end)
        yield Pass(at, over, position, at, position > 0, over < end or fades)
        at += length
