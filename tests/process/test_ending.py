"""The end of the process: the state is written once, whoever comes first; hard when it must; nothing is waited for."""

import asyncio
import logging
import threading
import time

import pytest

from studiod.process import ending as module
from studiod.process.ending import Ending


class Watched(Ending):
    """One whose end is seen, not suffered."""

    def __init__(self) -> None:
        self.left: list[int] = []
        self.lines: list[str] = []
        self.gone = threading.Event()
        super().__init__(hard=True, leave=self._note)
        self.say = self.lines.append

    def _note(self, code: int) -> None:
        self.left.append(code)
        self.gone.set()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same order in a tenth of the time."""
    monkeypatch.setattr(module, "kill_all", lambda: None)
    for name in ("SAVE_S", "ORDERLY_S", "HARD_S"):
        monkeypatch.setattr(module, name, getattr(module, name) / 10)


def test_a_loop_that_never_comes_round_ends_hard_and_the_state_is_written_all_the_same() -> None:
    one, saves = Watched(), []
    with one.running(lambda: None, lambda: None, lambda: bool(saves.append(threading.current_thread().name) or True)):
        one.begin()
        one.begin()
        assert one.gone.wait(60)
    assert one.left == [0]
    assert saves == ["studiod-save"]
    assert one.lines == ["stopped without waiting for the desk; the mix is saved"]


@pytest.mark.parametrize("fault", ["", "hangs", "raises"])
def test_a_state_that_is_not_on_the_disk_is_exit_code_1_and_said(fault: str) -> None:
    over = threading.Event()

    def save() -> bool:
        if fault == "raises":
            raise OSError("gone")
        if fault == "hangs":
            over.wait(60)
        return False

    one = Watched()
    with one.running(lambda: None, lambda: None, save):
        one.begin()
        assert one.gone.wait(60)
    over.set()
    assert one.left == [1]
    (line,) = one.lines
    assert line == "stopped without waiting for the desk; the mix is NOT saved: its last changes may be lost"


def test_the_state_is_written_once_and_who_asks_meanwhile_waits_for_it() -> None:
    one, saves = Ending(), []

    def save() -> bool:
        saves.append(1)
        time.sleep(0.05)
        return True

    with one.running(lambda: None, lambda: None, save):
        found: list[bool] = []
        threads = [threading.Thread(target=lambda: found.append(one.save())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (saves, found, one.saved) == ([1], [True] * 4, True)


def test_an_end_that_came_in_order_is_not_ended_again() -> None:
    one = Watched()
    with one, one.running(lambda: None, lambda: None, lambda: True):
        one.begin()
    assert not one.gone.wait(2 * module.HARD_S)


def test_work_of_the_end_has_a_bound_and_its_faults_are_told(caplog: pytest.LogCaptureFixture) -> None:
    one = Ending()

    async def gives() -> int:
        return 7

    async def fails() -> int:
        raise ValueError("no")

    async def clings() -> None:
        """Not even to be cancelled ends it."""
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if over:
                    raise

    over: list[int] = []

    async def all_of_it() -> None:
        one.begin()
        assert await one.bounded("the gift", gives()) == 7
        assert await one.bounded("the fault", fails()) is None
        clinging = [task := asyncio.ensure_future(one.bounded("the driver", clings(), 0.02))]
        await asyncio.sleep(0.01)
        assert one.steps == ["the driver"]
        await asyncio.wait(clinging, timeout=60)
        assert task.result() is None
        assert one.steps == []
        assert await one.bounded("the disk", asyncio.sleep(60)) is None, "the end itself is due"
        over.append(1)

    with caplog.at_level(logging.INFO):
        asyncio.run(all_of_it())
    assert [record.message for record in caplog.records] == [
        "the fault: a fault at the end",
        "the end does not wait for the driver any longer",
        "the end does not wait for the disk any longer",
    ]
