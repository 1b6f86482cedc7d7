"""A card's process is there before its rack: begun for who will play on a device, taken over or ended, never left."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from descriptors import held
from studiod.host.card_child import ahead
from studiod.host.card_process import CardProcess, begun
from studiod.host.offline import Offline
from studiod.host.runner import Runner
from studiod.registry.registry import Console
from studiod.settings.schema import Interface

NAME = "Scarlett"


def runner(process: CardProcess | None, device: str = NAME) -> Runner:
    engine, interface = Offline(Console(2, 2, channels=2, buses=2)).engine, Interface(device=device)
    return Runner(engine, interface, device, ahead(engine.rack, interface, device, process))


@pytest.mark.parametrize(
    ("device", "settings", "there"),
    [
        (NAME, None, True),
        ("virtual", f'[interface]\ndevice = "{NAME}"', False),
        (None, f'[interface]\ndevice = "{NAME}"', True),
        (None, "[console]\nchannels = 3", False),
        (None, "interface = 3", False),
        (None, "[interface", False),
        (None, None, False),
    ],
)
def test_who_will_play_on_a_device_has_its_process_begun(
    device: str | None, settings: str | None, there: bool, tmp_path: Path, child: Callable[[str], None]
) -> None:
    child("exec sleep 60")
    config = tmp_path / "studio.toml" if settings else None
    if config and settings:
        config.write_text(settings)
    before = held()
    with begun(device, config) as process:
        assert (process is not None) == there
    assert process is None or process.process.poll() is not None, "what nobody took over has ended"
    assert held() == before, "its socket is closed"


def test_settings_that_are_not_there_begin_nothing(tmp_path: Path, child: Callable[[str], None]) -> None:
    child("exec sleep 60")
    with begun(None, tmp_path / "none.toml") as process:
        assert process is None


def test_a_process_that_was_begun_gets_word_of_the_code_then_the_rack(
    tmp_path: Path, child: Callable[[str], None]
) -> None:
    told = tmp_path / "told"
    child(f"""cat <&$3 >{told} & echo '{{"playing": true}}' >&$3; exec sleep 60""")

    async def play() -> str:
        with begun(NAME, None) as process:
            assert process is not None
            process.compiled()
            process.compiled()
            one = runner(process)
            one.begin()
            reason = await one.start()
            assert one.card is not None
            assert one.card.process is process.process, "no second one"
            until_s = time.monotonic() + 20.0
            while "}" not in told.read_text() and time.monotonic() < until_s:
                await asyncio.sleep(0.005)
            await one.card.kill()
        return reason

    assert asyncio.run(play()) == ""
    assert told.read_text().startswith('.{"device": "Scarlett"'), "once that all is compiled"


def test_a_start_that_comes_to_nothing_leaves_no_process(child: Callable[[str], None]) -> None:
    child("""echo '{"playing": true}' >&$3; exec sleep 60""")

    async def given_up(wait: bool, begin: bool = True) -> CardProcess:
        process = CardProcess()
        one = runner(process)
        if begin:
            one.begin()
        if wait:
            assert one._first is not None
            await one._first
        else:
            await asyncio.sleep(0)
        began_s = time.monotonic()
        await one.close()
        assert time.monotonic() - began_s < 5.0
        return process

    for wait in (False, True):
        assert asyncio.run(given_up(wait)).process.poll() is not None
    assert asyncio.run(given_up(False, begin=False)).process.poll() is not None


def test_the_virtual_interface_needs_no_process(child: Callable[[str], None]) -> None:
    child("exec sleep 60")
    process = CardProcess()
    runner(process, "virtual")
    assert process.process.poll() is not None
