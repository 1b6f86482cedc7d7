"""PyPI behringer-mixer, unmodified, against the daemon: connect, reload, set, be told, scenes, a lease that lasts."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from behringer_mixer import mixer_api

import servers
from studiod.client.client import ask, change
from studiod.client.lines import Link

Make = Callable[..., servers.Daemon]


class Mixer:
    """A mixer as its users have it, and the desk beside it."""

    def __init__(self, daemon: servers.Daemon) -> None:
        self.mixer = mixer_api.create("X32", ip=daemon.host, port=daemon.x32_port)
        self.daemon = daemon
        self.told: list[dict[str, Any]] = []

    async def __aenter__(self) -> "Mixer":
        assert await self.mixer.start()
        self.task = asyncio.create_task(self.mixer.subscribe(self.told.append))
        await asyncio.sleep(0.1)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.mixer.unsubscribe()
        self.task.cancel()
        await self.mixer.stop()

    async def until(self, key: str, value: Any) -> None:
        """Its own state has come to a value."""
        await until(lambda: self.mixer.state(key) == value, lambda: f"{key}: {self.mixer.state(key)!r}, not {value!r}")

    async def desk(self, path: str) -> Any:
        """A value, asked natively."""
        return await aside(ask, self.daemon.host, self.daemon.osc_port, path)

    async def set_desk(self, path: str, value: str) -> None:
        await aside(change, self.daemon.host, self.daemon.osc_port, path, value)

    async def do(self, word: str, *words: object) -> None:
        """A command of the desk."""
        await aside(self._do, word, *words)

    def _do(self, word: str, *words: object) -> None:
        with Link(self.daemon.host, self.daemon.osc_port) as link:
            link.ask(word, *words)


async def aside(fn: Callable[..., Any], *args: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, fn, *args)


async def until(met: Callable[[], bool], why: Callable[[], str], timeout_s: float = 5.0) -> None:
    end_s = time.monotonic() + timeout_s
    while not met():
        assert time.monotonic() < end_s, why()
        await asyncio.sleep(0.01)


def played(daemon: servers.Daemon, play: Callable[[Mixer], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Mixer(daemon) as mixer:
            await play(mixer)

    asyncio.run(run())


@pytest.fixture
def daemon(make_daemon: Make) -> servers.Daemon:
    return make_daemon({"x32": {"enabled": True}})


def test_it_connects_and_finds_an_answer_to_each_of_its_addresses(daemon: servers.Daemon) -> None:
    async def play(one: Mixer) -> None:
        mixer = one.mixer
        assert (mixer.name(), mixer.firmware()) == ("studiod", "4.06")
        began_s = time.monotonic()
        await mixer.reload()
        wanted = {held["output"] for address, held in mixer._mappings.items() if address != "/xinfo"}
        assert len(mixer._mappings) == 1773
        await until(lambda: wanted <= mixer.state().keys(), lambda: str(sorted(wanted - mixer.state().keys())[:5]))
        assert time.monotonic() - began_s < 30.0  # 5.5 s of its own waits; a loaded machine has its time

    played(daemon, play)


def test_what_it_sets_the_desk_has_and_the_other_way_round(daemon: servers.Daemon) -> None:
    async def play(one: Mixer) -> None:
        for key, value, path, native in (
            ("/ch/1/mix_fader_db", -10, "ch/1/fader", pytest.approx(-10.0, abs=0.05)),
            ("/ch/1/mix_fader_db", 10, "ch/1/fader", 10.0),
            ("/ch/1/mix_fader", 0, "ch/1/fader", -90.0),
            ("/ch/2/mix_on", False, "ch/2/mute", 1),
            ("/ch/3/config_name", "Snare", "ch/3/name", "Snare"),
            ("/bus/2/config_color_name", "GN", "bus/2/colour", "green"),
            ("/chsend/4/5/mix_fader_db", -6.0, "ch/4/send/5/level", pytest.approx(-6.0, abs=0.2)),
            ("/dca/1/mix_fader_db", -3.0, "dca/1/fader", pytest.approx(-3.0, abs=0.05)),
            ("/mutegroups/2/on", True, "mutegroup/2/on", 1),
        ):
            assert key in {*one.mixer._mappings_reverse, *one.mixer._secondary_mappings}, key
            await one.mixer.set_value(key, value)
            await asyncio.sleep(0.05)
            assert await one.desk(path) == native, key
        for path, text, key, value in (
            ("ch/1/fader", "0", "/ch/1/mix_fader_db", 0.0),
            ("ch/2/mute", "0", "/ch/2/mix_on", True),
            ("ch/3/name", "Tom", "/ch/3/config_name", "Tom"),
            ("bus/2/colour", "red", "/bus/2/config_color_name", "RD"),
            ("ch/4/send/5/level", "-90", "/chsend/4/5/mix_fader", 0.0),
            ("mutegroup/2/on", "0", "/mutegroups/2/on", False),
        ):
            await one.set_desk(path, text)
            await one.until(key, value)

    played(daemon, play)


def test_it_loads_a_scene(daemon: servers.Daemon) -> None:
    async def play(one: Mixer) -> None:
        await one.set_desk("ch/1/fader", "-5")
        await one.do("scene/store", "Verse")
        await one.set_desk("ch/1/fader", "-60")
        await one.until("/ch/1/mix_fader_db", -60.0)
        await one.mixer.load_scene(0)
        await one.until("/ch/1/mix_fader_db", pytest.approx(-5.0, abs=0.05))
        assert await one.desk("ch/1/fader") == -5.0
        await one.until("/scene/current", 0)

    played(daemon, play)


def test_it_is_told_past_thirty_seconds(daemon: servers.Daemon) -> None:
    async def play(one: Mixer) -> None:
        await asyncio.sleep(32.0)
        await one.set_desk("ch/9/mute", "1")
        await one.until("/ch/9/mix_on", False)
        assert one.mixer.subscription_connected()

    played(daemon, play)
