"""Who may command what over OSC: the role is asked for the command, and for every path that it changes."""

from typing import Any

import pytest

from controllers.access import Access
from controllers.osc.client import Client
from controllers.osc.plan import Plan
from controllers.osc.vocabulary import Words
from library_rig import Rig
from studiod.net.osc_codec import decode
from studiod.registry.registry import Refusal

ASKS = ("scene/list", "scene/diff", "scene/export", "preset/list")
CHANGES = ("scene/store", "scene/recall", "scene/rename", "scene/import", "preset/store", "preset/recall",
           "preset/delete", "copy", "autotrim", "log")  # fmt: skip
OWN = ("undo", "redo", "mix/copy")
MAY = {"view": ASKS, "bus:1": (*ASKS, *OWN), "mix": (*ASKS, *OWN, *CHANGES), "admin": (*ASKS, *OWN, *CHANGES)}
GIVEN = {
    "scene/store": ("B",), "scene/recall": ("A",), "scene/diff": ("A",), "scene/export": ("A",),
    "scene/rename": ("A", "C"), "scene/delete": ("A",), "scene/import": ("D", 1, 1, "[values]"),
    "preset/store": ("Q", "ch/1/eq"), "preset/recall": ("P", "ch/2"), "preset/delete": ("P",),
    "copy": ("ch/1", "ch/2"), "mix/copy": ("main", "bus/1"), "autotrim": ("ch/1", -18.0),
}  # fmt: skip


class Table:
    """A desk with a scene, a preset and a step of the peer's own, and a peer with a role."""

    def __init__(self, role: str) -> None:
        self.rig = Rig()
        self.rig.engine.peaks_db = [-20.0] * 4
        self.rig.do("scene/store", "A")
        self.rig.do("preset/store", "P", "ch/1/eq")
        self.sent: list[tuple] = []
        send = lambda packet, to: self.sent.extend(decode(packet)[0])  # noqa: E731
        self.client = Client(("10.0.0.9", 5), role, send, desk=self.rig.desk)
        self.access = Access(self.rig.desk)

    def say(self, word: str, *args: object) -> None:
        """As server.py does, without a wire and without threads."""
        words, plan = Words(self.rig.desk, self.access, lambda _: False), Plan(self.client, self.access)
        carry_out(words.plan(plan, f"/{word}", list(args)))
        if plan.changes:
            self.rig.desk.change(plan.changes, plan.origin)
        self.client.stream = lambda key, packets: [self.sent.extend(decode(one)[0]) for one in packets]  # type: ignore[method-assign, assignment]
        for deed in plan.deeds:
            carry_out(deed())


def carry_out(steps: Any) -> None:
    """Its errands here and now."""
    outcome = None
    while True:
        try:
            errand = steps.send(outcome)
        except StopIteration:
            return
        outcome = None if errand is None else errand()


@pytest.mark.parametrize("role", ["view", "bus:1", "mix", "admin"])
@pytest.mark.parametrize("word", [*ASKS, *CHANGES, *OWN, "scene/delete"])
def test_every_command_asks_for_its_role(word: str, role: str) -> None:
    table = Table(role)
    table.rig.desk.set("bus/1/fader", -6, table.client.origin)
    if word == "redo":
        table.rig.do("undo", by=table.client.origin)
    if word in MAY[role] or role == "admin":
        table.say(word, *GIVEN.get(word, ()))
        assert table.sent[-1][0] in (f"/{word}", f"/{word}/end")
        return
    before, heads = table.rig.desk.snapshot(), dict(table.rig.library.scenes.shelf.heads)
    with pytest.raises(Refusal) as caught:
        table.say(word, *GIVEN.get(word, ()))
    need = "admin" if word == "scene/delete" else "bus:N" if word in OWN else "mix"
    assert str(caught.value) == f"{word}: needs the role {need}; got the role {role}; grant it in [access]"
    assert (table.rig.desk.snapshot(), table.rig.library.scenes.shelf.heads, table.sent) == (before, heads, [])


def test_a_recall_leaves_out_what_the_role_may_not_set_and_says_so() -> None:
    table = Table("mix")
    table.rig.desk.change([("config/mute_pre", 0), ("ch/1/fader", -6), ("output/1/mute", 1)])
    table.say("scene/recall", "A", 0.0, "", 1)
    assert table.sent == [("/scene/recall", ["A", 1, 2])]
    assert [table.rig.desk.get(path) for path in ("config/mute_pre", "ch/1/fader", "output/1/mute")] == [0, -90.0, 1]


def test_a_copy_into_what_the_role_may_not_set_is_refused() -> None:
    table = Table("mix")
    table.rig.desk.set("output/1/trim", -6)
    with pytest.raises(Refusal, match="output/2/trim: needs the role admin; got the role mix"):
        table.say("copy", "output/1", "output/2")
    assert table.rig.desk.get("output/2/trim") == 0.0


def test_a_mix_copied_into_another_bus_is_refused_by_its_command_and_not_by_a_path_that_nobody_said() -> None:
    table = Table("bus:1")
    table.rig.desk.change([("ch/1/fader", -6)])
    told = r"^/mix/copy into bus/2: needs the role mix; got the role bus:1; grant it in \[access\]$"
    with pytest.raises(Refusal, match=told):
        table.say("mix/copy", "main", "bus/2")
    table.say("mix/copy", "main", "bus/1")
    assert table.sent[-1][0] == "/mix/copy"


def test_a_cue_leaves_out_what_the_role_may_not_set_as_a_recall_does() -> None:
    table = Table("mix")
    table.say("cue/add", "A")
    table.rig.desk.change([("ch/1/fader", -6), ("config/mute_pre", 0)])
    table.say("cue/next")
    assert table.sent[-1] == ("/cue/next", [1, "A", 1, 1])
    assert (table.rig.desk.get("ch/1/fader"), table.rig.desk.get("config/mute_pre")) == (-90.0, 0)


def test_a_fade_is_refused_where_the_role_may_not_set_one_of_its_paths() -> None:
    table = Table("bus:1")
    table.say("fade", "bus/1/fader", 1.0, -10.0)
    assert table.sent == [("/fade", ["bus/1/fader", 1, 0])]
    table.say("fade", "ch/*/send/1/level", 1.0, "-oo")
    for path in ("ch/1/fader", "bus/*/fader", "ch/*/send/*/level"):
        with pytest.raises(Refusal, match="needs the role mix; got the role bus:1"):
            table.say("fade", path, 1.0, -10.0)
    table.rig.go(2000)
    assert [table.rig.desk.get(f"bus/{n}/fader") for n in (1, 2)] == [-10.0, 0.0]


def test_words_of_a_wrong_kind_are_refused() -> None:
    table = Table("admin")
    for args, said in ((([1],), "an array among its words"), ((b"A",), "the name is not text"), ((None,), "not text")):
        with pytest.raises(Refusal, match=said):
            table.say("scene/recall", *args)
