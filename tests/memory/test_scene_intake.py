"""Laws of scenes from outside: checked as they come in, told, and never a line of an answer that no packet carries."""

import json
import random
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library_rig import REGISTRY, Rig
from studiod.desk.arguments import NAME_MAX
from studiod.desk.command import Deed, at_once
from studiod.memory import scene_intake
from studiod.memory.scene_format import parse_scene
from studiod.memory.scene_intake import PATH_MAX, SAVED, TEXT_MAX, TOLD_MAX, VALUES_MAX
from studiod.memory.scene_transfer import cut
from studiod.net.osc_codec import encode
from studiod.registry.param import REFUSAL_MAX, Refusal
from studiod.texts import fit

LINE_MAX_BYTES = 8192  # of an answer: far below what UDP carries
LONG = "x" * 70_000


@pytest.fixture
def rig() -> Rig:
    return Rig()


def brought(rig: Rig, text: str, name: str = "") -> list[tuple[Any, ...]]:
    """Import a text, part by part; the last answer."""
    parts, answer = cut(text), []
    for number, part in enumerate(parts, 1):
        deed = at_once(rig.desk.prepare("scene/import", "me", name, number, len(parts), part))
        answer = list(at_once(deed.act(deed)))
    return answer


def carried(rig: Rig, name: str) -> str:
    """A scene's text as it goes over the wire."""
    lines = list(rig.do("scene/export", name))
    lines += [line for part in range(2, lines[0][3] + 1) for line in rig.do("scene/export", name, part)]
    return "".join(line[4] for line in lines)


def answers(rig: Rig, name: str) -> list[tuple[Any, ...]]:
    """What every command that reads scenes says of one."""
    orders: list[tuple[Any, ...]] = [("scene/list",), ("scene/diff", name), ("scene/export", name)]
    rig.do("scene/store", "Here")
    orders += [("scene/diff", "Here", name), ("scene/recall", name, 0, "ch/*/fader"), ("log",), ("preset/list",)]
    return [line for order in orders for line in rig.do(*order)]


def quoted(text: str) -> str:
    """As TOML has it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


HOSTILE = "\x1b]0;mine\x07\x9b31m\u202e"
HEADS = {
    "long": f"saved = {quoted(LONG)}\nscope = {quoted(LONG)}\nversion = 1",
    "list": "saved = [1, 2]\nscope = ['ch/*']\nversion = []",
    "number": f"saved = {'0x' + 'f' * 5000}\nscope = 7",
    "escapes": f"saved = {quoted(HOSTILE)}\nscope = {quoted(HOSTILE)}",
    "empty": "saved = ''\nscope = ' '",
    "almost": "saved = '2026-11-29T10:12:03Z\\n'\nscope = 'ch/*\\u001b'".replace("'", '"'),
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_head_is_checked_when_it_comes_in_and_told(rig: Rig, head: str) -> None:
    answer = brought(rig, f'[scene]\nname = "S"\n{head}\n[values]\n"ch/1/fader" = -6.0\n')
    assert answer[-1][:3] == ("scene/import/end", "S", 1)
    ((_, name, saved, scope, count, _),) = rig.do("scene/list")[:-1]
    assert (name, scope, count) == ("S", "", 1)
    assert SAVED.fullmatch(saved), "the time of the import"
    told = [line[1] for line in answer if line[0] == "scene/import/kept"]
    assert told[0].startswith("saved: not a date; expected one such as 2026-11-29T10:12:03Z; got ")
    assert all(line.isprintable() and len(line) <= REFUSAL_MAX for line in told)
    if "scope = ' '" not in head:
        assert told[1].startswith(f"scope: not a scope; expected text of at most {TEXT_MAX} characters")


@pytest.mark.parametrize("saved", ['"2026-11-29T10:12:03Z"', "2026-11-29T10:12:03Z", "2026-11-29T11:12:03+01:00"])
def test_a_date_as_scenes_write_it_or_as_toml_does_is_kept(rig: Rig, saved: str) -> None:
    answer = brought(rig, f'[scene]\nname = "S"\nsaved = {saved}\nscope = "ch/*/fader"\n[values]\n')
    assert answer == [("scene/import", "", 1, 1), ("scene/import/end", "S", 0, 0)]
    assert rig.do("scene/list")[0] == ("scene/list", "S", "2026-11-29T10:12:03Z", "ch/*/fader", 0, 1)


VALUES: list[tuple[str, str, bool]] = [  # path, value as TOML, whether it is kept
    ("a/b", "-6.5", True), ("a/b", "true", True), ("a/b", "'text'", True), ("a" * PATH_MAX, "1", True),
    ("a/b", quoted("x" * TEXT_MAX), True), ("a/b", str(2**63 - 1), True), ("ch/1/fader", "99.0", True),
    ("a" * (PATH_MAX + 1), "1", False), (LONG, "1", False), ("a\x1b[2J", "1", False), ("a\u202eb", "1", False),
    ("a/b", quoted("x" * (TEXT_MAX + 1)), False), ("a/b", "nan", False), ("a/b", "inf", False),
    ("a/b", "0x" + "f" * 5000, False), ("a/b", str(2**63), False), ("a/b", "[1]", False), ("a/b", "{ c = 1 }", False),
    ("a/b", "1979-05-27", False), ("ch/1/fader", quoted(LONG), False), ("ch/1/fader", "nan", False),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "kept"), VALUES, ids=range(len(VALUES)))
def test_what_this_console_does_not_know_is_kept_within_bounds(rig: Rig, path: str, value: str, kept: bool) -> None:
    text = f"[values]\n{quoted(path)} = {value}\n"
    answer = brought(rig, text, "S")
    assert answer[-1] == ("scene/import/end", "S", int(kept), 1)
    (line,) = [line[1] for line in answer if line[0] == "scene/import/kept"]
    assert ("; not kept either; expected a path of at most 200 characters" in line) != kept
    assert line.isprintable()
    assert list(parse_scene(carried(rig, "S"), "S")[1]) == [path] * kept


def test_a_nearest_name_is_looked_for_once_for_a_thousand_unknown_paths(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    sought: list[str] = []
    find = REGISTRY.nearest
    monkeypatch.setattr(type(REGISTRY), "nearest", lambda self, path: sought.append(path) or find(path))
    lines = [f'"ch/1/fadr{k}" = 1' for k in range(1000)] + ['"ch/1/pan" = 999', '"status/frames" = 1']
    answer = brought(rig, "\n".join(["[values]", *lines]), "S")
    assert answer[-1] == ("scene/import/end", "S", 1001, 1002)
    told = [line[1] for line in answer if line[0] == "scene/import/kept"]
    assert len(told) == TOLD_MAX
    assert "nearest is ch/1/fader" in told[0]
    assert not any("nearest" in line for line in told[1:])
    assert len(sought) <= 1


def test_a_scene_of_too_many_values_is_refused(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene_intake, "VALUES_MAX", 3)
    assert VALUES_MAX == 65_536
    brought(rig, "[values]\na = 1\nb = 1\nc = 1\n", "S")
    with pytest.raises(Refusal, match=r"scene/import: a scene of 4 values; at most 3; .*; take some out"):
        brought(rig, "[values]\na = 1\nb = 1\nc = 1\nd = 1\n", "T")
    assert list(rig.library.scenes.shelf.heads) == ["S"]


def test_what_an_older_desk_took_in_is_cut_when_it_is_shown(tmp_path: Path) -> None:
    """A store that holds what is no longer taken: no scene vanishes, no line is beyond a packet."""
    rig = Rig(tmp_path)
    values = {LONG: 1.0, "a\x1b": HOSTILE * 9000, "b": [1] * 9000, "ch/1/fader": LONG, "c": 10**400}
    packed = zlib.compress(json.dumps(values).encode())
    head = {"saved": LONG, "scope": HOSTILE * 9000, "version": 1, "count": 5}
    rig.store.put("scene", "Old", (json.dumps(head), packed))
    rig.store.put("preset", "Old", (json.dumps({"saved": LONG, "of": HOSTILE, "count": 5}), packed))
    rig.store.close()
    again = Rig(tmp_path)
    lines = answers(again, "Old")
    assert [line[1] for line in lines if line[0] == "scene/list"] == ["Here", "Old"]
    assert [line[1] for line in lines if line[0] == "preset/list"] == ["Old"]
    for line in lines:
        assert len(encode(f"/{line[0]}", *line[1:])) <= LINE_MAX_BYTES, line[0]
        shown = [word for word in line[1:] if isinstance(word, str) and line[0] != "scene/export"]
        assert all(word.isprintable() for word in shown), line[:2]
    again.store.close()


SCALARS = st.one_of(
    st.integers(), st.floats(), st.booleans(), st.text(max_size=600), st.just(HOSTILE), st.just("x" * 5000),
)  # fmt: skip
PATHS = st.one_of(st.sampled_from(list(REGISTRY.params)), st.text(max_size=300), st.just("ch/1/" + HOSTILE))


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(re.sub("[\ud800-\udfff]", "?", value)) if isinstance(value, str) else str(value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from(["name", "saved", "scope", "version", "x"]), SCALARS),
    st.dictionaries(PATHS.map(lambda path: re.sub("[\ud800-\udfff]", "?", path)), SCALARS, max_size=8),
)
def test_whatever_is_brought_in_can_be_listed_compared_exported_and_brought_in_again(
    rig: Rig, head: dict[str, object], values: dict[str, object]
) -> None:
    lines = [f"{key} = {toml(value)}" for key, value in head.items()]
    text = "\n".join(["[scene]", *lines, "[values]", *(f"{quoted(p)} = {toml(v)}" for p, v in values.items())])
    brought(rig, text, "S")
    for line in answers(rig, "S"):
        assert len(encode(f"/{line[0]}", *line[1:])) <= LINE_MAX_BYTES
        assert line[0] == "scene/export" or all(map(fit, "".join(w for w in line[1:] if isinstance(w, str))))
    out = carried(rig, "S")
    assert brought(rig, out, "T")[-1][2] == len(parse_scene(out, "S")[1])
    assert carried(rig, "T").replace('"T"', '"S"', 1) == out


def test_random_text_is_a_scene_or_a_refusal(rig: Rig) -> None:
    chance = random.Random(9)
    good = f'[scene]\nname = "S"\nsaved = "x"\n[values]\n"ch/1/fader" = -6.0\n"a" = 0x{"f" * 40}\n'
    refusals = []
    for _ in range(400):
        letters = list(good)
        for _ in range(chance.randrange(1, 6)):
            letters[chance.randrange(len(letters))] = chance.choice('\x00\x1b"[]=.\n9é\u2028')
        try:
            brought(rig, "".join(letters))
        except Refusal as refusal:
            refusals.append(str(refusal))
    assert len(refusals) > 200
    assert all(line.startswith("scene/import: ") for line in refusals)


@pytest.mark.parametrize("number", ["9" * 5000, "1" + "_1" * 5000, "1979-02-31"])
def test_a_number_that_python_does_not_read_is_a_refusal(rig: Rig, number: str) -> None:
    with pytest.raises(Refusal, match=r"scene/import: not a scene; .* expected TOML"):
        brought(rig, f"[values]\na = {number}\n", "S")


# -- what is stored over ---------------------------------------------------------------------------------------------

BEFORE = r"(.*) \(before \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d(, \d+)?\)"


def stored(rig: Rig, command: str, *words: object) -> tuple[Any, ...]:
    deed = at_once(rig.desk.prepare(command, "me", *words))
    assert isinstance(deed, Deed)
    return list(at_once(deed.act(deed)))[-1]


def test_what_is_stored_over_is_kept_and_told(rig: Rig) -> None:
    rig.do("scene/store", "Verse")
    first = rig.library.scenes.shelf.values("Verse")
    rig.desk.set("ch/1/fader", -6)
    (*_, count, former) = stored(rig, "scene/store", "Verse")
    assert count == len(first)
    assert re.fullmatch(BEFORE, former)[1] == "Verse"  # type: ignore[index]
    assert rig.library.scenes.shelf.values(former) == first
    assert rig.library.scenes.shelf.values("Verse")["ch/1/fader"] == -6.0
    answer = brought(rig, "[values]\na = 1\n", "Verse")
    assert answer[-1][:4] == ("scene/import/end", "Verse", 1, 1)
    second = answer[-1][4]
    assert rig.library.scenes.shelf.values(second)["ch/1/fader"] == -6.0
    assert len({"Verse", former, second} & set(rig.library.scenes.shelf.heads)) == 3
    rig.do("preset/store", "Warm", "ch/1/eq")
    rig.desk.set("ch/1/eq/1/gain", 3)
    assert re.fullmatch(BEFORE, stored(rig, "preset/store", "Warm", "ch/1/eq")[4])


def test_nothing_is_kept_where_nothing_is_lost(rig: Rig) -> None:
    assert len(stored(rig, "scene/store", "New")) == 3, "there was none"
    assert len(stored(rig, "scene/store", "New")) == 3, "it is the same"
    assert len(stored(rig, "scene/store", "New", "ch/**")) == 4, "its scope is another"
    assert len(rig.library.scenes.shelf.heads) == 2


def test_kept_names_are_short_and_their_own(rig: Rig) -> None:
    name, kept = "é" * NAME_MAX, set()
    for k in range(12):
        rig.desk.set("ch/1/fader", -k)
        kept.update(stored(rig, "scene/store", name)[3:])
    assert len(kept) == 11
    assert all(re.fullmatch(BEFORE, one) and len(one) <= NAME_MAX for one in kept)


def test_a_full_shelf_refuses_what_would_need_room(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.do("scene/store", "Verse")
    monkeypatch.setattr("studiod.memory.shelf.MOST", 1)
    before = rig.library.scenes.shelf.values("Verse")
    rig.desk.set("ch/1/fader", -6)
    with pytest.raises(Refusal, match=r"scene/store: more than 1 scenes; .*; delete some"):
        stored(rig, "scene/store", "Verse")
    assert rig.library.scenes.shelf.values("Verse") == before


# -- when the work is done -------------------------------------------------------------------------------------------


def test_a_scene_is_read_off_the_loop_and_a_diff_is_made_line_by_line(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is prepared costs nothing: reading text is an errand's, and the lines of a diff are made when they go; what
    a scene holds is found once, in slices."""
    done: list[str] = []
    for module, name in (("scene_intake", "parse_scene"), ("taken_in", "unpack"), ("scene_transfer", "scene_text")):
        real = getattr(__import__(f"studiod.memory.{module}", fromlist=[name]), name)
        monkeypatch.setattr(f"studiod.memory.{module}.{name}", lambda *w, f=real, n=name: done.append(n) or f(*w))
    brought(rig, "[values]\na = 1\n", "S")
    done.clear()
    assert not isinstance(rig.desk.prepare("scene/import", "me", "S", 1, 1, "[values]\n"), Deed)
    assert not isinstance(rig.desk.prepare("scene/export", "me", "S"), Deed)
    deed = at_once(rig.desk.prepare("scene/diff", "me", "S"))
    assert done == []
    lines = at_once(deed.act(deed))
    fader = rig.desk.get("ch/1/fader")
    rig.desk.set("ch/1/fader", -6)
    assert ("scene/diff", "ch/1/fader", "", fader) in list(lines), "as it was when it was asked for"
    assert done == ["unpack"]
    list(rig.do("scene/diff", "S"))
    assert done == ["unpack"]


@pytest.mark.parametrize(
    ("values", "kinds", "said"),
    [
        ('"ch/1/fader" = 99.0', {"out of range": 1}, "expected a number from -90 to 10 dB; got 99; nearest is 10 dB"),
        ('"ch/1/mute" = 2', {"not a switch position": 1}, "ch/1/mute: not a switch position; expected 0 or 1; got 2"),
        ('"ch/1/eq/1/type" = "bel"', {"no such item": 1}, "nearest is bell"),
        ('"ch/1/pan" = 500.0\n"ch/2/pan" = -500.0\nx = 1', {"out of range": 2, "no such path": 1}, "from -100 to 100"),
    ],
)
def test_what_is_wrong_with_a_value_is_told_by_kind_and_recalled_by_nobody(
    rig: Rig, values: str, kinds: dict[str, int], said: str
) -> None:
    answer = brought(rig, f"[values]\n{values}\n", "S")
    assert {line[1]: line[2] for line in answer if line[0] == "scene/import/kinds"} == kinds
    told = [line[1] for line in answer if line[0] == "scene/import/kept"]
    assert said in told[0]
    assert "kept as it is; a recall leaves this path alone" in told[0]
    assert all("kept for a console that has it" in line for line in told if "no such path" in line)
    before = rig.desk.snapshot()
    assert rig.do("scene/recall", "S")[0][2:] == (0, sum(kinds.values()))
    assert rig.desk.snapshot() == before
    assert values.partition(" = ")[2].partition("\n")[0] in carried(rig, "S"), "nothing is lost"


def test_kinds_are_few_whatever_a_text_holds(rig: Rig) -> None:
    lines = [f'"ch/{n}/name" = "{"x" * (40 + n)}"' for n in (1, 2)] + [f'"ch/1/hpf/freq" = "{n} dB"' for n in range(1)]
    lines += [f'"ch/1/eq/{b}/gain" = "1 {unit}"' for b, unit in enumerate(("Hz", "s", "ms", "min"), 1)]
    lines += [f'"ch/2/eq/{b}/gain" = "1 {unit}"' for b, unit in enumerate(("HZ", "S", "mS", "khz"), 1)]
    answer = brought(rig, "\n".join(["[values]", *lines]), "S")
    kinds = {line[1]: line[2] for line in answer if line[0] == "scene/import/kinds"}
    assert len(kinds) <= scene_intake.KINDS_MAX + 1
    assert sum(kinds.values()) == answer[-1][3] == len(lines)
