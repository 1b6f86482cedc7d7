"""Many listeners: what is alike is read and encoded once for all; what concerns one otherwise, it gets alone."""

import random
from typing import Any

import pytest
from test_osc import REGISTRY, Peer, Rig

from controllers.mirror import CROSSED_S
from controllers.osc import meters, subscription
from controllers.osc.meters import floats
from studiod.net.osc_codec import encode
from studiod.registry.meter_banks import BANKS

MANY = 12


@pytest.fixture
def rig():
    made = Rig()
    yield made
    made.close()


@pytest.fixture
def crowd(rig: Rig) -> list[Peer]:
    """Listeners who want the same; each has had its snapshot."""
    peers = [rig.peer() for _ in range(MANY)]
    for peer in peers:
        peer.say("/subscribe", "/ch/*/fader", 60.0)
        peer.hear(until="/snapshot/end")
    return peers


def values(peer: Peer, **how: Any) -> list[tuple[str, list[Any]]]:
    return [message for message in peer.hear(**how) if message[0] != "/alive"]


def test_a_change_is_encoded_once_whoever_listens(rig: Rig, crowd: list[Peer], monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []
    plain = subscription.message

    def counted(param: Any, value: Any, turn: bool) -> bytes:
        encoded.append(param.path)
        return plain(param, value, turn)

    monkeypatch.setattr(subscription, "message", counted)
    rig.set("ch/3/fader", -7.0)
    assert [values(peer) for peer in crowd] == [[("/ch/3/fader", [-7.0])]] * MANY
    assert encoded == ["ch/3/fader"]


def test_who_wrote_or_has_a_finger_is_left_out_and_nobody_else(rig: Rig, crowd: list[Peer]) -> None:
    writer, finger, *others = crowd
    finger.say("/touch/ch/2/fader", 1)
    finger.say("/ping")
    assert values(finger, wait_s=1.5 * CROSSED_S) == [("/pong", [])], "nothing has been told of late"
    writer.say("/ch/1/fader", -1.0)
    writer.say("/ch/2/fader", -2.0)
    both = {("/ch/1/fader", -1.0), ("/ch/2/fader", -2.0)}
    for peer in others:
        assert {(address, value) for address, (value,) in values(peer)} == both
    assert values(writer) == []
    assert values(finger) == [("/ch/1/fader", [-1.0])]
    finger.say("/touch/ch/2/fader", 0)
    assert values(finger) == [("/ch/2/fader", [-2.0])]


def test_rates_and_positions_are_frames_of_their_own(rig: Rig) -> None:
    plain, slow, turned = rig.peer(), rig.peer(), rig.peer()
    plain.say("/subscribe", "/ch/*/fader", 60.0)
    slow.say("/subscribe", "/ch/*/fader", 60.0, 2.0)
    turned.say("/subscribe", "/turn/ch/*/fader", 60.0)
    for peer in (plain, slow, turned):
        peer.hear(until="/snapshot/end")
    for k in range(40):
        rig.set("ch/1/fader", -float(k))
    assert values(turned)[-1][0] == "/turn/ch/1/fader"
    assert values(plain, wait_s=0.3)[-1] == ("/ch/1/fader", [-39.0])
    heard = values(slow, wait_s=0.7)
    assert heard[-1] == ("/ch/1/fader", [-39.0])
    assert len(heard) <= 3


def test_who_leaves_and_comes_back_hears_on_and_the_others_do_not_notice(rig: Rig, crowd: list[Peer]) -> None:
    chance = random.Random(5)
    away: set[Peer] = set()
    for k in range(30):
        peer = chance.choice(crowd)
        if peer in away:
            away.discard(peer)
            peer.say("/subscribe", "/ch/*/fader", 60.0, chance.choice([50.0, 100.0]))
            peer.hear(until="/snapshot/end")
        else:
            away.add(peer)
            peer.say("/unsubscribe", "/ch/*/fader")
            peer.settle()
        rig.set(f"ch/{k % 8 + 1}/fader", -float(k) - 0.5)
        for one in crowd:
            last = [value for _, (value,) in values(one, wait_s=0.05)]
            assert last == ([] if one in away else [-float(k) - 0.5])
    assert len({client.subs[key].feed for client in rig.osc.clients.values() for key in client.subs}) <= 2


class Gauges:
    """Meters that count how often they are read."""

    def __init__(self) -> None:
        self.reads: list[tuple[str, int]] = []
        self.cell = 0

    def read(self, bank: str, since: int = -1) -> tuple[list[float], int]:
        self.reads.append((bank, since))
        self.cell += 1
        console = REGISTRY.console
        sizes = {name: getattr(console, name) for name in ("inputs", "outputs", "channels", "buses", "returns")}
        return [-float(k) for k in range(len(BANKS[bank](sizes)))], self.cell


@pytest.fixture
def gauges(rig: Rig) -> Gauges:
    made = Gauges()
    rig.desk.meters = made.read  # type: ignore[method-assign]
    return made


def test_a_bank_is_read_once_a_frame_whoever_listens(rig: Rig, gauges: Gauges) -> None:
    peers = [rig.peer() for _ in range(MANY)]
    for peer in peers:
        peer.say("/meters/subscribe", "ch", 10.0)
        assert peer.hear(until="/meters/ch")[-1][1] == [-float(k) for k in range(8)]
    gauges.reads.clear()
    for _ in range(5):
        for peer in peers:
            peer.hear(until="/meters/ch")
    read = [since for _, since in gauges.reads]
    assert len(read) >= 5
    assert read == sorted(set(read)), "each frame goes on where the one before it ended"


def test_who_missed_frames_gets_the_most_since_its_last_one(rig: Rig, gauges: Gauges) -> None:
    peer, other = rig.peer(), rig.peer()
    for one in (peer, other):
        one.say("/meters/subscribe", "ch", 50.0)
        one.hear(until="/meters/ch")
    (client,) = (c for c in rig.osc.clients.values() if c.origin.endswith(peer.name))
    (stream,) = client.streams.values()
    client.blocked = True
    other.hear(until="/meters/ch")
    while stream.since < 0:
        other.hear(until="/meters/ch")
    missed = stream.since
    peer.hear(wait_s=0.05)
    gauges.reads.clear()
    client.blocked = False
    peer.hear(until="/meters/ch")
    assert ("ch", missed) in gauges.reads
    assert stream.since < 0


@pytest.mark.parametrize(
    ("asked", "heard"),
    [
        ("ch/*", {f"/meters/ch/{n}": 1.0 - n for n in range(1, 9)}),
        ("ch/[2-3]", {"/meters/ch/2": -1.0, "/meters/ch/3": -2.0}),
        ("main/peak_*", {"/meters/main/peak_l": 0.0, "/meters/main/peak_r": -1.0}),
        ("/turn/meters/ch/{1,7}", {"/turn/meters/ch/1": 1.0, "/turn/meters/ch/7": 0.9}),
        ("turn/bus/*", {f"/turn/meters/bus/{n}": 1.0 - (n - 1) / 60.0 for n in range(1, 5)}),
        ("gate/ch/1", {"/meters/gate/ch/1": 0.0}),
    ],
)
def test_a_bank_and_a_pattern_give_one_message_a_strip(
    rig: Rig, gauges: Gauges, asked: str, heard: dict[str, float]
) -> None:
    peer = rig.peer()
    peer.say("/meters/subscribe", asked, 50.0)
    told = dict(message for message in values(peer, until=next(iter(heard))))
    assert told == {address: [pytest.approx(level, abs=1e-6)] for address, level in heard.items()}
    peer.say("/meters/unsubscribe", asked)
    peer.settle()
    assert values(peer) == []


def test_a_pattern_that_fits_no_meter_is_refused_in_words(rig: Rig, gauges: Gauges) -> None:
    peer = rig.peer()
    peer.say("/meters/subscribe", "ch/99")
    (refused,) = values(peer)
    assert refused == (
        "/error",
        ["/meters/subscribe", "meters/subscribe: no such meter; expected ch/1, …; got 'ch/99'"],
    )


@pytest.mark.parametrize("count", [0, 1, 2, 33])
def test_floats_are_encoded_as_anything_else(count: int) -> None:
    some = [k / 7 - 1.0 for k in range(count)]
    assert floats("/meters/ch", some) == encode("/meters/ch", *some)
    assert meters._form("/meters/ch", count)[1].size == 4 * count
