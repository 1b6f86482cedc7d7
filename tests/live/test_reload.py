"""SIGHUP: what of the settings changes while the desk plays, what is named as waiting for a restart, and faults."""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable

import pytest

import servers
from studiod.client.client import ask
from studiod.errors import Fault
from studiod.host.reload import Reload, merged
from studiod.net.osc_codec import decode
from studiod.settings.schema import Access, Interface, Osc, OscClient, Rule, Settings

Make = Callable[..., servers.Daemon]


def own_address() -> str:
    """An address of this machine that is not its loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            servers.need_server("this machine has no network")
        return str(probe.getsockname()[0])


def again(daemon: servers.Daemon, text: str, told: str) -> None:
    """Write the settings anew, have them read, and wait until that is told once more."""
    before = daemon.stderr.count(told)
    daemon.config.write_text(text)
    os.kill(daemon.pid, signal.SIGHUP)
    end_s = time.monotonic() + 60.0
    while daemon.stderr.count(told) == before:
        assert time.monotonic() < end_s, daemon.stderr
        time.sleep(0.02)


def barred(host: str, port: int) -> None:
    """A host without a role is told so, once a second."""
    for _ in range(5):
        with pytest.raises(Fault) as refused:
            ask(host, port, "ch/1/fader")
        if "needs the role view" in str(refused.value):
            return
        assert "no answer" in str(refused.value)
    raise AssertionError("it was never told")


def test_access_is_granted_and_taken_while_the_desk_plays(make_daemon: Make) -> None:
    own = own_address()
    daemon = make_daemon({"osc": {"listen": "0.0.0.0"}})
    rest = daemon.config.read_text()
    barred(own, daemon.osc_port)
    granted = f'{rest}[access]\nrules = [{{ role = "mix", address = "{own}/32" }}]\n'
    again(daemon, granted, "the settings were read again; in force now: access")
    assert ask(own, daemon.osc_port, "ch/1/fader", "-6") == -6.0
    with socket.create_connection((own, daemon.osc_port), source_address=(own, 0)) as line:
        line.sendall(b"\0\0\0\x0c/ping\0\0\0,\0\0\0")
        assert line.recv(100)
        again(daemon, granted.replace('"mix"', '"view"'), "in force now: access")
        with pytest.raises(Fault, match="needs the role mix"):
            ask(own, daemon.osc_port, "ch/1/fader", "-7")
        again(daemon, rest, "has no role any more")
        line.settimeout(20)
        assert line.recv(100) == b"", "the connection ends with its right"
    barred(own, daemon.osc_port)
    assert ask(daemon.host, daemon.osc_port, "ch/1/fader") == -6.0, "this machine itself is not asked"


def test_a_client_of_the_settings_comes_and_goes(make_daemon: Make) -> None:
    daemon = make_daemon()
    rest = daemon.config.read_text()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tablet:
        tablet.bind((daemon.host, 0))
        tablet.settimeout(20)
        client = f'address = "{daemon.host}:{tablet.getsockname()[1]}"\npattern = "/ch/1/fader"\n'
        again(daemon, f"{rest}[[osc.client]]\n{client}", "in force now: osc.client")
        heard = decode(tablet.recv(65536))[0]
        assert heard[0][0] == "/ch/1/fader"
        again(daemon, f'{rest}[[osc.client]]\naddress = "[::1]:9001"\n', "in force now: osc.client")
        alarm = str(ask(daemon.host, daemon.osc_port, "status/alarm"))
        assert alarm.startswith("osc.client [::1]:9001 gets nothing: it is IPv6")
        again(daemon, rest, "in force now: osc.client")
        ask(daemon.host, daemon.osc_port, "ch/1/fader", "-6")
        tablet.settimeout(0.5)
        heard = []
        with contextlib.suppress(TimeoutError):
            while True:
                heard += decode(tablet.recv(65536))[0]
        assert ("/ch/1/fader", [-6.0]) not in heard


def test_what_waits_for_a_restart_is_named_and_faults_change_nothing(make_daemon: Make) -> None:
    daemon = make_daemon()
    rest = daemon.config.read_text()
    wrong = rest.replace('device = "virtual"', 'device = "virtual"\nrate_hz = 48001\nblock_frame = 3')
    again(daemon, wrong + '[access]\nlan = "mix"\n', "the settings have faults, all told above; nothing has changed")
    for said in ("interface.rate_hz: expected", "interface.block_frame: no such key"):
        daemon.wait_for(said)
    other = rest.replace('device = "virtual"', 'device = "virtual"\nrate_hz = 44100') + '[access]\nlan = "mix"\n'
    again(daemon, other, "the settings were read again; in force now: access")
    daemon.wait_for(r"interface.rate_hz: 48000 → 44100 needs a restart")
    again(daemon, other, "the settings were read again; nothing else has changed")
    assert daemon.stderr.count("needs a restart") == 2, "it is told again until it is done"
    daemon.config.unlink()
    os.kill(daemon.pid, signal.SIGHUP)
    daemon.wait_for("no such file; copy config/studio.toml there")
    assert daemon.stop() == 0


def test_without_a_file_there_is_nothing_to_read_again(caplog: pytest.LogCaptureFixture) -> None:
    async def ask_twice() -> None:
        reload = Reload(Settings(), None, lambda settings: used.append(settings))
        reload.ask()
        reload.ask()
        await asyncio.sleep(0.05)

    used: list[Settings] = []
    asyncio.run(ask_twice())
    assert [record.message for record in caplog.records] == [
        "there is no settings file to read again; start with --config FILE"
    ]
    assert used == []


def test_each_key_is_live_or_waits() -> None:
    now = Settings(interface=Interface(block_frames=64))
    fresh = Settings(
        interface=Interface(block_frames=128, device="USB"),
        osc=Osc(port=9001, client=[OscClient(address="10.0.0.1:9")]),
        access=Access(rules=[Rule(role="mix", token="sesame-open-sesame")]),
    )
    after, live, waits = merged(now, fresh)
    assert live == ["osc.client", "access"]
    assert waits == [
        'interface.device: "virtual" → "USB" needs a restart',
        "interface.block_frames: 64 → 128 needs a restart",
        "osc.port: 9000 → 9001 needs a restart",
    ]
    assert (after.access, after.osc.client) == (fresh.access, fresh.osc.client)
    assert (after.interface, after.osc.port) == (now.interface, 9000)
    assert merged(after, fresh)[1:] == ([], waits)
    assert "sesame" not in " ".join(waits + live)
