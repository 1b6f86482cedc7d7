"""The generator's three sounds are of the power, the slope and the frequency that they say, and come without a click.

It hears nothing, so that the laws by discovery (silence in, neighbours) do not apply; those that do stand here.
"""

import math
from fractions import Fraction
from itertools import pairwise

import numba
import numpy as np
import pytest
from scipy.signal import welch
from test_laws import MATRIX, allocates

from dsp import generator
from dsp.core import glide
from fx_parts import high_db

RATE_HZ = 48_000
RATES = (44_100, 48_000, 96_000, 192_000)
DAY_S = 24 * 3600
Goals = dict[tuple[int, int], float]


def made(kind: str, freq_hz: float = 1000.0, level_gain: float = 1.0, rate_hz: int = RATE_HZ) -> np.ndarray:
    s = generator.state(rate_hz)
    generator.settle(s, generator.aim(1, kind, freq_hz, level_gain, rate_hz))
    return s


def post(s: np.ndarray, goals: Goals, frames: int = 960) -> None:
    """Send a running generator to its goals, as a desk does."""
    fade = round(generator.FADE_MS * RATE_HZ / 1000.0)
    for cell, goal in goals.items():
        if cell[0] in generator.GLIDES:
            glide.start(s, *cell, goal, fade if cell in generator.GLIDES_MS else frames)
        else:
            s[cell] = goal
    s[glide.MOVING, 0] = 1.0


def heard(s: np.ndarray, frames: int, now: int = 0) -> np.ndarray:
    u = np.full((frames, 1), np.nan)
    generator.run(s, u, now)
    return u[:, 0]


def ideal(freq_hz: int, frame: int, rate_hz: int) -> float:
    """A sine that was never rounded before its last step."""
    return math.sin(2.0 * math.pi * float(Fraction(freq_hz * frame, rate_hz) % 1))


def rms_db(x: np.ndarray) -> float:
    """As a meter reads: a full sine is 0 dBFS."""
    return float(10.0 * np.log10(2.0 * np.mean(x**2)))


# -- closed forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_sine_is_pure_and_of_its_frequency_to_the_last_bits(rate_hz: int) -> None:
    y = heard(made("sine", 997.0, rate_hz=rate_hz), rate_hz)
    wanted = np.array([ideal(997, n, rate_hz) for n in range(rate_hz)])
    # -140 dB of harmonics, noise and all else is the promise; 1e-12 is -240
    assert np.abs(y - wanted).max() < 1e-12


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("freq_hz", [997, 20_000])
def test_a_day_later_the_phase_is_where_it_should_be(freq_hz: int, rate_hz: int) -> None:
    s = made("sine", float(freq_hz), rate_hz=rate_hz)
    heard(s, 100)
    at = DAY_S * rate_hz + 12_345
    wanted = np.array([ideal(freq_hz, at + n, rate_hz) for n in range(1000)])
    # the turn of a frame is a double below 1/2, right to 2^-55 cycles, and never rounded again
    bound = 2.0 * math.pi * (at + 1000) * 2.0**-55
    assert bound < 4e-6  # rad
    assert np.abs(heard(s, 1000, at) - wanted).max() < bound


@pytest.mark.parametrize("rate_hz", RATES)
def test_pink_falls_by_3_01_db_an_octave(rate_hz: int) -> None:
    s = made("pink", rate_hz=rate_hz)
    # 2^18 frames: the slowest pole, 5 Hz, has decayed by 60 dB and more at 192 kHz, at 20 Hz far below what is asked
    response = np.fft.rfft([generator.coloured(s, float(n == 0)) for n in range(2**18)])
    hz = np.fft.rfftfreq(2**18, 1.0 / rate_hz)
    band = (hz >= 20.0) & (hz <= 20_000.0)
    made_db = 10.0 * np.log10(np.abs(response[band]) ** 2 * hz[band])
    assert np.ptp(made_db) / 2.0 < 0.12  # dB; ±0.3 is the promise, ±0.101 the worst rate
    poles, zeros, top, _ = generator.pink(float(rate_hz))
    by_formula = generator.power(poles, zeros, top, hz[band] / rate_hz)
    np.testing.assert_allclose(np.abs(response[band]) ** 2, by_formula, rtol=3e-3)  # the decay's end, at 20 Hz


@pytest.mark.parametrize("kind", generator.KINDS)
@pytest.mark.parametrize("rate_hz", RATES)
def test_the_level_is_what_a_meter_reads(kind: str, rate_hz: int) -> None:
    y = heard(made(kind, level_gain=0.1, rate_hz=rate_hz), 20 * rate_hz)
    # a sine of whole cycles is exact; 20 s of pink hold few independent bits of its lowest octave: 0.05 dB of spread
    assert rms_db(y) == pytest.approx(-20.0, abs=1e-9 if kind == "sine" else 0.15)
    assert np.abs(y).max() < {"sine": 0.1 + 1e-12, "white": 0.1225, "pink": 0.5}[kind]  # pink: a Gaussian's 7 sigma


@pytest.mark.parametrize("rate_hz", RATES)
def test_pink_is_levelled_by_its_impulse_response(rate_hz: int) -> None:
    s = made("pink", rate_hz=rate_hz)
    energy = sum(generator.coloured(s, float(n == 0)) ** 2 for n in range(2 * rate_hz))
    gain = s[generator.KNOBS, generator.PINK]
    # uniform within -1..1 has a mean square of 1/3, a full sine 1/2; 1e-5 is what the integral's grid errs by
    assert gain**2 * energy / 3.0 == pytest.approx(0.5, rel=1e-5)


@pytest.mark.parametrize("kind", ["pink", "white"])
def test_an_averaged_spectrum_follows_the_closed_form(kind: str) -> None:
    y = heard(made(kind), 2**22)
    hz, density = welch(y, RATE_HZ, nperseg=2**15)
    thirds = 1000.0 * 2.0 ** (np.arange(-10, 13) / 3.0)  # 100 Hz to 16 kHz
    for centre in thirds:
        band = (hz >= centre * 2 ** (-1 / 6)) & (hz < centre * 2 ** (1 / 6))
        turn = hz[band] / RATE_HZ
        poles, zeros, top, gain = generator.pink(float(RATE_HZ))
        shape = generator.power(poles, zeros, top, turn) * gain**2 if kind == "pink" else np.ones_like(turn)
        wanted = np.mean(shape) / RATE_HZ  # one-sided, of a mean square of 1/2 within 24 kHz
        # 255 overlapping pieces of at least 15 lines spread by 0.1 dB: four times that
        assert 10.0 * np.log10(np.mean(density[band]) / wanted) == pytest.approx(0.0, abs=0.4)


# -- an oracle in whole numbers ---------------------------------------------------------------------------------------


def white(frame: int) -> float:
    """Splitmix64's output number `frame`, seed 0, by its definition."""
    whole = 2**64 - 1
    z = (frame + 1) * 0x9E3779B97F4A7C15 & whole
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & whole
    z = (z ^ z >> 27) * 0x94D049BB133111EB & whole
    return (((z ^ z >> 31) >> 12) + 0.5) / 2**51 - 1.0


def test_splitmix_is_the_published_one() -> None:
    """Its first output for seed 0, as its reference implementation prints it."""
    assert (white(0) + 1.0) * 2**51 - 0.5 == 0xE220A8397B1DCDAF >> 12


@pytest.mark.parametrize("now", [0, 1, 192_000 * DAY_S])
def test_white_is_a_hash_of_the_absolute_frame(now: int) -> None:
    y = heard(made("white"), 500, now)
    np.testing.assert_array_equal(y, [generator.FULL * white(now + n) for n in range(500)])


def test_a_frequency_on_its_way_is_the_sum_of_its_turns() -> None:
    s = made("sine", 100.0)
    first = heard(s, 700)
    post(s, generator.aim(1, "sine", 10_000.0, 1.0, RATE_HZ))
    turns = [100 / RATE_HZ]  # from each frame to the next
    for n in range(700, 3000):
        y = heard(s, 1, n)
        wanted = math.sin(2.0 * math.pi * (699 * 100 / RATE_HZ + math.fsum(turns)))
        turns.append(s[generator.KNOBS, generator.TURN])
        assert y[0] == pytest.approx(wanted, abs=1e-11)  # the oracle's own sum, rounded: 1e-13 cycles
    assert first[-1] == pytest.approx(math.sin(2.0 * math.pi * 699 * 100 / RATE_HZ), abs=1e-12)
    assert turns[-1] == 10_000 / RATE_HZ
    assert turns[960] == turns[-1] != turns[959]  # frame-counted: there in 960


# -- fades, and laws --------------------------------------------------------------------------------------------------

STORY = {
    100: (1, "sine", 997.0, 0.1),
    500: (1, "sine", 3000.0, 0.3),
    1700: (1, "pink", 3000.0, 0.3),
    2500: (1, "white", 3000.0, 0.05),
    2600: (1, "sine", 440.0, 0.05),
    3500: (0, "sine", 440.0, 0.05),
}


def played(cuts: set[int], first: int = 0, frames: int = 5000) -> tuple[np.ndarray, np.ndarray]:
    s = generator.state(RATE_HZ)
    parts = []
    for start, end in pairwise(sorted({0, frames, *cuts, *STORY})):
        if start in STORY:
            post(s, generator.aim(*STORY[start], RATE_HZ))
        parts.append(heard(s, end - start, first + start))
    return np.concatenate(parts), s


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cutting_the_block_changes_nothing_even_while_everything_moves(seed: int) -> None:
    cuts = set(np.random.default_rng(seed).integers(1, 5000, 400).tolist())
    (one, s), (other, t) = played(set()), played(cuts)
    assert one.tobytes() == other.tobytes()
    assert s[generator.MEMORY :].tobytes() == t[generator.MEMORY :].tobytes()
    assert np.isfinite(one).all()


def test_off_is_silence_and_a_fade_takes_5_ms() -> None:
    y, s = played(set())
    assert not y[:100].any()
    assert y[3500 + 238] != 0.0
    assert not y[3500 + 240 :].any()
    assert s[: glide.ACTIVE + 1, 0].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("freq_hz", [100.0, 1000.0])
def test_on_off_level_and_frequency_do_not_click(freq_hz: int) -> None:
    """The loudest trace above 4 kHz, as in tests/whole/test_clicks.py, of a tone at the default level of -20 dBFS."""
    s = generator.state(RATE_HZ)
    parts = []
    story = [(1, freq_hz, 0.1), (1, freq_hz, 0.05), (1, 2.0 * freq_hz, 0.1), (0, 2.0 * freq_hz, 0.1)]
    for n, (on, hz, level) in enumerate(story):
        post(s, generator.aim(on, "sine", hz, level, RATE_HZ))
        parts.append(heard(s, 4800, 4800 * n))
    assert high_db(np.concatenate(parts), 0) < -80.0


def test_a_sine_begins_at_zero_whenever_it_is_switched_on() -> None:
    for now in (0, 17, 10**9):
        s = generator.state(RATE_HZ)
        post(s, generator.aim(1, "sine", 1000.0, 1.0, RATE_HZ))
        assert heard(s, 1, now)[0] == 0.0


def test_pink_begins_anew_whatever_it_held() -> None:
    fresh, used = generator.state(RATE_HZ), made("pink")
    heard(used, 5000)
    post(used, generator.aim(0, "pink", 1000.0, 1.0, RATE_HZ))
    heard(used, 1000)
    for s in (fresh, used):
        glide.start(s, generator.KNOBS, generator.LEVEL, 1.0, 0)
        post(s, generator.aim(1, "pink", 1000.0, 1.0, RATE_HZ))
    assert heard(fresh, 2000, 7000).tobytes() == heard(used, 2000, 7000).tobytes()


def test_it_recovers_from_what_is_no_number_once_its_memory_is_cleared() -> None:
    s = made("pink")
    s[generator.NODE, 3] = np.nan
    assert np.isnan(heard(s, 100)).any()
    s[generator.MEMORY :] = 0.0
    assert np.isfinite(heard(s, 100, 100)).all()


def test_it_never_allocates() -> None:
    assert not allocates(generator.run, (MATRIX, MATRIX, numba.int64))
