"""`studiod layout`: what it writes, and one message for each thing that is wrong."""

from pathlib import Path

import pytest
import tosclib

from studiod.cli.layout import APPS
from studiod.cli.main import main
from studiod.layouts.drawn import drawn
from studiod.layouts.surface import WIDTHS
from studiod.registry.registry import Console, Registry

SCENE = "--scene: expected names of 1 to 64 characters, none of them a control character"


@pytest.mark.parametrize("app", sorted(APPS))
def test_it_writes_the_file_and_says_what_is_in_it(
    app: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["layout", app, "--strips", "1-4,9", "--port", "9007", "--width", "800", "--height", "600"]) == 0
    written = tmp_path / f"studiod{APPS[app]}"
    assert written.stat().st_size > 1000
    told = capsys.readouterr()
    assert told.err == ""
    assert told.out.startswith(f"studiod{APPS[app]}: ")
    assert told.out.endswith("faders, 800 × 600 px\n")


@pytest.mark.parametrize("app", sorted(APPS))
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--strips", "33"], "--strips: there is no ch/33; this console has ch/1 to ch/32 (--config says another)"),
        (["--strips", "0"], "--strips: there is no ch/0; this console has ch/1 to ch/32 (--config says another)"),
        (["--strips", "8-1"], "--strips: expected channels as in 1-8 or 1-4,9; got '8-1'"),
        (["--strips", "a"], "--strips: expected channels as in 1-8 or 1-4,9; got 'a'"),
        (["--role", "bus:17"], "--role: expected mix, or bus:1 to bus:16; got 'bus:17'"),
        (["--role", "bus:03"], "--role: expected mix, or bus:1 to bus:16; got 'bus:03'"),
        (["--role", "bus:٣"], "--role: expected mix, or bus:1 to bus:16; got 'bus:٣'"),
        (["--role", "view"], "--role: expected mix, or bus:1 to bus:16; got 'view'"),
        (["--role", "singer"], "--role: expected mix, or bus:1 to bus:16; got 'singer'"),
        (["--width", "100"], f"--width: expected {WIDTHS[0]} to {WIDTHS[1]} px; got 100"),
        (["--height", "9999"], f"--height: expected {WIDTHS[0]} to {WIDTHS[1]} px; got 9999"),
        (["--port", "0"], "--port: expected a port from 1 to 65535; got '0'"),
        (["--port", "x"], "--port: expected a port from 1 to 65535; got 'x'"),
        (["--scene", "Verse", " "], f"{SCENE}; got ' '"),
        (["--scene", "a\x01b"], f"{SCENE}; got 'a\\u0001b'"),
        (["--scene", "a\udcffb"], f"{SCENE}; got 'a\\udcffb'"),  # of an argument that is no UTF-8
        (["--scene", "x" * 65], f"{SCENE}; got '{'x' * 39}…'"),
        (["-o", "/dev/full"], "/dev/full: cannot be written: No space left on device; -o names another file"),
        (["-o", "no/where"], "no/where: cannot be written: No such file or directory; -o names another file"),
        (["-o", "."], ".: cannot be written: Is a directory; -o names another file"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(
    app: str, words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["layout", app, *words]) == 2
    assert capsys.readouterr().err == f"{said}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["desk.json", "desk.xml", "desk"])
def test_a_layout_for_touchosc_is_one_whatever_its_file_is_called(name: str, tmp_path: Path) -> None:
    assert main(["layout", "touchosc", "--role", "bus:1", "-o", str(tmp_path / name)]) == 0
    assert tosclib.load(str(tmp_path / name)).tag == "lexml"


def test_strips_width_and_height_change_what_they_say() -> None:
    registry = Registry(Console(channels=32, buses=2))

    def faders(strips: tuple[int, ...] = (), width: int = 1024, height: int = 768) -> list[tuple[str, int, int]]:
        surface = drawn(registry, "mix", strips, (), width, height)
        return [(one.path, one.frame[2], one.frame[3]) for one in surface.parts() if one.kind == "fader"]

    whole, some = {path for path, *_ in faders()}, {path for path, *_ in faders((2, 5))}
    assert {path for path in whole - some if path.startswith("ch/")} == whole - some
    assert {path.split("/")[1] for path in some if path.startswith("ch/")} == {"2", "5"}
    assert sorted(whole) == sorted(path for path, *_ in faders(width=320, height=480))
    assert max(w for _, w, _ in faders(width=2048)) > max(w for _, w, _ in faders(width=1024))
    assert max(h for *_, h in faders(height=1400)) == max(h for *_, h in faders(height=768)) + 1400 - 768
