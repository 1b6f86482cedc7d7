"""The process of the ports asks for a low real-time priority, and says whether it has it."""

import os
import subprocess
import sys

import pytest

import servers
from studiod.midi_ports import priority
from studiod.realtime.clock import PRIORITY as CLOCK

TRIED = """
import os
from studiod.midi_ports import priority
asked = priority.ask()
fifo = os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK == os.SCHED_FIFO
print(int(asked), fifo, os.sched_getparam(0).sched_priority)
"""


def test_it_is_far_below_the_cards() -> None:
    assert 0 < priority.PRIORITY < CLOCK // 2


def test_whoever_may_has_it_and_whoever_may_not_runs_without() -> None:
    made = subprocess.run([sys.executable, "-c", TRIED], capture_output=True, text=True, check=True, cwd=servers.ROOT)
    if priority.may():
        assert made.stdout.split() == ["1", "True", str(priority.PRIORITY)]
    else:
        assert made.stdout.split() == ["0", "False", "0"]


def test_to_look_whether_it_may_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    priority.may()
    assert (os.sched_getscheduler(0), os.sched_getparam(0)) == before

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", refused)
    assert not priority.may()
