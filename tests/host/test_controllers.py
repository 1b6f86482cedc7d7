"""Languages introduce themselves: the daemon starts, and the check looks at, whatever is installed and wanted."""

import asyncio
import re
import socket
from pathlib import Path
from typing import Any

import pytest

import servers
from other_package import package
from studiod.diagnostics import check_settings
from studiod.diagnostics.check_settings import Studio
from studiod.host.controllers import StartFault, Tongues, languages, spoken
from studiod.host.preflight import desk, registry
from studiod.host.reload import merged
from studiod.settings.languages import LanguageFault
from studiod.settings.schema import Settings, SettingsError, load


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where packages are found."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def settings(folder: Path, text: str) -> Settings:
    file = folder / "studio.toml"
    ports = [servers.free_udp_port() for _ in range(2)]
    file.write_text(f"[osc]\nport = {ports[0]}\n[http]\nport = {ports[1]}\n{text}")
    return load(file)


def names(wanted: Settings) -> list[str]:
    return [one.name for one in spoken(wanted)]


@pytest.mark.parametrize(
    ("midi", "more"),
    [
        ({}, []),
        ({"surfaces": [{"name": "nanokontrol2"}]}, ["midi"]),
        ({"surfaces": [{"name": "x-touch"}]}, ["mackie", "midi"]),
        ({"nrpn": {"enabled": True}}, ["midi"]),
        ({"clock": {"input": "x"}}, ["sync"]),
        ({"clock": {"output": "x"}}, ["sync"]),
        ({"mtc": {"output": "x"}}, ["sync"]),
        ({"mmc": {"input": "x"}, "nrpn": {"enabled": True}}, ["midi", "sync"]),
    ],
)
def test_a_language_is_spoken_where_the_settings_want_it(midi: dict[str, Any], more: list[str]) -> None:
    assert names(Settings.model_validate({"midi": midi})) == sorted(["http", "osc", *more])


def test_each_says_which_ports_it_would_use_and_starts_nothing() -> None:
    midi = {
        "surfaces": [{"name": "nanokontrol2"}, {"name": "nanokontrol2", "port": "second"}],
        "nrpn": {"enabled": True, "port": "console", "send": "console out"},
        "clock": {"input": "A", "output": "B"}, "mtc": {"output": "B"}, "mmc": {"input": "*"},
    }  # fmt: skip
    wanted = Settings.model_validate({"midi": midi, "osc": {"listen": "::", "port": 9}})
    found = {one.name: one.ports(wanted, registry(wanted)) for one in spoken(wanted)}
    assert [(port.host, port.port, port.ways) for port in found["osc"].net] == [("::", 9, ("UDP", "TCP"))]
    first, second, nrpn = found["midi"].midi
    assert (first.name, first.into, first.out) == ("nanokontrol2", ["nanoKONTROL2"], ["nanoKONTROL2"])
    assert (second.name, second.into, second.out) == ("nanokontrol2 2", ["second"], ["second"])
    assert (nrpn.name, nrpn.into, nrpn.out) == ("nrpn", ["console"], ["console out"])
    cables = [(port.name, port.into, port.out) for port in found["sync"].midi]
    assert cables == [("clock", ["A"], []), ("mmc", ["."], []), ("clock mtc", [], ["B"])]


# -- a package of others ---------------------------------------------------------------------------------------------


def test_a_package_adds_a_language_by_one_entry_point(site: Path, tmp_path: Path) -> None:
    assert names(Settings()) == ["http", "osc"]
    with pytest.raises(SettingsError, match="toy: no such table"):
        settings(tmp_path, "[toy]\nport = 1\n")
    package(site)
    assert names(Settings()) == ["http", "osc"], "these settings do not want it"
    port = servers.free_udp_port()
    wanted = settings(tmp_path, f"[toy]\nport = {port}\n")
    assert names(wanted) == ["http", "osc", "toy"]
    studio = Studio(wanted)
    assert check_settings.ports(studio).told.endswith(f"; 127.0.0.1:{port}, UDP")

    async def talk() -> None:
        tongues = Tongues(desk(wanted), wanted)
        await tongues.start()
        assert f"toy udp {port}" in tongues.greeting()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.setblocking(False)
            peer.connect(("127.0.0.1", port))
            peer.send(b"ch/1/fader")
            assert await asyncio.wait_for(asyncio.get_running_loop().sock_recv(peer, 1000), 10) == b"-90.0"
            assert tongues.alarm() == ""
            peer.send(b"ch/1/fadr")
            await asyncio.wait_for(asyncio.get_running_loop().sock_recv(peer, 1000), 10)
        assert tongues.alarm().startswith("ch/1/fadr: no such path")
        other = wanted.model_copy(update={"osc": wanted.osc.model_copy(update={"port": servers.free_udp_port()})})
        twice = Tongues(desk(other), other)
        with pytest.raises(StartFault, match=rf"studio\.toml: toy\.port: 127\.0\.0\.1:{port} is held by another"):
            await twice.start()
        await twice.close()
        assert check_settings.ports(Studio(other)).state == "fail"
        await tongues.close()

    asyncio.run(talk())
    assert check_settings.ports(Studio(wanted)).state == "ok", "closed with the others"


def test_the_table_of_a_language_is_as_strict_as_the_others(site: Path, tmp_path: Path) -> None:
    package(site)
    with pytest.raises(SettingsError) as told:
        settings(tmp_path, "[toy]\nprot = 1\n[tyo]\nport = 1\n")
    lines = [line.partition("studio.toml: ")[2] for line in str(told.value).split("\n")]
    assert lines[0] == "toy.prot: no such key; expected one of port colour; nearest is toy.port"
    assert lines[1].startswith("tyo: no such table; expected one of interface ")
    with pytest.raises(SettingsError, match=r'toy\.port: expected a whole number; got "x"$'):
        settings(tmp_path, '[toy]\nport = "x"\n')
    with pytest.raises(SettingsError, match=r'toy\.colour: expected one of red blue; got "x"$'):
        settings(tmp_path, '[toy]\ncolour = "x"\n')


def test_what_a_language_takes_over_while_it_runs_is_merged_and_the_rest_waits(site: Path, tmp_path: Path) -> None:
    package(site)
    port = servers.free_udp_port()
    none, red = settings(tmp_path, ""), settings(tmp_path, f"[toy]\nport = {port}\n")
    fresh = settings(tmp_path, '[toy]\nport = 2\ncolour = "blue"\n[access]\nlan = "view"\n')
    after, live, waits = merged(red, fresh)
    assert (live, after.access.lan) == (["access", "toy.colour"], "view")
    assert (after.toy.colour, after.toy.port) == ("blue", port)
    assert waits[-1] == f"toy.port: {port} → 2 needs a restart"
    assert merged(none, red)[2][-1] == f'toy: null → {{"port": {port}, "colour": "red"}} needs a restart'
    assert merged(red, none)[2][-1] == f'toy: {{"port": {port}, "colour": "red"}} → null needs a restart'
    assert merged(red, none)[0].toy == red.toy

    async def run() -> None:
        tongues = Tongues(desk(red), red)
        await tongues.start()
        tongues.again(after)
        assert [one.colour for one in tongues.running if hasattr(one, "colour")] == ["blue"]
        await tongues.close()

    asyncio.run(run())


def test_a_language_names_tables_and_keys_that_there_are(site: Path) -> None:
    package(site)
    every = languages()
    assert [one.name for one in every] == ["http", "mackie", "midi", "osc", "sync", "toy", "x32"]
    for one in every:
        known = {**Settings.model_fields, **({one.name: None} if one.table else {})}
        assert one.tables
        assert set(one.tables) <= known.keys()
        for key in one.live:
            table, _, name = key.partition(".")
            model = one.table or type(getattr(Settings(), table))
            assert table in one.tables
            assert name in model.model_fields  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("toy_language:NOTHING", r"toy \(toy_language:NOTHING\) cannot be loaded: AttributeError"),
        ("no_such_module:CONTROLLER", "cannot be loaded: ModuleNotFoundError"),
        ("toy_language:start", r"toy \(toy_language:start\) does not introduce itself by that name"),
    ],
)
def test_a_package_that_introduces_nobody_is_told(site: Path, entry: str, said: str) -> None:
    package(site, entry)
    with pytest.raises(LanguageFault, match=said):
        spoken(Settings())
    for look in (check_settings.midi, check_settings.ports):
        verdict = look(Studio(Settings()))
        assert (verdict.state, verdict.remedy) == ("fail", "install its package again, or take it out")
        assert re.search(said, verdict.told)
