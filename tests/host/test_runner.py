"""Who runs the graph: why a device cannot is told once, drivers that hang are not waited for, a sleep is no standstill.

Programs of the shell stand in for card processes with drivers that fail in ways that a test machine's do not.
"""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from descriptors import held
from studiod.host import card_child, device_ask, runner
from studiod.host.card_child import Card
from studiod.host.offline import Offline
from studiod.host.runner import NOT_THERE, OPEN_S, Runner
from studiod.realtime import interface
from studiod.realtime.interface import ABSENT, PERIOD, explain
from studiod.registry.registry import Console
from studiod.settings.schema import Interface

NAME = "Scarlett"
REPLUG = "restart its server, or unplug it and plug it in"


def made(device: str = NAME, inputs: int = 4, outputs: int = 4) -> Runner:
    offline = Offline(Console(inputs, outputs, channels=2, buses=2))
    return Runner(offline.engine, Interface(device=device), device)


def seen(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


# -- the card process ------------------------------------------------------------------------------------


async def _opened(limit_s: float) -> tuple[str, Card]:
    card = Card(made().engine.rack, Interface(), NAME)
    try:
        return await card.opened(limit_s), card
    finally:
        assert await card.kill()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exec sleep 60", f"it does not open within 0.3 s: {REPLUG}"),
        ("""echo '{"open": true}' >&$3; exec sleep 60""", f"it does not ask for sound within 0.3 s: {REPLUG}"),
        ("""echo '{"error": "it is pink"}' >&$3""", "it is pink"),
        ("exit 3", f"the card process ended (status 3): {REPLUG}, and see `studiod check`"),
        ("kill -SEGV $$", f"the card process ended (status -11): {REPLUG}, and see `studiod check`"),
        ("""printf '{"open": 1}\\n{"playing": 1, "inp' >&$3; sleep 0.05; printf 'uts": 3}\\n' >&$3; sleep 60""", ""),
    ],
)  # fmt: skip
def test_what_becomes_of_a_card_process_is_told_in_words_with_the_remedy(
    script: str, reason: str, child: Callable[[str], None]
) -> None:
    child(script)
    limit_s = 0.3 if "sleep 60" in script and reason else 20.0
    told, card = asyncio.run(_opened(limit_s))
    assert told == reason
    assert reason or card.about["inputs"] == 3, "also when it comes in two pieces"


def test_what_a_card_process_prints_goes_nowhere_and_stops_nobody(
    child: Callable[[str], None], capfd: pytest.CaptureFixture[str]
) -> None:
    child("""head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero; echo '{"playing": true}' >&$3; sleep 60""")
    assert asyncio.run(_opened(20.0))[0] == ""
    assert capfd.readouterr() == ("", "")


def test_a_card_process_that_the_system_cannot_end_is_left_behind(
    child: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # a signal that ends nothing stands in for a driver that holds its process in the kernel
    monkeypatch.setattr(card_child.signal, "SIGKILL", card_child.signal.SIGCONT)
    monkeypatch.setattr(card_child, "REAP_S", 0.1)
    child("exec sleep 60")

    async def left() -> int:
        card, beats = Card(made().engine.rack, Interface(), NAME), 0

        async def beat() -> None:
            nonlocal beats
            while True:
                beats += 1
                await asyncio.sleep(0.005)

        beating = asyncio.create_task(beat())
        assert not await card.kill()
        beating.cancel()
        card.process.terminate()  # the thread left behind takes note of its end
        while card.process.returncode is None:
            await asyncio.sleep(0.005)
        return beats

    assert asyncio.run(left()) > 3, "the loop went on meanwhile"
    assert "is held by its driver and does not end; going on without it" in caplog.text


def test_a_machine_without_room_for_a_process_is_a_reason_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    one, before = made(), held()
    told = asyncio.run(one._open())
    assert told == "no process for it could be started: No such file or directory; end what uses up this machine"
    assert held() == before, "its sockets are closed"


def test_why_a_device_would_not_open_is_told_by_the_child_that_was_asked(child: Callable[[str], None]) -> None:
    wanted = {"device": NAME, "rate_hz": 48_000, "inputs": 2, "outputs": 2}
    for script, reason in (
        ("""echo noise; echo '"it is pink"'""", "it is pink"),
        ("echo '\"\"'", ""),
        ("exit 3", f"its driver ends whoever asks it (status 3): {REPLUG}, and see `studiod check`"),
        ("echo pink", f"its driver could not be asked (JSONDecodeError): {REPLUG}, and see `studiod check`"),
        ("", f"its driver could not be asked (IndexError): {REPLUG}, and see `studiod check`"),
    ):
        child(script)
        assert device_ask.refusal(wanted, 20.0) == reason


# -- reasons ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "api", "has_hz", "reason"),
    [
        ("Invalid sample rate [PaErrorCode -9997]", interface.JACK, 44_100.0,
         "it runs at 44100 Hz, the desk at 48000: set interface.rate_hz = 44100, or start its server at 48000 Hz"),
        ("Invalid sample rate [PaErrorCode -9997]", "ALSA", 44_100.0,
         "it does not run at 48000 Hz: set interface.rate_hz = 44100, or the device to 48000 Hz"),
        ("Invalid sample rate [PaErrorCode -9997]", "ALSA", 48_000.0,
         "it does not run at 48000 Hz: set another interface.rate_hz, or the device to 48000 Hz"),
        ("Invalid number of channels [PaErrorCode -9998]", "ALSA", 48_000.0,
         "Invalid number of channels [PaErrorCode -9998]: set interface.inputs and interface.outputs to 0 to take the "
         "channels that it has"),
        ("Device unavailable [PaErrorCode -9985]", "ALSA", 48_000.0,
         "Device unavailable [PaErrorCode -9985]: another program holds it, or this user may not open it; see "
         "`studiod check`"),
        ("Host error [PaErrorCode -9999]", "ALSA", 48_000.0, f"Host error [PaErrorCode -9999]: {REPLUG}"),
    ],
)  # fmt: skip
def test_what_a_driver_says_is_explained_with_the_remedy(
    fault: str, api: str, has_hz: float, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = {"name": NAME, "api": api, "inputs": 2, "outputs": 2, "rate_hz": has_hz, "default": False}
    monkeypatch.setattr(interface, "interfaces", lambda: [one])
    assert explain(RuntimeError(fault), {"device": NAME, "rate_hz": 48_000}) == reason


def test_each_new_reason_is_told_once_until_the_device_plays_and_the_status_has_the_latest(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one, told = made(), "it runs at 44100 Hz"
    answers = [f"{ABSENT} 'Scarlett'; this machine has: 'A'", told, f"{ABSENT} 'Scarlett'; none", told, "pink"]
    one.losses = 1
    states = []
    for answer in answers:
        monkeypatch.setattr(runner, "refusal", lambda wanted, limit_s, answer=answer: answer)
        asyncio.run(one._try_again())
        states.append(one.engine.device)
    assert states == [f"lost: {NAME}: {why}" for why in (NOT_THERE, told, NOT_THERE, told, "pink")]
    assert seen(caplog) == [f"{NAME}: {why}" for why in (NOT_THERE, told, "pink")]


def test_a_device_that_never_played_is_absent_or_refused(caplog: pytest.LogCaptureFixture) -> None:
    one = made()
    one._note(f"{ABSENT} 'Scarlett'; none", told=True)
    assert one.engine.device == f"absent: {NAME}"
    one._note("it is pink")
    assert one.engine.device == f"refused: {NAME}: it is pink"
    one._note(f"{ABSENT} 'Scarlett'; none")
    assert seen(caplog) == [f"{NAME}: it is pink"], "what was told at the start is not told again"


def test_what_a_driver_says_is_made_fit_to_be_shown() -> None:
    one = made()
    one._note("\x1b[2J" + "x" * 1000)
    assert "\x1b" not in one.engine.device
    assert len(one.engine.device) <= 400


@pytest.mark.parametrize(
    ("has", "told"),
    [
        ((4, 4), "4 in, 4 out"),
        ((64, 64), "64 in, 64 out"),
        ((0, 4), "0 in, 4 out; input/1 to input/4 are silent"),
        ((4, 2), "4 in, 2 out; output/3 to output/4 are not heard"),
        ((3, 1), "3 in, 1 out; input/4 to input/4 are silent; output/2 to output/4 are not heard"),
    ],
)
def test_what_a_device_lacks_is_told(has: tuple[int, int], told: str) -> None:
    assert made().channels(*has) == told


def test_a_try_that_was_too_short_makes_the_next_one_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    one, asked, answers = made(), [], ["too slow", "too slow", "too slow", "too slow", "at once", "too slow"]

    def refused(wanted: object, limit_s: float) -> str:
        asked.append(limit_s)
        clock[0] += limit_s if (answer := answers[len(asked) - 1]) == "too slow" else 0.0
        return answer

    clock = [0.0]
    monkeypatch.setattr(runner, "refusal", refused)
    monkeypatch.setattr(runner.time, "monotonic", lambda: clock[0])
    for _ in answers:
        asyncio.run(one._try_again())
    assert asked == [OPEN_S, 10.0, 20.0, 40.0, 40.0, OPEN_S]


# -- standstill ------------------------------------------------------------------------------------------


def test_standstill_is_judged_by_the_measured_period() -> None:
    one = made()
    rack = one.engine.rack
    assert one.limit_s == OPEN_S, "nothing was measured yet"
    for frames, limit_s in ((64, 0.05), (600, 0.05), (4096, 4 * 4096 / 48_000), (8192, 4 * 8192 / 48_000)):
        rack.put(PERIOD, frames)
        assert one.limit_s == pytest.approx(limit_s)


class _Playing:
    """Stands in for a card process, whose device does what the test says."""

    def __init__(self) -> None:
        self.killed = False

    async def kill(self) -> bool:
        self.killed = True
        return True


async def _watched(one: Runner, during: Callable[[_Playing], Awaitable[None]]) -> bool:
    """Whether a card was given up while that happened."""
    card = _Playing()
    one.card = card  # type: ignore[assignment]
    one.engine.rack.put(PERIOD, 64)
    watching = asyncio.create_task(one.watch())
    await asyncio.sleep(0.05)
    await during(card)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    if one.clock is not None:
        one.clock.stop()
    return card.killed


def test_a_loop_that_was_held_up_is_no_standstill_and_a_device_that_stands_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "refusal", lambda wanted, limit_s: "gone")

    async def held_up(card: _Playing) -> None:
        one.engine.rack.words[2] += 64  # FRAME
        await asyncio.sleep(0.015)
        time.sleep(0.2)  # neither this process nor the device had any time
        await asyncio.sleep(0.012)  # one look or two, and the device goes on

    async def plays_on(card: _Playing) -> None:
        for _ in range(8):
            await held_up(card)
            if card.killed:
                return

    async def stands(card: _Playing) -> None:
        while not card.killed:
            await asyncio.sleep(0.01)

    one = made()
    assert asyncio.run(_watched(one, stands))
    assert one.engine.device.startswith(f"lost: {NAME}")
    one = made()
    assert not asyncio.run(_watched(one, plays_on))


def test_the_end_waits_for_no_driver_that_is_being_asked(child: Callable[[str], None], tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    child(f"echo $$ > {asked}.new; mv {asked}.new {asked}; exec sleep 60")
    one = made()

    async def run() -> None:
        one._stand_in()
        watching = asyncio.create_task(one.watch())
        while not asked.exists():
            await asyncio.sleep(0.01)
        watching.cancel()
        await one.close()
        assert one._retry is not None
        assert one._retry.cancelled()

    asyncio.run(run())  # which waits for the threads of its own pool
    os.kill(int(asked.read_text()), signal.SIGKILL)  # else there is no such process: it was waited for
    assert one.clock is not None
    assert not one.clock._thread.is_alive()


def test_while_no_change_waits_for_room_the_loop_looks_half_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    one, slept = made("virtual"), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise asyncio.CancelledError

    waits = iter((4, 0, 0))
    monkeypatch.setattr(one.engine, "pump", lambda: next(waits))
    monkeypatch.setattr(runner, "beat", sleep)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(one.watch())
    assert slept == [runner.BEAT_S, runner.POLL_S, runner.BEAT_S]
    assert runner.BEAT_S <= runner.STANDSTILL_S / 2, "a standstill is seen in time"
