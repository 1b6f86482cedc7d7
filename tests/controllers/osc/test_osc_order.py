"""Laws of what stands together in a packet: each part counts from what the parts before it come to, by their times."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from test_osc import bundle

from controllers.osc import future
from controllers.osc.client import Client
from controllers.osc.server import Osc
from library_rig import Rig
from studiod.net.osc_codec import decode, encode, timetag_at

FADER, MUTE = "ch/3/fader", "ch/3/mute"


class Table:
    """A desk with a library, its OSC without a wire, and one peer; what is meant for later comes by `pass_time`."""

    def __init__(self, role: str = "admin") -> None:
        self.rig = Rig()
        settings = SimpleNamespace(access=SimpleNamespace(lan="none", rules=[]))
        self.osc = Osc(self.rig.desk, settings)
        self.sent: list[tuple[Any, ...]] = []
        send = lambda packet, to: self.sent.extend(decode(packet)[0])  # noqa: E731
        self.client = Client(("10.0.0.9", 5), role, send, desk=self.rig.desk)
        self.client.stream = lambda key, packets: [self.sent.extend(decode(one)[0]) for one in packets]  # type: ignore[method-assign, assignment]
        self.later: list[Any] = []
        self.osc._at = lambda seconds, client, plan: self.later.append(plan)  # type: ignore[method-assign]

    def say(self, *messages: bytes) -> None:
        carry_out(self.osc._packet(bundle(*messages), self.client))

    def pass_time(self) -> None:
        self.rig.now_ns = time.monotonic_ns() + 10**12
        self.rig.desk.tick(self.rig.now_ns)
        for plan in self.later:
            carry_out(self.osc._answer(self.client, plan))


def carry_out(steps: Any) -> None:
    """Its errands here and now."""
    outcome = None
    while True:
        try:
            errand = steps.send(outcome)
        except StopIteration:
            return
        outcome = None if errand is None else errand()


def at(s: float, *messages: bytes) -> bytes:
    return bundle(*messages, timetag=timetag_at(time.time() + s))


@pytest.mark.parametrize(
    ("path", "first", "earlier", "later", "right"),
    [
        (FADER, -20.0, encode("/by/ch/3/fader", 1.0), encode("/by/ch/3/fader", 1.0), -18.0),
        (FADER, -20.0, encode("/ch/3/fader", -5.0), encode("/by/ch/3/fader", 2.0), -3.0),
        (MUTE, 0, encode("/toggle/ch/3/mute"), encode("/toggle/ch/3/mute"), 0),
        (MUTE, 0, encode("/ch/3/mute", 1), encode("/toggle/ch/3/mute"), 0),
        ("ch/3/comp/on", 1, encode("/by/ch/3/comp/on", -1), encode("/toggle/ch/3/comp/on"), 1),
    ],
)
def test_times_count_in_their_order_however_they_stand_in_the_packet(
    path: str, first: Any, earlier: bytes, later: bytes, right: Any
) -> None:
    for parts in ((at(60, later), at(30, earlier)), (at(30, earlier), at(60, later))):
        table = Table()
        table.rig.desk.set(path, first)
        table.say(*parts)
        table.pass_time()
        assert table.rig.desk.get(path) == right


def stored(role: str = "admin") -> Table:
    """The desk stands at -20, and so do scene A, preset P and the fader of ch/4."""
    table = Table(role)
    table.rig.desk.change([(FADER, -20.0), ("ch/4/fader", -20.0)])
    table.rig.do("scene/store", "A")
    table.rig.do("preset/store", "P", "ch/3")
    table.rig.do("cue/add", "A")
    return table


RECALLS = [
    (("/scene/recall", "A"), -20.0),
    (("/preset/recall", "P", "ch/3"), -20.0),
    (("/copy", "ch/4", "ch/3", "fader"), -20.0),
    (("/cue/go", 1), -20.0),
    (("/desk/reset",), None),
]


@pytest.mark.parametrize(("words", "right"), RECALLS)
def test_what_stands_already_is_set_over_what_the_packet_moved(words: tuple[Any, ...], right: float | None) -> None:
    table = stored()
    if right is None:
        right = float(table.rig.desk.registry.params[FADER].rest)
        table.rig.desk.set(FADER, right)
    table.say(encode("/ch/3/fader", -3.0), encode(*words))
    assert table.rig.desk.get(FADER) == right


@pytest.mark.parametrize(("words", "right"), RECALLS)
def test_what_stands_already_is_set_over_what_others_moved_until_its_time(
    words: tuple[Any, ...], right: float | None
) -> None:
    table = stored()
    if right is None:
        right = float(table.rig.desk.registry.params[FADER].rest)
        table.rig.desk.set(FADER, right)
    table.say(at(60, encode(*words)))
    table.rig.desk.set(FADER, -3.0, "midi:x")
    table.pass_time()
    assert table.rig.desk.get(FADER) == right


def test_what_hangs_on_what_the_packet_moved_is_set_too() -> None:
    table = Table()
    table.rig.desk.change([("ch/3/link", 1), ("ch/3/fader", -20.0)])
    table.rig.do("scene/store", "A")
    table.say(encode("/ch/3/fader", -3.0), encode("/scene/recall", "A"))
    assert [table.rig.desk.get(f"ch/{n}/fader") for n in (3, 4)] == [-20.0, -20.0]
    table = stored()
    table.say(encode("/ch/3/link", 1), encode("/ch/3/fader", -3.0), encode("/scene/recall", "A"))
    assert [table.rig.desk.get(f"ch/{n}/fader") for n in (3, 4)] == [-20.0, -20.0]


@pytest.mark.parametrize("later", [False, True])
def test_a_fade_begins_where_the_packet_has_brought_the_desk(later: bool) -> None:
    table = stored()
    if later:
        table.say(at(60, encode("/scene/recall", "A", 1.0)))
        table.rig.desk.set(FADER, -3.0, "midi:x")
        table.pass_time()
    else:
        table.say(encode("/ch/3/fader", -3.0), encode("/scene/recall", "A", 1.0))
    assert table.sent[-1] == ("/scene/recall", ["A", 1, 0])
    assert table.rig.desk.get(FADER) == -3.0
    table.rig.go(1100)
    assert table.rig.desk.get(FADER) == -20.0


@pytest.mark.parametrize(("moves", "count"), [((), 0), ((-3.0,), 1), ((-20.0,), 0), ((-3.0, -20.0), 0)])
def test_a_recall_tells_how_many_values_it_changed_in_its_packet(moves: tuple[float, ...], count: int) -> None:
    table = stored()
    table.say(*(encode("/ch/3/fader", value) for value in moves), encode("/scene/recall", "A"))
    assert table.sent[-1] == ("/scene/recall", ["A", count, 0])


def test_a_recall_that_changes_nothing_in_a_packet_of_its_own_sets_nothing() -> None:
    table = stored()
    table.rig.engine.posts.clear()
    heard: list[str] = []
    table.rig.desk.decided.append(lambda _, paths: heard.extend(paths))
    table.say(encode("/scene/recall", "A"))
    assert (table.rig.engine.posts, heard) == ([], [])


def test_recalls_of_a_whole_console_wait_for_their_times_whatever_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(future, "PEER_VALUES", 10)
    table = stored()
    for k in range(future.RECALLS):
        table.say(at(60 + k, encode("/scene/recall", "A")))
    assert (len(table.later), table.sent) == (future.RECALLS, [])
    for k in range(2):
        table.say(at(70 + k, encode("/scene/recall", "A")))
    assert "too much waits for its time" in table.sent[-1][1][1]


@pytest.mark.parametrize("when", [0, 60])
def test_what_a_role_may_not_set_is_left_also_where_it_stood_so(when: int) -> None:
    table = Table("mix")
    table.rig.do("scene/store", "A")
    safe = "config/mute_pre"
    assert table.osc.access.lacks("mix", safe)
    recall = encode("/scene/recall", "A")
    table.say(encode("/ch/3/fader", -3.0), *([at(when, recall)] if when else [recall]))
    table.rig.desk.set(safe, 1 - int(table.rig.desk.get(safe)))  # type: ignore[call-overload]
    here = table.rig.desk.get(safe)
    if when:
        table.pass_time()
    assert table.rig.desk.get(safe) == here
    assert table.rig.desk.get(FADER) != -3.0


@pytest.mark.parametrize("seconds", [0.0, 0.5, 600.0])
@pytest.mark.parametrize("path", ["ch/1/fader", "ch/3/pan"])
def test_rights_are_asked_of_what_is_under_a_finger_too(path: str, seconds: float) -> None:
    table = Table("bus:1")
    table.rig.do("fade", path, 1, -10, by="somebody")
    table.rig.desk.touch(path, True, "midi:x")
    before = table.rig.library.fades.running[0].ways.copy()
    table.say(encode("/fade", path, seconds, -3.0))
    needs = f"{path}: needs the role mix; got the role bus:1; grant it in [access]"
    assert table.sent == [("/error", [f"/{path}", needs])]
    assert table.rig.library.fades.running[0].ways == before


@pytest.mark.parametrize("word", ["scene/list", "log", "undo", "cue/list"])
def test_a_part_that_goes_wrong_is_answered_and_the_others_go_on(word: str, caplog: pytest.LogCaptureFixture) -> None:
    table = stored()
    table.rig.desk.set(FADER, -1.0, table.client.origin)
    prepare = table.rig.desk.commands.pop(word)

    def broken(origin: str, *words: object) -> Any:
        deed: Any = prepare(origin, *words)
        deed.act = lambda _: 1 / 0
        return deed

    table.rig.desk.commands[word] = broken
    table.say(encode(f"/{word}"), encode("/ping", 7))
    assert table.sent == [("/error", [f"/{word}", f"{word}: a fault of the desk; its log says more"]), ("/pong", [7])]
    assert "ZeroDivisionError" in caplog.text


def test_a_word_that_goes_wrong_is_answered_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    table = Table()
    monkeypatch.setattr(table.client.presence, "touch", lambda *_: 1 / 0)
    table.say(encode("/touch/ch/1/fader", 1), encode("/ping", 7))
    assert [address for address, _ in table.sent] == ["/error", "/pong"]
    assert "a fault of the desk" in table.sent[0][1][1]
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("word", ["undo", "redo"])
@pytest.mark.parametrize(("tail", "after"), [("pan", 40.0), ("level", -12.0), ("on", 0), ("follow", 0)])
def test_a_step_that_the_role_may_not_take_stays(word: str, tail: str, after: float) -> None:
    table = Table("bus:1")
    desk, path = table.rig.desk, f"ch/1/send/2/{tail}"
    desk.set("bus/1/link", 1)
    before = desk.get(path)
    assert before != after
    table.say(encode(f"/{path}", after))
    if word == "redo":
        table.say(encode("/undo"))
    stands = desk.get(path)
    desk.set("bus/1/link", 0)
    for _ in range(3):
        table.say(encode(f"/{word}"))
        assert (table.sent[-1][0], table.sent[-1][1][1:]) == (f"/{word}", [0, 1, ""])
        assert desk.get(path) == stands
    desk.set("bus/1/link", 1)
    desk.set(path, stands)
    table.say(encode(f"/{word}"))
    assert desk.get(path) == (before if word == "undo" else after)
    other = "redo" if word == "undo" else "undo"
    table.say(encode(f"/{other}"))
    assert desk.get(path) == stands
    assert not [line for line in table.sent if line[0] == "/error"]
