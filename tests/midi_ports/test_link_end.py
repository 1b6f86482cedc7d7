"""A process of the ports that has ended: nothing is written to its end any more, however long it takes to go."""

import asyncio
import os
import signal
import subprocess

import pytest

from midi_parts import until
from studiod.midi_ports import frames
from studiod.midi_ports import link as links


def test_nothing_is_written_to_an_end_that_is_closed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[bool] = []
    ended = links._ended

    async def run() -> None:
        link = links.Link()
        ups: list[bool] = []
        link.open("desk", ["no such port"], ["no such port"], lambda data: None, ups.append)

        async def going(child: "subprocess.Popen[bytes]", limit_s: float) -> bool:
            """It is dead, and has not been reaped yet."""
            for _ in range(20):
                link.drop("desk", 0x90)
                taken.append(link.send("desk", b"\x90\x00\x7f"))
                await asyncio.sleep(0)
            return await ended(child, limit_s)

        await until(lambda: link._writer is not None and link.pid)
        link._ports[0].up = True  # as if it were there
        monkeypatch.setattr(links, "_ended", going)
        os.kill(link.pid, signal.SIGKILL)
        await until(lambda: taken)
        await link.close()
        assert ups[:1] == [False], "the port heard that it is away"

    asyncio.run(run())
    assert taken
    assert not any(taken)
    assert "socket.send() raised exception" not in caplog.text


@pytest.mark.parametrize(("gone", "waits"), [(True, [0.2] * 7), (False, [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0])])
def test_whoever_falls_again_and_again_waits_longer_but_not_one_whose_server_has_gone(
    monkeypatch: pytest.MonkeyPatch, gone: bool, waits: list[float]
) -> None:
    waited: list[float] = []

    async def run() -> None:
        link = links.Link()

        async def live() -> None:
            link._obey(frames.control({"fault": "MIDI: it fell", "gone": gone})[2:])

        async def sleep(wait_s: float) -> None:
            waited.append(wait_s)
            if len(waited) == 7:
                raise asyncio.CancelledError

        monkeypatch.setattr(link, "_live", live)
        monkeypatch.setattr(links.asyncio, "sleep", sleep)
        with pytest.raises(asyncio.CancelledError):
            await link._keep()

    asyncio.run(run())
    assert waited == waits
