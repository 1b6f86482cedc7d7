"""The log: nobody waits for its reader, every line is fit to be shown, no kind floods it, nothing is lost unsaid."""

import fcntl
import logging
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studiod.process import logs, scribe
from studiod.process.logs import LINE_MOST, Logs
from studiod.process.throttle import AT_ONCE, MOST_KINDS, Throttle

PIPE_BYTES = 4096


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Desk:
    """A log on a pipe that is as small as the system allows, and that nobody reads until `read`."""

    def __init__(self) -> None:
        self.out, into = os.pipe()
        fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.clock = Clock()
        self.logs = Logs(into, self.clock)
        self.log = logging.Logger("studiod.test")
        self.log.addHandler(self.logs)
        self.ended = False

    def read(self) -> list[str]:
        """End the log; all of its lines."""
        text: list[bytes] = []

        def drain() -> None:
            while part := os.read(self.out, 65536):
                text.append(part)

        reader = threading.Thread(target=drain)
        reader.start()
        self.ended = True
        assert self.logs.end(60.0)
        reader.join()
        return b"".join(text).decode().splitlines()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    if not made.ended:
        made.read()
    os.close(made.out)


def test_a_pipe_that_nobody_reads_stops_nobody_and_what_it_cost_is_told(desk: Desk) -> None:
    count = 3 * scribe.MOST_LINES
    for k in range(count):
        desk.logs.say(f"line {k:04} " + "x" * 100)  # a hundred times what the pipe holds: without a queue, for ever
    assert desk.logs.lost >= count - scribe.MOST_LINES - PIPE_BYTES // 100 - 2
    lost = desk.logs.lost
    said = desk.read()
    told = [line for line in said if "lines of the log were lost" in line]
    assert told[-1].endswith(" lines of the log were lost here: nobody read them, or stderr took none")
    assert sum(int(line.split()[0]) for line in told) == lost
    kept = [line for line in said if line.startswith("line ")]
    assert len(kept) == count - lost
    assert kept == sorted(kept)


def test_a_stop_waits_for_a_stuck_reader_no_longer_than_its_limit(desk: Desk) -> None:
    for _ in range(200):
        desk.logs.say("x" * 100)
    assert desk.logs.end(0.05) is False  # comes back at all: the write itself never does


@pytest.mark.parametrize("broken", ["closed", "no reader"])
def test_a_stream_that_takes_nothing_changes_nothing_else(broken: str) -> None:
    out, into = os.pipe()
    os.close(out if broken == "no reader" else into)
    if broken == "closed":
        os.close(out)
    one = Logs(into if broken == "no reader" else 1 << 20)  # no descriptor has this number
    for _ in range(10):
        one.say("x")
    assert one.end(60.0)
    assert one.lost == 10


def test_a_closed_stderr_is_a_hole_and_its_number_nobody_elses() -> None:
    kept = os.dup(2)
    try:
        os.close(2)
        file = scribe.own_stderr()
        assert os.fstat(2).st_rdev == os.fstat(file).st_rdev == os.stat(os.devnull).st_rdev
        os.close(file)
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def test_of_a_flood_the_first_and_the_newest_are_told_and_the_rest_is_counted(desk: Desk) -> None:
    for k in range(500):
        desk.log.error("a disk failed: %d", k)
    desk.log.warning("another kind")
    said = desk.read()
    assert [line for line in said if "another" in line] == ["WARNING studiod.test: another kind"]
    told = [line for line in said if "disk" in line]
    assert told[:AT_ONCE] == [f"ERROR studiod.test: a disk failed: {k}" for k in range(AT_ONCE)]
    left = 500 - AT_ONCE - 1
    assert told[AT_ONCE:] == [f"ERROR studiod.test: a disk failed: 499 ({left} more of this kind before it, left out)"]


def test_a_kind_has_a_turn_each_second_and_the_newest_takes_it() -> None:
    clock = Clock()
    throttle: Throttle[str] = Throttle(clock)
    kind = ("x", logging.ERROR, "fault %d")
    passed = [throttle.pass_on(kind, f"fault {k}") for k in range(AT_ONCE + 5)]
    assert passed == [(True, 0)] * AT_ONCE + [(False, 0)] * 5
    assert list(throttle.due()) == []
    clock.now_s = 1.0
    assert throttle.pass_on(kind, "fault later") == (True, 5)
    assert throttle.pass_on(kind, "one more") == (False, 0)
    clock.now_s = 2.0
    assert list(throttle.due()) == [("one more", 0)]
    assert not throttle.waiting


def test_what_is_held_back_is_told_though_nothing_follows() -> None:
    """By the scribe's own thread, on the real clock."""
    out, into = os.pipe()
    one, log = Logs(into), logging.Logger("studiod.test")
    log.addHandler(one)
    for k in range(AT_ONCE + 5):
        log.error("fault %d", k)
    with os.fdopen(out, encoding="utf-8") as read:
        said = [read.readline() for _ in range(AT_ONCE + 1)]
        assert said[-1] == "ERROR studiod.test: fault 24 (4 more of this kind before it, left out)\n"
        assert one.end(60.0)


def test_every_line_passes_or_is_counted_whatever_comes_when() -> None:
    clock = Clock()
    throttle: Throttle[int] = Throttle(clock)
    rng, given, told = random.Random(6), 0, 0
    for _ in range(5000):
        clock.now_s += rng.choice([0.0, 0.01, 0.5, 3.0])
        kind = ("x", 30, str(rng.randrange(2 * MOST_KINDS)) if rng.random() < 0.3 else "much")
        passes, left_out = throttle.pass_on(kind, given)
        given += 1
        told += (1 + left_out) if passes else 0
        if rng.random() < 0.1:
            told += sum(1 + count for _, count in throttle.due())
        assert len(throttle._turns) <= MOST_KINDS + 1
    told += sum(1 + count for _, count in throttle.due(all=True))
    assert told == given


def test_kinds_beyond_the_table_are_one_kind_and_still_counted() -> None:
    throttle: Throttle[int] = Throttle(Clock())
    passed = [throttle.pass_on(("x", logging.ERROR, f"kind {k}"), k)[0] for k in range(10 * MOST_KINDS)]
    assert len(throttle._turns) == MOST_KINDS + 1
    assert sum(passed) == MOST_KINDS + AT_ONCE
    assert list(throttle.due(all=True)) == [(10 * MOST_KINDS - 1, 9 * MOST_KINDS - AT_ONCE - 1)]


def test_no_line_moves_a_cursor_or_makes_another(desk: Desk) -> None:
    desk.log.warning("from %s", "\x1b[2J\nERROR root: forged\u202e\x9b" + "y" * 5000)
    desk.logs.say("interface \x1b]0;x\x07")
    try:
        raise ValueError("bad\x1b[31m\r name")
    except ValueError:
        desk.log.exception("a packet failed")
    said = desk.read()
    assert all(line.isprintable() for line in said)
    assert said[0].startswith(r"WARNING studiod.test: from \u001b[2J\u000aERROR root: forged\u202e\u009byyy")
    assert len(said[0]) <= LINE_MOST + 40
    assert said[1] == r"interface \u001b]0;x\u0007"
    assert said[2:4] == ["ERROR studiod.test: a packet failed", "Traceback (most recent call last):"]
    assert said[4].startswith("  File ")
    assert 'raise ValueError("bad' in said[5]
    assert said[-1] == r"ValueError: bad\u001b[31m\u000d name"


def test_a_fault_is_told_with_what_led_to_it_and_with_its_innermost_steps(desk: Desk) -> None:
    def down(n: int) -> None:
        if n:
            down(n - 1)
        raise KeyError("deep")

    try:
        try:
            down(100)
        except KeyError as fault:
            raise RuntimeError("the outer one") from fault
    except RuntimeError:
        desk.log.exception("it failed")
    said = desk.read()
    assert [line for line in said if line.startswith(("KeyError", "RuntimeError"))] == [
        "KeyError: 'deep'",
        "RuntimeError: the outer one",
    ]
    assert sum(line.startswith("  File") for line in said) == logs.STEPS + 1
    assert 'raise KeyError("deep")' in said[said.index("KeyError: 'deep'") - 1]


def test_a_line_that_cannot_be_made_is_told_as_what_it_is(desk: Desk) -> None:
    desk.log.warning("%d frames", "no number")
    desk.log.warning("%s", type("Bad", (), {"__str__": lambda self: 1 / 0})())
    said = desk.read()
    assert said[0].startswith("WARNING studiod.test: '%d frames' with other words than it takes: ")
    assert said[1] == "WARNING studiod.test: '%s' with other words than it takes: division by zero"


def test_what_python_says_by_itself_goes_the_same_way(tmp_path: Path) -> None:
    """Faults of threads and of destructors, and warnings; in a process of its own, whose stderr is a file."""
    script = tmp_path / "one.py"
    script.write_text(
        "import logging, threading, warnings\n"
        "from studiod.process.logs import kept\n"
        "class Bad:\n    def __del__(self): raise OSError('in a destructor')\n"
        "def fail(): raise OSError('in a thread')\n"
        "with kept():\n"
        "    one = threading.Thread(target=fail, name='a-thread'); one.start(); one.join()\n"
        "    Bad()\n"
        "    warnings.warn('mind this')\n"
        "    logging.getLogger('x').info('told')\n"
        "logging.getLogger('x').info('not any more')\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}, check=True,
    )  # fmt: skip
    said = done.stderr
    for line in (
        "ERROR studiod.process.logs: the thread a-thread has ended", "OSError: in a thread", "OSError: in a destructor",
        "mind this", "INFO x: told",
    ):  # fmt: skip
        assert line in said
    assert said.count("Traceback") == 2
    assert "not any more" not in said
