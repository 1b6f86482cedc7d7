"""A quantity that moves without a click: a cubic from where and how fast it is to its goal, arriving flat.

A glide is six rows of a state.  A ride by messages 10 ms apart keeps its slope from one message to the next, so
that the staircase leaves no steps in the slope (figures: tests/whole/test_clicks.py).  The slope is limited
to 3 (goal - value) / frames, which keeps the curve monotone (F. Fritsch and R. Carlson, "Monotone piecewise cubic
interpolation", SIAM J. Numer. Anal. 17, 1980), and a turning ride starts flat.
"""

from dsp.core.rt import rt
from dsp.core.vectors import every, least, load, pick, store

# VALUE: now   D1 D2 D3: forward differences of the cubic   GOAL: where it ends, exactly   LEFT: frames to go
VALUE, D1, D2, D3, GOAL, LEFT = range(6)
SIZE = 6
FAR = 2.0**52  # frames: no end in sight
MOVING, ACTIVE = 0, 1  # the two head rows of every unit; only cell [row, 0] counts


@rt
def start(s, r, lane, goal, frames):
    """Send the glide at row r of one lane to goal in that many frames; 0 or less: at once."""
    value = s[r + VALUE, lane]
    s[r + GOAL, lane] = goal
    if frames <= 0 or goal == value:
        s[r + VALUE, lane] = goal
        s[r + D1, lane] = 0.0
        s[r + D2, lane] = 0.0
        s[r + D3, lane] = 0.0
        s[r + LEFT, lane] = 0.0
        return
    n = float(frames)
    way = goal - value
    slope = s[r + D1, lane]
    if slope * way <= 0.0:
        slope = 0.0
    elif abs(slope) * n > 3.0 * abs(way):
        slope = 3.0 * way / n
    c = (slope * n - 2.0 * way) / (n * n * n)
    b = (3.0 * way - 2.0 * slope * n) / (n * n)
    s[r + D1, lane] = slope + b + c
    s[r + D2, lane] = 2.0 * b + 6.0 * c
    s[r + D3, lane] = 6.0 * c
    s[r + LEFT, lane] = n


@rt
def onward(value, d1, d2, d3, goal, left):
    """One frame of a glide, on floats or lanes: all but the goal anew.  What rests keeps its bits."""
    last = left == 1.0
    return (
        pick(last, goal, pick(left > 0.0, value + d1, value)),
        pick(last, 0.0, d1 + d2),
        pick(last, 0.0, d2 + d3),
        pick(last, 0.0, d3),
        pick(left > 0.0, left - 1.0, 0.0),
    )


@rt
def step(s, r):
    """One frame on every lane."""
    for c in range(s.shape[1]):
        s[r + VALUE, c], s[r + D1, c], s[r + D2, c], s[r + D3, c], s[r + LEFT, c] = onward(
            s[r + VALUE, c], s[r + D1, c], s[r + D2, c], s[r + D3, c], s[r + GOAL, c], s[r + LEFT, c]
        )


@rt
def ride(s, r, part, out, frames):
    """Where a part of the glide at row r is now and in each frame that follows, to out[frame, lane].

    It stands on the last of them afterwards.  What rests is written once: gives 1, or 0 where row 0 is good for all.
    """
    value = load(s, r + VALUE, 0, part)
    store(out, 0, 0, part, value)
    if not moves(s, r):
        return 0
    d1 = load(s, r + D1, 0, part)
    d2 = load(s, r + D2, 0, part)
    d3 = load(s, r + D3, 0, part)
    goal = load(s, r + GOAL, 0, part)
    left = load(s, r + LEFT, 0, part)
    for i in range(1, frames):
        value, d1, d2, d3, left = onward(value, d1, d2, d3, goal, left)
        store(out, i, 0, part, value)
    store(s, r + VALUE, 0, part, value)
    store(s, r + D1, 0, part, d1)
    store(s, r + D2, 0, part, d2)
    store(s, r + D3, 0, part, d3)
    store(s, r + LEFT, 0, part, left)
    return 1


@rt
def under_way(s, first, many, c, end):
    """Which of so many glides, the first at row first, move on the lanes from c to end: bit n for the n-th."""
    which = 0
    for n in range(many):
        for k in range(c, end):
            if s[first + n * SIZE + LEFT, k] > 0.0:
                which |= 1 << n
    return which


@rt
def going(s, first, many, c, part):
    """Which of so many glides, the first at row first, move on a part of the lanes: bit n for the n-th."""
    which = 0
    for n in range(many):
        if not every(load(s, first + n * SIZE + LEFT, c, part) == 0.0):
            which |= 1 << n
    return which


@rt
def among(which, some):
    """Whether one of some glides, a bit each, moves.

    which: as of `going`; or None where surely none does: a loop is then compiled without what only a glide needs.
    """
    return False if which is None else which & some != 0


@rt
def stretch(s, first, many, c, part, most):
    """For how many frames, at most so many, none of so many glides comes to its end on a part of the lanes."""
    left = load(s, first + LEFT, c, part)
    next_end = pick(left > 0.0, left, FAR)
    for n in range(1, many):
        left = load(s, first + n * SIZE + LEFT, c, part)
        next_end = pick((left > 0.0) & (left < next_end), left, next_end)
    return min(int(least(next_end)) - 1, most)


@rt
def take(s, r, c, part):
    """(value, D1, D2, D3) of a part of the lanes, in registers, for a `stretch` of `further`.

    What rests adds -0.0, which keeps every number's bits.
    """
    go = load(s, r + LEFT, c, part) > 0.0
    return (
        load(s, r + VALUE, c, part),
        pick(go, load(s, r + D1, c, part), -0.0),
        pick(go, load(s, r + D2, c, part), -0.0),
        pick(go, load(s, r + D3, c, part), -0.0),
    )


@rt
def further(g):
    """One frame of what `take` took: the additions of `onward`, in their order."""
    value, d1, d2, d3 = g
    return value + d1, d1 + d2, d2 + d3, d3


@rt
def leave(s, r, c, part, g, frames):
    """Put back what went further by so many frames."""
    value, d1, d2, _ = g
    left = load(s, r + LEFT, c, part)
    go = left > 0.0
    store(s, r + VALUE, c, part, value)
    store(s, r + D1, c, part, pick(go, d1, 0.0))
    store(s, r + D2, c, part, pick(go, d2, 0.0))
    store(s, r + LEFT, c, part, pick(go, left - float(frames), 0.0))


@rt
def step_part(s, first, many, which, c, part):
    """One frame of those of `under_way` on the part of the lanes that begins at c."""
    for n in range(many):
        if which >> n & 1:
            r = first + n * SIZE
            value, d1, d2, d3, left = onward(
                load(s, r + VALUE, c, part),
                load(s, r + D1, c, part),
                load(s, r + D2, c, part),
                load(s, r + D3, c, part),
                load(s, r + GOAL, c, part),
                load(s, r + LEFT, c, part),
            )
            store(s, r + VALUE, c, part, value)
            store(s, r + D1, c, part, d1)
            store(s, r + D2, c, part, d2)
            store(s, r + D3, c, part, d3)
            store(s, r + LEFT, c, part, left)


def settle(s, glides, goals):
    """Put cells at rest on the goals of an `aim`, {(row, lane): value}, at once; for a new or stopped state."""
    for (row, lane), goal in goals.items():
        if row in glides:
            start(s, row, lane, goal, 0)
        else:
            s[row, lane] = goal
    s[MOVING, 0] = 1.0


@rt
def moves(s, r):
    """Whether any lane of the glide at row r is on its way."""
    for c in range(s.shape[1]):
        if s[r + LEFT, c] > 0.0:
            return True
    return False


@rt
def rest(s, r, value):
    """Put every lane of the glide at row r at rest on value."""
    for c in range(s.shape[1]):
        start(s, r, c, value, 0)


@rt
def end(s, r):
    """Put every lane of the glide at row r at rest where it is going."""
    for c in range(s.shape[1]):
        if s[r + LEFT, c] > 0.0:
            start(s, r, c, s[r + GOAL, c], 0)


@rt
def sleeps(s, r, lane):
    """Whether a unit that was a wire stays one: the glide of one lane, of how much of the unit is heard, rests on 0."""
    return s[ACTIVE, 0] == 0.0 and s[r, lane] == 0.0 and s[r + LEFT, lane] == 0.0
