"""Laws of the clients of the settings: who can never get anything is told once, by name, and stands in the alarm."""

import errno
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from test_osc import Rig
from test_osc_tcp import until

from studiod.net.osc_codec import decode, encode
from studiod.settings.schema import OscClient

Fader = "/ch/1/fader"


@pytest.fixture
def rig(request: Any) -> Iterator[Rig]:
    made = Rig(listen=getattr(request, "param", "127.0.0.1"))
    yield made
    made.close()


def adopt(rig: Rig, *listeners: OscClient) -> None:
    async def work() -> None:
        rig.osc.settled.adopt(list(listeners))

    rig.on(work())


def client(address: str, **more: Any) -> OscClient:
    return OscClient(address=address, pattern=Fader, **more)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "osc.client" in record.getMessage()]


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.255.255.255:9001", "it is a whole network; say broadcast = true beside it"),
        ("127.255.255.255:1", "it is a whole network; say broadcast = true beside it"),
        ("[::1]:9001", 'it is IPv6, and osc.listen is IPv4; listen = "::" hears and sends both'),
        ("[fe80::7]:9001", 'it is IPv6, and osc.listen is IPv4; listen = "::" hears and sends both'),
        ("192.0.2.7:9001", 'osc.listen reaches only this machine; listen = "0.0.0.0", or an address of its network'),
    ],
)
def test_a_client_that_can_never_get_anything_is_told_once_by_name(
    rig: Rig, caplog: pytest.LogCaptureFixture, address: str, why: str
) -> None:
    for _ in range(3):
        adopt(rig, client(address))
    rig.set("ch/1/fader", -3.0)
    assert told(caplog) == [f"osc.client {address} gets nothing: {why}"]
    assert rig.osc.alarm() == f"osc.client {address} gets nothing: {why}"
    assert (rig.osc.clients, rig.osc.unsent) == ({}, 0)


@pytest.mark.parametrize("rig", ["0.0.0.0"], indirect=True)
def test_a_whole_network_hears_when_that_is_asked_for(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        place.bind(("0.0.0.0", 0))
        place.settimeout(3)
        address = f"127.255.255.255:{place.getsockname()[1]}"
        adopt(rig, client(address, broadcast=True), client("127.0.0.1:9"))
        assert decode(place.recv(2000))[0][0][0] == Fader
        assert told(caplog) == []
        assert rig.osc.udp.probe(("127.255.255.255", 9)) == errno.EACCES
        adopt(rig, client("127.0.0.1:9"))
        sent = rig.osc.udp.send(encode(Fader, 0.0), ("127.255.255.255", 9))
        assert sent == errno.EACCES, "nobody asks for it any more"


@pytest.mark.parametrize("rig", ["::"], indirect=True)
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_desk_on_ipv6_tells_clients_of_both_kinds(rig: Rig, host: str, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as place:
        place.bind((host, 0))
        place.settimeout(3)
        port = place.getsockname()[1]
        adopt(rig, client(f"[{host}]:{port}" if ":" in host else f"{host}:{port}"))
        assert decode(place.recv(2000))[0][0] == (Fader, [-90.0])
        assert told(caplog) == []


def test_what_the_network_does_not_take_is_told_once_and_so_is_its_return(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    why = [errno.ENETUNREACH]
    rig.osc.udp.send = lambda packet, to: why[0]  # type: ignore[method-assign]
    adopt(rig, client("127.0.0.1:9001", hz=1000))
    for db in (-3.0, -4.0, -5.0):
        rig.set("ch/1/fader", db)
    lost = "osc.client 127.0.0.1:9001 gets nothing: the network does not take it (Network is unreachable)"
    assert until(lambda: rig.osc.alarm() == lost)
    for full in (errno.EAGAIN, errno.ENOBUFS):
        why[0] = full
        rig.set("ch/1/fader", -6.0 - full % 9)
    assert rig.osc.alarm() == lost
    why[0] = 0
    rig.set("ch/1/fader", -20.0)
    assert until(lambda: rig.osc.alarm() == "")
    assert told(caplog) == [lost, "osc.client 127.0.0.1:9001: the network takes it again"]


def test_a_name_that_nobody_knows_stands_in_the_alarm(rig: Rig, monkeypatch: Any) -> None:
    def nobody(*_: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("controllers.osc.settled.socket.getaddrinfo", nobody)
    adopt(rig, client("tablet.invalid:9001"))
    lost = "its name is not found (Name or service not known); it is looked for again"
    assert until(lambda: rig.osc.alarm() == f"osc.client tablet.invalid:9001 gets nothing: {lost}")


def test_who_leaves_the_settings_leaves_the_alarm(rig: Rig) -> None:
    adopt(rig, client("[::1]:9001"))
    assert rig.osc.alarm()
    fresh = rig.settings.__class__(**vars(rig.settings))
    fresh.osc = rig.settings.osc.__class__(listen="127.0.0.1", port=1, client=[client("127.0.0.1:9")])

    async def again() -> None:
        rig.osc.again(fresh)

    rig.on(again())
    assert rig.osc.alarm() == ""
