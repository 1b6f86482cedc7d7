"""`studiod devices`: what it lists goes into the settings as it stands; one rule says which interface a name means."""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import servers
from studiod.cli import main
from studiod.host import device_ask, device_choice, devices
from studiod.realtime.interface import called, choose, playable
from studiod.settings.schema import Interface, Settings

SURFACE = servers.ROOT / "tests" / "rigs" / "surface_device.py"


def device(name: str, api: str = "ALSA", inputs: int = 2, outputs: int = 2, default: bool = False) -> dict[str, Any]:
    return {"name": name, "api": api, "inputs": inputs, "outputs": outputs, "rate_hz": 48000.0, "default": default}


# a machine with more interfaces than a test machine can have
FOUND = [
    device("Mic Scarlett", outputs=0),
    device("Scarlett 18i20 USB: Audio (hw:1,0)", inputs=18, outputs=20),
    device("HDA Intel", default=True),
    device("Scarlett", inputs=4, outputs=4),
    device("system", "JACK Audio Connection Kit", 16, 18),
    device("system", "OSS", 1, 1),
]


@pytest.mark.parametrize(
    ("wanted", "nth"),
    [
        ("default", 2),
        ("Scarlett", 3),  # the whole name comes before a part of an earlier one
        ("18i20", 1),  # and a part never means one without outputs
        ("scarlett 18I20", 1),
        ("HDA", 2),
        ("system", 4),
        ("OSS: system", 5),
    ],
)
def test_one_rule_serves_the_desk_and_the_card(wanted: str, nth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose(FOUND, wanted) is FOUND[nth]
    monkeypatch.setattr(device_choice, "probe", lambda: FOUND)
    name, inputs, outputs = device_choice.pick_device(Settings(interface=Interface(device=wanted)))
    assert choose(FOUND, name) is FOUND[nth], "the card opens the one that the desk sized the console for"
    assert (inputs, outputs) == (FOUND[nth]["inputs"], FOUND[nth]["outputs"])


def test_each_name_that_is_listed_means_its_own_interface() -> None:
    for one in playable(FOUND):
        assert choose(FOUND, called(FOUND, one)) is one


def test_a_card_that_was_plugged_in_again_is_found_though_alsa_has_renumbered_it() -> None:
    assert choose(FOUND, "Scarlett 18i20 USB: Audio (hw:3,0)") is FOUND[1]
    again = device("Scarlett 18i20 USB: Audio (hw:3,0)")
    assert choose([again, *FOUND], "Scarlett 18i20 USB: Audio (hw:1,0)") is FOUND[1], "the whole name comes first"
    with pytest.raises(LookupError):
        choose(FOUND, "Scarlett 2i2 USB: Audio (hw:1,0)")
    with pytest.raises(LookupError):
        choose([*FOUND, device("(hw:0,0)")], "(hw:9,0)")  # a place alone names no card


def wanted_of(found: list[dict[str, Any]], **interface: Any) -> tuple[str, int, int]:
    return device_choice.pick_device(Settings(interface=Interface(**interface)), found)


def test_the_settings_fix_the_console_the_device_fills_in_and_an_absent_one_leaves_the_rest_size() -> None:
    assert wanted_of(FOUND, device="Scarlett") == ("Scarlett", 4, 4)
    assert wanted_of(FOUND, device="Scarlett", inputs=2, outputs=16) == ("Scarlett", 2, 16)
    assert wanted_of([], device="Scarlett") == ("Scarlett", 32, 8)
    assert wanted_of([], device="Scarlett", outputs=2) == ("Scarlett", 32, 2)
    assert wanted_of([], device="default") == ("virtual", 32, 8)
    assert wanted_of([device("Huge", inputs=0, outputs=512)], device="Huge") == ("Huge", 1, 128)


def test_a_name_that_fits_nothing_is_told_with_what_there_is() -> None:
    with pytest.raises(LookupError, match=r"'Fireface'.*'HDA Intel', 'Scarlett', 'JACK Audio Connection Kit: sys"):
        choose(FOUND, "Fireface")
    with pytest.raises(LookupError, match='none at all; or use "virtual"'):
        choose([], "default")


@pytest.mark.parametrize(
    ("name", "renumbered"),
    [
        ("nanoKONTROL2:nanoKONTROL2 nanoKONTROL2 _ CTRL 20:0", "nanoKONTROL2:nanoKONTROL2 nanoKONTROL2 _ CTRL 128:0"),
        ("X-Touch (2):X-Touch [MIDI] 1+ 28:1", "X-Touch (2):X-Touch [MIDI] 1+ 32:1"),
        ("nanoKONTROL2:CTRL", "nanoKONTROL2:CTRL"),
    ],
)
def test_a_ports_pattern_survives_renumbering_and_means_nothing_else(name: str, renumbered: str) -> None:
    found = devices.pattern(name)
    assert re.search(found, renumbered, re.IGNORECASE)
    assert not re.search(found, name.replace("2", "3"), re.IGNORECASE)


def listed(*words: str) -> str:
    """What the command prints, as a process of its own."""
    path = os.pathsep.join(filter(None, [str(servers.ROOT), os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-m", "studiod", "devices", *words]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout


def test_without_a_server_it_says_in_a_line_each_what_is_missing_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "studiod-nowhere")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    found = json.loads(listed("--json"))
    assert sorted(found) == ["audio", "midi", "missing"]
    for what, begins in (("audio", "no audio interface: "), ("midi", "no MIDI port: ")):
        told = [line for line in found["missing"] if line.startswith(begins)]
        assert len(told) == (not found[what]), f"told if and only if there is none of {what}"
        assert all("; " in line and "\n" not in line for line in told)
    printed = listed().splitlines()
    assert [line for line in printed if line.startswith("no ")] == found["missing"]


@pytest.mark.parametrize("jack_server", [{"sync": True, "channels": 4, "suffix": "-midi"}], indirect=True)
def test_a_jack_server_and_its_midi_ports_are_listed_with_names_for_the_settings(
    jack_server: servers.JackServer,
) -> None:
    surface = subprocess.Popen(
        [sys.executable, str(SURFACE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ}
    )
    assert surface.stdin is not None
    assert surface.stdout is not None
    try:
        assert surface.stdout.readline() == b"ready\n"
        found = json.loads(listed("--json"))
        (system,) = (d for d in found["audio"] if d["api"] == "JACK Audio Connection Kit")
        # sounddevice knows JACK's default device; whether it is the default of all depends on what else there is
        system.pop("default")
        assert system == {
            "name": "system", "api": "JACK Audio Connection Kit", "inputs": 4, "outputs": 4, "rate_hz": 48000.0
        }  # fmt: skip
        ports = [port for port in found["midi"] if "nanoKONTROL2" in port["name"]]
        assert [(port["way"], port["api"], port["port"]) for port in ports] == [
            ("in", "jack", "nanoKONTROL2:CTRL"),
            ("out", "jack", "nanoKONTROL2-01:LED"),  # JACK's name for a second client of the same name
        ]
        printed = listed()
        assert re.search(r'^  "system" +JACK Audio Connection Kit +4 in +4 out +48000 Hz', printed, re.MULTILINE)
        assert re.search(r"^  'nanoKONTROL2:CTRL' +in +jack$", printed, re.MULTILINE)
    finally:
        surface.kill()
        surface.wait()
        surface.stdin.close()
        surface.stdout.close()


@pytest.mark.parametrize("jack_server", [{"sync": True, "channels": 2, "suffix": "-midi"}], indirect=True)
def test_a_jack_server_without_midi_ports_is_not_missing_and_our_own_client_is_no_interface(
    jack_server: servers.JackServer, make_daemon: Callable[..., servers.Daemon]
) -> None:
    make_daemon({"interface": {"device": "system"}, "console": {"channels": 2, "buses": 2}}).wait_for("ready")
    found = json.loads(listed("--json"))
    assert [one["name"] for one in found["audio"] if one["api"].startswith("JACK")] == ["system"]
    if found["midi"]:
        return  # an ALSA sequencer with ports
    (told,) = found["missing"]
    assert "no JACK server" not in told
    assert "start a JACK server" not in told
    assert told.startswith("no MIDI port: no device is connected to ")
    assert "the JACK server" in told
    assert "plug one in" in told


@pytest.mark.parametrize(
    ("apis", "missing", "told"),
    [
        (["jack"], ["no ALSA sequencer (/dev/snd/seq)"],
         "no MIDI port: no device is connected to the JACK server; no ALSA sequencer (/dev/snd/seq); plug one in, or "
         "load snd-seq (modprobe snd-seq)"),
        (["alsa"], ["no JACK server"],
         "no MIDI port: no device is connected to the ALSA sequencer; no JACK server; plug one in"),
        (["alsa", "jack"], [],
         "no MIDI port: no device is connected to the ALSA sequencer and the JACK server; plug one in"),
        ([], ["no ALSA sequencer (/dev/snd/seq)", "no JACK server"],
         "no MIDI port: no ALSA sequencer (/dev/snd/seq); no JACK server; load snd-seq (modprobe snd-seq), or start a "
         "JACK server"),
    ],
)  # fmt: skip
def test_why_there_is_no_midi_port(apis: list[str], missing: list[str], told: str) -> None:
    assert devices.missing_midi(apis, missing) == told


def test_why_there_is_no_interface_beside_a_jack_server(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(devices, "find_library", lambda _: "libportaudio.so.2")
    monkeypatch.setattr(devices, "Path", lambda _: Path("/nowhere"))  # the kernel's list of cards
    assert "no JACK server" in devices.missing_audio()
    assert "no JACK server" not in devices.missing_audio(jack=True)
    assert "has no audio ports" in devices.missing_audio(jack=True)
    # a server without audio ports cannot be had from the dummy driver: what it would be listed as
    monkeypatch.setattr(devices, "audio", list)
    monkeypatch.setattr(devices, "midi", lambda: {"apis": ["jack"], "ports": [], "missing": []})
    assert main.main(["devices"]) == 0
    assert "no JACK server" not in capsys.readouterr().out


def test_drivers_that_hang_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    # a process that never answers stands in for a driver that hangs
    stuck = tmp_path / "stuck"
    stuck.write_text("#!/bin/sh\nexec sleep 60\n")
    stuck.chmod(stuck.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(stuck))
    told = devices.midi(0.2)
    assert (told["apis"], told["ports"]) == ([], [])
    assert "could not be listed" in told["missing"][0]
    assert device_ask.probe(0.2) == []
    assert "could not be listed" in caplog.text
    told = device_ask.refusal({"device": "system"}, 0.2)
    assert told == "its driver does not answer within 0.2 s: restart its server, or unplug it and plug it in"


def test_it_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main.main(["devices", "--help"])
    assert end.value.code == 0
    assert "names for the settings" in capsys.readouterr().out
