"""Maps of devices: the shipped ones, and what is wrong with others, all of it at once with its lines."""

import re
from pathlib import Path

import pytest

from controllers.mackie import reader
from controllers.mackie.key_names import NOTES
from controllers.midi import surface_files
from controllers.midi.surface import SurfaceError
from mackie_parts import new_desk

REGISTRY = new_desk().registry
SHIPPED = [f for f in sorted(surface_files.SHIPPED.glob("*.toml")) if surface_files.kind(f) == surface_files.MACKIE]
DEVICES = ("mackie mackie-xt logic-control x-touch x-touch-extender x-touch-compact-mc x-touch-one x-touch-mini-mc"
           " bcf2000-mc platform-m faderport8-mcu keylab-mk2")  # fmt: skip


def test_every_device_is_shipped() -> None:
    assert {file.stem for file in SHIPPED} == {*DEVICES.split()}


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_device_fits_the_console_and_says_that_nobody_tried_it(file: Path) -> None:
    device = reader.read(file, REGISTRY)
    assert device.ports
    assert "not tried on hardware" in file.read_text("utf-8").replace("\n# ", " ")


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_printed_scale_is_met_both_ways(file: Path) -> None:
    device, param = reader.read(file), REGISTRY.params["ch/1/fader"]
    assert device.value(param, device.zero) == pytest.approx(0.0, abs=0.05)
    assert device.position(param, 0.0) == device.zero
    assert all(device.value(param, at) == 10.0 for at in (device.top, 16383))
    assert all(device.value(param, at) == -90.0 for at in (device.bottom, 0))
    values = [device.value(param, at) for at in range(device.bottom, device.top + 1)]
    assert values == sorted(values)
    assert all(device.position(param, value) == device.bottom + k for k, value in enumerate(values))


def test_all_faults_are_told_at_once_with_line_expected_came_and_nearest(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('''kind = "mackie"
ports = ["("]
handshak = "any"
handshake = "some"
bottom = 13000
zero = 12000
model = 300
[keys_more]
"shift undoo" = "redo"
"f1" = "page eqq"
"f2" = "toggle ch/1/muet"
"f3" = "toggle ch/1/fader"
"f4" = "scenes"
"f5" = "set ch/1/fader 20"
"f6" = "fly away"
"f7" = "scene/recall"
[notes]
f9 = 3
f8 = 200
''', "utf-8")  # fmt: skip
    with pytest.raises(SurfaceError) as told:
        reader.read(file, REGISTRY)
    lines = str(told.value).splitlines()
    for line, key, words in (
        (2, "ports", "expected a list of regular expressions"),
        (3, "handshak", "(nearest is handshake); came 'any'"),
        (4, "handshake", "expected none or any or challenge"),
        (6, "zero", "bottom below zero below top"),
        (7, "model", "expected a whole number 0..127; came 300"),
        (9, "keys_more.shift undoo", "(nearest is undo)"),
        (10, "keys_more.f1", "(nearest is eq)"),
        (11, "keys_more.f2", "nearest is ch/1/mute"),
        (12, "keys_more.f3", "expected a path of a switch"),
        (13, "keys_more.f4", "(nearest is scene)"),
        (14, "keys_more.f5", "expected a number from -90 to 10 dB"),
        (15, "keys_more.f6", "expected set, toggle, hold or step with a path"),
        (16, "keys_more.f7", "a scene's name or number"),
        (18, "notes.f9", "(nearest is f"),
        (19, "notes.f8", "a note 0..103"),
    ):
        found = [one for one in lines if f"line {line}: {key}: expected" in one]
        assert len(found) == 1, (line, key, lines)
        assert words in found[0], found[0]
    assert len(lines) == 15, lines


def test_a_kind_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('# mine\nkind = "makie"\n', "utf-8")
    with pytest.raises(SurfaceError, match=r"line 2: kind: expected map or mackie \(nearest is mackie\); came 'makie'"):
        surface_files.kind(file)


def test_the_table_of_the_maps_names_every_key_of_a_device() -> None:
    words = set(re.findall(r"`\[?([a-z_]+)\]?`", (surface_files.SHIPPED / "README.md").read_text("utf-8")))
    assert {*reader.KNOWN} <= words


def test_every_key_of_the_shipped_table_is_one_and_all_but_the_latches_do_something() -> None:
    table = reader.read(surface_files.SHIPPED / "mackie.toml").keys
    idle = {*NOTES} - {reader.latched(key)[-1] for key in table}
    assert idle == {"shift", "option", "control", "alt", "name/value", "write", "enter", "nudge", "up", "down", "scrub"}
