"""Which port is opened: by device, never another's, never one twice, whatever the driver's list does meanwhile.

There is no ALSA sequencer on a test machine: `Alsa` stands in for rtmidi with ALSA's names and numbers.
tests/live/test_midi_ports.py does it with real ports.
"""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studiod.midi_ports.child import ROUND, Ports
from studiod.midi_ports.memory import Memory
from studiod.midi_ports.names import Want, choose, natural
from studiod.midi_ports.open_by_name import distinct, listed, open_named
from studiod.midi_ports.port import Port

NANO = ["nanoKONTROL2"]


class Alsa:
    """A driver's list of clients.  `between` runs after each list and before each opening: the world goes on."""

    def __init__(self) -> None:
        self.clients: dict[int, str] = {}  # number: model
        self.between: Callable[[], None] = lambda: None
        self.ends: list[End] = []

    def names(self) -> list[str]:
        return [f"{model}:{model} MIDI 1 {number}:0" for number, model in sorted(self.clients.items())]

    def plug(self, model: str, number: int = 0) -> int:
        number = number or next(n for n in range(20, 200, 4) if n not in self.clients)
        self.clients[number] = model
        return number

    def make(self) -> dict[str, Any]:
        return {way: lambda name, queue_size_limit=0, way=way: End(self, way) for way in ("in", "out")}


class End:
    """One of rtmidi's ports, opened by its place in the list at that moment."""

    def __init__(self, alsa: Alsa, way: str) -> None:
        self.alsa, self.way, self.to = alsa, way, ""
        alsa.ends.append(self)

    def get_ports(self) -> list[str]:
        names = self.alsa.names()
        self.alsa.between()
        return names

    def open_port(self, place: int, label: str) -> None:
        self.alsa.between()
        names = self.alsa.names()
        if place >= len(names):
            raise RuntimeError("no such port")
        self.to = names[place]

    def ignore_types(self, **_: bool) -> None: ...

    def close_port(self) -> None:
        self.to = ""

    def delete(self) -> None:
        self.alsa.ends.remove(self)


def rig(alsa: Alsa, *wanted: list[str]) -> Ports:
    ports = Ports(Ear(), Unlimited())
    ports.driver.make = alsa.make()
    ports.driver.scanners = {way: End(alsa, way) for way in ("in", "out")}
    for number, patterns in enumerate(wanted):
        ports.ports[number] = Port(number, f"surface {number}", {"in": patterns, "out": patterns})
    return ports


class Ear:
    """The desk's end, which nobody listens to."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def send(self, data: bytes) -> int:
        return len(data)


class Unlimited(Memory):
    """The process of the tests may grow."""

    def limit(self, more_bytes: int = 0) -> None: ...


def settle(ports: Ports) -> list[str]:
    for _ in range(3):
        ports.scan()
    return [port.names["in"] for port in ports.ports.values()]


def true_to_its_word(ports: Ports) -> None:
    """Every open end is where it is said to be, alone, with its other half on the same device."""
    held = []
    for port in ports.ports.values():
        for way, end in port.ends.items():
            assert (end.to if end is not None else "") == port.names[way]
            held += [(way, port.names[way])] if end is not None else []
        assert port.names["in"] == port.names["out"] or "" in port.names.values()
    assert len(set(held)) == len(held), "one port, one surface"
    assert len(ports.driver.scanners["in"].alsa.ends) == 2 + len(held), "no end is left behind"


class Babbler(End):
    """Has always one more message of so many bytes."""

    size = 3

    def get_message(self) -> tuple[list[int], float]:
        return [0xB0, 7, *[64] * (self.size - 2)], 0.001


@pytest.mark.parametrize(("size", "room"), [(3, ROUND), (3000, 2), (50_000, 1)])
def test_whoever_always_has_one_more_message_takes_no_turn_of_another(size: int, room: int) -> None:
    """Counted in messages of one look; and who comes first changes, as the last finds the way to the desk full."""
    ear, alsa = Ear(), Alsa()
    ports = rig(alsa, NANO, NANO, NANO)
    ports.out.put = ear.frames.append
    for port in ports.ports.values():
        port.ends["in"] = Babbler(alsa, "in")
        port.ends["in"].size = size
    firsts = set()
    for look in range(3):
        assert ports.poll(), "there is more"
        heard = [frame[3] for frame in ear.frames]
        assert {number: heard.count(number) for number in range(3)} == dict.fromkeys(range(3), room), look
        firsts.add(heard[0])
        ear.frames.clear()
    assert firsts == {0, 1, 2}


# -- names ------------------------------------------------------------------------------------------------------------


def test_names_sort_by_the_size_of_their_numbers_and_twins_get_names_of_their_own() -> None:
    names = ["X 20:0", "X 9:0", "X-01:a", "X:b"]
    assert sorted(names, key=natural) == ["X:b", "X 9:0", "X 20:0", "X-01:a"]
    assert distinct(["a", "b", "a", "a"]) == ["a", "b", "a #2", "a #3"]


def want(patterns: list[str], has: str = "", had: str = "", has_out: str = "") -> Want:
    return Want({"in": patterns, "out": patterns}, {"in": has, "out": has_out}, {"in": had, "out": had})


@pytest.mark.parametrize(
    ("into", "out", "pairs"),
    [
        (["n:n MIDI 1 20:0", "n:n MIDI 1 24:0"], ["n:n MIDI 1 20:0", "n:n MIDI 1 24:0"], [(0, 0), (1, 1)]),
        # a device of two ports beside one of one
        (["n:A 20:0", "n:A 24:0"], ["n:A 20:0", "n:B 20:1", "n:A 24:0"], [(0, 0), (1, 2)]),
        (["n:CTRL", "n-01:CTRL"], ["n:LED", "n-01:LED"], [(0, 0), (1, 1)]),
        # each port a client of its own: in the order of their numbers
        (["n:CTRL", "n-02:CTRL"], ["n-01:LED", "n-03:LED"], [(0, 0), (1, 1)]),
        (["a2j:n [20] (capture): n 1", "a2j:n [24] (capture): n 1"],
         ["a2j:n [20] (playback): n 1", "a2j:n [24] (playback): n 1"], [(0, 0), (1, 1)]),
        # the output of the first is not there: the second's is not taken for it
        (["n:n 20:0", "n:n 24:0"], ["n:n 24:0"], [(0, None), (1, 0)]),
        (["n:CTRL", "n-01:CTRL"], ["n-01:LED"], [(0, None), (1, 0)]),
        (["n 20:0"], ["n 24:0"], [(0, None)]),
    ],
)  # fmt: skip
def test_an_output_belongs_to_the_device_of_the_input(
    into: list[str], out: list[str], pairs: list[tuple[int, int | None]]
) -> None:
    chosen = choose([want(["n"]) for _ in pairs], {"in": into, "out": out})
    assert [(c["in"], c.get("out")) for c in chosen] == [(into[a], None if b is None else out[b]) for a, b in pairs]


def test_what_one_had_goes_to_nobody_else_while_it_is_there() -> None:
    seen = {"in": ["n 20:0", "n 24:0"], "out": ["n 20:0", "n 24:0"]}
    first, second = choose([want(["n"], had="n 24:0"), want(["n"], had="n 20:0")], seen)
    assert (first["in"], second["out"]) == ("n 24:0", "n 20:0")
    assert choose([want(["n"], had="n 28:0")], seen)[0]["in"] == "n 20:0"
    assert choose([want(["n"]), want(["n"], has="n 20:0", has_out="n 20:0")], seen)[0]["in"] == "n 24:0"


# -- replugging -------------------------------------------------------------------------------------------------------


def test_a_device_that_comes_back_under_another_number_is_found_again() -> None:
    alsa = Alsa()
    number = alsa.plug("nanoKONTROL2")
    ports = rig(alsa, NANO)
    assert settle(ports) == ["nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0"]
    del alsa.clients[number]
    alsa.plug("BCF2000", 20)  # its old number is another's now
    assert settle(ports) == [""]
    alsa.plug("nanoKONTROL2", 28)
    assert settle(ports) == ["nanoKONTROL2:nanoKONTROL2 MIDI 1 28:0"]
    true_to_its_word(ports)


def test_twins_keep_their_places_when_one_leaves_and_comes_back() -> None:
    alsa = Alsa()
    alsa.plug("nanoKONTROL2", 20)
    alsa.plug("nanoKONTROL2", 24)
    ports = rig(alsa, NANO, NANO)
    first, second = settle(ports)
    assert first.endswith("20:0")
    assert second.endswith("24:0")
    del alsa.clients[20]
    assert settle(ports) == ["", second]
    alsa.plug("nanoKONTROL2", 32)
    assert [name[-4:] for name in settle(ports)] == ["32:0", "24:0"]
    alsa.clients.clear()
    settle(ports)
    alsa.plug("nanoKONTROL2", 24)  # the second's own, back first
    assert settle(ports) == ["", second]
    true_to_its_word(ports)


def test_twins_stay_where_they_are_over_ten_replugs_of_one_after_the_other() -> None:
    """Two extenders with one name: whoever comes back, on a lower or a higher number, comes back to its own place."""
    alsa = Alsa()
    alsa.plug("X-Touch-Ext", 20)
    alsa.plug("X-Touch-Ext", 24)
    ports = rig(alsa, ["X-Touch.?Ext"], ["X-Touch.?Ext"])
    numbers = [20, 24]
    assert [name.split()[-1] for name in settle(ports)] == ["20:0", "24:0"]
    for k in range(10):
        place = k % 2
        del alsa.clients[numbers[place]]
        assert settle(ports)[place] == ""
        numbers[place] = (16 - k) if k % 3 else (30 + k)
        alsa.plug("X-Touch-Ext", numbers[place])
        assert [name.split()[-1] for name in settle(ports)] == [f"{number}:0" for number in numbers]
    true_to_its_word(ports)


NAME = "nanoKONTROL2:nanoKONTROL2 MIDI 1 24:0"


@pytest.mark.parametrize("looks", range(8))
def test_a_list_that_moved_once_makes_no_difference(looks: int) -> None:
    """Whichever look or opening it moved after: another device takes the first place."""
    alsa = Alsa()
    alsa.plug("nanoKONTROL2", 24)
    end, passed = End(alsa, "in"), itertools.count()
    alsa.between = lambda: alsa.plug("BCF2000", 20) if next(passed) == looks else None
    assert open_named(end, NAME, "in")
    assert end.to == NAME


def test_from_a_list_that_never_stands_still_nothing_is_opened() -> None:
    alsa = Alsa()
    alsa.plug("nanoKONTROL2", 24)
    end = End(alsa, "in")
    alsa.between = lambda: None if alsa.clients.pop(20, None) else alsa.plug("BCF2000", 20)
    assert listed(end) is None
    assert not open_named(end, NAME, "in")
    assert end.to == ""


def test_a_driver_that_cannot_list_at_all_says_so() -> None:
    end = End(Alsa(), "in")
    end.get_ports = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        listed(end)


class Jack(Alsa):
    """The same with JACK's names, each way by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.there: dict[str, list[str]] = {"in": [], "out": []}

    def make(self) -> dict[str, Any]:
        return {way: lambda name, queue_size_limit=0, way=way: JackEnd(self, way) for way in ("in", "out")}


class JackEnd(End):
    def get_ports(self) -> list[str]:
        return list(self.alsa.there[self.way])

    def open_port(self, place: int, label: str) -> None:
        self.to = self.alsa.there[self.way][place]


def test_a_device_whose_ports_come_one_by_one_is_opened_whole() -> None:
    jack = Jack()
    ports = rig(jack, ["n"])
    ports.driver.scanners = {way: JackEnd(jack, way) for way in ("in", "out")}
    jack.ends = []
    jack.there = {"in": ["n-01:CTRL"], "out": []}
    ports.scan()
    jack.there = {"in": ["n-01:CTRL", "n:CTRL"], "out": ["n:LED"]}
    ports.scan()
    jack.there = {"in": ["n-01:CTRL", "n:CTRL"], "out": ["n:LED", "n-01:LED"]}
    for _ in range(3):
        ports.scan()
    assert ports.ports[0].names == {"in": "n:CTRL", "out": "n:LED"}


def test_the_halves_of_two_devices_are_never_put_together() -> None:
    jack = Jack()
    ports = rig(jack, ["n"])
    ports.driver.scanners = {way: JackEnd(jack, way) for way in ("in", "out")}
    jack.there = {"in": ["n:CTRL"], "out": ["n:LED"]}
    for _ in range(3):
        ports.scan()
    jack.there = {"in": ["n-01:CTRL"], "out": ["n:LED", "n-01:LED"]}  # the first is on its way out
    for _ in range(3):
        ports.scan()
        assert ports.ports[0].names["in"] == "", "it is still the first's"
    jack.there["out"].remove("n:LED")
    for _ in range(3):
        ports.scan()
    assert ports.ports[0].names == {"in": "n-01:CTRL", "out": "n-01:LED"}


MODELS = ("nanoKONTROL2", "BCF2000")
DEEDS = st.tuples(st.sampled_from(("plug", "unplug", "scan", "settle")), st.sampled_from(MODELS), st.integers(0, 9))


@settings(max_examples=300)
@given(st.lists(DEEDS, max_size=30), st.lists(st.tuples(st.integers(0, 5), DEEDS), max_size=10))
def test_never_the_wrong_port_whatever_is_plugged_and_whenever(deeds: list[Any], meanwhile: list[Any]) -> None:
    alsa = Alsa()
    ports = rig(alsa, NANO, NANO, ["BCF"])

    def change(what: str, model: str, which: int) -> None:
        if what == "plug" and len(alsa.clients) < 6:
            alsa.plug(model, next(n for n in range(20 + 4 * which, 300, 4) if n not in alsa.clients))
        elif what == "unplug" and alsa.clients:
            del alsa.clients[sorted(alsa.clients)[which % len(alsa.clients)]]

    def between() -> None:
        """Between a list and what is done with it: some deeds of the other list."""
        if meanwhile:
            looks, deed = meanwhile[0]
            meanwhile[0] = (looks - 1, deed)
            if looks == 0:
                meanwhile.pop(0)
                change(*deed)

    alsa.between = between
    for what, model, which in deeds:
        change(what, model, which)
        if what == "scan":
            ports.scan()
            true_to_its_word(ports)
        elif what == "settle":
            settle(ports)
    meanwhile.clear()
    settle(ports)
    true_to_its_word(ports)
    for model, surfaces in (("nanoKONTROL2", 2), ("BCF2000", 1)):
        there = sum(1 for other in alsa.clients.values() if other == model)
        held = [port.names["in"] for port in ports.ports.values() if port.names["in"].startswith(model)]
        assert len(held) == min(there, surfaces), "and each is found that is there"
        assert all(port.names["in"] == port.names["out"] for port in ports.ports.values())
