"""Laws of presets and copies; what all commands of the library refuse."""

import pytest

from library_rig import REGISTRY, Rig, changed
from studiod.registry.param import Refusal


@pytest.fixture
def rig() -> Rig:
    return Rig()


def below(rig: Rig, strip: str, subtree: str = "") -> dict:
    start = f"{strip}/{subtree}/" if subtree else f"{strip}/"
    return {path[len(strip) + 1 :]: value for path, value in rig.desk.snapshot().items() if path.startswith(start)}


# -- presets ---------------------------------------------------------------------------------------------------------


def test_a_preset_goes_onto_other_strips_and_touches_nothing_else(rig: Rig) -> None:
    rig.desk.change(changed(REGISTRY, 1, links=False).items())
    assert rig.do("preset/store", "Warm", "ch/3/eq") == [("preset/store", "Warm", "ch/*/eq", 21)]
    eq = below(rig, "ch/3", "eq")
    rig.desk.change(changed(REGISTRY, 2, links=False).items())
    before = rig.desk.snapshot()
    rig.engine.posts.clear()
    ((_, _, count, left),) = rig.do("preset/recall", "Warm", "ch/[56]")
    assert count > 20
    assert left == 0
    assert len(rig.engine.posts) == 1
    want = before | {f"ch/{n}/{tail}": value for n in (5, 6) for tail, value in eq.items()}
    assert rig.desk.snapshot() == want
    rig.do("undo")
    assert rig.desk.snapshot() == before


def test_a_preset_fits_a_strip_of_another_kind_as_far_as_it_goes(rig: Rig) -> None:
    rig.desk.change(changed(REGISTRY, 1, links=False).items())
    rig.do("preset/store", "Bus", "bus/1/eq")  # six bands; a channel has four
    eq = below(rig, "bus/1", "eq")
    ((_, _, _, left),) = rig.do("preset/recall", "Bus", "ch/1")
    assert left == 10
    assert below(rig, "ch/1", "eq") == {
        tail: value for tail, value in eq.items() if not tail.startswith(("eq/5", "eq/6"))
    }
    rig.do("preset/recall", "Bus", "main")
    assert below(rig, "main", "eq") == eq


def test_a_whole_strip_leaves_out_what_tells_strips_apart(rig: Rig) -> None:
    rig.desk.change([("ch/1/name", "Kick"), ("ch/1/source", "input/4"), ("ch/1/fader", -6), ("ch/1/colour", "red")])
    rig.do("preset/store", "All of it", "ch/1")
    rig.do("preset/recall", "All of it", "ch/5")
    assert [rig.desk.get(f"ch/5/{tail}") for tail in ("name", "source", "fader", "colour")] == ["", "none", -6.0, "red"]
    rig.do("preset/store", "Name", "ch/1/name")
    rig.do("preset/recall", "Name", "ch/5")
    assert rig.desk.get("ch/5/name") == "Kick"


def test_presets_are_listed_deleted_and_survive(tmp_path) -> None:
    rig = Rig(tmp_path)
    rig.do("preset/store", "A", "ch/1/comp")
    rig.do("preset/store", "B", "main")
    rig.do("preset/store", "C", "main/limiter")
    rig.do("preset/delete", "C")
    rig.store.close()
    again = Rig(tmp_path)
    again.store.close()
    lines = again.do("preset/list")
    assert [(line[1], line[2]) for line in lines[:-1]] == [("A", "ch/*/comp"), ("B", "main")]
    assert lines[-1] == ("preset/list/end", 2)


# -- copies ----------------------------------------------------------------------------------------------------------


def test_a_copy_makes_strips_alike_but_for_what_tells_them_apart(rig: Rig) -> None:
    rig.desk.change(changed(REGISTRY, 1, links=False).items())
    before = rig.desk.snapshot()
    rig.do("copy", "ch/1", "ch/[2-4]")
    own = {"name", "source", "link", "balance", "arm", "safe", "solo_safe", "automation"}
    for n in (2, 3, 4):
        copied = {tail: value for tail, value in below(rig, f"ch/{n}").items() if tail not in own}
        assert copied == {tail: value for tail, value in below(rig, "ch/1").items() if tail not in own}
        assert rig.desk.get(f"ch/{n}/name") == before[f"ch/{n}/name"]
    elsewhere = [path for path in before if not path.startswith(("ch/2/", "ch/3/", "ch/4/"))]
    assert {path: rig.desk.get(path) for path in elsewhere} == {path: before[path] for path in elsewhere}
    rig.do("undo")
    assert rig.desk.snapshot() == before


def test_a_copy_of_a_subtree_copies_that(rig: Rig) -> None:
    rig.desk.change([("ch/1/comp/ratio", 8), ("ch/1/comp/on", 1), ("ch/1/fader", -6), ("ch/1/gate/listen", 1)])
    assert rig.do("copy", "ch/1", "main", "comp") == [("copy", "ch/1", "main", 2, 0)]
    assert (rig.desk.get("main/comp/ratio"), rig.desk.get("main/fader")) == (8.0, 0.0)
    rig.desk.touch("ch/2/fader", True, "x")
    assert rig.do("copy", "ch/1", "ch/2") == [("copy", "ch/1", "ch/2", 2, 1)]
    assert rig.desk.get("ch/2/gate/listen") == 0, "volatile"


def test_the_main_mix_is_copied_into_the_sends_of_a_bus(rig: Rig) -> None:
    for n, (fader, mute, on) in enumerate([(-6, 0, 1), (-90, 0, 1), (3, 1, 1), (-20, 0, 0), (0, 0, 1), (10, 0, 1)], 1):
        rig.desk.change([(f"ch/{n}/fader", fader), (f"ch/{n}/mute", mute), (f"ch/{n}/main/on", on)])
    rig.do("mix/copy", "main", "bus/3")
    assert [rig.desk.get(f"ch/{n}/send/3/level") for n in range(1, 7)] == [-6, -90, 3, -20, 0, 10]
    assert [rig.desk.get(f"ch/{n}/send/3/on") for n in range(1, 7)] == [1, 1, 0, 0, 1, 1]
    assert rig.desk.get("ch/1/send/2/level") == -90.0
    rig.desk.change([("ch/1/send/3/tap", "pre_fader"), ("ch/1/send/3/pan", 9)])
    rig.do("mix/copy", "bus/3", "bus/1")
    sends = [rig.desk.get(f"ch/1/send/1/{tail}") for tail in ("level", "on", "tap", "pan")]
    assert sends == [-6.0, 1, "pre_fader", 9.0]


# -- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("preset/store", "A"), "preset/store: the path is missing; expected a preset's name, a strip"),
        (
            ("preset/store", "A", "ch/3/eqq"),
            "nothing to store there; .*; got 'ch/3/eqq'; nearest is ch/3/eq",
        ),
        (("preset/store", "A", "ch/*/eq"), r"nothing to store there; .*got 'ch/\*/eq'"),
        (("preset/store", "", "ch/3/eq"), "the name has to be 1 to 64"),
        (
            ("preset/recall", "Wrm", "ch/1"),
            "preset/recall: no preset of that name; .*; nearest is 'Warm'; /pres",
        ),
        (
            ("preset/recall", "Warm", "chan/1"),
            "no such strip; .*; got 'chan/1'; nearest is ch/1; such as",
        ),
        (("preset/recall", "Warm", "ch/77"), "no such strip; .*; nearest is ch/6"),
        (("preset/recall", "Warm", "config"), r"nothing of this preset \(ch/\*/eq\) fits there"),
        (("preset/list", "x"), "preset/list: more words than it takes"),
        (("preset/delete", "w"), "preset/delete: no preset of that name"),
        (("copy", "ch/1"), "copy: the other strip is missing"),
        (("copy", "ch/x", "ch/2"), "copy: no such strip; .*; got 'ch/x'; nearest is ch/"),
        (("copy", "ch/*", "bus/1"), r"more than one strip to copy from; .*; got 'ch/\*'; name one"),
        (("copy", "ch/1", "ch/2", "eqq"), "ch/1 has nothing below that; .*; got 'eqq'; nearest is eq/"),
        (("copy", "ch/1", "main", "gate"), "ch/1 and main have nothing of it in common"),
        (("copy", "ch/1", "ch/1"), "copy: a strip onto itself"),
        (("mix/copy", "main"), "mix/copy: the bus is missing"),
        (("mix/copy", "main", "bus/9"), "mix/copy: no such mix; .*; got 'bus/9'; nearest is bus/4"),
        (("mix/copy", "ch/1", "bus/1"), "no such mix; .*; got 'ch/1'"),
        (("mix/copy", "bus/1", "main"), "no such mix; .*; got 'main'; nearest is bus/"),
        (("mix/copy", "bus/1", "bus/1"), "a mix onto itself"),
        (("autotrim", "ch/*", 3), r"autotrim: the level is out of range \(-60 to 0 dBFS\); .*; nearest is 0"),
        (("autotrim", "chs"), "autotrim: no such strip"),
        (("autotrim", "ch/*", -18, 0), r"autotrim: the time is out of range \(0.4 to 600 s\); .*; nearest is 0.4"),
        (("autotrim", "ch/*", -18, 601), r"autotrim: the time is out of range \(0.4 to 600 s\); .*; nearest is 600"),
        (("autotrim", "ch/*", -18, 5, 5), "autotrim: more words than it takes"),
        (("peaks/reset", "chs"), "peaks/reset: no such strip"),
        (("peaks/reset", "bus/*"), "none of them takes an input; .*; name channels, such as"),
        (("autotrim", "ch/*"), "no trim could be set; .*; ch/1: input/1 was silent in .* and 5 more .*; play what"),
        (("autotrim", "bus/*"), "no trim could be set; .*; bus/1: takes no input, and 3 more"),
    ],
)
def test_every_refusal_says_what_is_expected_and_changes_nothing(rig: Rig, words: tuple, said: str) -> None:
    rig.do("preset/store", "Warm", "ch/3/eq")
    before, heads = rig.desk.snapshot(), dict(rig.library.presets.shelf.heads)
    with pytest.raises(Refusal, match=said):
        rig.do(*words)
    assert (rig.desk.snapshot(), rig.library.presets.shelf.heads) == (before, heads)
