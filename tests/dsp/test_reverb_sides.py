"""The reverb leans to no side, does not ring, keeps a held tone's pitch, and decays evenly when it is short.

Measured by tests/rigs/reverb_instruments.py, which knows nothing of the reverb; tests/bench/sound.py has the others.
"""

from functools import cache

import numpy as np
import pytest

import reverb_instruments as judge
from dsp import reverb, reverb_rooms
from fx_parts import made, through

RATE_HZ = 48_000
each_character = pytest.mark.parametrize("character", reverb_rooms.CHARACTERS)


def room(character: str, time_s: float, damping: float = 0.4, modulation: float = 0.4) -> judge.Process:
    """At the rest of its settings, but wet only, at once, and without the cuts that would end the octaves."""
    goals = reverb.aim(1.0, character, time_s, 0.0, 1.0, damping, 20.0, 20_000.0, 1.0, modulation, RATE_HZ)
    return lambda x: through(reverb, *made(reverb, goals), x)


@cache
def response(character: str, time_s: float, modulation: float = 0.4) -> np.ndarray:
    return judge.click(room(character, time_s, modulation=modulation), 1.2 * time_s + 0.6, 1.0, 1.0)


@each_character
@pytest.mark.parametrize("time_s", [0.1, 0.13, 0.2, 0.27, 0.4, 0.7, 1.2, 1.8, 3.0, 6.0])
def test_a_mono_click_is_as_loud_on_both_sides_in_every_octave(character: str, time_s: float) -> None:
    assert np.abs(judge.lean_db(response(character, time_s))).max() <= 0.5


@each_character
@pytest.mark.parametrize("time_s", [0.1, 1.8])
def test_it_leans_no_more_without_modulation(character: str, time_s: float) -> None:
    assert np.abs(judge.lean_db(response(character, time_s, 0.0))).max() <= 0.5


@each_character
def test_the_late_sound_rings_as_little_as_a_hall(character: str) -> None:
    h = response(character, 1.8)
    assert np.mean([judge.ringing_db(h, 1.8, start_s) for start_s in (0.2, 0.5, 0.8)]) <= 6.3


@each_character
def test_a_held_tone_keeps_its_pitch(character: str) -> None:
    assert max(judge.detune_cents(room(character, 1.8), hz) for hz in (500.0, 1000.0)) <= 1.5


@each_character
@pytest.mark.parametrize("octave_hz", judge.OCTAVES_HZ[1:])
def test_a_short_decay_is_right_in_every_octave(character: str, octave_hz: float) -> None:
    """From 125 Hz on: an octave of 63 Hz rings as long itself."""
    assert judge.t30_s(room(character, 0.1, damping=0.0), octave_hz, 0.6) == pytest.approx(0.1, rel=0.08)
