"""What the compiled units do, measured for the pictures of the docs: answers, static curves, times, decays."""

import numpy as np

from dsp import comp, echoes, gate, limiter, reverb, svf, svf_design

RATE_HZ = 48_000
BLOCK = 64
Curve = tuple[np.ndarray, np.ndarray]


def decibels(x: np.ndarray) -> np.ndarray:
    return 20.0 * np.log10(np.maximum(np.abs(x), 1e-9))


def answers(cascades: list[list[svf_design.Five]]) -> Curve:
    """(Hz, dB[frequency, cascade]) of filters one after another, from their answers to one frame of sound."""
    u = np.zeros((RATE_HZ, len(cascades)))
    u[0] = 1.0
    for section in range(max(len(cascade) for cascade in cascades)):
        s = svf.state(len(cascades))
        for lane, cascade in enumerate(cascades):
            if section < len(cascade):
                svf.put(s, lane, cascade[section])
        svf.run(s, u)
    return np.fft.rfftfreq(len(u), 1.0 / RATE_HZ)[20:20_001], decibels(np.fft.rfft(u, axis=0))[20:20_001]


def band(kind: str, freq_hz: float, q: float, gain_db: float) -> list[svf_design.Five]:
    """One band of the EQ."""
    return [svf.aim(kind, freq_hz, q, gain_db, RATE_HZ)]


def cut(slope: str, freq_hz: float, high: bool) -> list[svf_design.Five]:
    """The hpf, or the lpf if high, as a strip has it."""
    return [(g, k, m0 - 1.0, m1, m2) for g, k, m0, m1, m2 in svf_design.butterworth(slope, freq_hz, RATE_HZ, high)]


def square(level_db: np.ndarray, seconds: float) -> np.ndarray:
    """A square wave of 500 Hz on each lane: its peak is its level at every frame, so no detector ripples."""
    sign = np.where(np.arange(round(seconds * RATE_HZ)) // 48 % 2, -1.0, 1.0)
    return sign[:, None] * 10.0 ** (level_db / 20.0)


LEVELS_DB = np.arange(-72.0, 0.5, 0.5)


def comp_curve(threshold_db: float, ratio: float, knee_db: float) -> Curve:
    """(dB in, dB out) of a compressor that has settled."""
    s = comp.state(len(LEVELS_DB))
    for lane in range(len(LEVELS_DB)):
        goals = comp.aim(
            1, "post_eq", threshold_db, ratio, knee_db, 1.0, 0.0, 20.0, 0.0, 1.0, "peak", 0, RATE_HZ
        )  # fmt: skip
        comp.settle(s, lane, goals)
    u = square(LEVELS_DB, 0.2)
    comp.run(s, u)
    return LEVELS_DB, decibels(u[-1])


def gate_curve(mode: str, threshold_db: float, range_db: float) -> Curve:
    """(dB in, dB out) of a gate that has settled."""
    s = gate.state(len(LEVELS_DB))
    for lane in range(len(LEVELS_DB)):
        gate.settle(s, lane, gate.aim(1, mode, threshold_db, range_db, 3.0, 0.5, 10.0, 10.0, 0, RATE_HZ))
    u = square(LEVELS_DB, 0.3)
    gate.run(s, u)
    return LEVELS_DB, decibels(u[-1])


def limited(u: np.ndarray, release_ms: float = 80.0, ceiling_db: float = -1.0) -> tuple[np.ndarray, int]:
    """What the limiter makes of u[frame], and by how many frames it is late."""
    s = limiter.state(1)
    limiter.settle(s, limiter.aim(1, 0.0, ceiling_db, release_ms, 1.5, RATE_HZ))
    out = u[:, None].copy()
    for at in range(0, len(out), BLOCK):
        limiter.run(s, out[at : at + BLOCK])
    return out[:, 0], limiter.late_frames(s)


def limiter_curve() -> Curve:
    """(dB in, dB out), peaks of a sine of 1 kHz in the last tenth of a second."""
    levels_db = np.arange(-24.0, 12.5, 0.5)
    sine = np.sin(2.0 * np.pi * 1000.0 * np.arange(RATE_HZ // 4) / RATE_HZ)
    out = [np.abs(limited(sine * 10.0 ** (level / 20.0))[0][-RATE_HZ // 10 :]).max() for level in levels_db]
    return levels_db, decibels(np.array(out))


def drum() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(ms, in, out) of two strokes 5 dB over the ceiling through the limiter, its delay taken out."""
    t = np.arange(round(0.16 * RATE_HZ)) / RATE_HZ
    x = 0.35 * np.sin(2.0 * np.pi * 220.0 * t)
    for start in (0.03, 0.09):
        since = np.maximum(t - start, 0.0)
        x += np.where(t >= start, 1.5 * np.sin(2.0 * np.pi * 700.0 * since) * np.exp(-since / 0.008), 0.0)
    out, late = limited(np.concatenate([x, np.zeros(RATE_HZ // 10)]))
    return t * 1000.0, x, out[late : late + len(x)]


def comp_in_time(attack_ms: float, release_ms: float) -> Curve:
    """(ms, dB of reduction) of 4:1 over -30 dB while the level steps from -40 to -10 dBFS and back."""
    level = np.where(
        (np.arange(RATE_HZ * 6 // 10) >= RATE_HZ // 20) & (np.arange(RATE_HZ * 6 // 10) < RATE_HZ // 4), -10.0, -40.0
    )
    x = square(np.zeros(1), 0.6) * 10.0 ** (level[:, None] / 20.0)
    s = comp.state(1)
    comp.settle(
        s, 0, comp.aim(1, "post_eq", -30.0, 4.0, 0.0, attack_ms, 0.0, release_ms, 0.0, 1.0, "peak", 0, RATE_HZ)
    )  # fmt: skip
    u = x.copy()
    comp.run(s, u)
    return np.arange(len(u)) * 1000.0 / RATE_HZ, decibels(u[:, 0] / x[:, 0])


def room(character: str, time_s: float, damping: float = 0.4) -> np.ndarray:
    """The answer of a reverb to a click, left and right of the left side, wet only.  [frames, 2]."""
    s, line = reverb.state(RATE_HZ), reverb.line(RATE_HZ)
    reverb.settle(s, reverb.aim(1.0, character, time_s, 20.0, 1.0, damping, 20.0, 20_000.0, 1.0, 0.2, RATE_HZ))
    u = np.zeros((round((1.3 * time_s + 0.3) * RATE_HZ), 2))
    u[0, 0] = 1.0
    reverb.pass_on(s, line, u, 0)
    return u


def decay(h: np.ndarray, low_hz: float, high_hz: float) -> Curve:
    """(s, dB) of the energy that is still to come between two frequencies.

    M. R. Schroeder, "New method of measuring reverberation time", J. Acoust. Soc. Am. 37, 1965.  The edges of the band
    are a raised cosine a third of an octave wide, and go as far back in time as forward: far less than the decay.
    """
    size = 2 * len(h)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(size, 1.0 / RATE_HZ), 1e-3))
    up = np.clip((octaves - np.log2(low_hz)) * 3.0 + 0.5, 0.0, 1.0)
    down = np.clip((np.log2(high_hz) - octaves) * 3.0 + 0.5, 0.0, 1.0)
    part = 0.25 * (1.0 - np.cos(np.pi * up)) * (1.0 - np.cos(np.pi * down))
    heard = np.fft.irfft(np.fft.rfft(h, size, axis=0) * part[:, None], axis=0)[: len(h)]
    energy = np.cumsum((heard**2).sum(axis=1)[::-1])[::-1]
    return np.arange(len(h)) / RATE_HZ, 10.0 * np.log10(energy / energy[0] + 1e-12)


def t30_s(h: np.ndarray, low_hz: float = 500.0, high_hz: float = 2000.0) -> float:
    """The time for 60 dB, from the line through -5 to -35 dB (ISO 3382-1)."""
    at_s, level_db = decay(h, low_hz, high_hz)
    within = (level_db <= -5.0) & (level_db >= -35.0)
    return -60.0 / float(np.polyfit(at_s[within], level_db[within], 1)[0])


def ping_pong() -> tuple[np.ndarray, np.ndarray]:
    """(ms of each echo, dB of its left and right) of a click on the left: 250 ms, feedback 60 %, cross 100 %."""
    s, line = echoes.state(RATE_HZ), echoes.line(RATE_HZ)
    echoes.settle(s, echoes.aim(1.0, 250.0, 250.0, 0.6, 1.0, 20.0, 20_000.0, RATE_HZ))
    u = np.zeros((RATE_HZ * 21 // 10, 2))
    u[0, 0] = 1.0
    echoes.pass_on(s, line, u, 0)
    at = np.flatnonzero(np.abs(u).max(axis=1) > 1e-6)
    return at * 1000.0 / RATE_HZ, decibels(u[at])
