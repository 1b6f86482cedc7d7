"""Laws of bundles within bundles: each time is a transaction of its own, and all of a packet happens, or none of it."""

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from test_osc import Rig, bundle
from test_osc_tcp import until

from controllers.osc import future
from studiod.net.osc_codec import AT_ONCE, TIMES_MAX, Malformed, encode, timed, timetag_at

A, B, C = "/ch/1/fader", "/ch/2/fader", "/ch/3/fader"


@pytest.fixture(scope="module")
def shared() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.close()


@pytest.fixture
def rig(shared: Rig) -> Rig:
    for k in range(1, 5):
        shared.set(f"ch/{k}/fader", -90.0)
        shared.set(f"ch/{k}/mute", 0)
    shared.engine.posts.clear()
    return shared


def ahead(s: float) -> int:
    return timetag_at(time.time() + s)


def posted(rig: Rig, count: int) -> list[dict[str, Any]]:
    """What was posted, at least so many; one that may be undone is posted again, and counts once."""

    def told() -> list[dict[str, Any]]:
        every = [changed for _, changed in rig.engine.posts]
        return [one for k, one in enumerate(every) if k == 0 or one != every[k - 1]]

    assert until(lambda: len(told()) >= count)
    return told()


def test_an_inner_bundle_is_done_at_its_own_time(rig: Rig) -> None:
    peer = rig.peer()
    frames = rig.engine.posts
    one, two = ahead(0.3), ahead(0.5)
    peer.socket.send(
        bundle(
            encode(A, -1.0),
            bundle(encode(B, -2.0), bundle(encode(C, -3.0), timetag=two), timetag=one),
            encode("/ch/4/fader", -4.0),
        )
    )
    peer.settle()
    assert posted(rig, 1) == [{"ch/1/fader": -1.0, "ch/4/fader": -4.0}]
    assert posted(rig, 3)[1:] == [{"ch/2/fader": -2.0}, {"ch/3/fader": -3.0}]
    apart = [(frames[k + 1][0] - frames[k][0]) / 48_000 for k in (1,)]
    assert apart == [pytest.approx(0.2, abs=2e-3)], "at its sample of the audio clock"


@pytest.mark.parametrize("inner", [0, AT_ONCE, "same"])
@pytest.mark.parametrize("outer", [AT_ONCE, "soon"])
def test_an_inner_bundle_for_at_once_goes_with_the_one_around_it(rig: Rig, outer: Any, inner: Any) -> None:
    around = ahead(0.2) if outer == "soon" else outer
    within = around if inner == "same" else inner
    packet = bundle(encode(A, -1.0), bundle(encode(B, -2.0), timetag=within), timetag=around)
    rig.peer().socket.send(packet)
    assert posted(rig, 1) == [{"ch/1/fader": -1.0, "ch/2/fader": -2.0}]


@pytest.mark.parametrize("early_s", [0.001, 0.25, 3600.0])
def test_an_inner_bundle_for_an_earlier_time_is_refused_in_words(rig: Rig, early_s: float) -> None:
    peer, outer = rig.peer(), ahead(0.5)
    inner = outer - round(early_s * 2**32)
    peer.socket.send(bundle(encode(A, -1.0), bundle(encode(B, -2.0), timetag=inner), timetag=outer))
    told = peer.hear(until="/error")[0][1][1]
    assert told.startswith("malformed packet: a bundle within another and meant for ")
    assert f"{early_s * 1000:g} ms before it; give it that time, or later; nothing changed" in told
    peer.settle()
    assert rig.engine.posts == []


BAD = [
    (encode("/ch/1/fader", 99.0), "out of range"), (encode("/nosuch", 1), "no such path"),
    (encode("/status/frames", 1), "read-only"), (encode("/ch/1/name", 5.0), "expected"),
]  # fmt: skip


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("bad", "said"), BAD, ids=[said for _, said in BAD])
def test_a_refusal_in_one_time_spoils_all_of_them(rig: Rig, bad: bytes, said: str, turned: bool) -> None:
    peer, good = rig.peer(), encode(B, -2.0)
    now, later = (bad, good) if turned else (good, bad)
    rest = bundle(later, encode("/ping", 9), timetag=ahead(0.2))
    peer.socket.send(bundle(now, encode("/subscribe", "/ch/1/mute"), rest))
    heard = peer.hear(0.4)
    assert [address for address, _ in heard] == ["/error"], "nothing else of it is done or answered either"
    assert said in heard[0][1][1]
    assert rig.engine.posts == []


def test_what_is_too_much_for_later_is_not_begun_now(rig: Rig, monkeypatch: Any) -> None:
    monkeypatch.setattr(future, "PEER_VALUES", 3)
    monkeypatch.setattr(future, "RECALLS", 0)
    peer = rig.peer()
    later = [bundle(encode(f"/ch/{k}/fader", -2.0), timetag=ahead(0.2 + k)) for k in range(1, 5)]
    peer.socket.send(bundle(encode("/ch/5/fader", -1.0), *later))
    assert "too much waits" in peer.hear(until="/error")[0][1][1]
    peer.settle()
    assert rig.engine.posts == []
    assert peer.socket.getsockname() not in rig.osc.future._of


def test_what_comes_later_goes_on_from_what_came_before_it(rig: Rig) -> None:
    peer = rig.peer()
    flip, up = encode("/toggle/ch/1/mute"), encode("/by/ch/1/fader", 10.0)
    peer.socket.send(bundle(flip, up, bundle(flip, up, timetag=ahead(0.1))))
    peer.settle()
    assert posted(rig, 2) == [{"ch/1/mute": 1, "ch/1/fader": -80.0}, {"ch/1/mute": 0, "ch/1/fader": -70.0}]


def test_a_packet_has_one_bound_however_many_times_it_names(rig: Rig) -> None:
    peer = rig.peer()
    much = [bundle(*[encode("/**")] * 3, timetag=ahead(1.0 + k / 10)) for k in range(4)]
    peer.socket.send(bundle(*much))
    assert "too much at once" in peer.hear(until="/error")[0][1][1]
    with pytest.raises(Malformed, match=f"more than {TIMES_MAX} times"):
        list(timed(bundle(*[bundle(encode(A, 0.0), timetag=ahead(1 + k)) for k in range(TIMES_MAX + 1)])))


def test_a_tree_of_bundles_is_the_list_of_its_times() -> None:
    """Beside a brute-force walk: each message has the latest time of the bundles around it."""
    chance = random.Random(4)

    def grow(depth: int, at: int) -> tuple[bytes, list[tuple[int, str]]]:
        parts, told = [], []
        for _ in range(chance.randrange(1, 4)):
            if depth and chance.random() < 0.5:
                inner = chance.choice((AT_ONCE, at, at + chance.randrange(100)))
                packet, within = grow(depth - 1, max(at, inner))
                parts.append(packet[:8] + inner.to_bytes(8, "big") + packet[16:])
                told += within
            else:
                name = f"/m/{chance.randrange(1000)}"
                parts.append(encode(name))
                told.append((at, name))
        return bundle(*parts, timetag=at), told

    for _ in range(200):
        at = chance.choice((AT_ONCE, 1 << 63))
        packet, told = grow(5, at)
        assert [(when, address) for when, address, _ in timed(packet)] == told
