"""Laws of scenes: what comes back, what is left alone, fades that hands win, files that are the same again."""

import asyncio
import random
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from library_rig import MS, REGISTRY, Rig, changed, stored
from studiod.desk.command import at_once
from studiod.host.library import Library
from studiod.host.offline import Offline
from studiod.memory.applying import is_safe
from studiod.memory.scene_format import parse_scene
from studiod.memory.scene_transfer import PART
from studiod.registry.param import Refusal
from studiod.registry.registry import Console
from studiod.store.store import Store


@pytest.fixture
def rig() -> Rig:
    return Rig()


def asked(desk, values: dict) -> dict:
    """What a recall sets of them: all that is not safe."""
    return {path: value for path, value in values.items() if not is_safe(desk, REGISTRY.params[path])}


# -- store and recall ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("safe", [0, 1])
def test_a_recall_gives_back_every_value_in_one_transaction(rig: Rig, seed: int, safe: int) -> None:
    rig.desk.change(changed(REGISTRY, seed).items())
    want = rig.desk.snapshot()
    rig.do("scene/store", "Verse")
    rig.desk.change(changed(REGISTRY, seed + 100).items())  # links too: pairs part and others are made
    there = rig.desk.snapshot()
    rig.engine.posts.clear()
    ((_, name, count, left),) = rig.do("scene/recall", "Verse", 0.0, "", safe)
    kept = {} if safe else {path: value for path, value in there.items() if path not in asked(rig.desk, want)}
    assert rig.desk.snapshot() == want | kept
    assert (name, left) == ("Verse", 0)
    assert count > 300
    assert [frame for frame, _ in rig.engine.posts] == [0], "one transaction"
    assert rig.told[-1][0].removeprefix("follows for ") == "recall Verse for me"


def large() -> tuple[Offline, dict, Store]:
    """More than 10,000 parameters of 80 channels with a library, and what they are to be: something is heard of all."""
    offline = Offline(Console(inputs=80, outputs=20, channels=80, buses=16))
    store = Store(None)
    Library(offline.desk, store)
    rest = ("/on", "/mute", "main/limiter", "output/", "input/", "/arm", "recorder/", "transport/", "/safe")
    rest += ("monitor/", "talkback/", "generator/", "click/")
    goals = changed(offline.registry, 5, links=False) | {f"ch/{n}/fader": -6.0 for n in range(1, 81)}
    return offline, {path: value for path, value in goals.items() if not any(word in path for word in rest)}, store


def noise(seed: int, frames: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.2, 0.2, (frames, 80)).astype(np.float32)


def test_every_parameter_of_a_large_console_lands_on_one_sample() -> None:
    one, goals, store = large()
    one.desk.change(goals.items())
    list(one.desk.do("scene/store", "me", "All"))
    list(one.desk.do("undo", ""))
    assert one.desk.snapshot() == {param.path: param.rest for param in stored(one.registry)}
    one.engine.settle(one.desk.values)
    assert not one.run(noise(1, 4801)).any(), "all faders are down"
    posts: list[tuple[int, int]] = []
    post = one.engine.post

    def written(news: dict, values: dict, frame: int) -> None:
        posts.append((frame, len(news)))
        post(news, values, frame)

    one.engine.post = written  # type: ignore[method-assign, assignment]
    ((_, _, count, left),) = one.desk.do("scene/recall", "me", "All")
    assert (count, left, posts) == (len(goals), 0, [(0, len(goals))])
    assert count > 10_000
    assert np.count_nonzero(one.rack.headers[:, 0]) == 1, "one transaction in the queue"
    moved = one.run(noise(2, 4800))
    store.close()
    for k in range(1, 21):
        point = str(one.desk.get(f"output/{k}/source"))
        if not point.startswith(("none", "monitor")):  # the monitor is as late as what it listens to
            # at the recall's own frame: a glide's first step is above zero; of main, its limiter is in between
            assert np.flatnonzero(moved[:, k - 1])[0] - one.engine.late_frames(point) in (0, 1), point


def test_a_recall_sounds_like_a_desk_that_starts_with_these_values() -> None:
    """Bit for bit, of every output, the buses' and the mains'."""
    one, goals, store = large()
    one.desk.change(goals.items())
    values = one.desk.snapshot()
    list(one.desk.do("scene/store", "me", "All"))
    one.desk.change(changed(one.registry, 6).items())  # all else, links and outputs and what is on too
    one.engine.settle(one.desk.values)
    fresh = Offline(one.console, values)
    list(one.desk.do("scene/recall", "me", "All", 0.0, "", 1))
    store.close()
    assert one.desk.snapshot() == values
    quiet = np.zeros((48_000, 80), np.float32)  # every glide and crossfade is over, and silence leaves no memory
    assert not one.run(quiet).any()
    fresh.run(quiet)
    loud = noise(3, 9600)
    heard = fresh.run(loud)
    assert heard.any(axis=0).sum() == 20
    np.testing.assert_array_equal(one.run(loud), heard)


def test_what_is_safe_under_a_finger_or_unknown_is_left_alone(rig: Rig) -> None:
    rig.desk.unknown["ch/1/sparkle"] = 3
    rig.do("scene/store", "S")
    rig.desk.change([("ch/1/fader", -6), ("ch/2/fader", -6), ("output/1/trim", -6), ("ch/3/link", 1), ("ch/3/pan", 9)])
    rig.desk.touch("ch/1/fader", True, "osc:9")
    assert rig.do("scene/recall", "S") == [("scene/recall", "S", 4, 2)]
    assert [rig.desk.get(p) for p in ("ch/1/fader", "ch/2/fader", "output/1/trim")] == [-6.0, -90.0, -6.0]
    rig.desk.touch("ch/1/fader", False, "osc:9")
    rig.do("scene/recall", "S", 0, "", 1)
    assert [rig.desk.get(p) for p in ("ch/1/fader", "output/1/trim", "ch/4/pan")] == [-90.0, 0.0, 0.0]


def test_a_strip_with_a_safe_switch_is_left_alone(rig: Rig) -> None:
    rig.do("scene/store", "S")
    rig.desk.change([("ch/1/fader", -6), ("ch/2/fader", -6)])
    rig.desk.values["ch/1/safe"] = 1  # as the registry will have it
    rig.do("scene/recall", "S")
    assert (rig.desk.get("ch/1/fader"), rig.desk.get("ch/2/fader")) == (-6.0, -90.0)


def test_a_scope_is_kept_with_the_scene_and_the_one_given_goes_before_it(rig: Rig) -> None:
    rig.do("scene/store", "S", "ch/*/fader bus/**")
    values = [("ch/1/fader", -6), ("ch/1/pan", 7), ("bus/2/eq/1/gain", 3)]
    rig.desk.change(values)
    assert rig.do("scene/recall", "S") == [("scene/recall", "S", 2, 0)]
    assert [rig.desk.get(path) for path, _ in values] == [-90.0, 7.0, 0.0]
    rig.desk.change(values)
    assert rig.do("scene/recall", "S", 0, "/ch/*/pan") == [("scene/recall", "S", 1, 0)]
    assert [rig.desk.get(path) for path, _ in values] == [-6.0, 0.0, 3.0]


@pytest.mark.parametrize(
    ("scope", "reached"),
    [("ch/1", "ch/1/"), ("/ch/1/", "ch/1/"), ("ch/[12]/eq", "ch/1/eq/"), ("bus/*", "bus/2/"), ("main", "main/"),
     ("main/eq/1 main/comp", "main/comp/")],
)  # fmt: skip
def test_a_scope_that_names_a_strip_means_all_of_it(rig: Rig, scope: str, reached: str) -> None:
    rig.do("scene/store", "S", scope)
    moved = {path: value for path, value in changed(REGISTRY, 5).items() if "safe" not in REGISTRY.params[path].flags}
    rig.desk.change(moved.items())
    before = rig.desk.snapshot()
    rig.do("scene/recall", "S")
    back = {path for path, value in rig.desk.snapshot().items() if value != before[path]}
    assert any(path.startswith(reached) for path in back)
    wanted = [f"{part.strip('/')}/**" for part in scope.split()]
    inside = {param.path for pattern in wanted for param in REGISTRY.match(pattern)}
    assert back <= inside
    assert {path for path in inside & moved.keys() if before[path] != REGISTRY.params[path].rest} <= back


def test_scenes_are_listed_renamed_deleted_and_survive(tmp_path) -> None:
    rig = Rig(tmp_path)
    rig.do("scene/store", "Verse")
    rig.do("scene/store", "Chorus", "ch/**")
    rig.do("scene/rename", "Verse", "Bridge")
    rig.do("scene/store", "Gone")
    rig.do("scene/delete", "Gone")
    count = len(stored(REGISTRY))

    def listed(one: Rig) -> list:
        return [(line[0], line[1], *line[3:]) for line in one.do("scene/list")[:-1]]

    want = [("scene/list", "Bridge", "", count, 1), ("scene/list", "Chorus", "ch/**", count, 2)]
    assert listed(rig) == want
    rig.store.close()
    again = Rig(tmp_path)
    assert listed(again) == want
    again.desk.set("ch/1/fader", 0)
    assert again.do("scene/recall", "Bridge") == [("scene/recall", "Bridge", 1, 0)]
    again.store.close()


def test_a_diff_names_what_differs(rig: Rig) -> None:
    rig.do("scene/store", "A")
    assert rig.do("scene/diff", "A") == [("scene/diff/end", "A", 0)]
    rig.desk.change([("ch/1/fader", -6.3), ("ch/1/name", "Kick"), ("ch/2/mute", 1)])
    rig.do("scene/store", "B")
    want = [("ch/1/fader", -90.0, -6.3), ("ch/1/name", "", "Kick"), ("ch/2/mute", 0, 1)]
    for lines in (rig.do("scene/diff", "A"), rig.do("scene/diff", "A", "B")):
        assert lines[-1] == ("scene/diff/end", "A", 3)
        found = {path: (there, pytest.approx(here)) for _, path, there, here in lines[:-1] if path != "ch/1/name"}
        assert {path: (there, here) for path, there, here in want if path != "ch/1/name"} == found
        assert ("scene/diff", "ch/1/name", "", "Kick") in lines


def test_a_diff_to_the_desk_leaves_out_what_a_recall_leaves_alone(rig: Rig) -> None:
    rig.do("scene/store", "A")
    rig.desk.change([("recorder/take", "Song"), ("ch/1/fader", -6), ("ch/2/fader", -7), ("ch/2/safe", 1)])
    assert [line[1] for line in rig.do("scene/diff", "A")[:-1]] == ["ch/1/fader"]
    rig.do("scene/recall", "A")
    assert rig.do("scene/diff", "A") == [("scene/diff/end", "A", 0)]
    rig.do("scene/store", "B")
    assert {line[1] for line in rig.do("scene/diff", "A", "B")[:-1]} == {"recorder/take", "ch/2/fader", "ch/2/safe"}


def test_a_recall_is_one_step_to_undo(rig: Rig) -> None:
    rig.desk.change(changed(REGISTRY, 1).items(), "you")
    rig.do("scene/store", "S")
    rig.desk.change(changed(REGISTRY, 2).items(), "you")
    there = rig.desk.snapshot()
    rig.do("scene/recall", "S", 0, "", 1)
    rig.do("undo")
    assert rig.desk.snapshot() == there


# -- fades -----------------------------------------------------------------------------------------------------------


def test_each_law_fades_along_its_own_turn_and_the_rest_at_the_midpoint(rig: Rig) -> None:
    start = {
        "ch/1/fader": -60.0,
        "ch/1/hpf/freq": 40.0,
        "ch/1/eq/1/gain": -6.0,
        "ch/1/mute": 0,
        "ch/1/gate/mode": "gate",
    }
    goal = {"ch/1/fader": 0.0, "ch/1/hpf/freq": 640.0, "ch/1/eq/1/gain": 6.0, "ch/1/mute": 1, "ch/1/gate/mode": "duck"}
    rig.desk.change(goal.items())
    rig.do("scene/store", "S")
    rig.desk.change(start.items())
    rig.engine.posts.clear()
    assert rig.do("scene/recall", "S", 2) == [("scene/recall", "S", 5, 0)]
    rig.go(980)
    assert (rig.desk.get("ch/1/mute"), rig.desk.get("ch/1/gate/mode")) == (0, "gate")
    rig.go(20)
    fader = REGISTRY.params["ch/1/fader"]
    middle = (fader.to_turn(-60.0) + fader.to_turn(0.0)) / 2
    # float32 of a turn: five digits
    assert fader.to_turn(rig.desk.get("ch/1/fader")) == pytest.approx(middle, abs=1e-5)
    assert rig.desk.get("ch/1/hpf/freq") == pytest.approx(160.0, rel=1e-5)
    assert rig.desk.get("ch/1/eq/1/gain") == pytest.approx(0.0, abs=1e-5)
    assert (rig.desk.get("ch/1/mute"), rig.desk.get("ch/1/gate/mode")) == (1, "duck")
    rig.go(980)
    assert rig.desk.get("ch/1/fader") < 0.0
    rig.go(20)
    assert {path: rig.desk.get(path) for path in goal} == goal
    assert not rig.library.fades.running
    turns = [fader.to_turn(news["ch/1/fader"]) for _, news in rig.engine.posts if "ch/1/fader" in news]
    assert len(turns) == 100
    assert np.diff(turns).max() < 1.1 * (fader.to_turn(0.0) - fader.to_turn(-60.0)) / 100
    posts = len(rig.engine.posts)
    rig.go(500)
    assert len(rig.engine.posts) == posts
    rig.do("undo")
    assert {path: rig.desk.get(path) for path in start} == start, "a fade is one step"


HANDS = ("a change", "a touch", "a touch of the partner", "another recall", "a recall of what is", "another fade")


@pytest.mark.parametrize("how", [*HANDS, "its own sender"])
def test_hands_win_during_a_fade(rig: Rig, how: str) -> None:
    rig.desk.change([("ch/1/link", 1), ("ch/1/fader", 0), ("ch/3/fader", 0)])
    rig.do("scene/store", "S")
    rig.desk.change([("ch/1/fader", -60), ("ch/3/fader", -60)])
    rig.do("scene/store", "T")
    rig.do("scene/recall", "S", 2)
    rig.go(500)
    if how in ("a change", "its own sender"):
        rig.desk.set("ch/2/fader", -33, "me" if how == "its own sender" else "osc:hand")
    elif how == "another recall":
        rig.do("scene/recall", "T", 0, "ch/1/fader")
    elif how == "another fade":
        rig.do("scene/recall", "T", 0.02, "ch/1/fader")
    elif how == "a recall of what is":
        rig.do("scene/store", "Now")
        assert rig.do("scene/recall", "Now", 0, "ch/2/fader") == [("scene/recall", "Now", 0, 0)]
    else:
        rig.desk.touch("ch/2/fader" if "partner" in how else "ch/1/fader", True, "osc:hand")
    rig.go(20)
    held = rig.desk.get("ch/1/fader")
    rig.go(2000)
    assert rig.desk.get("ch/1/fader") == rig.desk.get("ch/2/fader") == held
    assert rig.desk.get("ch/3/fader") == 0.0
    assert not rig.library.fades.running


def test_a_pair_is_linked_when_both_sides_have_arrived_and_parts_before_they_leave(rig: Rig) -> None:
    fader = REGISTRY.params["ch/2/fader"]
    rig.desk.change([("ch/1/link", 1), ("ch/1/fader", 0)])
    rig.do("scene/store", "Linked")
    rig.desk.change([("ch/1/link", 0), ("ch/1/fader", -60), ("ch/2/fader", -20)])
    rig.do("scene/store", "Apart")
    for name in ("Linked", "Apart"):
        turns = [fader.to_turn(rig.desk.get("ch/2/fader"))]
        rig.do("scene/recall", name, 1)
        while rig.library.fades.running:
            rig.go(20)
            turns.append(fader.to_turn(rig.desk.get("ch/2/fader")))
        # fifty equal steps, and a float32 of room
        assert np.abs(np.diff(turns)).max() < 1.01 * abs(turns[-1] - turns[0]) / 50
        assert rig.desk.get("ch/1/link") == (name == "Linked")
    assert (rig.desk.get("ch/1/fader"), rig.desk.get("ch/2/fader")) == (-60.0, -20.0)


def test_of_a_pair_that_a_file_says_differently_the_odd_strip_counts(rig: Rig) -> None:
    brought(rig, '[values]\n"ch/1/link" = 1\n"ch/1/fader" = -6.0\n"ch/2/fader" = -12.0\n', "S")
    rig.do("scene/recall", "S")
    assert (rig.desk.get("ch/1/fader"), rig.desk.get("ch/2/fader")) == (-6.0, -6.0)


@pytest.mark.parametrize("seed", range(4))
def test_a_fade_of_everything_arrives_links_and_all(rig: Rig, seed: int) -> None:
    rig.desk.change(changed(REGISTRY, seed).items())
    want = rig.desk.snapshot()
    rig.do("scene/store", "S")
    rig.desk.change(changed(REGISTRY, seed + 50).items())
    rig.do("scene/recall", "S", 0.5, "", 1)
    rig.go(600)
    assert rig.desk.snapshot() == want
    assert all(len(news) <= 600 for _, news in rig.engine.posts[2:])


def test_the_loop_carries_a_fade_and_keeps_answering() -> None:
    async def story() -> tuple[set[str], int]:
        rig = Rig()
        loop = asyncio.get_running_loop()
        rig.desk.clock = lambda: round(loop.time() * 1e9)  # type: ignore[method-assign]
        rig.desk.change(changed(REGISTRY, 1, links=False).items())
        rig.do("scene/store", "S")
        rig.desk.change(changed(REGISTRY, 2, links=False).items())
        job = asyncio.create_task(rig.library.fades.run())
        rig.do("scene/recall", "S", 0.3)
        while rig.library.fades.running:
            await asyncio.sleep(0.001)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        rig.store.close()
        return {line[1] for line in rig.do("scene/diff", "S")[:-1]}, len(rig.engine.posts)

    differs, posts = asyncio.run(story())
    assert all("safe" in REGISTRY.params[path].flags for path in differs)
    assert posts > 5


def test_nothing_clicks_in_a_fade() -> None:
    """A tone through a fade of its fader and a band: no step between samples beyond what the tone itself makes."""
    offline = Offline(Console(1, 2, 2, 1), {"ch/1/fader": -40.0, "ch/1/eq/2/gain": -12.0, "config/pan_law": "0dB"})
    now_ns = [0]
    offline.desk.clock = lambda: now_ns[0]  # type: ignore[method-assign]
    library = Library(offline.desk, store := Store(None))
    offline.desk.change([("ch/1/fader", 0.0), ("ch/1/eq/2/gain", 12.0), ("ch/1/mute", 0)])
    list(offline.desk.do("scene/store", "me", "S"))
    list(offline.desk.do("undo", ""))
    offline.engine.settle(offline.desk.values)
    list(offline.desk.do("scene/recall", "me", "S", 0.5))
    time_s = np.arange(960 * 30) / 48000
    tone = (0.1 * np.sin(2 * np.pi * 400 * time_s)).astype(np.float32)[:, None]
    parts = []
    for k in range(30):
        now_ns[0] += 20 * MS
        for _ in library.fades.step():
            pass
        parts.append(offline.run(tone[960 * k : 960 * (k + 1)]))
    store.close()
    out = np.concatenate(parts)[:, 0]
    assert np.abs(out[-960:]).max() > 0.3  # 12 dB above 0.1, into the right gain
    # 400 Hz at 0.4 moves by 0.4 * 2 pi 400/48000 = 0.021 a sample at most
    assert np.abs(np.diff(out)).max() < 0.022


# -- files -----------------------------------------------------------------------------------------------------------


def carried(rig: Rig, name: str) -> str:
    parts = rig.do("scene/export", name)[0][3]
    return "".join(rig.do("scene/export", name, part)[0][4] for part in range(1, parts + 1))


def brought(rig: Rig, text: str, name: str = "") -> list:
    parts = [text[at : at + PART] for at in range(0, len(text), PART)]
    return [line for k, part in enumerate(parts, 1) for line in rig.do("scene/import", name, k, len(parts), part)]


@pytest.mark.parametrize("seed", range(3))
def test_export_and_import_are_identical(rig: Rig, seed: int) -> None:
    rig.desk.change(changed(REGISTRY, seed).items())
    rig.desk.unknown |= {"ch/1/sparkle": 0.123456789012, "ch/99/name": 'a "b" \x7f', "new/switch": True}
    rig.do("scene/store", "Bär ♭", "ch/**")
    text = carried(rig, "Bär ♭")
    data = tomllib.loads(text)
    assert set(data["scene"]) == {"name", "saved", "version", "scope"}
    assert data["values"]["ch/1/fader"] == float(str(np.float32(rig.desk.get("ch/1/fader"))))
    other = Rig()
    lines = brought(other, text)
    assert lines[-1] == ("scene/import/end", "Bär ♭", len(data["values"]), 3)
    assert sum(line[0] == "scene/import/kept" for line in lines) == 3
    assert carried(other, "Bär ♭") == text
    assert other.library.scenes.shelf.values("Bär ♭") == rig.library.scenes.shelf.values("Bär ♭")
    other.do("scene/recall", "Bär ♭", 0, "/**", 1)
    assert other.desk.snapshot() == rig.desk.snapshot()


def test_the_demo_scene_is_taken(rig: Rig) -> None:
    text = (Path(__file__).resolve().parents[2] / "config" / "demo-scene.toml").read_text("utf-8")
    lines = brought(rig, text, "Demo")
    assert lines[-1][:2] == ("scene/import/end", "Demo")
    rig.do("scene/recall", "Demo")
    assert rig.desk.get("ch/1/fader") == -3.5
    assert carried(rig, "Demo").startswith('[scene]\nname = "Demo"\nsaved = "2026')


def test_a_part_that_comes_twice_changes_nothing_and_one_that_is_missing_is_told(rig: Rig) -> None:
    rig.do("scene/store", "S")
    text = carried(rig, "S")
    half = 1000
    parts = [text[at : at + half] for at in range(0, len(text), half)]
    for k, part in enumerate(parts, 1):
        for _ in range(2):
            rig.do("scene/import", "T", k, len(parts), part)
    assert rig.library.scenes.shelf.values("T") == rig.library.scenes.shelf.values("S")
    with pytest.raises(Refusal, match=r"part 2 without the ones before it; .*begin again with part 1"):
        rig.do("scene/import", "U", 2, 3, "x")
    with pytest.raises(Refusal, match="without the ones before it"):
        rig.do("scene/import", "T", 2, 99, "x", by="you")


def test_values_that_cannot_be_are_kept_and_told(rig: Rig) -> None:
    text = '[values]\n"ch/1/fader" = 99.0\n"ch/1/pan" = 5\n"output/mute" = 1\n"ch/1/fadr" = 1979-05-27\n"x" = -inf\n'
    lines = brought(rig, text, "S")
    assert lines[-1] == ("scene/import/end", "S", 2, 4)
    told = [line[1] for line in lines if line[0] == "scene/import/kept"]
    assert told[0].startswith("ch/1/fader: out of range")
    assert "output/mute: never stored; left out" in told
    assert any("nearest is ch/1/fader" in line for line in told)
    assert any(line.startswith("x: no such path; not kept either; expected a path of at most 200") for line in told)
    assert rig.do("scene/recall", "S") == [("scene/recall", "S", 1, 1)]
    assert parse_scene(carried(rig, "S"), "S")[1] == {"ch/1/fader": 99.0, "ch/1/pan": 5.0}


# -- refusals --------------------------------------------------------------------------------------------------------

NAME = "1 to 64 characters, none of them a control character"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("scene/store",), "scene/store: the name is missing; expected a scene's name, .a pattern"),
        (("scene/store", 3), "scene/store: the name is not text; expected a scene's name, .*; got 3"),
        (("scene/store", " "), f"scene/store: the name has to be {NAME}; .*; got ' '; name it otherwise"),
        (("scene/store", "a\n"), f"the name has to be {NAME}"),
        (("scene/store", "x" * 65), f"the name has to be {NAME}"),
        (("scene/store", "A", "chan/*"), "scene/store: no path matches that scope; .*; got 'chan/\\*'; such as ch/"),
        (("scene/store", "A", "", 1), "scene/store: more words than it takes; .*; got 1"),
        (("scene/recall", "vers"), "scene/recall: no scene of that name; .*; got 'vers'; nearest is 'Verse'; /scene/l"),
        (("scene/recall", "Verse", -1), r"scene/recall: the fade is out of range \(0 to 600 s\); .*; nearest is 0"),
        (("scene/recall", "Verse", 1e9), r"the fade is out of range \(0 to 600 s\); .*; nearest is 600"),
        (("scene/recall", "Verse", float("nan")), "the fade is not a number"),
        (("scene/recall", "Verse", "slow"), "the fade is not a number; .*; got 'slow'"),
        (("scene/recall", "Verse", 0, "nowhere"), "no path matches that scope"),
        (("scene/recall", "Verse", 0, "", 2), r"safe is out of range \(0 to 1\)"),
        (("scene/list", 1), "scene/list: more words than it takes; expected no words; got 1"),
        (("scene/rename", "Vrse", "B"), "no scene of that name; .*nearest is 'Verse'"),
        (("scene/rename", "Verse"), "scene/rename: the new name is missing"),
        (("scene/rename", "Verse", "Chorus"), "scene/rename: there is a scene of that name; .*; delete it first"),
        (("scene/delete", "Choru"), "scene/delete: no scene of that name; .*; nearest is 'Chorus'"),
        (("scene/diff", "Verse", "Chors"), "scene/diff: no scene of that name; .*; nearest is 'Chorus'"),
        (("scene/export", "V"), "scene/export: no scene of that name"),
        (("scene/export", "Verse", 10_000), r"scene/export: the part is out of range \(1 to \d+\)"),
        (("scene/import", "A", 1, 1, "not toml"), "scene/import: not a scene; .*; the text: expected TOML"),
        (("scene/import", "A", 1, 1, "a = 1"), "not a scene; .* expected a table \\[values\\]"),
        (("scene/import", "", 1, 1, "[values]"), "scene/import: the scene's name is not text"),
        (("scene/import", "A", 1, 1, "x" * 1201), "a part of 1201 characters; at most 1200"),
        (("scene/import", "A", 3, 2, "x"), r"how many parts is out of range \(3 to 4000\)"),
        (("scene/export",), "scene/export: the name is missing"),
        (("scene/recal", "Verse"), "scene/recal: no such command on this desk; nearest is scene/recall"),
    ],
)
def test_every_refusal_says_what_is_expected_and_changes_nothing(rig: Rig, words: tuple, said: str) -> None:
    rig.do("scene/store", "Verse")
    rig.do("scene/store", "Chorus")
    before, heads = rig.desk.snapshot(), dict(rig.library.scenes.shelf.heads)
    with pytest.raises(Refusal, match=said):
        rig.do(*words)
    assert (rig.desk.snapshot(), rig.library.scenes.shelf.heads) == (before, heads)


def test_a_shelf_has_an_end(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studiod.memory.shelf.MOST", 1)
    with pytest.raises(Refusal, match=r"no scene of that name; .*/scene/store makes one"):
        rig.do("scene/recall", "A")
    rig.do("scene/store", "A")
    rig.do("scene/store", "A")
    with pytest.raises(Refusal, match=r"more than 1 scenes; .*delete some"):
        rig.do("scene/store", "B")


def test_names_of_any_script_are_found(rig: Rig) -> None:
    chance = random.Random(1)
    names = [
        "Größe",
        "曲 1",
        "a/b",
        "x for y",
        *("".join(chance.choices("abc ♭é", k=9)).strip() + "." for _ in range(20)),
    ]
    for name in names:
        rig.do("scene/store", name)
    for name in names:
        assert rig.do("scene/recall", name) == [("scene/recall", name, 0, 0)]


def test_what_is_kept_aside_never_fills_the_shelf_and_the_first_stays(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    shelf, first = rig.library.scenes.shelf, None
    for k in range(60):
        rig.desk.set("ch/1/fader", -float(k))
        deed: Any = rig.desk.prepare("scene/store", "me", "Verse")
        (told,) = at_once(deed.act(deed))
        if k == 1:
            first = told[-1]
    kept = [name for name in shelf.heads if name != "Verse"]
    assert len(kept) <= 20
    assert shelf.values(first)["ch/1/fader"] == 0.0
    assert sorted(float(str(shelf.values(name)["ch/1/fader"])) for name in kept)[:2] == [-58.0, -57.0]
    rig.store.close()


def test_all_that_is_kept_aside_stays_until_there_are_many(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    for k in range(20):
        rig.desk.set("ch/1/fader", -float(k))
        deed: Any = rig.desk.prepare("scene/store", "me", "Verse")
        list(at_once(deed.act(deed)))
        assert len(rig.library.scenes.shelf.heads) == k + 1
    rig.store.close()
