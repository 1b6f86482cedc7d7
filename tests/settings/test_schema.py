"""Laws of the settings: rest values, ranges, and every fault told at once in words."""

import tomllib
from pathlib import Path

import pytest

from studiod.host.controllers import spoken
from studiod.settings.schema import Settings, SettingsError, load

CONTRACT = """
[interface]
device = "virtual"
rate_hz = 48000
block_frames = 64
inputs = 0
outputs = 0
[virtual]
play = []
loop = true
capture = ""
moves = ""
[console]
channels = 32
returns = 4
buses = 16
matrices = 6
dcas = 8
mute_groups = 6
[osc]
listen = "127.0.0.1"
port = 9000
[x32]
enabled = false
listen = "127.0.0.1"
port = 10023
[http]
listen = "127.0.0.1"
port = 8080
[midi]
api = "auto"
surfaces = []
[access]
lan = "none"
rules = []
[state]
directory = ""
recordings = ""
"""


@pytest.fixture
def faults(tmp_path):
    def of(text):
        file = tmp_path / "studio.toml"
        file.write_text(text, "utf-8")
        with pytest.raises(SettingsError) as caught:
            load(file)
        lines = str(caught.value).splitlines()
        assert all(line.startswith(f"{file}: ") for line in lines)
        return [line.removeprefix(f"{file}: ") for line in lines]

    return of


def test_the_contract_written_out_and_an_empty_file_are_the_rest_values(tmp_path):
    file = tmp_path / "studio.toml"
    for text in ("", CONTRACT):
        file.write_text(text)
        assert load(file).model_dump() == load(None).model_dump() == Settings().model_dump()
        assert load(file).file == str(file)


def test_every_table_can_be_set(tmp_path):
    file = tmp_path / "studio.toml"
    file.write_text("""
[interface]
device = "default"
rate_hz = 96000
[[osc.client]]
address = "192.168.1.20:9001"
hz = 20
[midi]
surfaces = [{ name = "xtouch-compact", port = "X-Touch*" }]
[access]
lan = "bus:3"
rules = [{ role = "mix", address = "192.168.1.0/24" }, { role = "admin", token = "sesame-open-sesame" }]
""")
    got = load(file)
    assert (got.interface.device, got.interface.rate_hz) == ("default", 96000)
    client = got.osc.client[0]
    assert (client.address, client.pattern, client.hz) == ("192.168.1.20:9001", "/**", 20.0)
    assert (got.midi.surfaces[0].name, got.access.lan, got.access.rules[1].role) == ("xtouch-compact", "bus:3", "admin")


def test_paths_are_seen_from_the_settings_file_and_absolute_ones_stay(tmp_path):
    file = tmp_path / "studio.toml"
    absolute = Path(tmp_path.anchor) / "b.wav"
    file.write_text(
        f'[virtual]\nplay = ["a.wav", {str(absolute)!r}]\nstart_scene = "s/demo.toml"\n[state]\ndirectory = "st"\n'
    )
    got = load(file)
    assert got.virtual.play == [str(tmp_path / "a.wav"), str(absolute)]
    assert (got.virtual.start_scene, got.virtual.capture) == (str(tmp_path / "s" / "demo.toml"), "")
    assert got.state.directory == str(tmp_path / "st")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[interface]\ndevice = 3", "interface.device: expected a string that is not empty; got 3"),
        (
            "[interface]\nrate_hz = 47000",
            "interface.rate_hz: expected one of 44100 48000 88200 96000 176400 192000 Hz; got 47000; nearest is 48000",
        ),
        (
            "[interface]\nblock_frames = 0",
            "interface.block_frames: expected a whole number from 1 to 4096 frames; got 0; nearest is 1",
        ),
        (
            "[console]\nchannels = 129",
            "console.channels: expected a whole number from 1 to 128; got 129; nearest is 128",
        ),
        ("[console]\nbuses = 0", "console.buses: expected a whole number from 1 to 16; got 0; nearest is 1"),
        ("[console]\nbuses = true", "console.buses: expected a whole number from 1 to 16; got true"),
        ('[console]\nbuses = "8"', 'console.buses: expected a whole number from 1 to 16; got "8"'),
        ("[console]\nbuses = 8.5", "console.buses: expected a whole number from 1 to 16; got 8.5"),
        (
            "[console]\nchanels = 8",
            "console.chanels: no such key; expected one of channels returns buses matrices dcas mute_groups surfaces; "
            "nearest is console.channels",
        ),
        (
            "[consle]\nx = 1",
            "consle: no such table; expected one of interface virtual console osc x32 http midi access state; "
            "nearest is console",
        ),
        ("console = 5", "console: expected a table; got 5"),
        ("[virtual]\nloop = 1", "virtual.loop: expected true or false; got 1"),
        ('[virtual]\nplay = "a.wav"', "virtual.play: expected a list; got "),
        ('[virtual]\nplay = ["a.wav", 3]', "virtual.play[2]: expected a string; got 3"),
        ("[osc]\nport = 70000", "osc.port: expected a whole number from 1 to 65535; got 70000; nearest is 65535"),
        (
            '[http]\nlisten = "a b"',
            'http.listen: expected an address such as "127.0.0.1", or "0.0.0.0" for every network; got "a b"',
        ),
        ("[[osc.client]]\nhz = 5", "osc.client[1].address: missing; expected a string"),
        (
            '[[osc.client]]\naddress = "h:1"\npattern = "/{a,{b,c}}"',
            "osc.client[1].pattern: expected an OSC pattern that can be matched (braces within braces); "
            'got "/{a,{b,c}}"',
        ),
        (
            '[[osc.client]]\naddress = "foo"',
            'osc.client[1].address: expected host:port, such as "192.168.1.20:9001", '
            'or "[fe80::7%eth0]:9001" for IPv6; got "foo"',
        ),
        (
            '[[osc.client]]\naddress = "a:1"\npatern = "/ch"',
            "osc.client[1].patern: no such key; expected one of address pattern hz echo broadcast; "
            "nearest is osc.client[1].pattern",
        ),
        (
            '[access]\nlan = "all"',
            'access.lan: expected none, view, mix, admin or bus:N (N from 1 to 16); got "all"',
        ),
        (
            '[access]\nrules = [{ role = "mix" }]',
            "access.rules[1]: expected an address range or a token beside the role; got a table",
        ),
        (
            '[access]\nrules = [{ role = "mix", address = "x" }]',
            'access.rules[1].address: expected an address range such as "192.168.1.0/24"; got "x"',
        ),
    ],
)
def test_a_fault_names_the_key_what_was_expected_what_came_and_the_nearest(faults, text, words):
    lines = faults(text)
    assert len(lines) == 1
    assert lines[0].startswith(words) if words.endswith(" ") else lines[0] == words


def test_all_faults_come_together(faults):
    lines = faults("[interface]\nrate_hz = 1\n[console]\nchannels = 0\nbuses = 99\nfoo = 1\n[oscar]\n[x32]\nport = 0\n")
    keys = [line.split(":")[0] for line in lines]
    assert sorted(keys) == [
        "console.buses", "console.channels", "console.foo", "interface.rate_hz", "oscar", "x32.port",
    ]  # fmt: skip


def test_a_token_is_never_printed(faults):
    assert "123456" not in faults('[access]\nrules = [{ role = "mix", token = 123456 }]')[0]
    assert faults('[access]\nrules = [{ role = "mix", token = "open sesame" }]') == [
        "access.rules[1].token: expected 16 to 64 letters, digits and signs without spaces, such as "
        "`openssl rand -hex 16` prints; got something else"
    ]


def test_broken_toml_names_its_line(faults):
    assert faults("[console]\nchannels = = 3\n") == ["not TOML: Invalid value (at line 2, column 12)"]


def test_a_file_that_cannot_be_read_is_named_with_the_remedy(tmp_path):
    missing = tmp_path / "none.toml"
    with pytest.raises(SettingsError) as caught:
        load(missing)
    assert str(caught.value) == f"{missing}: no such file; copy config/studio.toml there, or name another file"
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'[interface]\ndevice = "\xe9"\n')
    with pytest.raises(SettingsError, match="not UTF-8 text"):
        load(tmp_path / "latin.toml")


def test_clock_timecode_and_machine_control_rest_and_are_refused_in_words(faults, tmp_path):
    midi = Settings().midi
    assert (midi.clock.input, midi.clock.output, midi.mtc.input, midi.mtc.output, midi.mmc.input) == ("",) * 5
    assert (midi.mtc.fps, midi.mmc.device, [one.name for one in spoken(Settings())]) == ("25", 127, ["http", "osc"])
    (tmp_path / "mine.toml").write_text('[midi.clock]\noutput = "virtual"\n')
    assert [one.name for one in spoken(load(tmp_path / "mine.toml"))] == ["http", "osc", "sync"]
    assert faults('[midi.mtc]\nfps = 29.97\n[midi.mmc]\ndevice = 200\n[midi.clock]\ninptu = "x"\n') == [
        "midi.clock.inptu: no such key; expected one of input output; nearest is midi.clock.input",
        'midi.mtc.fps: expected one of "24" "25" "29.97df" "30"; got 29.97; nearest is "29.97df"',
        "midi.mmc.device: expected a whole number from 0 to 127; got 200; nearest is 127",
    ]
    assert faults('[midi.mtc]\nfps = "30df"\n')[0].endswith('got "30df"; nearest is "30"')


def test_the_folders_of_the_state_are_made_absolute_from_that_of_the_file(tmp_path):
    file = tmp_path / "studio.toml"
    file.write_text('[state]\ndirectory = "here"\nrecordings = "takes"\n', "utf-8")
    state = load(file).state
    assert (state.directory, state.recordings) == (str(tmp_path / "here"), str(tmp_path / "takes"))


CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.mark.parametrize("file", sorted(CONFIG.rglob("*.toml")), ids=lambda file: file.name)
def test_every_shipped_file_is_toml(file: Path) -> None:
    tomllib.loads(file.read_text("utf-8"))


def test_the_shipped_settings_are_the_rest_values_each_of_them() -> None:
    """What the recipe of the rack copies: it loads, changes nothing, and lists every key."""
    file = CONFIG / "studio.toml"
    assert load(file).model_dump() == Settings().model_dump()
    told = tomllib.loads(file.read_text("utf-8"))
    missing = [
        f"{table}.{key}"
        for table, keys in Settings().model_dump().items()
        for key in keys
        if key not in told[table] and (table, key) != ("osc", "client")
    ]
    assert missing == []
