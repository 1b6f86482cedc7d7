"""How often the process of the MIDI ports wakes, and how often it asks the driver for names: counted, not timed."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from studiod.midi_ports import child
from studiod.midi_ports.child import HANDS_S, IDLE_S, POLL_S, Ports
from studiod.midi_ports.memory import Memory
from studiod.midi_ports.port import Port


class Driver:
    """What there is, and how often it was asked.  ends: all that are open or list."""

    def __init__(self) -> None:
        self.there: dict[str, list[str]] = {"in": ["n:CTRL"], "out": ["n:LED"]}
        self.asked = 0
        self.ends: list[End] = []

    def make(self) -> dict[str, Any]:
        return {way: lambda name, queue_size_limit=0, way=way: End(self, way, name) for way in ("in", "out")}


class End:
    """One of rtmidi's, of one way."""

    def __init__(self, driver: Driver, way: str, name: str) -> None:
        self.driver, self.way, self.name = driver, way, name
        driver.ends.append(self)

    def get_ports(self) -> list[str]:
        self.driver.asked += 1
        return list(self.driver.there[self.way])

    def get_port_count(self) -> int:
        return len(self.driver.there[self.way])

    def get_message(self) -> None:
        return None

    def open_port(self, place: int, label: str) -> None: ...

    def ignore_types(self, **_: bool) -> None: ...

    def close_port(self) -> None: ...

    def delete(self) -> None:
        self.driver.ends.remove(self)


class Unlimited(Memory):
    """The process of the tests may grow."""

    def limit(self, more_bytes: int = 0) -> None: ...


@pytest.fixture
def driver() -> Driver:
    return Driver()


class Desk:
    """Both ends of the socket, which are closed when the test is over."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()

    def ports(self, driver: Driver) -> Ports:
        ports = Ports(self.theirs, Unlimited())
        ports.driver.make = driver.make()
        ports.ports[0] = Port(0, "surface", {"in": ["n"], "out": ["n"]})
        return ports


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.ours.close()
    made.theirs.close()


def test_without_a_message_it_wakes_half_as_often_and_less_than_a_millisecond_later(desk: Desk, driver: Driver) -> None:
    ports = desk.ports(driver)
    assert ports.wait_s(100.0) == IDLE_S
    ports.hand_on(ports.ports[0], [0xB0, 7, 64], 0.0)
    assert ports.wait_s(ports.heard_s) == ports.wait_s(ports.heard_s + 0.99 * HANDS_S) == POLL_S
    assert ports.wait_s(ports.heard_s + HANDS_S) == IDLE_S
    assert POLL_S <= 0.001
    assert 0 < IDLE_S - POLL_S < 0.001


def test_what_is_due_is_not_waited_past(desk: Desk, driver: Driver) -> None:
    ports = desk.ports(driver)
    ports.waiting.add(time.monotonic_ns() + 500_000, b"\xf8", 0)
    assert ports.wait_s(100.0) <= 0.0005


def test_an_idle_second_is_no_more_wakes_than_it_has_turns(desk: Desk, driver: Driver) -> None:
    ports = desk.ports(driver)

    def run() -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            ports.run()

    runs = threading.Thread(target=run)
    runs.start()
    began_s = time.monotonic()
    time.sleep(1.0)
    wakes, took_s = ports.wakes, time.monotonic() - began_s
    desk.ours.close()
    runs.join(5)
    assert 0 < wakes <= took_s / IDLE_S + 10


def test_with_alsa_what_lists_stays(desk: Desk, driver: Driver) -> None:
    ports = desk.ports(driver)
    for _ in range(3):
        ports.scan()
    assert len(driver.ends) == 4


def test_names_are_asked_for_when_they_may_be_others(desk: Desk, driver: Driver) -> None:
    ports = desk.ports(driver)
    for _ in range(4):
        ports.look(0.0)
    asked, now_s = driver.asked, time.monotonic()
    for _ in range(5):
        ports.look(now_s)
    assert driver.asked == asked, "as many ports as before, all open"
    driver.there["in"].append("other:CTRL")
    ports.look(now_s)
    assert driver.asked > asked, "one more"
    for _ in range(3):
        ports.look(now_s)
    asked = driver.asked
    ports.look(now_s + 2 * child.NAMES_S)
    assert driver.asked > asked, "the time is over"
    ports.ports[0].shut("in")
    asked = driver.asked
    ports.look(now_s)
    assert driver.asked > asked, "a port is closed that has a name"
    assert ports.ports[0].ends["in"] is not None
