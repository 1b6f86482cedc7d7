"""Kinds of attacks on the OSC port, over real sockets: what one peer sends costs no other, and nobody is locked out.

The hosts of a network are named by their addresses: packets are handed to the port as if they came from there.  Hosts
in network namespaces: tests/bench/attack.py.
"""

import asyncio
import contextlib
import random
import re
import socket
import sys
import threading
import time
from typing import Any

import pytest
from test_osc import REGISTRY, Peer, Rig, bundle
from test_osc_tcp import TcpPeer, until

from controllers.osc import allowance, future
from controllers.osc import peers as osc_peers
from controllers.osc import server as osc_server
from studiod.host.library import Library
from studiod.net.osc_codec import AT_ONCE, BUNDLE, decode, encode, timetag_at
from studiod.registry import roles
from studiod.settings.schema import OscClient
from studiod.store.store import Store

ASKED = 16  # times for everything


class Net(Rig):
    """An OSC port, and packets from any address; what goes out by UDP is caught, but for this machine."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.sent: dict[Any, list[bytes]] = {}
        real = self.osc.udp.send

        def send(packet: bytes, to: Any) -> None:
            if to[0].startswith("127."):
                real(packet, to)
            else:
                self.sent.setdefault(to, []).append(packet)

        self.osc.udp.send = send  # type: ignore[method-assign]
        self.osc.udp.probe = lambda *_: 0  # type: ignore[method-assign]

    def adopt(self, address: str) -> None:
        """A client of the settings."""
        listener = OscClient(address=address, pattern="/ch/1/*")
        self.loop.call_soon_threadsafe(self.osc.settled.adopt, [listener])

    def come(self, addr: tuple[str, int], *packets: bytes) -> None:
        async def work() -> None:
            for packet in packets:
                self.osc.hear(packet, addr, self.osc.udp.send)
            self.osc.turns.go()

        self.on(work())

    def idle(self, s: float = 0.0) -> None:
        self.on(asyncio.sleep(s))
        while self.on(self._busy()):
            self.on(asyncio.sleep(0.005))

    async def _busy(self) -> bool:
        return any(line.jobs for line in self.osc.turns.lines.values())

    def heard(self, addr: tuple[str, int]) -> list[tuple[str, list[Any]]]:
        return [message for packet in self.sent.get(addr, []) for message in decode(packet)[0]]

    def bytes_to(self, host: str) -> int:
        return sum(len(packet) + 28 for to, packets in self.sent.items() if to[0] == host for packet in packets)


@pytest.fixture
def net():
    made = Net(rights=role)
    yield made
    made.close()


ROLES = {"10.0.0.1": "mix", "10.0.0.2": "view", "10.0.0.3": "bus:1", "10.0.0.9": "none"}


def role(host: str) -> str:
    return "admin" if host.startswith("127.") else ROLES.get(host, "mix" if host.startswith("10.") else "none")


# -- 2: what a packet may ask for is counted when it is carried out ----------------------------------------------------


def test_5000_sets_of_one_peer_lose_none(net: Net) -> None:
    peer = net.peer()
    for k in range(5000):
        peer.say(f"/ch/{k % 8 + 1}/fader", -(k % 800) / 10)
        if k % 500 == 499:
            peer.settle()
    assert len(net.engine.posts) == 5000
    assert net.osc.turns.refused == 0


@pytest.mark.parametrize(
    ("what", "bound"),
    [
        ([encode("/subscribe", f"/ch/{k % 8 + 1}/{'*' * (k // 8 + 1)}") for k in range(700)], "32 subscriptions"),
        ([encode("/meters/subscribe/to", f"localhost:{9 + k}", "input") for k in range(800)], "16 banks"),
    ],
    ids=["subscriptions", "meters"],
)
def test_a_bundle_passes_no_bound_that_single_messages_keep(net: Net, what: list[bytes], bound: str) -> None:
    net.desk.meters = lambda bank, since=-1: ([0.0], 0)  # type: ignore[method-assign]
    net.come(("10.0.0.1", 5), bundle(*what))
    net.idle()
    assert any(bound in str(args) for address, args in net.heard(("10.0.0.1", 5)) if address == "/error")
    client = net.osc.clients["10.0.0.1", 5]
    assert (len(client.subs), len(client.streams)) in ((32, 0), (0, 16))


def test_the_future_is_bounded_for_each_and_for_all(net: Net) -> None:
    at = timetag_at(time.time() + 3000)
    every = [encode("/ch/*/send/*/level", -3.0)] * 20
    net.come(("10.0.0.1", 5), *[bundle(*every, timetag=at) for _ in range(400)])
    net.idle()
    assert net.osc.future.values <= 2 * future.PEER_VALUES  # while it was unproven, and since
    assert "waits for its time" in net.heard(("10.0.0.1", 5))[-1][1][1]
    asks = [bundle(*[encode("/**")] * 3, timetag=at)] * 400
    net.come(("10.0.0.4", 5), *asks)
    for host in range(5, 40):
        net.come((f"10.0.0.{host}", 5), *[bundle(*every, timetag=at) for _ in range(40)])
    net.idle()
    assert net.osc.future.values <= future.ALL_VALUES
    assert "waits for its time" in net.heard(("10.0.0.39", 5))[-1][1][1]


def test_what_waits_for_its_time_is_given_back(net: Net) -> None:
    peer = net.peer()
    for _ in range(10):
        peer.socket.send(
            bundle(encode("/ch/1/fader", -1.0), encode("/ch/1/fader"), timetag=timetag_at(time.time() + 0.2))
        )
    peer.settle()
    assert net.osc.future.values == 20
    assert until(lambda: net.osc.future.values == 0)
    assert len(peer.hear()) == 10


NASTY = [
    lambda c: encode("/ch/" + "{,}" * 34 + "x"),
    lambda c: encode("/" + "**/" * 300 + "x", 1.0),
    lambda c: encode("/**"),
    lambda c: encode("//fader", c.uniform(-90, 10)),
    lambda c: encode("/ch/*/send/*/level", c.uniform(-90, 10)),
    lambda c: encode("/subscribe", c.choice(["/**", "//*", "/{ch,bus}/**", "/turn/**"])),
    lambda c: encode("/unsubscribe"),
    lambda c: encode("/status"),
    lambda c: encode("/ch/1/" + "fadr" * c.randrange(1, 60), 1.0),
    lambda c: encode("/by//fader", c.uniform(-3, 3)),
    lambda c: encode("/toggle/*/*/mute"),
    lambda c: encode("/turn//gain"),
    lambda c: encode("/ping", *range(900)),
    lambda c: b"/garbage" * c.randrange(1, 4000),
    lambda c: bundle(*[encode("/ch/1/fader")] * 2000),
    lambda c: bundle(*[encode("/nosuch/thing", 1)] * 100),
]  # fmt: skip


EVERY_WORD = (
    *roles.COMMANDS,
    "turn/ch/1/fader",
    "by/ch/1/fader",
    "toggle/ch/*/mute",
    "touch/ch/1/fader",
    "hold/ch/1/mute",
)
ARGS: tuple[Any, ...] = (
    1,
    0,
    -6.0,
    86400,
    "A",
    "ch/1",
    "ch/*",
    "main",
    "bus/1",
    "/**",
    "//fader",
    "x" * 500,
    "",
    True,
    3.5,
)


async def begin(library: Library) -> None:
    library.begin(from_file=False)
    for _ in library.desk.do("scene/store", "x", "A"):
        pass


def any_word(chance: random.Random) -> bytes:
    return encode(f"/{chance.choice(EVERY_WORD)}", *chance.choices(ARGS, k=chance.randrange(5)))


def test_another_peers_ping_waits_for_a_slice_and_no_more_whatever_one_peer_sends(net: Net) -> None:
    """Counted, not timed: calls of Python between a ping's arrival and its answer, with thousands of jobs waiting."""
    chance = random.Random(5)
    library = Library(net.desk, Store(None))

    async def attack() -> list[int]:
        osc, waits = net.osc, []
        now_s = 0.0

        def clock() -> float:  # the turns' time is the number of calls: a microsecond each
            return now_s

        osc.turns.clock = clock

        def count(frame: Any, event: str, arg: Any) -> None:
            nonlocal now_s
            if event in ("call", "c_call"):
                now_s += 1e-6

        answered: list[float] = []
        osc.peers._proven |= {"10.0.0.1": None, "10.0.0.2": None}
        for _ in range(60):
            for _ in range(40):
                packet = chance.choice(NASTY)(chance)
                if chance.random() < 0.6:
                    pick = [any_word, any_word, *NASTY[:-2]]
                    packet = bundle(*[chance.choice(pick)(chance) for _ in range(chance.randrange(1, 9))])
                osc.hear(packet, ("10.0.0.1", 7), osc.udp.send)
            sys.setprofile(count)
            try:
                asked_s = now_s
                answered.clear()
                osc.hear(encode("/ping"), ("10.0.0.2", 8), lambda *_: answered.append(now_s))
                while not answered:
                    osc.turns.go()
            finally:
                sys.setprofile(None)
            waits.append(round((answered[0] - asked_s) * 1e6))
            assert osc.turns.waiting("10.0.0.1") > 0, "the flood is not over"
            await asyncio.sleep(0)
        return waits

    net.on(begin(library))
    waits = net.on(attack())
    library.store.close()
    assert max(waits) < 30_000, "calls; some 10 million a second are usual"


# -- 3: tables give way ------------------------------------------------------------------------------------------------


def test_a_table_filled_by_addresses_has_room_for_newcomers_and_for_this_machine(net: Net, monkeypatch: Any) -> None:
    monkeypatch.setattr(osc_peers, "CLIENTS_MAX", 50)
    monkeypatch.setattr(osc_peers, "HERE_MAX", 20)
    net.come(("10.0.0.2", 1), encode("/subscribe", "/ch/1/fader", 86400))
    for port in range(1, 200):
        net.come(("10.0.0.1", port), encode("/subscribe", "/ch/1/fader", 86400))
        net.come(("127.0.0.1", port), encode("/ping"))
    assert len(net.osc.clients) <= 70
    assert net.peer().settle()[0] == "/pong"
    net.come(("10.0.0.3", 5), encode("/ping"))
    assert net.heard(("10.0.0.3", 5)) == [("/pong", [])]
    assert ("10.0.0.2", 1) in net.osc.clients, "the crowd of one host gives way, not the one of another that works"


def test_the_longest_silent_one_that_holds_nothing_goes_first(net: Net, monkeypatch: Any) -> None:
    monkeypatch.setattr(osc_peers, "CLIENTS_MAX", 3)
    monkeypatch.setattr(osc_peers, "HERE_MAX", 3)
    net.come(("10.0.0.1", 1), encode("/subscribe", "/ch/1/fader"))
    for port in (2, 3, 4):
        net.come(("10.0.0.2", port), encode("/ping"))
    assert set(net.osc.clients) == {("10.0.0.1", 1), ("10.0.0.2", 3), ("10.0.0.2", 4)}


def test_hosts_without_a_role_have_nearly_no_connections_and_no_client(monkeypatch: Any) -> None:
    rig = Rig(rights=lambda host: "admin" if host == "127.0.0.1" else "none")
    strangers = []
    try:
        for k in range(300):
            one = socket.socket()
            one.bind((f"127.0.1.{k % 5 + 1}", 0))
            one.connect(("127.0.0.1", rig.osc.address[1]))
            strangers.append(one)
        rig.on(asyncio.sleep(0.05))
        assert sum(line.role == "none" for line in rig.osc.lines.open_lines) <= 8
        friend = TcpPeer(rig.osc.address[1])
        rig.peers.append(friend)
        assert friend.settle()[0] == "/pong"
    finally:
        for one in strangers:
            one.close()
        rig.close()


def test_half_a_frame_that_does_not_grow_ends(net: Net, monkeypatch: Any) -> None:
    monkeypatch.setattr("controllers.osc.tcp.HALF_S", 0.3)
    half, whole = TcpPeer(net.osc.address[1]), TcpPeer(net.osc.address[1])
    net.peers += [half, whole]
    half.socket.sendall(b"\xc0/ch/1/fa")
    whole.say("/ping")
    assert half.ended()
    assert whole.settle()[0] == "/pong"


def test_frames_that_grow_by_a_byte_now_and_then_end_too(net: Net, monkeypatch: Any) -> None:
    monkeypatch.setattr("controllers.osc.tcp.WHOLE_S", 0.3)
    slow = TcpPeer(net.osc.address[1])
    net.peers.append(slow)
    slow.socket.sendall(b"\xc0")
    for _ in range(100):
        with contextlib.suppress(OSError):
            slow.socket.sendall(b"/")
        time.sleep(0.03)
        if not net.osc.lines.open_lines:
            return
    raise AssertionError("it goes on for ever")


def test_a_place_that_answers_unreachable_is_told_no_more(net: Net) -> None:
    peer = net.peer()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
    peer.say("/subscribe/to", f"127.0.0.1:{port}", "/ch/1/fader", 3600.0)
    peer.say("/subscribe", "/ch/2/fader", 3600.0)
    peer.hear(until="/snapshot/end")
    client = net.osc.clients["127.0.0.1", peer.socket.getsockname()[1]]
    assert until(lambda: {to for to, _ in client.subs} == {client.address})


# -- 4: nobody makes the desk send what he did not ask for himself -----------------------------------------------------


@pytest.mark.parametrize("sender", ["10.0.0.1", "127.0.0.1"])
@pytest.mark.parametrize("word", ["/subscribe/to", "/meters/subscribe/to"])
def test_only_the_senders_own_host_can_be_named(net: Net, sender: str, word: str) -> None:
    heard: list[bytes] = []

    async def work() -> None:
        for place in ("10.0.0.200:9", "8.8.8.8:53", "[::1]:9", "255.255.255.255:9", "10.0.0.01:9"):
            net.osc.hear(encode(word, place, "/ch/1/*"), (sender, 5), lambda packet, _: heard.append(packet))
        net.osc.turns.go()

    net.on(work())
    told = [message for packet in heard for message in decode(packet)[0]]
    assert [address for address, _ in told] == ["/error"] * 5
    assert not net.osc.clients[sender, 5].subs


def test_one_forged_datagram_earns_its_victim_at_most_400_kB(net: Net, monkeypatch: Any) -> None:
    victim = ("10.0.0.1", 9999)
    every = bundle(*[encode("/subscribe", f"/{'*' * k}*", 86400.0, 1000.0) for k in range(32)])
    net.come(victim, every)
    for k in range(60):
        net.come(("127.0.0.1", 5), bundle(*[encode("//fader", -k / 2), encode("//pan", float(k))]))
        net.idle(0.02)
    assert 0 < net.bytes_to("10.0.0.1") <= 400_000
    silent = len(net.sent[victim])
    net.idle(1.2)
    assert len(net.sent[victim]) <= silent + 2  # at most what room was left, signs of life included


def test_many_forged_ports_of_one_host_earn_it_no_more(net: Net) -> None:
    for port in range(1, 40):
        net.come(("10.0.0.1", port), encode("/subscribe", "/**", 86400.0))
    net.idle(1.0)
    assert 0 < net.bytes_to("10.0.0.1") <= 400_000


def test_who_speaks_twice_a_second_apart_gets_the_rest(net: Net, monkeypatch: Any) -> None:
    monkeypatch.setattr(allowance, "MOST_BYTES", 20_000)
    tablet = ("10.0.0.1", 7)
    net.come(tablet, encode("/subscribe", "/**"))
    net.idle(0.6)
    assert net.bytes_to("10.0.0.1") <= 20_000
    time.sleep(0.5)
    net.come(tablet, encode("/ping"))
    assert until(lambda: any(address == "/snapshot/end" for address, _ in net.heard(tablet)))
    assert {f"/{path}" for path in REGISTRY.params} <= {address for address, _ in net.heard(tablet)}


def test_who_goes_on_asking_in_anothers_name_earns_him_a_bounded_rate(net: Net, monkeypatch: Any) -> None:
    monkeypatch.setattr(allowance, "BURST_BYTES", 100_000)
    monkeypatch.setattr(allowance, "PER_S_BYTES", 50_000)
    began_s = time.monotonic()
    for k in range(24):
        net.come(("10.0.0.1", k + 1), encode("/**"))
        net.come(("10.0.0.1", 7), encode("/**"))
        net.idle(0.05)
    assert net.bytes_to("10.0.0.1") <= 100_000 + 50_000 * (time.monotonic() - began_s + 0.1)


def test_who_is_held_back_by_the_rate_is_told_everything_in_the_end(net: Net, monkeypatch: Any) -> None:
    """Beyond the rate things wait; in the end every answer has come, and every newest value."""
    monkeypatch.setattr(allowance, "BURST_BYTES", 40_000)
    monkeypatch.setattr(allowance, "PER_S_BYTES", 120_000)
    tablet = ("10.0.0.1", 7)
    net.come(tablet, encode("/subscribe", "//fader", 60.0), encode("/ping"))
    time.sleep(1.1)
    for k in range(ASKED):
        net.come(tablet, encode("/**"))
        net.set("ch/1/fader", -float(k))
        net.idle(0.02)
    net.set("ch/2/fader", -33.0)
    end_s = time.monotonic() + 60
    while time.monotonic() < end_s:
        net.on(asyncio.sleep(0.1))
        client = net.osc.clients[tablet]
        if not client._jobs and not any(sub.echo.pending for sub in client.subs.values()):
            break
    newest = {address: values for address, values in net.heard(tablet) if address.endswith("/fader")}
    assert newest["/ch/1/fader"] == [1.0 - ASKED]
    assert newest["/ch/2/fader"] == [-33.0]
    assert sum(address == "/ch/1/name" for address, _ in net.heard(tablet)) == ASKED


def test_one_host_of_the_network_has_so_many_clients_and_no_more(net: Net) -> None:
    net.come(("10.0.0.2", 5), encode("/subscribe", "/ch/1/fader"))
    for port in range(1, 500):
        net.come(("10.0.0.1", port), encode("/subscribe", "/ch/1/fader", 86400))
    assert sum(host == "10.0.0.1" for host, _ in net.osc.clients) <= osc_peers.HOST_MAX
    assert ("10.0.0.1", 499) in net.osc.clients
    assert ("10.0.0.2", 5) in net.osc.clients


def test_half_frames_together_are_bounded(net: Net, monkeypatch: Any) -> None:
    monkeypatch.setattr("controllers.osc.tcp.HALVES_MAX", 1 << 20)
    lines = [TcpPeer(net.osc.address[1]) for _ in range(20)]
    net.peers += lines
    for line in lines:
        with contextlib.suppress(OSError):
            line.socket.sendall(b"\xc0/" + b"x" * 100_000)
        net.idle(0.02)
        assert net.osc.lines.halves <= 1 << 20
        assert net.osc.lines.halves == sum(line.half for line in net.osc.lines.open_lines)
    last = TcpPeer(net.osc.address[1])
    net.peers.append(last)
    assert last.settle()[0] == "/pong"


def test_who_is_silent_for_a_minute_gets_signs_of_life_only(net: Net, monkeypatch: Any) -> None:
    monkeypatch.setattr(allowance, "SILENT_S", 1.3)
    tablet = ("10.0.0.1", 7)
    net.come(tablet, encode("/subscribe", "/ch/1/fader"))
    time.sleep(1.05)
    net.come(tablet, encode("/subscribe", "/ch/1/fader"))
    time.sleep(1.5)
    net.sent.clear()
    net.set("ch/1/fader", -3.0)
    net.idle(1.1)
    assert {address for address, _ in net.heard(tablet)} == {"/alive"}
    net.come(tablet, encode("/ping"))
    net.idle(0.1)
    assert ("/ch/1/fader", [-3.0]) in net.heard(tablet), "awake again: the newest value"


def test_clients_of_the_settings_are_exempt(net: Net, monkeypatch: Any) -> None:
    monkeypatch.setattr(allowance, "SILENT_S", 0.2)
    monkeypatch.setattr(allowance, "MOST_BYTES", 100)
    net.adopt("10.0.0.77:9001")
    time.sleep(0.5)
    net.set("ch/1/fader", -3.0)
    assert until(lambda: ("/ch/1/fader", [-3.0]) in net.heard(("10.0.0.77", 9001)))


# -- 5: answers are not answered ---------------------------------------------------------------------------------------

DESK_SAYS = [
    ("/error", "/x", "x: no such path"), ("/late", "/ch/1/fader", 3.0), ("/alive", 7), ("/pong",), ("/pong", 3),
    ("/snapshot/end", "/**", 4), ("/info", "name", "studiod"), ("/meters/main", 0.0, 0.0),
    ("/meters/ch/1", 0.0), ("/turn/meters/ch", 0.5),
]  # fmt: skip


@pytest.mark.parametrize("words", DESK_SAYS, ids=lambda words: words[0])
def test_what_only_a_desk_says_gets_no_answer(net: Net, words: tuple[Any, ...]) -> None:
    for packet in (encode(*words), bundle(encode(*words)), encode(*words)[:-4] + b"\xff\0\0\0"):
        net.come(("10.0.0.1", 9000), packet)
        if words[0] not in (
            "/info",
            "/status",
        ):  # a stranger may have asked: one refusal a second, which no desk answers
            net.come(("10.0.0.9", 9000), packet)
    net.idle()
    assert [a for a in net.sent if any(decode(p)[0][0][0] != "/error" for p in net.sent[a])] == []
    assert not net.heard(("10.0.0.9", 9000))
    assert len(net.heard(("10.0.0.1", 9000))) <= 1  # the third form, cut off, may be anybody's


def bounce(one: Rig, other: Rig, first: bytes) -> int:
    """A datagram that seems to come from another desk; how many packets pass between the two in half a second."""
    here, there = ("127.0.0.1", one.osc.address[1]), ("127.0.0.1", other.osc.address[1])
    count = 0
    for rig in (one, other):
        real = rig.osc.udp.send

        def send(packet: bytes, to: Any, real: Any = real) -> None:
            nonlocal count
            count += to in (here, there)
            real(packet, to)

        rig.osc.udp.send = send  # type: ignore[method-assign]

    async def come() -> None:
        one.osc.hear(first, there, one.osc.udp.send)
        one.osc.turns.go()

    one.on(come())
    time.sleep(0.5)
    return count


@pytest.mark.parametrize(
    "first",
    [encode("/x"), encode("/ch/99/fader", 1.0), encode("/ping"), encode("/info"), encode("/status"), b"garbage!",
     encode("/ch/1/fader"), encode("/subscribe"), encode("/unsubscribe"), encode("/undo"),
     BUNDLE + AT_ONCE.to_bytes(8, "big") + b"\xff" * 8],
    ids=repr,
)  # fmt: skip
def test_two_desks_do_not_answer_each_other_for_ever(first: bytes) -> None:
    one, other = Rig(), Rig()
    try:
        assert bounce(one, other, first) <= 12
    finally:
        one.close()
        other.close()


def test_a_commands_answer_that_comes_back_as_a_command_ends(net: Net) -> None:
    from studiod.desk.command import Deed

    net.desk.commands["locate"] = lambda origin, *given: Deed(origin, {}, lambda _: [("locate", float(given[0]))])
    desk = ("10.0.0.1", 9000)
    for _ in range(50):
        net.come(desk, encode("/locate", 5.0))
    net.idle()
    assert len(net.heard(desk)) <= 4


def test_its_own_port_is_refused_as_a_place_and_not_heard_as_a_peer(net: Net) -> None:
    peer, port = net.peer(), net.osc.address[1]
    for word in ("/subscribe/to", "/meters/subscribe/to"):
        assert "own port" in peer.ask(word, f"127.0.0.1:{port}", "/**", answer="/error")[1][1]
    net.loop.call_soon_threadsafe(net.osc.udp.send, encode("/ch/1/fader", -1.0), ("127.0.0.1", port))
    net.idle(0.1)
    assert net.engine.posts == []
    assert all(address[1] != port for address in net.osc.clients)


def test_a_client_of_the_settings_that_is_the_desk_itself_is_told(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    try:
        port = rig.osc.address[1]
        listener = OscClient(address=f"127.0.0.1:{port}")
        rig.loop.call_soon_threadsafe(rig.osc.settled.adopt, [listener])
        assert until(lambda: "that is this desk's own port" in caplog.text)
        assert not rig.osc.clients
    finally:
        rig.close()


# -- 6: the loop never waits for a name server -------------------------------------------------------------------------


def test_a_name_that_is_not_found_keeps_nobody_waiting_and_is_told_once_each_way(
    net: Net, caplog: pytest.LogCaptureFixture, monkeypatch: Any
) -> None:
    caplog.set_level("INFO")
    asked: list[str] = []
    gate = threading.Event()

    def slowly(host: str, *_: Any) -> list[Any]:
        asked.append(host)
        gate.wait(5)
        if len(asked) < 3:
            raise socket.gaierror(-3, "Temporary failure in name resolution")
        return [(2, 2, 17, "", ("10.0.0.78", 9001))]

    monkeypatch.setattr("controllers.osc.settled.FIRST_S", 0.05)
    monkeypatch.setattr("controllers.osc.settled.socket.getaddrinfo", slowly)
    net.adopt("tablet.lan:9001")
    for k in range(20):
        assert net.peer().ask("/ping", k, answer="/pong")[1] == [k]
    assert len(asked) == 1, "all of that came while the first look-up was under way"
    gate.set()
    assert until(lambda: ("/ch/1/fader", [-90.0]) in net.heard(("10.0.0.78", 9001)))
    told = [record.getMessage() for record in caplog.records if "tablet.lan" in record.getMessage()]
    assert told == [
        "osc.client tablet.lan:9001 gets nothing: its name is not found (Temporary failure in name resolution); "
        "it is looked for again",
        "osc.client tablet.lan:9001: found at 10.0.0.78",
    ]


# -- 8, 9: rights before reading, and an answer for every packet that fails --------------------------------------------


def test_a_host_without_a_role_is_not_read_and_told_once_a_second(net: Net, monkeypatch: Any) -> None:
    def never(packet: bytes) -> None:
        raise AssertionError("read")

    monkeypatch.setattr(osc_server, "timed", never)
    big = bundle(*[encode("/ch/1/fader", -1.0)] * 2000)
    net.come(("10.0.0.9", 5), encode("/ch/1/fader", -1.0), *[big] * 100)
    assert net.heard(("10.0.0.9", 5)) == [
        ("/error", ["/ch/1/fader", "ch/1/fader: needs the role mix; grant it in [access]"])
    ]
    assert net.osc.refused == 101
    assert net.osc.clients == {}


def test_strangers_together_are_told_at_a_bounded_rate(net: Net) -> None:
    for host in range(200):
        net.come((f"11.0.0.{host}", 5), encode("/x"))
    assert len(net.sent) <= 2 * osc_peers.STRANGERS_PER_S


def test_every_packet_that_fails_gets_an_answer_at_a_bounded_rate(net: Net) -> None:
    bad = [b"garbage!", b"/x", encode("/nosuch", 1), encode("/ch/1/fader", 99.0), encode("/ch/1/fader", 1, 2),
           BUNDLE + bytes(8) + b"\xff\xff\xff\xfc", b"", b"/\xff\xff\0,\0\0\0",
           encode("/toggle/ch/1/fader")]  # fmt: skip
    for k, packet in enumerate(bad):
        net.come(("10.0.0.1", k + 1), packet)
        net.idle()
        assert [address for address, _ in net.heard(("10.0.0.1", k + 1))] == ["/error"], packet
    for _ in range(2000):
        net.come(("10.0.0.1", 99), encode("/nosuch", 1))
    net.idle()
    time.sleep(0.1)
    net.come(("10.0.0.1", 99), encode("/nosuch", 1))
    net.idle()
    told = [args[1] for _, args in net.heard(("10.0.0.1", 99))]
    assert 200 <= len(told) < 2001
    counted = [int(found[1]) for text in told if (found := re.search(r"and (\d+) refusals before it", text))]
    assert len(told) + sum(counted) == 2001, "each is told, one by one or in a number"


def test_a_packet_that_breaks_the_desk_is_answered_too(net: Net, monkeypatch: Any, caplog: Any) -> None:
    monkeypatch.setattr(net.desk, "change", lambda *_, **__: 1 / 0)
    peer: Peer = net.peer()
    assert "its log says more" in peer.ask("/ch/1/fader", -1.0, answer="/error")[1][1]
    assert "ZeroDivisionError" in caplog.text
