"""Laws of holds: a layer over a value, asked, told and heard, never stored, gone without a trace."""

import random
from pathlib import Path

import pytest

from library_rig import REGISTRY, Rig, stored
from studiod.desk.holds import NO_HANDS, is_hand
from studiod.multitrack import automation, machine
from studiod.registry.param import Value


@pytest.fixture
def rig() -> Rig:
    return Rig()


def hold(rig: Rig, path: str, value: object, by: str = "osc:me") -> None:
    rig.desk.change([], by, held=[(path, value)])


def test_a_held_value_is_asked_told_and_heard_and_what_is_beneath_is_stored(rig: Rig) -> None:
    rig.desk.set("ch/1/fader", -6.0, "osc:you")
    rig.told.clear()
    rig.engine.posts.clear()
    hold(rig, "ch/1/fader", -20.0)
    assert rig.desk.get("ch/1/fader") == -20.0
    assert rig.told == [("osc:me", {"ch/1/fader": -20.0})]
    assert rig.engine.posts == [(0, {"ch/1/fader": -20.0})]
    assert rig.desk.snapshot()["ch/1/fader"] == -6.0
    rig.desk.let_go("osc:me")
    assert rig.desk.get("ch/1/fader") == -6.0
    assert rig.told[-1] == ("let go for osc:me", {"ch/1/fader": -6.0})
    assert rig.engine.posts[-1] == (0, {"ch/1/fader": -6.0})


def test_two_holders_leave_what_was_beneath_whoever_goes_first(rig: Rig) -> None:
    for order in (("a", "b"), ("b", "a")):
        hold(rig, "ch/1/fader", -10.0, "osc:a")
        hold(rig, "ch/1/fader", -20.0, "osc:b")
        for left, who in enumerate(order):
            assert rig.desk.get("ch/1/fader") == (-20.0 if not left else -10.0 if who == "a" else -20.0)
            rig.desk.let_go(f"osc:{who}", "ch/1/fader")
        assert rig.desk.get("ch/1/fader") == -90.0


@pytest.mark.parametrize("origin", ["recall A for osc:x", "fade A for osc:x", "automation", "machine", ""])
def test_scenes_fades_and_automation_change_what_is_beneath(rig: Rig, origin: str) -> None:
    hold(rig, "ch/1/mute", 1)
    rig.told.clear()
    rig.desk.set("ch/1/mute", 1, origin)
    rig.desk.set("ch/1/fader", -3.0, origin)
    assert rig.told == [(origin, {"ch/1/fader": -3.0})], "nobody hears of what is beneath"
    rig.desk.let_go("osc:me")
    assert rig.desk.get("ch/1/mute") == 1


@pytest.mark.parametrize("origin", ["osc:me", "osc:you", "midi:nanokontrol2", "nrpn"])
def test_a_hands_set_ends_the_hold(rig: Rig, origin: str) -> None:
    hold(rig, "ch/1/fader", -20.0)
    rig.desk.set("ch/1/fader", -3.0, origin)
    assert rig.desk.get("ch/1/fader") == -3.0
    rig.desk.let_go("osc:me")
    assert rig.desk.get("ch/1/fader") == -3.0


def test_holding_what_is_beneath_lets_go(rig: Rig) -> None:
    hold(rig, "talkback/on", 1)
    hold(rig, "talkback/on", 0)
    assert rig.desk.get("talkback/on") == 0
    hold(rig, "ch/1/mute", 1, "osc:a")
    hold(rig, "ch/1/mute", 1, "osc:b")
    hold(rig, "ch/1/mute", 0, "osc:a")
    assert rig.desk.get("ch/1/mute") == 1, "b still holds it"


def test_a_linked_partner_is_held_with_it_and_falls_back_with_it(rig: Rig) -> None:
    rig.desk.set("ch/1/link", 1, "osc:x")
    rig.desk.set("ch/1/fader", -6.0, "osc:x")
    hold(rig, "ch/2/fader", -20.0)
    assert rig.desk.get("ch/1/fader") == rig.desk.get("ch/2/fader") == -20.0
    rig.desk.let_go("osc:me", "ch/2/fader")
    assert rig.desk.get("ch/1/fader") == rig.desk.get("ch/2/fader") == -6.0
    hold(rig, "ch/1/fader", -30.0)
    hold(rig, "ch/1/fader", -6.0)
    assert rig.desk.get("ch/2/fader") == -6.0


def test_a_held_solo_leaves_no_solo_behind(rig: Rig) -> None:
    hold(rig, "ch/1/solo", 1)
    assert rig.desk.get("solo/any") == 1
    rig.desk.let_go("osc:me")
    assert rig.desk.get("ch/1/solo") == rig.desk.get("solo/any") == 0


def test_neither_undo_nor_a_scene_nor_the_store_see_a_hold(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.desk.set("ch/1/fader", -6.0, "osc:me")
    hold(rig, "ch/1/fader", -20.0)
    hold(rig, "ch/2/name", "held")
    rig.do("scene/store", "A")
    rig.do("undo", by="osc:me")
    assert rig.desk.values["ch/1/fader"] == -90.0
    assert rig.desk.get("ch/1/fader") == -20.0
    assert len([line for line in rig.do("log") if line[0] == "log"]) == 2  # the set and the undo
    assert rig.library.scenes.shelf.values("A")["ch/1/fader"] == -6.0
    rig.store.close()
    again = Rig(tmp_path)
    assert again.desk.get("ch/1/fader") == -90.0
    assert again.desk.get("ch/2/name") == ""
    again.store.close()


def test_a_hold_in_the_future_comes_at_its_time(rig: Rig) -> None:
    at_ns = rig.now_ns + 500_000_000
    rig.desk.change([("ch/2/fader", -5.0)], "osc:me", at_ns, held=[("ch/1/fader", -20.0)])
    assert rig.desk.get("ch/1/fader") == -90.0
    rig.now_ns = at_ns
    rig.desk.tick(rig.now_ns)
    assert rig.engine.posts == [(rig.engine.frame_at(at_ns), {"ch/2/fader": -5.0, "ch/1/fader": -20.0})]


def test_an_engine_that_refuses_leaves_everything_as_it_was(rig: Rig) -> None:
    hold(rig, "ch/1/fader", -20.0)
    rig.engine.post = lambda *_: 1 / 0  # type: ignore[assignment, method-assign]
    for act in (
        lambda: hold(rig, "ch/1/fader", -30.0),
        lambda: rig.desk.let_go("osc:me"),
        lambda: rig.desk.set("ch/1/fader", -1.0, "osc:you"),
    ):
        with pytest.raises(ZeroDivisionError):
            act()
        assert rig.desk.get("ch/1/fader") == -20.0
        assert rig.desk.values["ch/1/fader"] == -90.0


def test_random_holds_equal_a_plain_model(rig: Rig) -> None:
    """Layers by hand, a list a path, the newest last: three holders, hands and scenes, paths without couplings."""
    paths = [f"ch/{n}/{tail}" for n in (1, 3) for tail in ("fader", "mute", "eq/1/gain")]
    chance = random.Random(3)
    beneath: dict[str, Value] = {path: REGISTRY.params[path].rest for path in paths}
    layers: dict[str, list[tuple[str, Value]]] = {path: [] for path in paths}
    for _ in range(5000):
        path, who = chance.choice(paths), f"osc:{chance.choice('abc')}"
        value = REGISTRY.params[path].from_turn(chance.choice((0.0, 0.25, 0.5, 1.0)))
        kind = chance.randrange(5)
        if kind < 2:
            hold(rig, path, value, who)
            layers[path] = [layer for layer in layers[path] if layer[0] != who]
            if value != beneath[path]:
                layers[path].append((who, value))
        elif kind == 2:
            rig.desk.set(path, value, who)
            beneath[path], layers[path] = value, []
        elif kind == 3:
            rig.desk.set(path, value, f"recall A for {who}")
            beneath[path] = value
        else:
            rig.desk.let_go(who)
            layers = {at: [layer for layer in held if layer[0] != who] for at, held in layers.items()}
        for at in paths:
            assert rig.desk.get(at) == (layers[at][-1][1] if layers[at] else beneath[at])
            assert rig.desk.values[at] == beneath[at]


def test_what_is_nobodys_hand_is_named_where_it_is_declared() -> None:
    assert {automation.NAME, machine.NAME, ""} == NO_HANDS
    assert is_hand("osc:1.2.3.4:9")
    assert not is_hand("undo for osc:1.2.3.4:9")
    assert stored(REGISTRY)
