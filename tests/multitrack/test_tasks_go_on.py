"""Laws of what ticks in a daemon: one turn that goes wrong is written down, and the next one comes all the same."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from test_automation import Studio

from library_rig import Rig
from studiod.memory import autotrim
from studiod.multitrack import automation, machine


def job(which: str, folder: Path) -> tuple[Any, str, Any]:
    """What has the turn, the name of the turn, and what runs it."""
    if which == "autotrim":
        trim = Rig().library.autotrim
        return trim.heard, "gather", trim
    studio = Studio(folder)
    one = studio.machine if which == "machine" else studio.automation
    return one, "tick", one


@pytest.mark.parametrize("fault", [ZeroDivisionError, OSError, ValueError, KeyError])
@pytest.mark.parametrize("which", ["machine", "autotrim", "automation"])
def test_a_turn_that_goes_wrong_is_written_down_and_the_next_one_comes(
    which: str,
    fault: type[Exception],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for module, name in ((machine, "TICK_S"), (autotrim, "LISTEN_S"), (automation, "TICK_S")):
        monkeypatch.setattr(module, name, 0.0)
    of, turn, one = job(which, tmp_path)
    turns: list[int] = []

    async def run() -> None:
        third = asyncio.Event()

        def broken(*_: object) -> None:
            turns.append(1)
            if len(turns) == 1:
                raise fault("of this turn")
            if len(turns) == 3:
                third.set()

        monkeypatch.setattr(of, turn, broken)
        task = asyncio.create_task(one.run())
        waits = asyncio.create_task(third.wait())
        await asyncio.wait([task, waits], return_when=asyncio.FIRST_COMPLETED)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert len(caplog.records) == 1
    assert fault.__name__ in caplog.text
