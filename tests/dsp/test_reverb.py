"""The reverb decays in the time it is told, is dense soon, does not ring, stays bounded, and never clicks.

Decay times: backward integration (M. Schroeder, "New method of measuring reverberation time", JASA 37, 1965), a line
fitted from -5 to -35 dB (ISO 3382-1), the energies of both inputs on both outputs added up.
"""

import math
from functools import cache
from itertools import pairwise

import numba
import numpy as np
import pytest
from scipy.linalg import hadamard
from scipy.signal import butter, sosfilt
from test_laws import MATRIX, allocates

from dsp import reverb, reverb_network, reverb_rings, reverb_rooms
from dsp.core.glide import ACTIVE, MOVING
from dsp.core.hadamard import mix_into
from fx_parts import click, decibels, high_db, made, noise, post, sine, through

RATE_HZ = 48_000
REST = {
    "mix": 1.0,
    "character": "hall",
    "time_s": 1.8,
    "predelay_ms": 0.0,
    "size": 1.0,
    "damping": 0.4,
    "low_cut_hz": 20.0,
    "high_cut_hz": 20_000.0,
    "width": 1.0,
    "modulation": 0.4,
    "rate_hz": RATE_HZ,
}
MID_HZ, HIGH_HZ = (500.0, 2000.0), (4000.0, 8000.0)
each_character = pytest.mark.parametrize("character", reverb_rooms.CHARACTERS)


def aim(**changes: float | str) -> dict[tuple[int, int], float]:
    return reverb.aim(**{**REST, **changes})


def heard(x: np.ndarray, **changes: float | str) -> np.ndarray:
    """What a new reverb makes of x."""
    return through(reverb, *made(reverb, aim(**changes), int(changes.get("rate_hz", RATE_HZ))), x)


@cache
def response(seconds: float, left: float, right: float, **changes: float | str) -> np.ndarray:
    """To one frame of sound."""
    return heard(click(round(seconds * int(changes.get("rate_hz", RATE_HZ))), left, right), **changes)


def t30_s(band_hz: tuple[float, float], **changes: float | str) -> float:
    """The decay time within a band."""
    rate_hz = int(changes.get("rate_hz", RATE_HZ))
    sections = butter(4, band_hz, "band", fs=rate_hz, output="sos")
    energy = 0.0
    for sides in ((1.0, 0.0), (0.0, 1.0)):
        h = response(1.3 * float(changes.get("time_s", 1.8)) + 0.3, *sides, **changes)
        energy = energy + (sosfilt(sections, h, axis=0) ** 2).sum(axis=1)
    decay_db = 10.0 * np.log10(np.cumsum(energy[::-1])[::-1] / energy.sum() + 1e-300)
    at = np.flatnonzero((decay_db <= -5.0) & (decay_db >= -35.0))
    return -60.0 / float(np.polyfit(at / rate_hz, decay_db[at], 1)[0])


# -- closed forms ----------------------------------------------------------------------------------------------------


@numba.njit
def into(v):  # compiled as part of another: vectors are nothing that Python could pass on
    mix_into(v, 0)


def test_the_butterflies_are_the_matrix_of_hadamard() -> None:
    v = np.random.default_rng(2).standard_normal((16, 8))
    wanted = hadamard(16) @ v / 4.0
    into(v)
    np.testing.assert_allclose(v, wanted, atol=1e-14)  # four additions


@each_character
def test_what_the_sides_hear_is_as_much_and_apart_and_no_row_of_the_matrix(character: str) -> None:
    """A row would undo the mixing: what goes into one line of the loop would come out at once."""
    left, right = reverb_rooms.ears(character)
    assert left @ left == pytest.approx(right @ right) == pytest.approx(16.0)
    assert abs(left @ right) < 0.5  # of 16
    assert np.abs(hadamard(16) @ np.stack([left, right], axis=1)).max() <= 10.0  # of 16
    assert (
        reverb_network.IN[::2] @ reverb_network.IN[::2]
        == reverb_network.IN[1::2] @ reverb_network.IN[1::2]
        == pytest.approx(1.0)
    )


@each_character
def test_the_right_side_hears_of_the_diffusers_what_the_left_one_hears_backwards(character: str) -> None:
    """Of a mono sound, before the loop gives anything back: so both have the same power at every frequency."""
    first, second, loop = reverb_rooms.lengths(character, 1.8, 1.0, RATE_HZ)
    h = response(0.5, 1.0, 1.0, character=character, damping=0.0, modulation=0.0)
    early = diffusers(first, second, reverb_rooms.ears(character))
    end = min(int(loop.min()), len(early))
    np.testing.assert_allclose(early[:, 1], early[::-1, 0], atol=1e-12)
    level, share = reverb_rooms.levels(loop, character, 1.8, 1.0, RATE_HZ)
    wide = level * share / math.sqrt(0.5 + 0.5 * reverb.NARROW**2)
    middle, side = 0.5 * (early[:, 0] + early[:, 1]), 0.5 * reverb.NARROW * (early[:, 0] - early[:, 1])
    np.testing.assert_allclose(h[:end, 0], wide * (middle + side)[:end], atol=1e-12)


def diffusers(first: np.ndarray, second: np.ndarray, ears: np.ndarray) -> np.ndarray:
    """What the ears hear of both diffusers, one echo after the other.  [frame, 2]."""
    matrix = hadamard(16) / 4.0
    out = np.zeros((first[0] + first[15] + second[0] + second[15] + 1, 2))
    for i in range(16):
        for j in range(16):
            out[first[i] + second[j]] += ears[:, j] * matrix[j, i] * reverb_network.IN[i]
    return out


@each_character
@pytest.mark.parametrize("rate_hz", [44_100, 192_000])
def test_the_lines_of_the_loop_are_different_primes_and_the_ring_holds_them(character: str, rate_hz: int) -> None:
    room = reverb.longest_frames(rate_hz)
    for size in (0.1, 1.0, 2.0):
        for time_s in (0.1, 1.8, 20.0):
            frames = reverb_rooms.lengths(character, time_s, size, rate_hz)
            assert len(set(frames[2])) == reverb_rooms.LINES
            assert all(reverb_rooms.prime_from(int(n)) == n for n in frames[2])
            swing = reverb.WOBBLE_MS * rate_hz / 1000.0
            assert max(frames.max() + swing + 3.0, 0.25 * rate_hz) < room
            mean_s = frames[2].mean() / rate_hz
            assert mean_s * reverb_rooms.PASSES <= time_s * 1.05  # 5 %: primes, and places within their sixteenths


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 192_000])
@pytest.mark.parametrize("damping", [0.0, 0.4, 1.0])
def test_a_line_loses_60_db_in_the_time_at_1_khz_and_more_in_the_treble(rate_hz: int, damping: float) -> None:
    frames = reverb_rooms.lengths("hall", 3.0, 1.0, rate_hz)[2]
    gains, poles = reverb_rooms.absorption(frames, 3.0, damping, rate_hz)

    def loss_s(hz: float) -> np.ndarray:
        """The time in which it would lose 60 dB."""
        h = gains / np.abs(1.0 - poles * np.exp(-2j * np.pi * hz / rate_hz))
        return -60.0 * frames / rate_hz / decibels(h)

    np.testing.assert_allclose(loss_s(1000.0), 3.0, rtol=1e-9)
    if damping < 1.0:
        np.testing.assert_allclose(loss_s(8000.0), 3.0 * (1.0 - 0.85 * damping), rtol=1e-9)
    assert (loss_s(1.0) <= 3.0 / 0.85 * (1.0 + 1e-9)).all()  # the bass at most so much longer
    assert (gains / (1.0 - poles) < 1.0).all()  # where a one-pole is loudest: no line ever gains


# -- the bars --------------------------------------------------------------------------------------------------------


@each_character
@pytest.mark.parametrize("time_s", [0.1, 0.2, 0.5, 1.0, 1.8, 5.0, 20.0])
def test_the_decay_time_is_right_within_5_percent(character: str, time_s: float) -> None:
    assert t30_s(MID_HZ, character=character, time_s=time_s) == pytest.approx(time_s, rel=0.05)


@each_character
@pytest.mark.parametrize("changes", [{"size": 0.1}, {"size": 2.0}, {"modulation": 0.0}, {"modulation": 1.0}], ids=str)
def test_the_decay_time_is_right_whatever_the_size_and_modulation(character: str, changes: dict[str, float]) -> None:
    assert t30_s(MID_HZ, character=character, **changes) == pytest.approx(1.8, rel=0.05)


@pytest.mark.parametrize("rate_hz", [44_100, 96_000])
def test_the_decay_time_is_right_at_every_rate(rate_hz: int) -> None:
    assert t30_s(MID_HZ, rate_hz=rate_hz) == pytest.approx(1.8, rel=0.05)


@each_character
@pytest.mark.parametrize("time_s", [0.3, 1.8])
def test_damping_shortens_the_treble_and_leaves_the_middle(character: str, time_s: float) -> None:
    steps = [{"character": character, "time_s": time_s, "damping": d} for d in (0.0, 0.25, 0.5, 0.75, 1.0)]
    treble = [t30_s(HIGH_HZ, **step) for step in steps]
    assert all(later < sooner for sooner, later in pairwise(treble))
    assert treble[0] == pytest.approx(time_s, rel=0.06)  # the reads between frames take 4 % of it at 6 kHz
    assert treble[-1] < 0.5 * time_s
    for step in steps:
        assert t30_s(MID_HZ, **step) == pytest.approx(time_s, rel=0.05)


def density(h: np.ndarray) -> np.ndarray:
    """How Gaussian a response is, every 5 ms: J. Abel and P. Huang, "A simple, robust measure of reverberation echo
    density", AES 121st Convention, 2006; the window is 25 ms."""
    window = np.hanning(1201)
    window /= window.sum()
    out = []
    for start in range(0, 9600, 240):
        part = h[start : start + 1201]
        out.append(window[np.abs(part) > math.sqrt(window @ part**2)].sum() / math.erfc(math.sqrt(0.5)))
    return np.array(out)


@each_character
@pytest.mark.parametrize("side", [0, 1])
def test_echoes_are_dense_within_100_ms(character: str, side: int) -> None:
    curve = density(response(1.0, 1.0, 1.0, character=character)[:, side])
    middle_ms = 12.5 + 5.0 * np.arange(len(curve))
    assert curve[middle_ms < 100.0].max() >= 0.9
    assert curve[middle_ms >= 100.0].mean() >= 0.95  # and it stays: 1 is Gaussian noise


def spread_db(h: np.ndarray) -> float:
    """The standard deviation of the late spectrum's level, 200 Hz..8 kHz, about a smooth curve; noise has 5.57 dB."""
    hz = np.fft.rfftfreq(len(h), 1.0 / RATE_HZ)
    band = (hz > 200.0) & (hz < 8000.0)
    level, octaves = decibels(np.fft.rfft(h))[band], np.log2(hz[band])
    return float((level - np.poly1d(np.polyfit(octaves, level, 4))(octaves)).std())


@each_character
@pytest.mark.parametrize("time_s", [1.0, 1.8, 5.0, 20.0])
def test_the_late_sound_does_not_ring(character: str, time_s: float) -> None:
    h = response(1.2 + time_s, 1.0, 1.0, character=character, time_s=time_s)
    starts = [round(part * time_s * RATE_HZ) for part in (0.2, 0.35, 0.5)]
    spreads = [spread_db(h[start : start + 32_768, side]) for start in starts for side in (0, 1)]
    assert np.mean(spreads) <= 6.5


@each_character
def test_a_mono_sum_loses_less_than_3_db(character: str) -> None:
    for sides in ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0)):
        h = response(2.5, *sides, character=character)
        sides_energy, mono = (h**2).sum() / 2.0, (h.mean(axis=1) ** 2).sum()
        assert 10.0 * math.log10(mono / sides_energy) >= -3.0


@each_character
@pytest.mark.parametrize("time_s", [0.3, 1.8, 10.0])
def test_noise_comes_out_as_loud_as_it_went_in(character: str, time_s: float) -> None:
    energy = 0.0
    for sides in ((1.0, 0.0), (0.0, 1.0)):
        h = response(time_s + 0.3, *sides, character=character, time_s=time_s, damping=0.0, modulation=0.0)
        energy += float((h**2).sum()) / 2.0
    assert 10.0 * math.log10(energy) == pytest.approx(0.0, abs=0.4)  # lines of unlike lengths, taken as alike: 0.25 dB


def test_a_width_of_nothing_is_mono() -> None:
    h = response(0.5, 1.0, 0.3, width=0.0)
    np.testing.assert_array_equal(h[:, 0], h[:, 1])
    wide = response(0.5, 1.0, 0.3)
    assert abs(np.corrcoef(wide.T)[0, 1]) < 0.3


def test_a_mix_of_nothing_is_a_wire_and_all_others_are_shares() -> None:
    x = noise(9600)
    assert heard(x, mix=0.0).tobytes() == x.tobytes()
    np.testing.assert_allclose(heard(x, mix=0.3), 0.7 * x + 0.3 * heard(x), atol=1e-14)  # rounding


@pytest.mark.parametrize("predelay_ms", [0.02, 20.0, 250.0])
def test_the_predelay_is_exact_to_the_frame_and_the_bit(predelay_ms: float) -> None:
    """The swing begins with the sound, so that it is left out."""
    late = round(predelay_ms * 48.0)
    x = noise(20_000)
    without, within = (heard(x, predelay_ms=ms, modulation=0.0) for ms in (0.0, predelay_ms))
    np.testing.assert_array_equal(within[late:], without[: len(x) - late])


def test_the_cuts_stand_before_the_room() -> None:
    plain = np.fft.rfft(response(4.0, 1.0, 1.0, modulation=0.0)[:, 0])
    hz = np.array([50, 100, 200, 2500, 5000, 10_000])
    wide = np.tan(np.pi * hz / RATE_HZ)
    for corner_hz in (100.0, 5000.0):
        corner = math.tan(math.pi * corner_hz / RATE_HZ)
        for cut, over in (({"low_cut_hz": corner_hz}, corner / wide), ({"high_cut_hz": corner_hz}, wide / corner)):
            h = np.fft.rfft(response(4.0, 1.0, 1.0, modulation=0.0, **cut)[:, 0])
            wanted = -10.0 * np.log10(1.0 + over**4)
            # four seconds end the tail at -130 dB, and lie -80 dB below the least that is looked at
            np.testing.assert_allclose(decibels(h / plain)[4 * hz], wanted, atol=0.05)


# -- an oracle -------------------------------------------------------------------------------------------------------


def slow(x: np.ndarray, goals: dict[tuple[int, int], float], frames: int) -> np.ndarray:
    """The same network by matrices, a frame at a time, every line an array of its own; without cuts, at full mix."""
    rows = np.zeros((reverb_rings.ROWS, 16))
    for cell, goal in goals.items():
        rows[cell] = goal
    lengths, ears = rows[reverb_rings.NEXT : reverb_rings.NEXT + 3].astype(int), rows[reverb_rings.NEXT + 3 :][:2]
    _, width, swing, level, early = rows[reverb_rings.KNOBS, :5]
    matrix = hadamard(16) / 4.0
    kept = np.zeros((3, frames + 20_000, 16))  # 20,000 frames of silence before
    phase = 2.0 * np.pi * reverb_rooms.GOLDEN * np.arange(16)
    sin, cos, low = np.sin(phase), np.cos(phase), np.zeros(16)
    out, every = np.zeros((frames, 2)), np.arange(16)
    for n in range(frames):
        now = n + 20_000
        v = np.where(every % 2, x[n, 1], x[n, 0]) * reverb_network.IN
        for step in range(2):
            kept[step, now] = v
            delayed = kept[step, now - lengths[step], every]
            v = matrix @ delayed
        sin = sin + rows[reverb_rings.TURN] * cos
        cos = cos - rows[reverb_rings.TURN] * sin
        late = lengths[2] + swing * sin
        whole = np.floor(late).astype(int)
        read = np.zeros(16)
        for k in range(-1, 3):
            weight = np.ones(16)
            for j in range(-1, 3):
                weight *= (late - whole - j) / (k - j) if j != k else 1.0
            read += weight * kept[2, now - whole - k, every]
        low = rows[reverb_rings.GAIN] * read + rows[reverb_rings.POLE] * low
        kept[2, now] = v + matrix @ low
        left, right = ears @ (low + early * delayed)
        side = 0.5 * (left - right) * width * 0.85
        out[n] = level * (0.5 * (left + right) + side), level * (0.5 * (left + right) - side)
    return out


@pytest.mark.parametrize("changes", [{"character": "room", "size": 0.1, "modulation": 1.0}, {"time_s": 9.0}], ids=str)
def test_it_is_what_a_slow_network_makes(changes: dict[str, float]) -> None:
    x = noise(8000)
    wanted = slow(x, aim(**changes), len(x))
    np.testing.assert_allclose(heard(x, **changes), wanted, atol=1e-11)  # a hundred turns of rounding
    assert np.abs(wanted).max() > 0.1


# -- laws ------------------------------------------------------------------------------------------------------------


@each_character
def test_a_minute_at_20_seconds_only_ever_decays(character: str) -> None:
    """At full modulation, the smallest size and no damping, where the swing adds most."""
    s, line = made(reverb, aim(character=character, time_s=20.0, size=0.1, damping=0.0, modulation=1.0))
    through(reverb, s, line, noise(RATE_HZ, level=0.5))
    power = [(through(reverb, s, line, np.zeros((RATE_HZ, 2)), k * RATE_HZ) ** 2).mean() for k in range(1, 61)]
    assert all(later < sooner for sooner, later in pairwise(power))
    assert power[-1] < 1e-15 * power[0]  # 177 dB in 59 s by the middle; the treble is long gone


@each_character
def test_a_minute_of_sound_at_20_seconds_stays_as_loud_as_it_is(character: str) -> None:
    s, line = made(reverb, aim(character=character, time_s=20.0, damping=0.0, modulation=1.0))
    power = [(through(reverb, s, line, noise(RATE_HZ, k), k * RATE_HZ) ** 2).mean() for k in range(60)]
    assert 10.0 * math.log10(np.mean(power[30:]) / 0.3**2) < 0.5
    assert max(power[30:]) < 1.5 * np.mean(power[30:])


def test_a_wave_that_never_ends_is_bounded() -> None:
    """The worst that a decay of 20 s can do to a sine is what its undamped modes add up to: 40 dB and no more."""
    y = heard(sine(60 * RATE_HZ, 440.0), time_s=20.0, damping=0.0, modulation=1.0)
    assert np.abs(y).max() < 100.0


def test_silence_long_after_a_sound_is_exact() -> None:
    s, line = made(reverb, aim(time_s=0.5, low_cut_hz=100.0, high_cut_hz=5000.0))
    through(reverb, s, line, noise(4800))
    y = through(reverb, s, line, np.zeros((10 * RATE_HZ, 2)), 4800)
    assert not y[-4800:].any()
    assert not s[reverb_rings.LOW_PASS].any()
    assert not s[reverb_rings.CUTS :].any()


def moved(block: int) -> np.ndarray:
    s, line = made(reverb, aim(character="room"))
    x, parts = noise(18_000), []
    changes: dict[int, dict[str, float | str]] = {
        0: {"character": "room"},
        3000: {"character": "room", "predelay_ms": 33.0, "damping": 1.0, "time_s": 0.9},
        3300: {"character": "plate", "predelay_ms": 3.0, "low_cut_hz": 200.0},
        5000: {"character": "hall", "size": 0.5},
        8000: {"character": "hall", "mix": 0.0},
        14_000: {"character": "chamber", "mix": 0.6, "high_cut_hz": 3000.0, "width": 0.5},
    }
    for first, last in pairwise([*changes, len(x)]):
        post(reverb, s, aim(**changes[first]))
        parts.append(through(reverb, s, line, x[first:last], first, range(block, last - first, block)))
    return np.concatenate(parts)


def test_cutting_the_block_changes_no_bit_while_everything_moves() -> None:
    whole = moved(18_000)
    for block in (1, 31, 64):
        assert moved(block).tobytes() == whole.tobytes()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300], ids=str)
def test_what_is_no_number_is_not_kept(bad: float) -> None:
    x = noise(9000)
    x[1000, 0] = 0.0
    clean = heard(x)
    x[1000, 0] = bad
    assert heard(x).tobytes() == clean.tobytes()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize(
    ("row", "lane"),
    [
        (reverb_rings.LOOP, 3),
        (reverb_rings.SPREAD, 0),
        (reverb_rings.ENTRY, reverb_rings.ONCE + 1),
        (reverb_rings.ENTRY, reverb_rings.WAIT),
    ],
)
def test_a_sick_line_heals_itself(bad: float, row: int, lane: int) -> None:
    s, line = made(reverb, aim(predelay_ms=20.0, size=0.3))
    through(reverb, s, line, noise(4000))
    first, room, place = (int(s[r + row, lane]) for r in (reverb_rings.FIRST, reverb_rings.ROOM, reverb_rings.PLACE))
    line[0, first + (place - 10) % room] = bad
    if (place - 10) % room < reverb_rings.AGAIN:
        line[0, first + (place - 10) % room + room] = bad
    y = through(reverb, s, line, noise(20_000), 4000)
    assert np.isfinite(y).all()
    assert np.isfinite(s).all()
    assert np.abs(y[-1000:]).max() > 0.1


@pytest.mark.parametrize("row", [reverb_rings.LOW_PASS, reverb_rings.SIN, reverb_rings.CUTS])
def test_a_sick_memory_heals_itself(row: int) -> None:
    s, line = made(reverb, aim(size=0.3))
    through(reverb, s, line, noise(4000))
    s[row, 0] = np.nan
    y = through(reverb, s, line, noise(20_000), 4000)
    assert np.isfinite(y).all()
    assert np.isfinite(s).all()
    assert np.abs(y[-1000:]).max() > 0.1


def test_what_was_left_in_the_lines_is_never_heard_again() -> None:
    s, line = made(reverb, aim())
    through(reverb, s, line, noise(20_000))
    post(reverb, s, aim(mix=0.0))
    through(reverb, s, line, np.zeros((2000, 2)), 20_000)
    assert s[ACTIVE, 0] == s[MOVING, 0] == 0.0  # a resting unit costs nothing
    post(reverb, s, aim(character="plate"))
    assert not through(reverb, s, line, np.zeros((48_000, 2)), 22_000).any()


def test_a_reverb_that_slept_takes_its_room_at_once_and_a_running_one_through_silence() -> None:
    x = noise(9600)
    s, line = reverb.state(RATE_HZ), reverb.line(RATE_HZ)
    post(reverb, s, aim(character="room"), 0)
    assert through(reverb, s, line, x).tobytes() == heard(x, character="room").tobytes()
    post(reverb, s, aim(character="plate"))
    y = through(reverb, s, line, np.zeros((1922, 2)), 9600)
    assert np.abs(y[958:962]).max() < 1e-5  # 20 ms out
    assert not y[1000:].any()  # and nothing of the room in the plate
    assert (s[reverb_rings.AT : reverb_rings.AT + 3] == reverb_rooms.lengths("plate", 1.8, 1.0, RATE_HZ)).all()


def test_it_never_allocates() -> None:
    assert not allocates(reverb.pass_on, (MATRIX, MATRIX, MATRIX, numba.int64))


# -- clicks ----------------------------------------------------------------------------------------------------------

MOVES: dict[str, tuple[dict[str, float | str], dict[str, float | str]]] = {
    "character": ({}, {"character": "room"}),
    "size": ({}, {"size": 0.1}),
    "time": ({}, {"time_s": 6.0}),
    "time that wants shorter lines": ({}, {"time_s": 0.1}),
    "predelay": ({}, {"predelay_ms": 123.4}),
    "damping": ({"damping": 0.0}, {"damping": 1.0}),
    "low cut": ({}, {"low_cut_hz": 1000.0}),
    "high cut": ({}, {"high_cut_hz": 1000.0}),
    "width": ({}, {"width": 0.0}),
    "modulation": ({"modulation": 0.0}, {"modulation": 1.0}),
    "off": ({}, {"mix": 0.0}),
    "on": ({"mix": 0.0}, {"character": "plate"}),
}


@pytest.mark.parametrize("name", MOVES)
def test_nothing_that_is_moved_clicks(name: str) -> None:
    """A sine of 1 kHz at 0 dBFS; three seconds settle, one and a half after the move."""
    before, after = MOVES[name]
    s, line = made(reverb, aim(**before))
    x, at = sine(9 * RATE_HZ // 2), 3 * RATE_HZ
    y = [through(reverb, s, line, x[:at])]
    post(reverb, s, aim(**after))
    y.append(through(reverb, s, line, x[at:], at))
    assert high_db(np.concatenate(y), 2 * RATE_HZ) < -80.0
    assert np.abs(y[1][-4800:]).max() > 0.01
