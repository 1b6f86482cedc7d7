"""Mackie surfaces as the settings name them: their ports, the order of extenders, and maps that are wrong."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from controllers.mackie.start import CONTROLLER
from controllers.midi.surfaces import CONTROLLER as PLAIN
from mackie_parts import Ports, new_desk
from studiod.settings.schema import Settings, load


class Link(Ports):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[tuple[str, list[str]]] = []

    def open(self, name: str, into: list[str], out: list[str], hear: Callable, state: Callable) -> None:
        self.opened.append((name, into))


def settings(folder: Path, surfaces: str) -> Settings:
    file = folder / "studio.toml"
    file.write_text(f"[midi]\nsurfaces = [{surfaces}]\n", "utf-8")
    return load(file)


def started(wanted: Settings) -> list[tuple[str, list[str]]]:
    async def run() -> list[tuple[str, list[str]]]:
        link = Link()
        running = await CONTROLLER.start(new_desk(), wanted, link)
        await running.close()
        return link.opened

    return asyncio.run(run())


def test_extenders_stand_to_the_left_and_right_of_the_main_unit_in_any_number(tmp_path: Path) -> None:
    wanted = settings(tmp_path, '{ name = "x-touch", left = ["x-touch-extender"], right = ["x-touch-extender"] }, '
                      '{ name = "mackie", surface = 2, port = "mine" }')  # fmt: skip
    assert CONTROLLER.wanted(wanted)
    opened = started(wanted)
    assert [name for name, _ in opened] == ["x-touch-extender", "x-touch", "x-touch-extender 2", "mackie"]
    assert opened[0][1] == opened[2][1], "twins: told apart by what each had before"
    assert opened[3][1] == ["mine"]
    found = CONTROLLER.ports(wanted, new_desk().registry)
    assert [port.name for port in found.midi] == [name for name, _ in opened]
    assert PLAIN.ports(wanted, new_desk().registry).midi == ()


@pytest.mark.parametrize(
    ("surfaces", "words"),
    [
        ('{ name = "bad" }', ["bad.toml: line 2: modle", "bad.toml: line 3: zero"]),
        ('{ name = "odd" }', ["odd.toml: line 1: kind: expected map or mackie (nearest is mackie); came 'mackei'"]),
        ('{ name = "x-touch", left = ["nanokontrol2"] }', ["nanokontrol2: expected a map of kind mackie"]),
        ('{ name = "x-touch", left = ["x-tuch-extender"] }', ["nearest is x-touch-extender"]),
        ('{ name = "x-touch", surface = 7 }', ["expected a surface from 1 to 4 (console.surfaces); came 7"]),
        ('{ name = "twin", right = ["x-touch-extender"] }', ["ports: expected patterns of its own"]),
        ('{ name = "portless" }', ["portless: expected a port pattern"]),
    ],
)
def test_what_is_wrong_costs_its_surface_alone_and_is_told(
    surfaces: str, words: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name, text in {
        "bad": 'kind = "mackie"\nmodle = 3\nzero = 0\n',
        "odd": 'kind = "mackei"\n',
        "twin": 'kind = "mackie"\nports = ["X-Touch.?Ext"]\n',
        "portless": 'kind = "mackie"\n',
    }.items():
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    wanted = settings(tmp_path, f'{surfaces}, {{ name = "mackie" }}')
    with caplog.at_level(logging.ERROR):
        opened = started(wanted)
    assert [name for name, _ in opened] == ["mackie"], "the others are played"
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert all(word in told for word in words), told
    with pytest.raises(ValueError, match=r".") as fault:
        CONTROLLER.ports(wanted, new_desk().registry)
    assert all(word in str(fault.value) for word in words), "studiod check says the same"
    assert asyncio.run(PLAIN.start(new_desk(), wanted, Link())).played == []
