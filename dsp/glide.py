"""A quantity that moves without a click: a cubic from where and how fast it is to its goal, arriving flat.

A glide is six rows of a state.  A ride by messages 10 ms apart keeps its slope from one message to the next, so
that the staircase leaves no steps in the slope (figures: tests/test_clicks.py).  The slope is limited
to 3 (goal - value) / frames, which keeps the curve monotone (F. Fritsch and R. Carlson, "Monotone piecewise cubic
interpolation", SIAM J. Numer. Anal. 17, 1980), and a turning ride starts flat.
"""

from dsp.rt import rt

# VALUE: now   D1 D2 D3: forward differences of the cubic   GOAL: where it ends, exactly   LEFT: frames to go
VALUE, D1, D2, D3, GOAL, LEFT = range(6)
SIZE = 6
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
def step(s, r):
    """One frame on every lane.  A resting lane keeps its bits."""
    for c in range(s.shape[1]):
        left = s[r + LEFT, c]
        last = left == 1.0
        d1 = s[r + D1, c]
        d2 = s[r + D2, c]
        d3 = s[r + D3, c]
        s[r + VALUE, c] = s[r + GOAL, c] if last else s[r + VALUE, c] + d1
        s[r + D1, c] = 0.0 if last else d1 + d2
        s[r + D2, c] = 0.0 if last else d2 + d3
        s[r + D3, c] = 0.0 if last else d3
        s[r + LEFT, c] = left - 1.0 if left > 0.0 else 0.0


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
