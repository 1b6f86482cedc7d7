"""Laws of OSC over TCP, real sockets: framings, the manners of UDP, slow readers, and what ends with a connection."""

import contextlib
import logging
import socket
import struct
import time

import pytest
from pythonosc import slip
from pythonosc.osc_message import OscMessage
from pythonosc.tcp_client import SimpleTCPClient
from test_osc import REGISTRY, Rig, bundle

from controllers.osc.framing import FRAME_MAX, Sized, Slip, TooLong
from controllers.osc.listen import start
from servers import need_module
from studiod.net.osc_codec import AT_ONCE, BUNDLE, decode, encode, timetag_at

FRAMINGS = [Slip, Sized]


def until(true, within_s=3.0):
    """Whether something becomes true in time."""
    end_s = time.monotonic() + within_s
    while not true():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.01)
    return True


class TcpPeer:
    def __init__(self, port, framing=Slip, room=None):
        self.socket = socket.socket()
        if room:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.framing, self.inbox = framing, framing()
        self.name = f"osc:tcp:127.0.0.1:{self.socket.getsockname()[1]}"

    def say(self, address, *args):
        self.socket.sendall(self.framing.frame(encode(address, *args)))

    def hear(self, wait_s=0.15, until=None):
        """All messages until silence for wait_s, the end of the connection, or the first one with an address."""
        out = []
        self.socket.settimeout(max(wait_s, 2.0) if until else wait_s)
        while True:
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                return out
            for packet in self.inbox.feed(data):
                out += decode(packet)[0]
            if not data or (until and any(address == until for address, _ in out)):
                return out

    def ask(self, address, *args, answer=None):
        self.say(address, *args)
        return next(m for m in self.hear(until=answer or address) if m[0] == (answer or address))

    def settle(self):
        return self.ask("/ping", answer="/pong")

    def ended(self):
        """Whether the other side has ended the connection."""
        self.socket.settimeout(3)
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            return False
        return True


class TcpRig(Rig):
    def tcp(self, framing=Slip, room=None):
        self.peers.append(TcpPeer(self.osc.address[1], framing, room))
        return self.peers[-1]


@pytest.fixture
def rig():
    rig = TcpRig()
    yield rig
    rig.close()


def test_slip_is_that_of_the_specification():
    payload, wire = bytes.fromhex("C0DB01"), bytes.fromhex("C0DBDCDBDD01C0")
    assert Slip.frame(payload) == wire == slip.encode(payload)
    assert list(Slip().feed(wire)) == [payload]
    every = bytes(range(256)) + bytes.fromhex("DBDC DBDD DBDBDC C0C0")
    assert Slip.frame(every) == slip.encode(every)
    assert list(Slip().feed(Slip.frame(every))) == [every]
    assert list(Slip().feed(bytes.fromhex("C0C0C0 2F C0C0 DB01 C0 DB C0 30 C0"))) == [b"/", b"", b"", b"0"]


def test_sizes_are_big_endian():
    assert Sized.frame(encode("/a", 1)).startswith(bytes.fromhex("0000000c2f610000"))
    assert list(Sized().feed(bytes(4) + Sized.frame(b"abcd") + Sized.frame(b"e") + b"\0")) == [b"abcd", b"e"]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_frames_cut_anywhere_are_the_same_frames(framing):
    packets = [bytes([0xC0, 0xDB, k]) * (k + 1) for k in range(20)]
    stream = b"".join(map(framing.frame, packets))
    for size in (1, 2, 3, 7, len(stream)):
        codec, out = framing(), []
        for at in range(0, len(stream), size):
            out += codec.feed(stream[at : at + size])
        assert out == packets


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_frame_beyond_the_limit_is_refused_before_it_is_kept(framing):
    codec = framing(64)
    assert list(codec.feed(framing.frame(b"x" * 64))) == [b"x" * 64]
    with pytest.raises(TooLong):
        list(codec.feed(framing.frame(b"x" * 65)[:-1]))
    assert len(codec.kept) <= 4 + 65


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_value_set_is_the_value_answered_in_the_same_framing(rig, framing):
    peer = rig.tcp(framing)
    peer.say("/ch/1/fader", -6.0)
    assert peer.ask("/ch/1/fader") == ("/ch/1/fader", [-6.0])
    assert peer.ask("/turn/ch/1/fader")[0] == "/turn/ch/1/fader"
    assert "-90 to 10 dB" in peer.ask("/ch/1/fader", 11.0, answer="/error")[1][1]
    assert "ch/1/fader" in peer.ask("/ch/1/fadr", 1.0, answer="/error")[1][1]
    for byte in framing.frame(encode("/ch/2/fader", -7.0)) + framing.frame(encode("/ch/2/fader")):
        peer.socket.sendall(bytes([byte]))
    assert peer.hear(until="/ch/2/fader") == [("/ch/2/fader", [-7.0])]
    assert len(rig.engine.posts) == 2


def test_the_change_carries_the_connection_as_its_origin(rig):
    heard, peer = [], rig.tcp()
    rig.loop.call_soon_threadsafe(rig.desk.listen, lambda origin, news: heard.append((origin, news)))
    peer.say("/ch/1/fader", -6.0)
    peer.settle()
    assert heard == [(peer.name, {"ch/1/fader": -6.0})]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_bundle_is_one_transaction(rig, framing):
    peer = rig.tcp(framing)
    say = lambda *m, **more: peer.socket.sendall(framing.frame(bundle(*m, **more)))  # noqa: E731
    say(encode("/ch/1/fader", -1.0), encode("/ch/2/fader", -2.0), encode("/ch/1/fader"))
    assert peer.hear(until="/ch/1/fader") == [("/ch/1/fader", [-1.0])]
    assert rig.engine.posts == [(0, {"ch/1/fader": -1.0, "ch/2/fader": -2.0})]
    say(encode("/ch/1/fader", -3.0), encode("/ch/2/fader", 99.0))
    assert [(m[0], m[1][0]) for m in peer.hear()] == [("/error", "/ch/2/fader")]
    assert len(rig.engine.posts) == 1
    say(encode("/ch/1/fader", -4.0), timetag=timetag_at(time.time() - 0.5))
    assert peer.hear(until="/late")[0][1][0] == "/ch/1/fader"


def test_a_subscriber_hears_a_snapshot_others_and_life_signs(rig):
    peer, other = rig.tcp(), rig.peer()
    peer.say("/subscribe", "/**")
    heard = peer.hear(until="/snapshot/end")
    assert heard[-1] == ("/snapshot/end", ["/**", len(REGISTRY.params)])
    assert len(heard) == len(REGISTRY.params) + 1
    time.sleep(0.25)  # what is set sooner after another value was told crosses it (controllers/mirror.py)
    peer.say("/ch/1/fader", -4.0)
    other.say("/ch/2/fader", -5.0)
    assert [m for m in peer.hear() if m[0] != "/alive"] == [("/ch/2/fader", [-5.0])]
    assert peer.hear(until="/alive")[-1][0] == "/alive"
    peer.say("/echo", 1)
    peer.say("/ch/1/fader", -6.0)
    assert ("/ch/1/fader", [-6.0]) in peer.hear()
    peer.say("/subscribe", "/ch/1/mute", 0.2)
    peer.say("/unsubscribe", "/**")
    time.sleep(0.5)
    other.say("/ch/1/mute", 1)
    assert [m for m in peer.hear() if m[0] == "/ch/1/mute"] == [("/ch/1/mute", [0])]  # the snapshot


def test_a_connection_can_have_another_place_told_over_udp(rig):
    peer, place = rig.tcp(), rig.peer()
    peer.say("/subscribe/to", place.name, "/ch/1/fader")
    assert place.hear(until="/snapshot/end")[0] == ("/ch/1/fader", [-90.0])
    assert peer.hear() == []
    peer.socket.close()
    assert until(lambda: not rig.osc.clients)
    rig.set("ch/1/fader", -3.0)
    assert [m for m in place.hear() if m[0] != "/alive"] == []


@pytest.mark.parametrize("how", ["close", "half", "reset"])
def test_what_a_connection_holds_ends_with_it_at_once(rig, how):
    peer, other = rig.tcp(), rig.peer()
    for say in (("/hold/ch/2/mute", 1), ("/touch/ch/1/fader", 1), ("/subscribe", "/**", 3600)):
        peer.say(*say)
    peer.hear(until="/snapshot/end")
    assert other.ask("/ch/2/mute")[1] == [1]
    if how == "reset":
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if how == "half":
        peer.socket.shutdown(socket.SHUT_WR)
    else:
        peer.socket.close()
    assert until(lambda: rig.desk.get("ch/2/mute") == 0, 0.5)
    assert until(lambda: not rig.osc.lines.open_lines)
    assert all(address[-1] != "tcp" for address in rig.osc.clients)


def test_a_hold_of_a_timetag_to_come_does_not_outlive_its_connection(rig):
    peer = rig.tcp()
    peer.socket.sendall(Slip.frame(bundle(encode("/hold/ch/2/mute", 1), timetag=timetag_at(time.time() + 0.3))))
    peer.settle()
    peer.socket.close()
    assert until(lambda: rig.desk.get("ch/2/mute") == 1)
    assert until(lambda: rig.desk.get("ch/2/mute") == 0, 1.0)


@pytest.mark.parametrize("framing", FRAMINGS)
def test_garbage_in_a_frame_gets_no_answer_and_does_no_harm(rig, framing):
    peer = rig.tcp(framing)
    whole = encode("/ch/1/name", "x", 1.0)
    bad = [whole[:end] for end in range(1, len(whole) - 4)]
    bad += [b"\xc0\xdb\0", BUNDLE + AT_ONCE.to_bytes(8, "big") + b"\xff" * 4]
    for packet in bad:
        peer.socket.sendall(framing.frame(packet))
    if framing is Slip:
        peer.socket.sendall(b"\xc0/a\0\0\xdb\x01\xc0")
    assert peer.ask("/ping", 3, "x", answer="/pong") == ("/pong", [3, "x"])
    assert rig.osc.malformed >= len(bad) - 2
    assert rig.engine.posts == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "neither SLIP"),
        (b"\xc0" + b"x" * (FRAME_MAX + 1), "1048576 bytes"),
        (b"\0\x10\0\1", "1048576 bytes"),
    ],
)
def test_a_stream_that_cannot_be_osc_is_closed_and_logged(rig, caplog, data, words):
    caplog.set_level(logging.WARNING)
    peer = rig.tcp()
    with contextlib.suppress(ConnectionError):
        peer.socket.sendall(data)
    assert peer.ended()
    assert any(words in record.getMessage() for record in caplog.records)
    assert rig.tcp().settle()[0] == "/pong"


def test_the_largest_frame_is_taken(rig):
    peer, head = rig.tcp(Sized), bundle(encode("/ch/1/fader", -3.0))
    filler = encode("/ping", "x" * (FRAME_MAX - len(head) - 4 - 16))
    packet = head + len(filler).to_bytes(4, "big") + filler
    assert FRAME_MAX - 8 < len(packet) <= FRAME_MAX
    peer.socket.sendall(Sized.frame(packet))
    assert peer.hear(until="/pong")[0][0] == "/pong"
    assert rig.desk.get("ch/1/fader") == -3.0


def test_a_slow_reader_costs_no_memory_and_hears_the_newest_value(rig):
    slow, quick = rig.tcp(room=4096), rig.tcp()
    slow.say("/subscribe", "/**", 60, 1000)
    quick.say("/subscribe", "/ch/1/fader")
    quick.hear(until="/snapshot/end")
    assert until(lambda: ("127.0.0.1", slow.socket.getsockname()[1], "tcp") in rig.osc.clients)
    client = rig.osc.clients["127.0.0.1", slow.socket.getsockname()[1], "tcp"]
    line = next(line for line in rig.osc.lines.open_lines if line.client is client)
    names = [f"ch/{k}/name" for k in range(1, 9)]
    most = 0
    for k in range(3000):
        for path in names:
            rig.set(path, f"{k}".ljust(16, "."))
        most = max(most, line.transport.get_write_buffer_size())
        if client.blocked and k % 50 == 49 and k > 500:
            break
    assert client.blocked
    for k in range(200):
        for path in names:
            rig.set(path, f"later {k}")
    pending = [sub.echo.pending for sub in client.subs.values()]
    assert most < 200_000
    assert line.transport.get_write_buffer_size() < 200_000
    assert len(pending) == 1
    assert len(pending[0]) <= len(REGISTRY.params)
    rig.set("ch/1/fader", -9.0)
    assert ("/ch/1/fader", [-9.0]) in quick.hear(until="/ch/1/fader")  # nobody waits for the slow one
    heard = [m for m in slow.hear(0.6) if m[0] != "/alive"]
    assert ("/ch/1/fader", [-9.0]) in heard
    newest = dict((address, args) for address, args in heard if address.endswith("/name"))
    assert [newest[f"/{path}"] for path in names] == [["later 199"]] * 8
    assert not client.blocked


def test_questions_whose_answers_are_not_read_cost_no_memory(rig):
    peer = rig.tcp(room=4096)
    ask = Slip.frame(encode("/ping", "x" * 1000)) * 200
    for _ in range(30):  # 6 MB
        peer.socket.sendall(ask)
    rig.tcp().settle()
    port = peer.socket.getsockname()[1]
    (line,) = [line for line in rig.osc.lines.open_lines if line.address[1] == port]
    most = line.transport.get_write_buffer_size()
    assert most < (1 << 20) + 2000
    assert until(lambda: rig.osc.unsent > 0)
    peer.socket.close()
    assert until(lambda: len(rig.osc.lines.open_lines) == 1)


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_host_without_a_role_is_told_so_and_shown_out(framing):
    rig = TcpRig(rights=lambda host: "none")
    try:
        peer = rig.tcp(framing)
        assert "role mix" in peer.ask("/ch/1/fader", 0.0, answer="/error")[1][1]
        assert peer.ended()
        assert rig.tcp().ended()  # and one that says nothing is, too
        assert rig.engine.posts == []
    finally:
        rig.close()


def test_64_connections_hear_a_change(rig):
    peers = [rig.tcp(FRAMINGS[k % 2]) for k in range(64)]
    for peer in peers:
        peer.say("/subscribe", "/ch/*/fader")
    for peer in peers:
        peer.hear(until="/snapshot/end")
    rig.set("ch/1/fader", -12.0)
    for peer in peers:
        assert peer.hear(until="/ch/1/fader")[-1] == ("/ch/1/fader", [-12.0])


@pytest.mark.parametrize("mode", ["1.0", "1.1"])
def test_python_osc_is_understood_and_understands(rig, mode):
    with SimpleTCPClient("127.0.0.1", rig.osc.address[1], mode=mode, timeout=2) as client:
        client.send_message("/ch/1/fader", -6.0)
        client.send_message("/ch/1/mute", True)
        client.send_message("/ch/1/fader", [])
        (answer,) = [OscMessage(packet) for packet in client.receive() if packet]
        assert (answer.address, answer.params) == ("/ch/1/fader", [-6.0])
        client.send_message("/hold/ch/2/mute", 1)
        assert until(lambda: rig.desk.get("ch/2/mute") == 1)
        assert rig.desk.get("ch/1/mute") == 1
    assert until(lambda: rig.desk.get("ch/2/mute") == 0)


def test_liblo_is_understood(rig):
    liblo = need_module("pyliblo3")
    to = liblo.Address(f"osc.tcp://127.0.0.1:{rig.osc.address[1]}/")
    liblo.send(to, "/ch/1/fader", -6.0)
    liblo.send(to, liblo.Bundle(liblo.Message("/ch/1/mute", 1), liblo.Message("/ch/2/fader", -3.0)))
    assert until(lambda: rig.desk.get("ch/2/fader") == -3.0)
    assert (rig.desk.get("ch/1/fader"), rig.desk.get("ch/1/mute")) == (-6.0, 1)


def test_a_newcomer_takes_the_place_of_the_longest_silent_one_that_holds_nothing(rig, monkeypatch):
    monkeypatch.setattr("controllers.osc.tcp.HERE_MAX", 3)
    first, second, third = rig.tcp(), rig.tcp(Sized), rig.tcp()
    first.say("/subscribe", "/ch/1/fader")
    first.hear(until="/snapshot/end")  # silent for longest, but it holds something
    second.settle()
    third.settle()
    assert rig.tcp().settle() == ("/pong", [])
    assert second.ended()
    assert until(lambda: len(rig.osc.lines.open_lines) == 3)
    assert first.settle() == third.settle() == ("/pong", [])


def test_a_port_taken_by_another_is_told_and_leaves_nothing_open():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        rig = TcpRig()
        rig.settings.osc.port = port
        try:
            with pytest.raises(OSError, match="in use"):
                rig.on(start(rig.desk, rig.settings))
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
                free.bind(("127.0.0.1", port))
        finally:
            rig.close()
