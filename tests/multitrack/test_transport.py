"""The transport against a tape that is wound by hand, frame by frame."""

import random
from itertools import pairwise

import pytest

from studiod.multitrack.transport import Pass, Segment, Transport

RATE_HZ = 1000  # LOOP_LEAST_S is 20 frames here
FRAMES = 3000


class Tape:
    """The oracle: what a plan comes to, one frame after the other."""

    def __init__(self) -> None:
        self.orders: dict[int, list[tuple[str, object]]] = {}

    def wind(self) -> tuple[list[int], list[bool]]:
        position, rolls, loop, caught = 0, False, None, False
        positions, plays = [], []
        for frame in range(FRAMES):
            for what, value in self.orders.get(frame, ()):
                if what == "locate":
                    position = int(value)  # type: ignore[call-overload]
                elif what == "loop":
                    loop = value
                else:
                    rolls = what == "play"
                caught = rolls and loop is not None and position < loop[1]  # type: ignore[index]
            positions.append(position)
            plays.append(rolls)
            if rolls:
                position += 1
                if caught and position >= loop[1]:  # type: ignore[index]
                    position = loop[0]  # type: ignore[index]
        return positions, plays


def played(seed: int) -> tuple[Transport, Tape]:
    chance = random.Random(seed)
    transport, tape = Transport(RATE_HZ), Tape()
    for frame in sorted(chance.choices(range(FRAMES), k=10)):
        what = chance.choice(["play", "play", "stop", "locate", "loop", "loop"])
        value: object = None
        if what == "locate":
            value = chance.choice([0, chance.randrange(500)])
            transport.locate(frame, int(value))  # type: ignore[call-overload]
        elif what == "loop":
            first = chance.choice([0, chance.randrange(300)])
            value = chance.choice([None, *[(first, first + chance.randrange(20, 400))] * 3])
            transport.loop(frame, value)  # type: ignore[arg-type]
        else:
            getattr(transport, what)(frame)
        if what != "loop" or transport.newest.frame == frame:
            tape.orders.setdefault(frame, []).append((what, value))
    return transport, tape


@pytest.mark.parametrize("seed", range(40))
def test_each_frame_has_the_position_of_the_tape(seed: int) -> None:
    transport, tape = played(seed)
    positions, plays = tape.wind()
    assert [transport.position_at(frame) for frame in range(FRAMES)] == positions
    assert [transport.plays_at(frame) for frame in range(FRAMES)] == plays


@pytest.mark.parametrize("seed", range(40))
def test_passes_cover_what_sounds_once_and_nothing_else(seed: int) -> None:
    transport, tape = played(seed)
    positions, plays = tape.wind()
    chance = random.Random(seed)
    cuts = [0, *sorted(chance.choices(range(1, FRAMES), k=40)), FRAMES]
    for first, last in pairwise(cuts):
        heard: dict[int, list[int]] = {frame: [] for frame in range(first, last)}
        for piece in transport.passes(first, last):
            for frame in range(max(piece.start, first), min(piece.end, last)):
                heard[frame].append(piece.position + frame - piece.start)
        assert heard == {frame: [positions[frame]] if plays[frame] else [] for frame in heard}


@pytest.mark.parametrize("seed", range(40))
def test_a_piece_fades_where_the_music_jumps_and_only_there(seed: int) -> None:
    transport, tape = played(seed)
    positions, plays = tape.wind()
    goes_on = [
        frame > 0 and plays[frame] and plays[frame - 1] and positions[frame] == positions[frame - 1] + 1
        for frame in range(FRAMES)
    ]
    seen: dict[int, Pass] = {}
    for piece in transport.passes(0, FRAMES):
        seen[piece.start] = piece
        if piece.end < FRAMES:
            # a jump to the very place where the music would have been is one too: the same sound, crossfaded
            assert piece.fades or goes_on[piece.end]
        assert piece.soft == (positions[piece.since] > 0)
        assert all(goes_on[frame] for frame in range(piece.since + 1, min(piece.end, FRAMES)))
    assert all(goes_on[start] or piece.since == start for start, piece in seen.items())


@pytest.mark.parametrize("seed", range(40))
def test_the_frame_of_a_position_is_the_first_that_has_it(seed: int) -> None:
    transport, tape = played(seed)
    positions, _ = tape.wind()
    chance = random.Random(seed)
    for _ in range(60):
        after, position = chance.randrange(FRAMES), chance.choice([chance.choice(positions), chance.randrange(700)])
        first = next((frame for frame in range(after, FRAMES) if positions[frame] == position), None)
        found = transport.frame_of(position, after)
        assert found == first or (first is None and found is not None and found >= FRAMES)


def test_a_new_plan_takes_the_place_of_what_was_planned_later() -> None:
    transport = Transport(RATE_HZ)
    transport.play(1000)
    transport.locate(500, 40)
    assert (transport.position_at(499), transport.position_at(500), transport.position_at(510)) == (0, 40, 50)


def test_a_loop_that_is_too_short_is_none_and_the_same_loop_is_no_change() -> None:
    transport, told = Transport(RATE_HZ), []
    unlisten = transport.listen(told.append)
    transport.loop(10, (5, 24))
    assert told == []
    transport.loop(10, (5, 25))
    transport.loop(20, (5, 25))
    assert [segment.loop for segment in told] == [(5, 25)]
    unlisten()
    transport.play(30)
    assert len(told) == 1
    assert transport.playing


def test_beyond_the_loop_the_music_plays_on() -> None:
    assert Segment(0, 100, True, (20, 60)).position_at(500) == 600
