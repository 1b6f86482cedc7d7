"""/join, tokens and /clients over real WebSockets and HTTP: who is who, what he may, and when it ends."""

import base64
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from controllers.http import tokens as web_tokens
from controllers.http.tokens import STRANGERS_MAX, admits
from controllers.wrong_tokens import MOST
from studiod.net.osc_codec import BUNDLE, encode
from studiod.registry.commands import DESK, TALK
from studiod.settings.schema import Rule
from token_rig import STRANGER, TokenRig, ended
from web_rig import HOST

FADER = "/ch/1/fader"
SESAME = "sesame-open-sesame"


@pytest.fixture
def rig() -> Iterator[TokenRig]:
    with TokenRig() as made:
        yield made


def until(true: Callable[[], bool], within_s: float = 5.0) -> bool:
    end_s = time.monotonic() + within_s
    while not true():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.01)
    return True


# -- who is who --------------------------------------------------------------------------------------------------------


def test_the_same_id_goes_on_where_it_was_and_its_older_connection_is_closed(rig: TokenRig) -> None:
    old, other = rig.tablet(), rig.tablet()
    assert old.ask("/join", "7f3a9c51", "Anna")[:2] == ["Anna", "admin"]
    assert other.ask("/join", "0000aaaa", "Bert")[:2] == ["Bert", "admin"]
    old.say(FADER, -6.0)
    assert old.ask(FADER) == [-6.0]
    assert "nothing of yours" in other.ask("/undo", answer="/error")[1]
    new = rig.tablet()
    assert new.ask("/join", "7f3a9c51")[0] == "Anna", "what it was called"
    assert ended(old)
    assert new.ask("/undo") == ["ch/1/fader", 1, 0, ""]
    assert rig.get("ch/1/fader") == -90.0
    assert other.ask("/ping", 1, answer="/pong") == [1]


def test_what_an_older_connection_held_falls_away_with_it(rig: TokenRig) -> None:
    old, new = rig.tablet(), rig.tablet()
    old.ask("/join", "7f3a9c51")
    old.say("/hold/talkback/on", 1)
    old.say("/touch/ch/1/fader", 1)
    old.ask("/ping", answer="/pong")
    assert (rig.get("talkback/on"), rig.desk.touched("ch/1/fader")) == (1, True)
    new.ask("/join", "7f3a9c51")
    assert (rig.get("talkback/on"), rig.desk.touched("ch/1/fader")) == (0, False)


def test_a_connection_that_is_cut_lets_go_and_who_joins_again_can_undo(rig: TokenRig) -> None:
    """No close frame: the transport is gone."""
    gone = rig.joined("7f3a9c51", rig.give("mix"))
    gone.say(FADER, -6.0)
    gone.say("/hold/talkback/on", 1)
    gone.say("/touch/ch/2/fader", 1)
    gone.say("/subscribe", "/**", 86400.0)
    gone.hear(until="/snapshot/end")
    assert (rig.get("talkback/on"), rig.desk.touched("ch/2/fader")) == (1, True)
    gone.cut()
    assert until(lambda: rig.get("talkback/on") == 0 and not rig.desk.touched("ch/2/fader"))
    assert rig.get("ch/1/fader") == -6.0
    back = rig.tablet(**STRANGER)
    back.ask("/join", "7f3a9c51", "", rig.give("mix", "Anna again"))
    assert back.ask("/undo") == ["ch/1/fader", 1, 0, ""]


def test_a_connection_whose_other_end_is_dead_lets_go(rig: TokenRig) -> None:
    """It is open, and nothing answers there any more: pings find it."""
    key = base64.b64encode(os.urandom(16)).decode()
    with socket.create_connection((HOST, rig.port)) as dead:
        head = f"GET / HTTP/1.1\r\nHost: {HOST}:{rig.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        dead.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        for packet in (encode("/join", "7f3a9c51"), encode("/hold/talkback/on", 1), encode("/touch/ch/2/fader", 1)):
            dead.sendall(bytes((0x82, 0x80 | len(packet))) + b"\0\0\0\0" + packet)  # masked by nothing
        assert until(lambda: rig.get("talkback/on") == 1 and rig.desk.touched("ch/2/fader"))
        assert until(lambda: rig.get("talkback/on") == 0 and not rig.desk.touched("ch/2/fader"), 30.0)


def test_the_same_id_of_another_role_is_somebody_else(rig: TokenRig) -> None:
    mine, other = rig.joined("7f3a9c51", rig.give("mix")), rig.joined("7f3a9c51", rig.give("bus:1"))
    mine.say(FADER, -6.0)
    assert mine.ask(FADER) == [-6.0], "it is still there"
    assert "nothing of yours" in other.ask("/undo", answer="/error")[1]


def test_who_has_joined_keeps_its_id_under_another_name(rig: TokenRig) -> None:
    first, second = rig.tablet(), rig.tablet()
    first.ask("/join", "7f3a9c51", "Anna")
    first.say(FADER, -6.0)
    assert first.ask("/iam", "Bert") == ["Bert", f"Bert@{HOST}"]
    second.ask("/join", "7f3a9c51")
    assert second.ask("/undo") == ["ch/1/fader", 1, 0, ""]
    assert any(line[2] == f"undo for Bert@{HOST}" for line in rig.do("log")[:-1])


def test_an_id_is_told_to_nobody(rig: TokenRig) -> None:
    """Who knows it may take its holder's place."""
    mine, other = rig.tablet(), rig.tablet()
    told = [*mine.ask("/join", "hard-to-guess"), *mine.ask("/iam")]
    mine.say(FADER, -6.0)
    mine.ask("/ping", answer="/pong")
    other.say("/clients")
    told += [*other.hear(until="/clients/end"), rig.do("log"), *other.ask("/undo", answer="/error")]
    assert "hard-to-guess" not in str(told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "join: not one to three texts"), (("a", "b", "c", "d"), "join: not one to three texts"),
        ((7,), ""), (("id", 7), "join: not one to three texts"), (("",), "join: not an id"),
        (("x" * 65,), "join: not an id"), (("a\nb",), "join: not an id"), (("id", "x" * 33), "join: not a name"),
        (("id", "", "wrong-token"), "token: it gives no role here: it is wrong, was revoked or is over"),
    ],
)  # fmt: skip
def test_a_join_that_is_none_is_refused_and_changes_nothing(rig: TokenRig, words: tuple[Any, ...], told: str) -> None:
    tablet = rig.tablet()
    why = tablet.ask("/join", *words, answer="/error")[1]
    assert why.startswith(told)
    assert "wrong-token" not in why
    assert tablet.ask("/iam") == ["", f"osc:{HOST}"]
    assert tablet.ask("/ping", 1, answer="/pong") == [1]


def test_join_is_for_a_websocket_alone(rig: TokenRig) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(5.0)
        udp.connect(rig.osc.address[:2])
        udp.send(encode("/join", "id", "", rig.give("view")))
        assert b"/iam NAME gives a socket a name; /join goes over a WebSocket" in udp.recv(4096)


# -- what a token gives ------------------------------------------------------------------------------------------------


def test_who_has_no_role_comes_in_by_a_token_alone(rig: TokenRig) -> None:
    token = rig.give("bus:2")
    tablet = rig.tablet(**STRANGER)
    assert tablet.ask("/join", "id", "Anna", token) == ["Anna", "bus:2", f"Anna@{HOST}"]
    tablet.say("/bus/2/fader", -3.0)
    assert tablet.ask("/bus/2/fader") == [-3.0]
    assert "needs the role mix" in tablet.ask(FADER, -3.0, answer="/error")[1]


def test_a_tokens_role_replaces_that_of_this_machine(rig: TokenRig) -> None:
    tablet = rig.tablet()
    assert tablet.ask("/join", "id", "", rig.give("view"))[1] == "view"
    assert "needs the role mix" in tablet.ask(FADER, -3.0, answer="/error")[1]
    token = rig.give("view")
    bearer = rig.tablet(Authorization=f"Bearer {token}")
    assert "needs the role mix" in bearer.ask(FADER, -3.0, answer="/error")[1]
    assert rig.get("ch/1/fader") == -90.0


def test_what_stands_behind_a_join_in_its_packet_needs_the_role_from_before(rig: TokenRig) -> None:
    def packed(*messages: bytes) -> bytes:
        return BUNDLE + (1).to_bytes(8, "big") + b"".join(len(one).to_bytes(4, "big") + one for one in messages)

    join = encode("/join", "id", "", rig.give("admin"))
    stranger = rig.tablet(**STRANGER)
    stranger.send(packed(join, encode(FADER, -3.0)))
    assert ended(stranger)
    viewer = rig.joined("id", rig.give("view"))
    viewer.send(packed(join, encode(FADER, -3.0)))
    assert "needs the role mix" in viewer.hear(until="/error")[-1][1][1]
    assert rig.get("ch/1/fader") == -90.0


def test_a_token_in_a_header_gives_its_role_to_a_request(rig: TokenRig) -> None:
    token = rig.give("view")
    assert rig.ask("/metrics", **STRANGER)[0] == 403
    assert rig.ask("/metrics", Authorization=f"Bearer {token}", **STRANGER)[0] == 200
    for scheme in ("Bearer", "bearer"):
        status, _, body = rig.ask("/metrics", Authorization=f"{scheme} {token}x")
        assert status == 401, "this machine too: who shows one is asked for it"
        assert b"it gives no role here" in body
        assert token.encode() not in body
    assert rig.ask("/metrics", Authorization="Basic QTpC")[0] == 200


def test_after_five_wrong_tokens_the_right_one_waits_and_connections_stay(rig: TokenRig) -> None:
    token = rig.give("mix")
    here = rig.joined("id", token)
    stranger = rig.tablet(**STRANGER)
    for k in range(MOST):
        assert "it gives no role here" in stranger.ask("/join", "id2", "", f"wrong{k}", answer="/error")[1]
    assert "too many wrong tokens" in stranger.ask("/join", "id2", "", token, answer="/error")[1]
    status, _, body = rig.ask("/metrics", Authorization=f"Bearer {token}", **STRANGER)
    assert status == 429
    assert b"try again in" in body
    here.say(FADER, -3.0)
    assert here.ask(FADER) == [-3.0]
    assert rig.ask("/metrics", Authorization=f"Bearer {token}")[0] == 200, "this machine is never shut out"


@pytest.mark.parametrize("how", ["revoked", "over", "its rule is gone"])
def test_a_token_that_ends_ends_its_connections(rig: TokenRig, how: str) -> None:
    async def allow(*rules: Rule) -> None:
        rig.settings.access.rules = list(rules)
        rig.osc.again(rig.settings)

    rig.on(allow(Rule(role="mix", token=SESAME)))
    token = SESAME if "rule" in how else rig.give("mix", hours=1.0)
    by_join, by_header = rig.tablet(**STRANGER), rig.tablet(Authorization=f"Bearer {token}", **STRANGER)
    by_join.ask("/join", "id", "Anna", token)
    other = rig.joined("other", rig.give("mix", "Bert", 3.0), "Bert")
    by_join.say("/hold/talkback/on", 1)
    for one in (by_join, by_header):
        one.say(FADER, -6.0)
        assert one.ask(FADER) == [-6.0]
    if how == "revoked":
        rig.do("token/revoke", "Anna")
    elif how == "over":
        rig.lapse(1.5)
    else:
        rig.on(allow())
    for one in (by_join, by_header):
        assert ended(one)
    assert rig.get("talkback/on") == 0
    other.say(FADER, -9.0)
    assert other.ask(FADER) == [-9.0]
    again = rig.tablet(**STRANGER)
    assert "wrong, was revoked or is over" in again.ask("/join", "id", "", token, answer="/error")[1]


def test_what_was_on_its_way_when_a_token_was_revoked_is_not_done(rig: TokenRig) -> None:
    tablet = rig.joined("id", rig.give("mix"))
    client = next(iter(rig.osc.clients.values()))

    async def at_once() -> None:
        rig.osc.hear(encode(FADER, -3.0), client.address, client._send, client)  # waits for its turn
        list(rig.desk.do("token/revoke", "test", "Anna"))
        rig.osc.turns.go()

    rig.on(at_once())
    assert ended(tablet)
    assert rig.get("ch/1/fader") == -90.0


def test_a_change_of_the_settings_leaves_what_a_token_gives(rig: TokenRig) -> None:
    tablet = rig.joined("id", rig.give("mix"))

    async def again() -> None:
        rig.osc.again(rig.settings)

    rig.on(again())
    tablet.say(FADER, -3.0)
    assert tablet.ask(FADER) == [-3.0]


def test_a_token_that_comes_from_a_token_ends_with_it(rig: TokenRig) -> None:
    parent = rig.joined("id", rig.give("mix", hours=2.0))
    parent.say("/token/new", "mix", "Bert", 1.0)
    lines = parent.hear(until="/token/new")
    child = rig.joined("other", str(lines[0][1][0]).partition("#t=")[2], "Bert")
    assert "how long is out of range (0.01 to " in parent.ask("/token/new", "mix", "C", 3.0, answer="/error")[1]
    assert "nobody gives more" in parent.ask("/token/new", "admin", "C", 1.0, answer="/error")[1]
    rig.do("token/revoke", "Anna")
    assert ended(parent)
    assert ended(child)


# -- who has none ------------------------------------------------------------------------------------------------------


def test_who_has_no_role_changes_and_reads_nothing_by_any_door(rig: TokenRig) -> None:
    """Every word, and paths of each kind: what is refused names the role that it needs, and ends the connection."""
    rig.give("admin")
    before = dict(rig.desk.values)
    asked = [encode(f"/{word}", *one.samples) for word, one in {**DESK, **TALK}.items() if word != "join"]
    asked += [encode("/ch/1/fader"), encode(FADER, -3.0), encode("/**"), encode("/turn/ch/1/fader", 0.5)]
    asked += [encode("/join", "id"), encode("/join", "id", "Anna", "wrong"), b"x", b"\0" * 2000]
    web_tokens_most = web_tokens.STRANGERS_OF
    for packet in asked:
        tablet = rig.tablet(**STRANGER)
        tablet.send(packet)
        told = tablet.hear(wait_s=0.3 if packet.startswith(b"/join") else 5.0)
        assert {address for address, _ in told} <= {"/error"}, packet
        tablet.close()
        assert until(lambda: len(rig.osc.clients) < web_tokens_most)
    assert rig.desk.values == before
    for path in ("/", "/ch/1/fader", "/metrics", "/ch?VALUE", "/?HOST_INFO"):
        status, _, body = rig.ask(path, **STRANGER)
        assert (status, b"VALUE" in body) == (403, False), path
    made = rig.tablet(**STRANGER)
    made.text('{"COMMAND": "LISTEN", "DATA": "/ch/1/fader"}')
    assert made.hear(wait_s=0.3) == []
    rig.set("ch/1/fader", -1.0)
    assert made.hear(wait_s=0.3) == []
    made.close()


def test_sockets_without_a_role_are_few_and_have_a_moment_to_join(
    rig: TokenRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        rig.tablet(**STRANGER)  # there is no token that it could join with
    token = rig.give("view")
    first, second = rig.tablet(**STRANGER), rig.tablet(**STRANGER)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        rig.tablet(**STRANGER)
    assert refused.value.status == 403
    for one in (first, second):
        one.close()
    assert until(lambda: not rig.osc.clients)
    monkeypatch.setattr("controllers.http.socket.JOIN_S", 0.1)
    assert ended(rig.tablet(**STRANGER))
    monkeypatch.setattr("controllers.http.socket.JOIN_S", 2.0)
    late = rig.tablet(**STRANGER)
    late.ask("/join", "id", "", token)
    assert late.hear(wait_s=2.5) == []
    assert late.ask("/ping", 1, answer="/pong") == [1]


def _knocks(rig: TokenRig, host: str) -> socket.socket:
    """A socket without a role, from one of the addresses that a machine has for itself; upgraded, or refused."""
    link = socket.create_connection((HOST, rig.port), timeout=10.0, source_address=(host, 0))
    head = f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-For: 203.0.113.9\r\nUpgrade: websocket\r\n"
    key = f"Connection: Upgrade\r\nSec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    link.sendall(f"{head}{key}".encode())
    return link


def test_who_waits_without_a_role_keeps_nobody_with_a_token_out(rig: TokenRig) -> None:
    token = rig.give("mix")
    crowd = [_knocks(rig, f"127.0.0.{k}") for k in (2, 2, 3, 3, 4, 4, 5, 5)]
    assert all(link.recv(12) == b"HTTP/1.1 101" for link in crowd)
    assert until(lambda: len(rig.osc.clients) == STRANGERS_MAX)
    late = _knocks(rig, "127.0.0.6")
    packet = encode("/join", "id", "Anna", token)
    late.sendall(bytes((0x82, 0x80 | len(packet))) + b"\0\0\0\0" + packet)
    assert until(lambda: any(client.role == "mix" for client in rig.osc.clients.values()))
    assert len(rig.osc.clients) == STRANGERS_MAX
    again = _knocks(rig, "127.0.0.3")
    assert again.recv(12) == b"HTTP/1.1 403", "two of one host"
    for link in (*crowd, late, again):
        link.close()


def test_strangers_of_one_network_of_ipv6_count_as_one_host(rig: TokenRig) -> None:
    """No test machine has such a network: the table of clients is made up."""
    rig.give("mix")
    there = [SimpleNamespace(host=f"2001:db8::{k}", role="none", address=("", k, "ws")) for k in (1, 2)]
    osc = SimpleNamespace(rights=rig.osc.rights, clients=dict(enumerate(there)))
    assert not admits(osc, "2001:db8::3")  # type: ignore[arg-type]
    assert admits(osc, "2001:db8:0:1::3")  # type: ignore[arg-type]


# -- /clients ----------------------------------------------------------------------------------------------------------


def test_clients_tells_who_is_there_over_every_tongue_and_addresses_to_admin_alone(rig: TokenRig) -> None:
    admin, viewer = rig.tablet(), rig.joined("id", rig.give("view"))
    admin.ask("/join", "7f3a9c51", "FoH")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.create_connection(rig.osc.address[:2]) as tcp:
        for wire in (udp, tcp):
            wire.settimeout(5.0)
        udp.connect(rig.osc.address[:2])
        udp.send(encode("/iam", "pad"))
        udp.recv(4096)
        packet = encode("/ping")
        tcp.sendall(len(packet).to_bytes(4, "big") + packet)
        tcp.recv(4096)
        for who, address in ((admin, HOST), (viewer, "")):
            who.say("/clients")
            *lines, (_, (count,)) = who.hear(until="/clients/end")
            assert count == len(lines) == 4
            found = {(name, role, tongue) for _, (name, _, role, tongue, _, _) in lines}
            assert found == {
                ("FoH", "admin", "OSC over WebSocket"), ("Anna", "view", "OSC over WebSocket"),
                ("pad", "admin", "OSC over UDP"), ("", "admin", "OSC over TCP"),
            }  # fmt: skip
            assert {told[1] for _, told in lines} == {address}
            assert all(told[4][:2] == "20" and told[5] == 0 for _, told in lines)


def test_clients_counts_what_one_was_not_sent(rig: TokenRig) -> None:
    tablet = rig.tablet()
    tablet.ask("/iam", "slow")
    client = next(iter(rig.osc.clients.values()))

    async def flood() -> None:
        for _ in range(2000):
            client.reply(b"x" * 16_000)

    rig.on(flood())
    assert client.dropped > 500


# -- nothing leaks -----------------------------------------------------------------------------------------------------


def test_a_token_stands_in_no_log_error_answer_or_metric(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Used in every way, right and wrong, whole and torn; then everything that the desk has said is looked through."""
    caplog.set_level(logging.DEBUG)
    rig = TokenRig(tmp_path)
    token, said = rig.give("mix"), []
    tablet, admin = rig.joined("id", token), rig.tablet()
    tablet.say(FADER, -6.0)
    said += tablet.ask("/join", "id", "", token)
    wrong = [token + "x", token[:-1] + "\x1b", f"{token} ", token * 3]
    for one in wrong:
        admin.say("/join", "id2", "", one)
        said += admin.hear(until="/error")
        said.append(rig.ask("/ch/1", Authorization=f"Bearer {one.strip()}".encode("ascii", "replace").decode())
                    if one.isprintable() else ())  # fmt: skip
    admin.say("/join", token, token, token, token)
    admin.say("/join", "id", token * 2)
    admin.say("/token/revoke", token[:-1])
    admin.say("/token/new", token, "Anna")
    admin.say("/iam", token * 2)
    admin.send(encode("/join", "id", "", token)[:-3])
    admin.send(encode("/join", "id", "", token).replace(token.encode(), token[:-1].encode() + b"\xff"))
    said += [told for told in admin.hear(wait_s=0.5) if not _own_words(told)]
    said.append(rig.raw(f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\x01\r\n\r\n".encode()))
    said.append(rig.raw(f"GET /?t={token} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n".encode(), 0.3))
    offered = (
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\nSec-WebSocket-Protocol: osc, {token}\r\n"
    )
    upgrade = f"GET / HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{offered}\r\n"
    said.append(rig.raw(upgrade.encode(), 0.3))
    admin.say("/clients")
    said += admin.hear(until="/clients/end")
    said += [rig.do("log", 1000), rig.do("token/list"), rig.json("/health"), rig.ask("/metrics")]
    said += [admin.ask("/status/device"), rig.do("token/revoke", "Anna"), tablet.hear(wait_s=1.0)]
    everything = f"{said} {caplog.text} {[record.getMessage() for record in caplog.records]}"
    assert token[:10] not in everything
    assert "Anna" in everything, "there was something to look through"
    admin.close()
    rig.close()
    for file in tmp_path.rglob("*"):
        assert token.encode() not in (file.read_bytes() if file.is_file() else b""), file


def _own_words(told: tuple[str, list[Any]]) -> bool:
    """A refusal to the sender of what it has written in the place of a name or a role: it is told what came."""
    return told[0] == "/error" and str(told[1][0]) in ("/token/new", "/iam")
