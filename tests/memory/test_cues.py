"""Laws of the cue list and of the numbers of scenes and presets: they last, and buttons go along them."""

import json
from pathlib import Path
from typing import Any

import pytest

from library_rig import Rig
from studiod.memory import cues as module
from studiod.memory.shelf import pack
from studiod.registry.param import Refusal

SCENES = (("Verse", -5.0), ("Chorus", -6.0), ("Bridge", -7.0))


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    fill(made)
    return made


def fill(rig: Rig) -> None:
    """Three scenes that differ in a fader, and each a cue."""
    for name, db in SCENES:
        rig.desk.set("ch/1/fader", db)
        rig.do("scene/store", name)
        rig.do("cue/add", name)
    rig.desk.set("ch/1/fader", 0)


def listed(rig: Rig) -> tuple[list[str], int]:
    """The scenes of the list, and where it stands."""
    *lines, (_, count, at) = rig.do("cue/list")
    assert count == len(lines)
    assert [line[1] for line in lines] == list(range(1, count + 1))
    return [line[2] for line in lines], at


def test_next_and_previous_go_along_the_list(rig: Rig) -> None:
    assert listed(rig) == (["Verse", "Chorus", "Bridge"], 0)
    way: list[tuple[str, ...]] = [("cue/next",), ("cue/next",), ("cue/previous",), ("cue/go",), ("cue/next",)]
    heard = []
    for order in way:
        ((word, place, name, count, left),) = rig.do(*order)
        assert (word, name, left) == (order[0], SCENES[place - 1][0], 0)
        assert count == 1
        heard.append((place, rig.desk.get("ch/1/fader")))
    assert heard == [(1, -5.0), (2, -6.0), (1, -5.0), (2, -6.0), (3, -7.0)]
    assert listed(rig)[1] == 3


@pytest.mark.parametrize(
    ("order", "place"),
    [((2,), 2), ((3.0,), 3), (("2",), 2), (("Bridge",), 3), (("Verse",), 1)],
)
def test_go_takes_a_place_or_a_scene(rig: Rig, order: tuple[Any, ...], place: int) -> None:
    name, db = SCENES[place - 1]
    assert rig.do("cue/go", *order) == [("cue/go", place, name, 1, 0)]
    assert rig.desk.get("ch/1/fader") == db
    assert listed(rig)[1] == place


def test_of_a_scene_that_stands_twice_go_takes_the_next(rig: Rig) -> None:
    rig.do("cue/add", "Verse")
    assert [rig.do("cue/go", "Verse")[0][1] for _ in range(3)] == [1, 4, 1]


def test_a_cue_fades_as_it_says(rig: Rig) -> None:
    rig.do("cue/add", "Bridge", "500 ms", 1)
    assert rig.do("cue/list")[0] == ("cue/list", 1, "Bridge", 0.5, 1)
    rig.do("cue/next")
    assert rig.desk.get("ch/1/fader") == 0.0
    rig.go(240)
    assert -7.0 < rig.desk.get("ch/1/fader") < 0.0
    rig.go(280)
    assert rig.desk.get("ch/1/fader") == -7.0
    rig.do("undo")
    assert rig.desk.get("ch/1/fader") == 0.0


def test_entries_move_and_go_and_the_place_goes_with_them(rig: Rig) -> None:
    rig.do("cue/go", 2)
    assert rig.do("cue/move", 3, 1) == [("cue/move", 3, 1, "Bridge")]
    assert listed(rig) == (["Bridge", "Verse", "Chorus"], 3)
    rig.do("cue/move", 3, 1)
    assert listed(rig) == (["Chorus", "Bridge", "Verse"], 1)
    rig.do("cue/add", "Verse", 0, 1)
    assert listed(rig) == (["Verse", "Chorus", "Bridge", "Verse"], 2)
    assert rig.do("cue/remove", 1) == [("cue/remove", 1, "Verse")]
    assert listed(rig) == (["Chorus", "Bridge", "Verse"], 1)
    rig.do("cue/remove", 1)
    assert listed(rig) == (["Bridge", "Verse"], 0)
    assert rig.do("cue/next")[0][2] == "Bridge"


def test_names_change_and_cues_stay(rig: Rig) -> None:
    rig.do("scene/rename", "Chorus", "Refrain")
    assert listed(rig)[0] == ["Verse", "Refrain", "Bridge"]
    assert rig.do("cue/go", "Refrain")[0][1] == 2
    rig.do("scene/delete", "Verse")
    assert rig.do("cue/list")[0] == ("cue/list", 1, "Verse", 0.0, 0)
    with pytest.raises(Refusal, match=r"cue/previous: the scene of cue 1 is gone; .*; got 'Verse'; /scene/store it"):
        rig.do("cue/previous")
    rig.do("scene/store", "Other")
    assert listed(rig)[0] == ["Verse", "Refrain", "Bridge"], "a number is never given a second time"
    rig.do("scene/store", "Verse")
    assert rig.do("cue/previous")[0][1:3] == (1, "Verse")


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (("cue/add",), "cue/add: the scene is missing"),
        (("cue/add", "Vers"), "cue/add: no scene of that name; .*; got 'Vers'; nearest is 'Verse'; /scene/list lists"),
        (("cue/add", "Verse", 601), r"the fade is out of range \(0 to 600 s\)"),
        (("cue/add", "Verse", "3 dB"), "the fade: dB is not its unit"),
        (("cue/add", "Verse", 0, 5), r"the place is out of range \(1 to 4\); .*; nearest is 4"),
        (("cue/add", "Verse", 0, 1, 1), "more words than it takes"),
        (("cue/move", 1), "cue/move: the new place is missing"),
        (("cue/move", 1, 9), r"the new place is out of range \(1 to 3\)"),
        (("cue/move", 1.5, 2), "the place is not a whole number; .*; got 1.5"),
        (("cue/remove", "x"), "cue/remove: the place is not a number"),
        (("cue/remove",), "cue/remove: the place is missing"),
        (("cue/go", 9), r"cue/go: the place is out of range \(1 to 3\)"),
        (("cue/go", "Choru"), "no cue of that scene; .*; nearest is 'Chorus'; /cue/list lists them all"),
        (("cue/go", "99999999999"), "cue/go: the place is out of range"),
        (("cue/previous",), "cue/previous: there is no cue before this one; .*; /cue/next goes on"),
        (("cue/next", 1), "cue/next: more words than it takes"),
        (("cue/list", "x"), "cue/list: more words than it takes"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(rig: Rig, order: tuple[Any, ...], said: str) -> None:
    before = rig.do("cue/list"), rig.desk.snapshot()
    with pytest.raises(Refusal, match=said):
        rig.do(*order)
    assert (rig.do("cue/list"), rig.desk.snapshot()) == before


def test_the_ends_of_the_list_are_told(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.do("cue/go", 3)
    for word in ("cue/next", "cue/go"):
        with pytest.raises(Refusal, match=f"{word}: that was the last cue; .*; /cue/go 1 begins again"):
            rig.do(word)
    monkeypatch.setattr(module, "MOST", 3)
    with pytest.raises(Refusal, match=r"more than 3 cues; .*; /cue/remove some"):
        rig.do("cue/add", "Verse")
    for _ in range(3):
        rig.do("cue/remove", 1)
    for word in ("cue/next", "cue/previous", "cue/go"):
        with pytest.raises(Refusal, match=f"{word}: no cue in the list; .*; /cue/add adds one"):
            rig.do(word)
    with pytest.raises(Refusal, match="no cue in the list"):
        rig.do("cue/remove", 1)


def test_the_list_survives_a_restart(tmp_path: Path) -> None:
    first = Rig(tmp_path)
    fill(first)
    first.do("cue/add", "Verse", 2.5)
    first.do("cue/next")
    want = first.do("cue/list")
    first.store.close()
    again = Rig(tmp_path)
    assert again.do("cue/list") == want
    assert again.do("cue/next")[0][1:3] == (2, "Chorus")
    again.store.close()


def test_a_backup_holds_the_list_and_a_restore_brings_it_back(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "state")
    fill(rig)
    rig.do("cue/next")
    want = rig.do("cue/list"), numbers(rig)
    rig.do("backup", str(tmp_path / "desk.backup"))
    for word in ("cue/remove", "cue/remove"):
        rig.do(word, 1)
    rig.do("scene/delete", "Bridge")
    rig.do("restore", str(tmp_path / "desk.backup"))
    kept = {name: number for name, number in numbers(rig).items() if name in want[1]}
    assert (rig.do("cue/list"), kept) == want
    assert rig.do("cue/next")[0][1:3] == (2, "Chorus")
    rig.store.close()


@pytest.mark.parametrize("held", [{}, {"cues": 7, "at": "x"}, {"cues": [[1], ["x", 2, 3], [1, "Verse", -1]], "at": 9},
                                  {"cues": [[1, "Verse", 0]], "at": 2}])  # fmt: skip
def test_a_record_that_makes_no_sense_harms_nothing(held: dict[str, object]) -> None:
    rig = Rig()
    fill(rig)
    rig.store.records["cue", "list"] = json.dumps({}), pack(held)
    rig.desk.commands.clear()  # those of the list that was there before
    made = module.Cues(rig.library.scenes)
    assert len(made.cues) == (1 if "Verse" in str(held) and "-1" not in str(held) else 0)
    assert made.at == 0


# -- numbers ---------------------------------------------------------------------------------------------------------


def numbers(rig: Rig, kind: str = "scene") -> dict[str, int]:
    return {line[1]: line[-1] for line in rig.do(f"{kind}/list")[:-1]}


def test_a_number_lasts(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    fill(rig)
    assert numbers(rig) == {"Verse": 1, "Chorus": 2, "Bridge": 3}
    rig.do("scene/rename", "Chorus", "Refrain")
    rig.do("scene/delete", "Verse")
    rig.do("scene/store", "Bridge")
    kept = {name: number for name, number in numbers(rig).items() if "before" not in name}
    assert kept == {"Refrain": 2, "Bridge": 3}
    rig.do("scene/delete", "Bridge")
    rig.store.close()
    again = Rig(tmp_path)
    again.do("scene/store", "New")
    kept = {name: number for name, number in numbers(again).items() if "before" not in name}
    assert kept == {"Refrain": 2, "New": 4}, "no number a second time, after a restart too"
    again.store.close()


def test_what_was_stored_over_has_no_number_until_it_gets_a_name_of_its_own(rig: Rig) -> None:
    rig.do("scene/store", "Verse")
    (former,) = (name for name in numbers(rig) if "before" in name)
    assert numbers(rig)[former] == 0
    rig.do("scene/rename", former, "Old verse")
    assert numbers(rig) == {"Verse": 1, "Chorus": 2, "Bridge": 3, "Old verse": 4}


@pytest.mark.parametrize("key", [2, 2.0, "2", "Chorus"])
def test_a_scene_is_found_by_its_number(rig: Rig, key: object) -> None:
    assert rig.do("scene/recall", key) == [("scene/recall", "Chorus", 1, 0)]
    assert rig.do("scene/diff", key)[-1] == ("scene/diff/end", "Chorus", 0)


def test_a_name_goes_before_a_number(rig: Rig) -> None:
    rig.desk.set("ch/1/fader", -9)
    rig.do("scene/rename", "Bridge", "1")
    assert rig.do("scene/recall", 1)[0][1] == "1"
    assert numbers(rig)["1"] == 3


def test_storing_by_number_stores_over_that_scene_or_makes_one_of_that_name(rig: Rig) -> None:
    rig.desk.set("ch/1/fader", -20)
    assert rig.do("scene/store", "2")[0][1] == "Chorus"
    rig.do("scene/store", "12")
    assert numbers(rig)["12"] == 4
    assert rig.do("scene/recall", 12)[0][1] == "12"


def test_what_goes_without_a_copy_is_meant_by_its_name_alone(rig: Rig) -> None:
    with pytest.raises(Refusal, match=r"scene/delete: scene 2 is 'Chorus'; .*say 'Chorus' when it is meant"):
        rig.do("scene/delete", "2")
    rig.do("preset/store", "Warm", "ch/1/eq")
    with pytest.raises(Refusal, match="preset/delete: preset 1 is 'Warm'"):
        rig.do("preset/delete", "1")
    rig.do("scene/store", "12")
    rig.do("scene/delete", "12")
    assert "12" not in numbers(rig)


@pytest.mark.parametrize("key", [0, -1, 99, "0", "00", 10**6])
def test_a_number_that_nobody_has_is_refused(rig: Rig, key: object) -> None:
    with pytest.raises(Refusal, match=r"scene/recall: no scene of that name; .*; /scene/list lists them all"):
        rig.do("scene/recall", key)


def test_presets_have_numbers_too(rig: Rig) -> None:
    rig.do("preset/store", "Warm", "ch/1/eq")
    rig.do("preset/store", "Cold", "ch/2/eq")
    assert numbers(rig, "preset") == {"Warm": 1, "Cold": 2}
    assert rig.do("preset/recall", 2, "ch/3")[0][1] == "Cold"
    assert rig.do("preset/recall", "1", "ch/3")[0][1] == "Warm"


def test_a_shelf_of_an_older_studiod_gets_its_numbers_in_the_order_of_its_dates(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    heads: tuple[tuple[str, dict[str, object]], ...] = (
        ("Late", {"saved": "2026-03-01"}), ("Early", {"saved": "2026-01-01"}), ("Odd", {"number": "x"}),
        ("Late (before 1)", {"saved": "2026-02-01", "of": "Late"}), ("Twice", {"saved": "2026-04-01", "number": 7}),
        ("Thrice", {"saved": "2026-05-01", "number": 7}),
    )  # fmt: skip
    for name, head in heads:
        rig.store.put("scene", name, (json.dumps(head), pack({})))
    rig.store.close()
    again = Rig(tmp_path)
    want = {"Odd": 8, "Early": 9, "Late": 10, "Late (before 1)": 0, "Twice": 7, "Thrice": 11}
    assert numbers(again) == want
    again.store.close()
    third = Rig(tmp_path)
    assert numbers(third) == want
    third.store.close()


@pytest.mark.parametrize(
    ("later", "before", "said"),
    [
        (("cue/remove", 4), ("cue/remove", 1), "no such place any more"),
        (("cue/move", 4, 1), ("cue/remove", 2), "no such place any more"),
        (("cue/move", 1, 4), ("cue/remove", 4), "no such place any more"),
        (("cue/add", "Verse"), ("cue/add", "Bridge"), "more than 5 cues"),
    ],
)
def test_what_the_same_packet_has_made_impossible_is_refused(
    rig: Rig, later: tuple[Any, ...], before: tuple[Any, ...], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.do("cue/add", "Verse")
    monkeypatch.setattr(module, "MOST", 5)
    deed: Any = rig.desk.prepare(later[0], "me", *later[1:])
    rig.do(*before)
    stands = listed(rig)
    with pytest.raises(Refusal, match=said):
        deed.act(deed)
    assert listed(rig) == stands


def test_two_cues_removed_by_one_packet_are_told_by_their_names(rig: Rig) -> None:
    deeds: list[Any] = [rig.desk.prepare("cue/remove", "me", 1) for _ in range(3)]
    assert [next(iter(deed.act(deed)))[2] for deed in deeds] == ["Verse", "Chorus", "Bridge"]
