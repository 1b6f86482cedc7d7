"""Laws of who is who over OSC: undo, echo and holds go by the sender, whatever port it uses this time."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from test_osc import Rig, bundle
from test_osc_attacks import Net, role
from test_osc_tcp import TcpPeer, until

from controllers.osc import presence
from controllers.osc.framing import Slip
from studiod.client import client as talk
from studiod.client.lines import Link
from studiod.memory.history import History
from studiod.net.osc_codec import encode
from studiod.settings.schema import OscClient

Fader = "/ch/1/fader"


class Desk(Net):
    """An OSC port over a desk that remembers who changed what."""

    def __init__(self, **more: Any) -> None:
        super().__init__(rights=role, **more)
        self.history = History(self.desk)

    def once(self, *words: Any, wait: str = "") -> list[Any]:
        """What `oscsend` does: a socket for one message; the values of the answer that is waited for."""
        peer = self.peer()
        if not wait:
            peer.say(*words)
            peer.settle()
            return []
        return list(peer.ask(*words, answer=wait)[1])

    def stands(self, path: str = "ch/1/fader") -> Any:
        return self.desk.get(path)


@pytest.fixture(scope="module")
def shared() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


@pytest.fixture
def desk(shared: Desk) -> Desk:
    """At rest, and nobody has done anything."""

    async def rest() -> None:
        for path, param in shared.desk.registry.params.items():
            if path.startswith("ch/") and shared.desk.values[path] != param.rest:
                shared.desk.set(path, param.rest, "test")
        for client in list(shared.osc.clients.values()):
            if client.address[-1] != "tcp" and not client.settled:
                shared.osc.peers.forget(client)
        shared.history.senders.clear()
        shared.history.log.clear()

    shared.on(rest())
    shared.sent.clear()
    return shared


# -- undo -------------------------------------------------------------------------------------------------------------


def by_udp(desk: Desk, *words: Any) -> None:
    desk.once(*words)


def by_tcp(desk: Desk, *words: Any) -> None:
    peer = TcpPeer(desk.osc.address[1], Slip)
    peer.say(*words)
    peer.ask("/ping", answer="/pong")
    peer.socket.close()


@pytest.mark.parametrize("undo", [by_udp, by_tcp])
@pytest.mark.parametrize("change", [by_udp, by_tcp])
def test_who_sends_each_message_from_another_socket_can_undo(
    desk: Desk, change: Callable[..., None], undo: Callable[..., None]
) -> None:
    change(desk, Fader, -6.0)
    change(desk, "/ch/2/mute", 1)
    undo(desk, "/undo")
    assert (desk.stands(), desk.stands("ch/2/mute")) == (-6.0, 0)
    undo(desk, "/undo")
    assert desk.stands() == -90.0
    undo(desk, "/redo")
    assert desk.stands() == -6.0


def test_a_ride_from_many_ports_is_one_gesture(desk: Desk) -> None:
    for db in range(-20, -10):
        desk.once(Fader, float(db))
    desk.once("/undo")
    assert desk.stands() == -90.0


def test_the_desks_own_commands_undo_their_own_and_nobody_elses(desk: Desk) -> None:
    port = desk.osc.address[1]
    talk.ask("127.0.0.1", port, "ch/1/fader", "-6")
    desk.once("/ch/2/fader", -7.0)
    with Link("127.0.0.1", port) as link:
        told = link.ask("gestures", "undo", end="gestures/end")
        assert told[0][1:] == ["undo", "ch/1/fader", -6.0, -90.0, 1, 0, ""]
        assert link.ask("undo") == [["undo", "ch/1/fader", 1, 0, ""]]
        with pytest.raises(talk.TalkFault, match="nothing of yours to undo"):
            link.ask("undo")
    assert (desk.stands(), desk.stands("ch/2/fader")) == (-90.0, -7.0)
    desk.once("/undo")
    assert desk.stands("ch/2/fader") == -90.0


def test_who_has_a_lease_is_somebody_of_its_own(desk: Desk) -> None:
    tablet = desk.peer()
    tablet.say("/subscribe", "/ch/3/*")
    tablet.hear(until="/snapshot/end")
    tablet.say(Fader, -6.0)
    tablet.settle()
    assert "nothing of yours" in desk.once("/undo", wait="/error")[1]
    assert tablet.ask("/undo")[1] == ["ch/1/fader", 1, 0, ""]


@pytest.mark.parametrize("name", ["pad", "FoH pad 2", "Ünï ⚡", "a for osc:127.0.0.1", "9000"])
def test_a_name_outlives_its_socket(desk: Desk, name: str) -> None:
    first, second, other = desk.peer(), desk.peer(), desk.peer()
    assert first.ask("/iam", name)[1] == [name, f"{name}@127.0.0.1"]
    first.say(Fader, -6.0)
    first.settle()
    other.say("/iam", f"{name}'s neighbour")
    assert "nothing of yours" in other.ask("/undo", answer="/error")[1][1]
    assert second.ask("/iam", name)[1][0] == name
    assert second.ask("/undo")[1] == ["ch/1/fader", 1, 0, ""]


def test_a_name_counts_for_the_packet_that_says_it_and_may_be_given_up(desk: Desk) -> None:
    peer = desk.peer()
    peer.socket.send(bundle(encode(Fader, -6.0), encode("/iam", "pad")))
    peer.hear(until="/iam")
    assert desk.once("/undo", wait="/error")[1] == "undo: nothing of yours to undo"
    peer.say("/iam", "")
    assert peer.ask("/iam")[1] == ["", "osc:127.0.0.1"]
    desk.peer().socket.send(bundle(encode("/iam", "pad"), encode("/undo")))
    assert until(lambda: desk.stands() == -90.0)


def test_a_name_is_within_its_host_and_role(desk: Desk) -> None:
    for host in ("10.0.0.1", "10.0.0.5"):
        desk.come((host, 5), encode("/iam", "pad"))
    desk.come(("10.0.0.1", 5), encode(Fader, -6.0))
    desk.come(("10.0.0.5", 5), encode("/undo"))
    desk.idle()
    assert desk.stands() == -6.0
    desk.come(("10.0.0.1", 77), encode("/iam", "pad"), encode("/undo"))
    desk.idle()
    assert desk.stands() == -90.0


def test_a_name_follows_its_role_when_that_changes(desk: Desk, monkeypatch: Any) -> None:
    desk.come(("10.0.0.1", 5), encode("/iam", "pad"))
    desk.idle()
    client = desk.osc.clients["10.0.0.1", 5]
    assert "/pad@" in client.origin
    monkeypatch.setattr(desk.osc.peers, "rights", lambda host: "view")
    desk.loop.call_soon_threadsafe(desk.osc.peers.forget_roles)
    assert until(lambda: desk.osc.clients["10.0.0.1", 5].origin == "osc:view/pad@10.0.0.1")
    monkeypatch.setattr(desk.osc.peers, "rights", role)
    desk.loop.call_soon_threadsafe(desk.osc.peers.forget_roles)


@pytest.mark.parametrize("words", [("x" * 33,), ("a", "b"), ("a\n",), ("a\u202eb",), (3, 4)], ids=ascii)
def test_what_is_no_name_is_refused_in_words(desk: Desk, words: tuple[Any, ...]) -> None:
    told = desk.once("/iam", *words, wait="/error")
    assert told[0] == "/iam"
    assert "not a name; expected a name of at most 32 characters" in told[1]


def test_names_are_bounded_and_newcomers_get_in(desk: Desk) -> None:
    holder = desk.peer()
    holder.ask("/iam", "first")
    for k in range(3 * presence.HOST_MAX):
        desk.come(("10.0.0.1", 5), encode("/iam", f"n{k}"))
    desk.idle()
    names = desk.osc.peers.names
    assert len(names) <= presence.HOST_MAX + names._hosts["127.0.0.1"] + names._hosts["10.0.0.5"]
    assert desk.osc.clients["10.0.0.1", 5].presence.name == f"n{3 * presence.HOST_MAX - 1}"
    assert holder.ask("/iam")[1][0] == "first", "the crowd of one host puts out nobody of another"
    for k in range(presence.HOST_MAX + 1):
        desk.come(("10.0.0.1", 100 + k), encode("/iam", f"m{k}"))
    desk.idle()
    assert desk.osc.clients["10.0.0.1", 100].presence.name == "", "the oldest is what it is without one"
    assert desk.osc.clients["10.0.0.1", 100].origin == "osc:10.0.0.1:100"


# -- echo and holds ---------------------------------------------------------------------------------------------------


def news(peer: Any) -> list[Any]:
    return [message for message in peer.hear() if message[0] == Fader]


def listening(desk: Desk, how: str, echo: bool = False) -> Any:
    """A socket that is told, and never sends."""
    place = desk.peer()
    if how == "settings":
        listener = OscClient(address=place.name, pattern=Fader, echo=echo)
        desk.loop.call_soon_threadsafe(desk.osc.settled.adopt, [listener])
    else:
        asker = desk.peer()
        if echo:
            asker.say("/echo", 1)
        asker.say("/subscribe/to", place.name, Fader)
    place.hear(until="/snapshot/end")
    return place


@pytest.mark.parametrize("how", ["settings", "word"])
def test_an_app_that_listens_on_another_port_does_not_hear_itself(desk: Desk, how: str) -> None:
    place, others = listening(desk, how), desk.peer()
    others.ask("/iam", "others")
    for k, send in enumerate((by_udp, by_tcp)):
        send(desk, Fader, -20.0 - k)
    desk.come(("127.0.0.2", 7), encode(Fader, -30.0))
    desk.idle()
    assert news(place) == [], "none of its host's unnamed senders"
    others.say(Fader, -7.0)
    assert news(place) == [(Fader, [-7.0])], "a name is somebody else"
    desk.come(("10.0.0.1", 7), encode(Fader, -8.0))
    assert news(place) == [(Fader, [-8.0])], "another host too"
    desk.set("ch/1/fader", -9.0)
    assert news(place) == [(Fader, [-9.0])], "and the desk itself"


@pytest.mark.parametrize("how", ["settings", "word"])
def test_who_asks_for_echo_hears_itself(desk: Desk, how: str) -> None:
    place = listening(desk, how, echo=True)
    desk.once(Fader, -20.0)
    assert news(place) == [(Fader, [-20.0])]


def test_a_subscriber_on_its_own_port_hears_unnamed_senders_of_its_host(desk: Desk) -> None:
    peer = desk.peer()
    peer.say("/subscribe", Fader)
    peer.hear(until="/snapshot/end")
    desk.once(Fader, -20.0)
    assert news(peer) == [(Fader, [-20.0])]


def test_two_sockets_of_a_name_are_one_listener_and_one_hand(desk: Desk) -> None:
    one, two = desk.peer(), desk.peer()
    for peer in (one, two):
        peer.ask("/iam", "pad")
    one.say("/subscribe", Fader)
    one.hear(until="/snapshot/end")
    two.say(Fader, -20.0)
    two.settle()
    assert news(one) == []
    two.say("/touch/ch/1/fader", 1)
    two.settle()
    desk.set("ch/1/fader", -30.0)
    assert news(one) == [], "under its finger"
    one.say("/touch/ch/1/fader", 0)
    assert news(one) == [(Fader, [-30.0])]


def test_a_hold_outlives_the_socket_of_a_name_but_not_its_last_one(desk: Desk) -> None:
    old, new = desk.peer(), desk.peer()
    for peer in (old, new):
        peer.ask("/iam", "pad")
    old.say("/hold/ch/1/fader", -20.0)
    old.settle()
    clients = [desk.osc.clients["127.0.0.1", peer.socket.getsockname()[1]] for peer in (old, new)]
    desk.loop.call_soon_threadsafe(desk.osc.peers.forget, clients[0])
    assert new.ask(Fader)[1] == [-20.0]
    desk.loop.call_soon_threadsafe(desk.osc.peers.forget, clients[1])
    assert until(lambda: desk.stands() == -90.0)


def test_who_takes_a_name_lets_go_of_what_it_held_without_one(desk: Desk) -> None:
    peer = desk.peer()
    peer.say("/hold/ch/1/fader", -20.0)
    assert peer.ask(Fader)[1] == [-20.0]
    peer.ask("/iam", "pad")
    assert peer.ask(Fader)[1] == [-90.0]


# -- what would be undone, and who did it -----------------------------------------------------------------------------


def test_gestures_tell_what_the_next_ones_would_do(desk: Desk) -> None:
    peer = desk.peer()
    assert peer.ask("/gestures", "undo", answer="/gestures/end")[1] == ["undo", 0]
    peer.say(Fader, -6.0)
    peer.say("/ch/[1-3]/mute", 1)
    peer.settle()
    desk.set("ch/2/mute", 0)
    peer.say("/gestures", "undo", 5)
    assert [m for m in peer.hear(until="/gestures/end") if m[0].startswith("/gestures")] == [
        ("/gestures", ["undo", "ch/1/mute", 1, 0, 2, 1, ""]),
        ("/gestures", ["undo", "ch/1/fader", -6.0, -90.0, 1, 0, ""]),
        ("/gestures/end", ["undo", 2]),
    ]
    peer.ask("/undo")
    assert peer.ask("/gestures", "undo", answer="/gestures")[1] == ["undo", "ch/1/fader", -6.0, -90.0, 1, 0, ""]
    assert peer.ask("/gestures", "redo", answer="/gestures")[1] == ["redo", "ch/1/mute", 0, 1, 2, 0, ""]
    for words, said in ((("undoo",), "nearest is 'undo'"), (("undo", 99), "out of range"), ((), "which is missing")):
        assert said in peer.ask("/gestures", *words, answer="/error")[1][1]


def test_the_log_names_identities(desk: Desk) -> None:
    desk.once(Fader, -6.0)
    talk.ask("127.0.0.1", desk.osc.address[1], "ch/2/fader", "-6")
    desk.come(("10.0.0.1", 5), encode("/iam", "FoH"), encode("/ch/3/fader", -6.0), encode("/undo"))
    desk.idle()
    peer = desk.peer()
    peer.say("/log")
    told = [args[1:3] for address, args in peer.hear(until="/log/end") if address == "/log"]
    assert told == [
        ["osc:127.0.0.1", "ch/1/fader"], ["studiod@127.0.0.1", "ch/2/fader"], ["FoH@10.0.0.1", "ch/3/fader"],
        ["undo for FoH@10.0.0.1", "ch/3/fader"],
    ]  # fmt: skip


# -- what a host without a role would need ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("packet", "need"),
    [
        (encode(Fader), "view"), (encode(Fader, -6.0), "mix"), (encode("/subscribe", "/**"), "view"),
        (encode("/turn/ch/1/fader"), "view"), (encode("/turn/ch/1/fader", 0.5), "mix"),
        (encode("/toggle/ch/1/mute"), "mix"), (encode("/toggle/ch/1/mute", 1), "mix"),
        (encode("/output/1/mute", 1), "admin"), (encode("/output/*/mute", 1), "admin"), (encode("/undo"), "bus:N"),
        (encode("/toggle/output/1/mute"), "admin"), (encode("/log"), "mix"), (encode("/brand/new", 1), "mix"),
        (bundle(encode("/iam", "pad"), encode("/output/1/mute", 1)), "admin"), (encode("/ch/*/fader", 0.0), "mix"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_role_that_the_thing_needs(desk: Desk, packet: bytes, need: str) -> None:
    desk.osc.peers._told_s.clear()
    stranger = ("10.0.0.9", 5)
    desk.come(stranger, packet)
    ((address, (asked, told)),) = desk.heard(stranger)
    assert (address, asked == "/iam") == ("/error", False)
    assert told == f"{asked[1:]}: needs the role {need}; grant it in [access]"


def test_who_shares_a_host_with_many_is_not_forgotten_before_them(desk: Desk) -> None:
    desk.set("ch/4/fader", -1.0)
    from studiod.memory import history

    before = set(desk.history.senders)
    for k in range(history.SENDERS + 10):
        desk.loop.call_soon_threadsafe(desk.desk.set, "ch/1/fader", -1.0 - k % 50, f"osc:mix/n{k}@10.0.0.7")
    desk.idle(0.05)
    assert before <= set(desk.history.senders)
    assert len(desk.history.senders) == history.SENDERS


def test_ipv6_has_the_same_rights_and_the_same_undo() -> None:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 on this machine")
    rig = Rig(listen="::")
    History(rig.desk)
    try:
        port = rig.osc.address[1]
        assert talk.ask("[::1]", port, "ch/1/fader", "-6") == -6.0
        assert talk.ask(f"[::1]:{port}", 9, "ch/1/fader") == -6.0
        four, again = rig.peer(), rig.peer()
        four.say("/ch/2/fader", -7.0)
        four.settle()
        assert again.ask("/undo")[1] == ["ch/2/fader", 1, 0, ""], "IPv4 on an IPv6 socket"
        with Link("::1", port) as link:
            assert link.ask("undo") == [["undo", "ch/1/fader", 1, 0, ""]]
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as place, Link("::1", port) as link:
            place.bind(("::1", 0))
            place.settimeout(2)
            link.wire.send(encode("/subscribe/to", f"[::1]:{place.getsockname()[1]}", Fader))
            assert place.recv(2000)
    finally:
        rig.close()


def test_the_first_two_sockets_of_a_name_are_one_sender_too() -> None:
    """A table of names without a name yet is empty, and no less shared."""
    fresh = Desk()
    first, second = fresh.peer(), fresh.peer()
    for peer in (first, second):
        peer.ask("/iam", "pad")
    one, other = fresh.osc.clients.values()
    assert one.presence is other.presence
    fresh.close()
