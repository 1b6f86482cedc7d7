"""Laws of undo, redo and the log: each sender gets its own back, a gesture at a time, and never another's."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from library_rig import MS, Rig
from studiod.memory import history
from studiod.registry.param import Refusal

PATHS = ("ch/1/fader", "ch/2/pan", "ch/3/mute", "bus/1/name", "ch/1/eq/1/type", "output/mute")
VALUES = {
    "ch/1/fader": (-6.0, -12.0, 0.0), "ch/2/pan": (10.0, -10.0, 50.0), "ch/3/mute": (0, 1), "bus/1/name": ("a", "b"),
    "ch/1/eq/1/type": ("bell", "notch"), "output/mute": (0, 1),
}  # fmt: skip


@pytest.fixture
def rig() -> Rig:
    return Rig()


class Oracle:
    """Undo as a sentence says it: a list of gestures a sender, each {path: (before, after)}."""

    def __init__(self, values: dict) -> None:
        self.values = {path: values[path] for path in PATHS}
        self.done: dict[str, list] = {"a": [], "b": []}
        self.undone: dict[str, list] = {"a": [], "b": []}

    def change(self, who: str, changes: dict, now_ms: int) -> None:
        news = {path: value for path, value in changes.items() if self.values[path] != value}
        kept = {path: (self.values[path], value) for path, value in news.items() if path != "output/mute"}
        self.values |= news
        if not kept:
            return
        for step in reversed(self.done[who]):
            if now_ms - step["last"] > 500:
                break
            if set(kept) <= set(step["pairs"]):
                back = "ch/3/mute" in kept and step["pairs"]["ch/3/mute"][0] == kept["ch/3/mute"][1]  # a switch
                if not back and all(step["pairs"][path][1] == before for path, (before, _) in kept.items()):
                    step["pairs"] |= {path: (step["pairs"][path][0], after) for path, (_, after) in kept.items()}
                    step["last"] = now_ms
                    return
                break
            if set(kept) & set(step["pairs"]):
                break
        self.done[who].append({"pairs": kept, "last": now_ms})
        self.undone[who].clear()

    def turn(self, who: str, out: dict, into: dict, held: int, goal: int) -> bool:
        if not out[who]:
            return False
        pairs = out[who].pop()["pairs"]
        back = {path: pair for path, pair in pairs.items() if self.values[path] == pair[held]}
        if not back:
            return False
        self.values |= {path: pair[goal] for path, pair in back.items()}
        into[who].append({"pairs": back, "last": -1e9})
        return True


SETS = st.tuples(
    st.just("set"), st.sampled_from("ab"), st.lists(st.sampled_from(PATHS), min_size=1, max_size=3, unique=True),
    st.integers(0, 1 << 30), st.sampled_from((20, 300, 700)),
)  # fmt: skip
TURNS = st.tuples(st.sampled_from(("undo", "redo")), st.sampled_from("ab"))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(SETS, SETS, TURNS), max_size=60))
def test_each_of_two_senders_gets_its_own_back(story: list) -> None:
    rig = Rig()
    oracle = Oracle(rig.desk.values)
    try:
        for act in story:
            if act[0] == "set":
                _, who, paths, seed, wait_ms = act
                rig.now_ns += wait_ms * MS
                chance = random.Random(seed)
                changes = {path: chance.choice(VALUES[path]) for path in paths}
                rig.desk.change(changes.items(), who)
                oracle.change(who, changes, rig.now_ns // MS)
                continue
            word, who = act
            ways = (oracle.done, oracle.undone, 1, 0) if word == "undo" else (oracle.undone, oracle.done, 0, 1)
            want = oracle.turn(who, *ways)
            try:
                rig.do(word, by=who)
                assert want
            except Refusal:
                assert not want
            assert {path: rig.desk.values[path] for path in PATHS} == oracle.values
    finally:
        rig.store.close()


def test_a_ride_is_one_step(rig: Rig) -> None:
    for k in range(50):
        rig.now_ns += 20 * MS
        rig.desk.set("ch/1/fader", -60 + k, "me")
        rig.desk.set("ch/2/fader", -50 + k, "me")  # the other hand
    assert rig.do("undo") == [("undo", "ch/2/fader", 1, 0, "")]
    assert (rig.desk.get("ch/1/fader"), rig.desk.get("ch/2/fader")) == (-11.0, -90.0)
    rig.do("undo")
    assert rig.desk.get("ch/1/fader") == -90.0
    rig.do("redo")
    assert rig.desk.get("ch/1/fader") == -11.0


def test_a_command_that_is_taken_back_is_named(rig: Rig) -> None:
    rig.desk.set("ch/1/fader", -6, "me")
    rig.now_ns += 1000 * MS
    rig.do("copy", "ch/1", "ch/2")
    rig.do("scene/store", "A")
    rig.desk.set("ch/1/pan", 20, "me")
    rig.now_ns += 1000 * MS
    rig.do("scene/recall", "A")
    named = [line[-1] for line in rig.do("gestures", "undo", 4)[:-1]]
    assert named == ["recall A", "", "copy ch/1 to ch/2", ""]
    assert [rig.do("undo")[0][-1] for _ in range(4)] == named
    assert rig.do("redo")[0][-1] == ""
    assert rig.do("redo")[0][-1] == "copy ch/1 to ch/2"


@pytest.mark.parametrize("wait_ms", [0, 100, 600, 2000])
def test_a_fade_stays_one_step_while_its_sender_does_other_things(rig: Rig, wait_ms: int) -> None:
    rig.desk.change([("ch/1/fader", -20), ("ch/2/fader", -20)], "me")
    rig.now_ns += 5000 * MS

    def faded(first: int, last: int) -> None:
        for value in range(first, last):
            rig.now_ns += 10 * MS
            rig.desk.change([("ch/1/fader", value / 20 - 20), ("ch/2/fader", value / 10 - 20)], "fade Verse for me")

    faded(1, 50)
    rig.desk.set("main/fader", -40, "me")
    faded(50, 50 + wait_ms // 10)
    rig.desk.set("ch/3/mute", 1, "me")
    faded(50 + wait_ms // 10, 260)
    named = [line[2] for line in rig.do("gestures", "undo", 9)[:-1]]
    assert named == ["ch/3/mute", "main/fader", "ch/1/fader", "ch/1/fader"]
    assert [line[-1] for line in rig.do("log")[:-1]] == [2, 2, 1, 1]
    for path, value in (("ch/3/mute", 0), ("main/fader", 0), ("ch/1/fader", -20)):
        rig.do("undo")
        assert rig.desk.get(path) == value
    assert rig.desk.get("ch/2/fader") == -20


def test_a_touch_holds_a_gesture_together_however_long_it_rests(rig: Rig) -> None:
    rig.desk.touch("ch/1/fader", True, "me")
    for value in (-40, -30, -20):
        rig.desk.set("ch/1/fader", value, "me")
        rig.now_ns += 3000 * MS
    rig.desk.touch("ch/1/fader", False, "me")
    rig.desk.touch("ch/1/fader", True, "me")
    rig.desk.set("ch/1/fader", -10, "me")
    rig.do("undo")
    assert rig.desk.get("ch/1/fader") == -20.0
    rig.do("undo")
    assert rig.desk.get("ch/1/fader") == -90.0


def test_what_somebody_else_changed_since_is_not_taken_back(rig: Rig) -> None:
    rig.desk.change([("ch/1/fader", -6), ("ch/2/fader", -7)], "me")
    rig.desk.set("ch/1/fader", -20, "you")
    assert rig.do("undo") == [("undo", "ch/2/fader", 1, 1, "")]
    assert (rig.desk.get("ch/1/fader"), rig.desk.get("ch/2/fader")) == (-20.0, -90.0)
    rig.do("redo")
    assert (rig.desk.get("ch/1/fader"), rig.desk.get("ch/2/fader")) == (-20.0, -7.0)


def test_a_ride_that_another_hand_broke_goes_back_to_what_that_hand_left(rig: Rig) -> None:
    for value, who in ((-6, "me"), (-20, "you"), (-3, "me")):
        rig.desk.set("ch/1/fader", value, who)
    rig.do("undo")
    assert rig.desk.get("ch/1/fader") == -20.0
    rig.do("undo", by="you")
    assert rig.desk.get("ch/1/fader") == -6.0


def test_refusals_of_undo_and_redo(rig: Rig) -> None:
    for word, said in (("undo", "undo: nothing of yours to undo"), ("redo", "redo: nothing of yours to redo")):
        with pytest.raises(Refusal) as caught:
            rig.do(word)
        assert str(caught.value) == said
    rig.desk.set("ch/2/fader", -3, "me")
    rig.now_ns += 1000 * MS
    rig.desk.set("ch/1/fader", -6, "me")
    rig.desk.set("ch/1/fader", -20, "you")
    with pytest.raises(Refusal) as caught:
        rig.do("undo")
    assert str(caught.value) == (
        "undo: ch/1/fader was changed since you left it at -6; got -20; "
        "nothing changed; /undo again goes on with the step before"
    )
    rig.do("undo")
    assert (rig.desk.get("ch/1/fader"), rig.desk.get("ch/2/fader")) == (-20.0, -90.0)


def test_volatile_values_are_not_undone(rig: Rig) -> None:
    rig.desk.set("output/mute", 1, "me")
    with pytest.raises(Refusal, match="nothing of yours"):
        rig.do("undo")


def test_a_new_change_forgets_what_was_undone(rig: Rig) -> None:
    rig.desk.set("ch/1/fader", -6, "me")
    rig.do("undo")
    rig.desk.set("ch/2/fader", -6, "me")
    with pytest.raises(Refusal, match="nothing of yours to redo"):
        rig.do("redo")


def test_a_thousand_steps_go_back_to_the_start(rig: Rig) -> None:
    chance = random.Random(3)
    start = rig.desk.snapshot()
    for _ in range(1000):
        rig.now_ns += 600 * MS
        rig.desk.set(f"ch/{chance.randint(1, 6)}/pan", chance.uniform(-100, 100), "me")
    for _ in range(1000):
        rig.do("undo")
    assert rig.desk.snapshot() == start


def test_steps_of_many_values_are_bounded(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "VALUES", 500)
    monkeypatch.setattr(history, "SENDERS", 5)
    for k in range(40):
        rig.now_ns += 600 * MS
        rig.desk.change([(f"ch/{c}/eq/{b}/gain", k % 7) for c in range(1, 7) for b in range(1, 5)], f"sender {k % 9}")
        rig.desk.change([(f"ch/{c}/trim", k % 5) for c in range(1, 7)], f"sender {k % 9}")
        if k % 3 == 1:
            rig.do("undo", by=f"sender {k % 9}")
    kept = rig.library.history
    assert len(kept.senders) <= 5
    held = sum(len(step.before) for one in kept.senders.values() for step in [*one.done, *one.undone])
    assert held == kept._values <= 500


def test_undoing_a_link_gives_the_even_strip_its_own_values_back(rig: Rig) -> None:
    rig.desk.change([("ch/1/fader", -6), ("ch/2/fader", -12), ("ch/2/eq/1/gain", 5)], "you")
    before = rig.desk.snapshot()
    rig.desk.set("ch/1/link", 1, "me")
    assert rig.desk.get("ch/2/fader") == -6.0
    rig.do("undo")
    assert rig.desk.snapshot() == before


def test_a_sender_hears_what_its_undo_changed(rig: Rig) -> None:
    rig.desk.set("ch/1/fader", -6, "me")
    rig.told.clear()
    rig.do("undo")
    assert rig.told == [("undo for me", {"ch/1/fader": -90.0})]


def test_the_log_says_who_changed_what(rig: Rig) -> None:
    for value in (-30, -20, -10):
        rig.desk.set("ch/1/fader", value, "osc:1")
    rig.desk.change([("ch/2/mute", 1), ("ch/3/mute", 1)], "midi:x")
    rig.do("undo", by="osc:1")
    rig.desk.set("ch/4/name", "Kick")
    lines = rig.do("log")
    assert [line[2:] for line in lines[:-1]] == [
        ("osc:1", "ch/1/fader", -90.0, -10.0, 1),
        ("midi:x", "ch/2/mute", 0, 1, 2),
        ("undo for osc:1", "ch/1/fader", -10.0, -90.0, 1),
        ("studiod", "ch/4/name", "", "Kick", 1),
    ]
    assert lines[-1] == ("log/end", 4)
    assert len(rig.do("log", 2)) == 3
    for words, said in (((0,), "out of range"), (("x",), "not a number"), ((1, 2), "more words")):
        with pytest.raises(Refusal, match=said):
            rig.do("log", *words)
    for k in range(history.LOG + 5):
        rig.now_ns += 600 * MS
        rig.desk.set("ch/1/pan", k % 50, "x")
    assert len(rig.do("log", 1000)) == history.LOG + 1


def test_the_log_tells_who_as_text_and_shortly(rig: Rig) -> None:
    """A scene's name stands in it, and whatever a peer may be called."""
    rig.desk.set("ch/1/fader", -6, f"recall \x1b[31m\x9b{'x' * 70_000} for me")
    line = rig.do("log")[0]
    assert line[2].startswith("recall \\u001b[31m\\u009bxxx")
    assert len(line[2]) == history.WHO_MAX


def test_each_press_of_a_switch_is_a_step_and_a_line_of_its_own(rig: Rig) -> None:
    for mute in (1, 0, 1):
        rig.desk.set("ch/3/mute", mute, "a")
        rig.now_ns += 100 * MS
    lines = [line[3:6] for line in rig.do("log", by="a") if line[0] == "log"]
    assert lines == [("ch/3/mute", 0, 1), ("ch/3/mute", 1, 0), ("ch/3/mute", 0, 1)]
    for mute in (0, 1, 0):
        rig.do("undo", by="a")
        assert rig.desk.get("ch/3/mute") == mute
    for level in (-6.0, -3.0, 0.0):  # a fader that comes back is one gesture, as ever
        rig.desk.set("ch/1/fader", level, "a")
    assert rig.do("undo", by="a")[0][:2] == ("undo", "ch/1/fader")
