"""A tablet's buttons: what TouchOSC, Open Stage Control and button panels send, to every word and command of a desk.

Each does it, once, or is refused in words; a release does nothing.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from test_osc_deeds import carry_out

from controllers.osc.buttons import NAMED, NUMBER_FIRST, pressed, word_of
from controllers.osc.client import Client
from controllers.osc.plan import Plan
from controllers.osc.server import Osc
from controllers.osc.vocabulary import ALONE
from studiod.host.daemon import Daemon
from studiod.net.osc_codec import decode
from studiod.registry import roles
from studiod.registry.registry import Refusal
from studiod.settings.schema import ConsoleSize, Settings

# A push button (1 and 0, as i, f or T and F), one that feels pressure, one without a value.
PRESSES: list[list[Any]] = [[1], [1.0], [True], []]
RELEASES: list[list[Any]] = [[0], [0.0], [False], [-0.0]]
# A toggle sends a press, then, at the next touch, a release.  Encoders: steps, a position; a fader by mistake.
ENCODERS: list[list[Any]] = [[-1], [-1.0], [0.25], [0.5], [0.75], [127], [float("nan")], [float("inf")]]
TEXTS: list[list[Any]] = [["hello"], [""], ["1"], ["0"], ["Verse 1"], ["3 dB"], ["/ch/*/fader"], ["\x1b[2J"]]
OTHER: list[list[Any]] = [[0.2, 0.8], ["hello", 1], [None], [b"\x01"], [[1]]]  # a pad of two axes; nil; blob; array


class Tablet:
    """A peer of a whole desk, without its wire."""

    def __init__(self, daemon: Daemon) -> None:
        self.desk = daemon.desk
        self.sent: list[tuple[str, list[Any]]] = []
        send = lambda packet, to: self.sent.extend(decode(packet)[0])  # noqa: E731
        self.client = Client(("127.0.0.1", 5), "admin", send, desk=self.desk)
        self.client.stream = lambda key, packets, to=None: [  # type: ignore[method-assign, assignment]
            self.sent.extend(decode(one)[0]) for one in packets
        ]
        self.words = Osc(self.desk, Settings()).words

    def say(self, address: str, *args: Any) -> str:
        """What comes of it: "did", "" for nothing, or the refusal.  As server.py does it."""
        given = list(args)
        if self.words.desk_says(address, given):
            return ""
        plan = Plan(self.client, self.words.access)
        self.client.turns.answers.clear()
        try:
            carry_out(self.words.plan(plan, address, given))
            if plan.changes or plan.held:
                self.desk.change(plan.changes, plan.origin, held=plan.held)
            for deed in plan.deeds:
                carry_out(deed())
        except Refusal as refusal:
            return str(refusal)
        return "did" if plan.changes or plan.held or plan.deeds or plan.asks else ""


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """All commands of a running desk; files of relative names are its own."""
    console = ConsoleSize(channels=4, buses=2, returns=1, matrices=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("here"))
        made = Daemon(Settings(console=console), tmp_path_factory.mktemp("state"))
        yield made
        made.store.close()


@pytest.fixture
def tablet(daemon: Daemon) -> Tablet:
    return Tablet(daemon)


def answered(came: str, word: str) -> bool:
    """Whether it did something, or was refused in words that say where."""
    return came == "did" or (len(came) > len(word) + 10 and "\n" not in came and came.isprintable())


@pytest.mark.parametrize("word", roles.COMMANDS)
def test_every_word_does_what_a_tablet_sends_or_refuses_it_in_words(tablet: Tablet, word: str) -> None:
    for args in [*PRESSES, *ENCODERS, *TEXTS, *OTHER]:
        came = tablet.say(f"/{word}", *args)
        assert answered(came, word), f"/{word} {args}: {came!r}"


@pytest.mark.parametrize("word", roles.COMMANDS)
def test_a_release_does_nothing_and_says_nothing(tablet: Tablet, word: str) -> None:
    if NUMBER_FIRST.get(word) == 0:
        pytest.skip("0 is a word of it")
    before = tablet.desk.snapshot()
    tablet.sent.clear()
    for args in RELEASES:
        assert tablet.say(f"/{word}", *args) == "", args
    assert (tablet.sent, tablet.desk.snapshot()) == ([], before)


def test_a_press_is_the_word_alone(tablet: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[list[Any]] = []

    def spy(desk: object, plan: object, word: str, args: list[Any]) -> Iterator[None]:
        said.append(args)
        yield None

    monkeypatch.setattr("controllers.osc.commands.plan_command", spy)
    for word in tablet.desk.commands.keys() - NUMBER_FIRST.keys():
        for args in [*PRESSES, [0.75], [127]]:
            tablet.say(f"/{word}", *args)
        assert said == [[]] * 6, word
        said.clear()


def test_every_row_of_the_table_of_buttons_is_a_word_and_takes_what_it_says(tablet: Tablet) -> None:
    known = set(tablet.words.known)
    assert set(NUMBER_FIRST) <= known
    assert known >= NAMED
    assert known >= ALONE
    for word in tablet.desk.commands.keys() - NUMBER_FIRST.keys():  # what is a button to it is no word of it
        with pytest.raises(Refusal, match=r"is not text|more words than it takes"):
            tablet.desk.prepare(word, "me", 2.0)


@pytest.mark.parametrize("word", sorted(ALONE))
def test_a_word_that_takes_none_says_so(tablet: Tablet, word: str) -> None:
    for args in (["hello"], ["1"], [1, 1], [b""]):
        assert tablet.say(f"/{word}", *args).startswith(f"{word}: more words than it takes; expected no words; got ")


# -- once, and only once ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [1, 1.0, True])
def test_pressed_and_released_a_button_has_done_it_once(tablet: Tablet, value: Any) -> None:
    off = type(value)(0)
    desk = tablet.desk

    def push(address: str) -> None:
        assert tablet.say(address, value) == "did"
        assert tablet.say(address, off) == ""

    for number, path in enumerate(("ch/1/mute", "ch/2/eq/on", "monitor/dim", "ch/3/solo"), 1):
        before = desk.get(path)
        push(f"/toggle/{path}")
        assert desk.get(path) != before, path
        push(f"/toggle/{path}")
        assert desk.get(path) == before, path
        desk.set("ch/1/fader", -number)
        push(f"/scene/store/Scene%20{number}")
        push(f"/cue/add/Scene%20{number}")
    push("/cue/go/Scene%202")
    assert desk.get("ch/1/fader") == -2.0
    push("/cue/next")
    assert desk.get("ch/1/fader") == -3.0
    push("/cue/previous")
    assert desk.get("ch/1/fader") == -2.0
    push("/undo")
    assert desk.get("ch/1/fader") == -3.0
    push("/redo")
    assert desk.get("ch/1/fader") == -2.0
    push("/scene/recall/Scene%204")
    assert desk.get("ch/1/fader") == -4.0
    while tablet.say("/cue/remove", 1) == "did":
        pass


def test_unsubscribe_is_a_button_and_names_what_was_not_asked_for(tablet: Tablet) -> None:
    tablet.say("/unsubscribe", 1)
    tablet.client.streams[("a", 1), "ch"] = type("Stream", (), {"leave": lambda _: None})()  # type: ignore[index]
    assert tablet.say("/unsubscribe", "/ch/1/*").startswith("unsubscribe: not subscribed to; ")
    assert tablet.say("/meters/unsubscribe", "main").startswith("meters/unsubscribe: not sent to you; ")
    assert tablet.say("/meters/unsubscribe", "ch", "main").startswith("meters/unsubscribe: not one text; ")
    assert tablet.say("/unsubscribe", 0.0) == ""
    assert len(tablet.client.streams) == 1
    assert tablet.say("/unsubscribe", 1.0) == "did"
    assert not tablet.client.streams


@pytest.mark.parametrize("args", [["x"], [1, 1], [0.3], [-1], [float("nan")]])
def test_a_toggle_takes_a_button_and_nothing_else(tablet: Tablet, args: list[Any]) -> None:
    before = tablet.desk.get("ch/1/mute")
    assert answered(came := tablet.say("/toggle/ch/1/mute", *args), "toggle")
    assert came != "did"
    assert tablet.desk.get("ch/1/mute") == before


@pytest.mark.parametrize("lead", ["turn", "by", "touch", "hold", "toggle"])
@pytest.mark.parametrize("path", ["ch/1/fader", "ch/1/mute", "ch/1/name", "ch/1/eq/1/type", "ch/*/pan", "no/such"])
def test_every_lead_does_what_a_tablet_sends_or_refuses_it_in_words(tablet: Tablet, lead: str, path: str) -> None:
    for args in [*PRESSES, *ENCODERS, *TEXTS, *OTHER]:
        came = tablet.say(f"/{lead}/{path}", *args)
        assert answered(came, lead), f"/{lead}/{path} {args}: {came!r}"
    tablet.client.close()


# -- names in the address --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", sorted(NAMED))
@pytest.mark.parametrize("name", ["Nobody", "Two%20words", "100%25", "%ff", "a/b", "1", ""])
def test_a_name_in_the_address_is_the_first_word(tablet: Tablet, word: str, name: str) -> None:
    for args in PRESSES:
        came = tablet.say(f"/{word}/{name}", *args)
        assert answered(came, word), came
    for args in RELEASES:
        assert tablet.say(f"/{word}/{name}", *args) == ""


def test_names_in_the_address_are_found(tablet: Tablet) -> None:
    desk = tablet.desk
    for name, db in (("Verse", -5), ("Two words", -6), ("50% wet", -7), ("a?b*c", -8), ("Bär", -9)):
        desk.set("ch/2/fader", db)
        assert tablet.say("/scene/store", name) == "did"
    desk.set("ch/2/eq/1/gain", 4)
    tablet.say("/preset/store", "Warm", "ch/2/eq")
    for address, db in (
        ("Verse", -5), ("Two%20words", -6), ("50%25%20wet", -7), ("50% wet", -7), ("a%3Fb%2ac", -8), ("B%C3%A4r", -9),
    ):  # fmt: skip
        desk.set("ch/2/fader", 0)
        assert tablet.say(f"/scene/recall/{address}", 1.0) == "did"
        assert desk.get("ch/2/fader") == db
    assert tablet.say("/preset/recall/Warm/ch/3", 1) == "did"
    assert tablet.say("/preset/recall/Warm", "ch/4") == "did"
    assert [desk.get(f"ch/{n}/eq/1/gain") for n in (3, 4)] == [4.0, 4.0]
    number = next(args[4] for name, args in _lines(tablet, "/scene/list") if args[0] == "Verse")
    for address, args in ((f"/scene/recall/{number}", [1]), ("/scene/recall", [number]), ("/scene/recall", ["Verse"])):
        desk.set("ch/2/fader", 0)
        assert tablet.say(address, *args) == "did"
        assert desk.get("ch/2/fader") == -5.0
    desk.set("ch/2/fader", 0)
    assert tablet.say("/scene/recall/Verse/2", True) == "did"
    assert desk.get("ch/2/fader") == 0.0, "it fades, and no fade steps here"


def _lines(tablet: Tablet, word: str) -> list[tuple[str, list[Any]]]:
    tablet.sent.clear()
    tablet.say(word)
    return [line for line in tablet.sent if line[0] == word]


def test_only_words_that_take_a_name_have_one_in_their_address() -> None:
    known = {*roles.COMMANDS}
    assert word_of("scene/recall/Verse", known) == ("scene/recall", ["Verse"])
    assert word_of("preset/recall/Warm/ch/3/eq", known) == ("preset/recall", ["Warm", "ch/3/eq"])
    assert word_of("locate/Chorus%201", known) == ("locate", ["Chorus 1"])
    assert word_of("meters/subscribe/to", known) == ("meters/subscribe/to", [])
    for path in ("undo/1", "scene", "scene/list/x", "copy/ch/1", "", "scene/recal/Verse", "x/scene/recall/Verse"):
        assert word_of(path, known) == ("", []), path


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("/scene/recal", "/scene/recall"), ("/scene/recal/Verse", "/scene/recall/Verse"), ("/unod", "/undo"),
        ("/metres/subscribe", "/meters/subscribe"), ("/cue/nxt", "/cue/next"), ("/subscibe", "/subscribe"),
        ("/togle/ch/1/mute", "/toggle/ch/1/mute"), ("/ch/1/fadr", "ch/1/fader"), ("/mian/fader", "main/fader"),
        ("/preset/recal", "/preset/recall"), ("/FADE", "/fade"), ("/takes/list", "/take/list"),
    ],
)  # fmt: skip
def test_a_mistaken_address_is_told_the_nearest_path_or_word(tablet: Tablet, wrong: str, right: str) -> None:
    assert f"nearest is {right};" in tablet.say(wrong, 1)


# -- the rule itself -------------------------------------------------------------------------------------------------


def test_what_a_button_is() -> None:
    for on in (1, 1.0, True, 0.5, 0.75, 127, float("inf")):
        assert pressed("undo", [on]) == []
    for off in (0, 0.0, -0.0, False):
        assert pressed("undo", [off]) is None
    for neither in (0.25, -1, float("nan"), 0.499):
        with pytest.raises(Refusal, match="undo: neither pressed nor released; expected its words, or 1 for pressed"):
            pressed("undo", [neither])
    for args in ([], ["1"], [1, 1], [None], [b""], [[1]]):
        assert pressed("undo", args) == args
    assert pressed("locate", [0]) == [0]
    assert pressed("scene/recall", [3]) == [3]
    assert pressed("scene/recall", [0]) is None
    assert pressed("log", [True]) == []
    assert pressed("scene/recall", [2.5], named=True) == [2.5], "a fade of 2.5 s"
    assert pressed("scene/recall", [1], named=True) == []
    assert pressed("locate", [0], named=True) is None
