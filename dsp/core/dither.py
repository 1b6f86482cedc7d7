"""The last step of a delivery: from samples to the steps of a word length, with noise that makes the error even.

Triangular noise of two steps peak to peak, on each lane its own (S. Lipshitz, R. Wannamaker, J. Vanderkooy,
"Quantization and dither: a theoretical survey", J. AES 40(5), 1992).  It is a hash of the frame and the lane
(G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014), so that the same sound
gives the same steps.  Shaped, the error is moved to where the ear hears least: the five taps of S. Lipshitz,
J. Vanderkooy and R. Wannamaker, "Minimally audible noise shaping", J. AES 39(11), 1991.
"""

import numpy as np

from dsp.core.rt import rt

SHAPE = np.array([2.033, -2.165, 1.959, -1.590, 0.6149])
TAPS = len(SHAPE)
STEPS_16, STEPS_24 = 1 << 15, 1 << 23  # of one full scale
QUIET_FRAMES = 64  # so many zeros on every lane in a row are silence, which gets no noise

GOLDEN, MIX_1, MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S27, S30, S31, S32, LOW = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32), np.uint64(0xFFFFFFFF)
LANES = np.uint64(64)  # lanes of a frame that have a noise of their own
PART = 1.0 / 4294967296.0


def state(lanes: int) -> np.ndarray:
    """No error so far.  Shape [5, lanes]: the last errors in steps, the newest first."""
    return np.zeros((TAPS, lanes))


@rt
def noise(frame, lane):
    """Triangular from -1 to 1, of a frame >= 0 and a lane."""
    z = (np.uint64(frame) * LANES + np.uint64(lane) + np.uint64(1)) * GOLDEN
    z = (z ^ (z >> S30)) * MIX_1
    z = (z ^ (z >> S27)) * MIX_2
    z = z ^ (z >> S31)
    return (np.float64(z & LOW) - np.float64(z >> S32)) * PART


@rt
def on_steps(u, steps):
    """Whether every sample of u[frame, lane] is a step of the word already."""
    frames, lanes = u.shape
    for i in range(frames):
        for c in range(lanes):
            v = u[i, c] * steps
            if v != np.rint(v) or v > steps - 1.0 or v < -steps:
                return False
    return True


@rt
def zeros(u, i):
    """Whether a frame is 0 on every lane."""
    for c in range(u.shape[1]):
        if u[i, c] != 0.0:
            return False
    return True


@rt
def to_steps(s, u, first, before, frames, steps, shaped, out):
    """Steps to out[frame, lane], int32, for so many frames of u[frame, lane] from its frame `before` on.

    first: the number of that frame in the song.  What lies in u around these frames, QUIET_FRAMES where there are as
    many, tells what is silence.  Zeros stay zeros there, and what is louder than the word becomes its last step.
    """
    lanes = u.shape[1]
    end = before + frames
    run_to = 0  # the end of the zeros that have begun
    for i in range(before, end):
        if run_to <= i and zeros(u, i):
            start = i
            while start > 0 and zeros(u, start - 1) and i - start < QUIET_FRAMES:
                start -= 1
            run_to = i + 1
            while run_to < u.shape[0] and zeros(u, run_to):
                run_to += 1
            quiet = run_to - start >= QUIET_FRAMES
        elif run_to <= i:
            quiet = False
        for c in range(lanes):
            if quiet:
                out[i - before, c] = 0
                for k in range(TAPS):
                    s[k, c] = 0.0
                continue
            v = u[i, c] * steps
            if shaped:
                for k in range(TAPS):
                    v -= SHAPE[k] * s[k, c]
            y = min(max(np.floor(v + noise(first + i - before, c) + 0.5), -1.0 * steps), steps - 1.0)
            out[i - before, c] = np.int32(y)
            if shaped:
                for k in range(TAPS - 1, 0, -1):
                    s[k, c] = s[k - 1, c]
                s[0, c] = min(max(y - v, -2.0), 2.0)
