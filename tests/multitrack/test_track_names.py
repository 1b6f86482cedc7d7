"""A take's names say what is on its tracks: what an armed channel is patched to, whatever is turned meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from library_rig import Rig as Library
from studiod.desk.desk import Desk
from studiod.multitrack.take import read_about
from studiod.multitrack.track_names import lines
from studiod.registry.multitrack import PATCHED, mended, recorded
from studiod.registry.registry import Console, Registry, Value
from studiod.store.store import Store
from tape_rig import SETTLED, Rig, armed, noise, read_take, take

CONSOLE = Console(inputs=6, outputs=2, channels=8, buses=2)
REGISTRY = Registry(CONSOLE)
REST = {path: param.rest for path, param in REGISTRY.params.items()}


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


def files(values: dict[str, Value], *tracks: int) -> list[str]:
    return [line.file.removesuffix(".wav") for line in lines(REST | values, tracks, CONSOLE.inputs)]


@pytest.mark.parametrize(("values", "file", "point"), [
    ({"ch/4/name": "Bass"}, "04 Bass", "input/4"),
    ({"ch/4/name": "OH", "ch/4/source": "input/1"}, "04 OH", "input/1"),
    ({"ch/4/source": "bus/2"}, "04 bus 2", "bus/2"),
    ({"ch/4/source": "input/2", "input/2/name": "DI"}, "04 DI", "input/2"),
    ({"ch/4/name": "Bass", "input/4/name": "DI"}, "04 Bass", "input/4"),
    ({"ch/4/name": "Bass", "recorder/track/4/source": "input/3"}, "04 input 3", "input/3"),
    ({"ch/4/name": "Bass", "recorder/track/4/source": "input/3", "input/3/name": "Amp"}, "04 Amp", "input/3"),
    ({"ch/4/name": "Bass", "recorder/track/4/source": "main/l"}, "04 main l", "main/l"),
    ({"ch/4/name": "Bass", "recorder/track/4/source": "ch/4"}, "04 ch 4", "ch/4"),
    ({"ch/4/name": "Bass", "ch/4/source": "track/2"}, "04 Bass", "input/2"),
    ({"ch/4/source": "track/8"}, "04 none", "none"),
    ({"ch/4/name": ":?*", "ch/4/source": "input/5"}, "04 input 5", "input/5"),
])  # fmt: skip
def test_a_track_is_called_after_what_it_records(values: dict[str, Value], file: str, point: str) -> None:
    assert files(values, 4) == [file]
    assert recorded(REST | values, 4, CONSOLE.inputs) == point


@pytest.mark.parametrize(("values", "tracks", "called"), [
    ({"ch/1/name": "Tom", "ch/2/name": "tom"}, (1, 2), ["01 Tom 1", "02 tom 2"]),
    ({"ch/1/name": "Gtr/L", "ch/6/name": "Gtr L"}, (1, 6), ["01 Gtr L 1", "06 Gtr L 2"]),
    ({"ch/1/name": "Tom", "ch/2/name": "Tom", "ch/3/name": "Tom 1"}, (1, 2, 3), ["01 Tom 2", "02 Tom 3", "03 Tom 1"]),
    ({"ch/3/link": 1, "ch/3/name": "Keys", "ch/4/name": "Keys"}, (3, 4), ["03 Keys L", "04 Keys R"]),
    ({"ch/3/link": 1, "ch/3/name": "Keys", "ch/4/name": "Keys"}, (4,), ["04 Keys R"]),
    ({"ch/3/link": 1, "ch/3/name": "Keys", "ch/4/name": "Keys", "recorder/track/3/source": "main/l"}, (3, 4),
     ["03 main l", "04 Keys R"]),
    ({"ch/1/link": 1, "ch/3/link": 1} | {f"ch/{n}/name": "Keys" for n in (1, 2, 3, 4, 5)}, (1, 2, 3, 4, 5),
     ["01 Keys 1 L", "02 Keys 1 R", "03 Keys 2 L", "04 Keys 2 R", "05 Keys"]),
    ({"ch/3/link": 1, "ch/3/name": "Keys", "ch/4/name": "Keys", "ch/5/name": "keys l"}, (3, 4, 5),
     ["03 Keys 1 L", "04 Keys 1 R", "05 keys l 1"]),
    ({"ch/3/link": 1}, (3, 4), ["03 input 3", "04 input 4"]),
    ({"ch/1/source": "input/2"}, (1, 2), ["01 input 2 1", "02 input 2 2"]),
])  # fmt: skip
def test_no_two_tracks_are_called_the_same(
    values: dict[str, Value], tracks: tuple[int, ...], called: list[str]
) -> None:
    assert files(values, *tracks) == called


def test_after_patching_a_take_holds_what_the_channel_hears_under_its_name(rig: Rig) -> None:
    rig.desk.change([
        ("ch/1/source", "input/3"), ("ch/1/name", "Overheads"), ("ch/2/source", "input/1"), ("ch/2/name", "Bass"),
        ("recorder/track/4/source", "input/2"),
    ])  # fmt: skip
    armed(rig, 1, 2, 4)
    sound = noise(9600, 4)
    got = take(rig, sound)
    np.testing.assert_array_equal(got, sound[:, [2, 0, 1]])
    assert [file.name for file in sorted(rig.newest.glob("*.wav"))] == [
        "01 Overheads.wav", "02 Bass.wav", "04 input 2.wav",
    ]  # fmt: skip
    said = [(line.number, line.source, line.name) for line in read_about(rig.newest)[1]]
    assert said == [(1, "input/3", "Overheads"), (2, "input/1", "Bass"), (4, "input/2", "")]


@pytest.mark.parametrize("playback", [("transport/soundcheck", 1), ("ch/1/source", "track/1")])
def test_nobody_records_their_own_playback(rig: Rig, playback: tuple[str, Value]) -> None:
    armed(rig, 1)
    first = noise(48_000, 4)
    take(rig, first)
    rig.do("take/load", rig.newest.name)
    rig.desk.change([playback])
    rig.run(9600)
    rig.desk.set("transport/state", "play")
    rig.run(9600)
    again = noise(9600, 4, seed=9)
    got = take(rig, again)
    np.testing.assert_array_equal(got[:, 0], again[:, 0])


@pytest.mark.parametrize("path", ["ch/1/source", "recorder/track/1/source"])
def test_a_take_does_not_begin_with_what_its_track_heard_before_it_was_patched(rig: Rig, path: str) -> None:
    armed(rig, 1, 2, lookback_s=60.0)
    before, between, after = noise(9600, 4), noise(9600, 4, seed=5), noise(9600, 4, seed=6)
    rig.run(before)
    rig.desk.set(path, "input/4")
    rig.run(between)
    got = take(rig, after)
    at = len(got) - 2 * 9600
    assert at == SETTLED + 9600, "the other track begins where it did"
    assert not got[:at, 0].any()
    np.testing.assert_array_equal(got[at:, 1], np.concatenate([between, after])[:, 1])
    np.testing.assert_array_equal(got[at + SETTLED :, 0], np.concatenate([between, after])[SETTLED:, 3])


def test_what_is_patched_during_a_take_is_for_the_next_one(rig: Rig) -> None:
    armed(rig, 1)
    sound = noise(9600, 4)
    rig.desk.set("recorder/state", "record")
    rig.run(sound[:4800])
    rig.desk.change([("ch/1/source", "input/2"), ("ch/1/name", "Next")])
    rig.run(sound[4800:])
    rig.desk.set("recorder/state", "stop")
    rig.run(SETTLED)
    np.testing.assert_array_equal(read_take(rig.newest)[:, 0], sound[:, 0])
    assert [file.name for file in rig.newest.glob("*.wav")] == ["01 input 1.wav"]
    rig.desk.set("recorder/lookback", 10.0)
    got = take(rig, sound)
    np.testing.assert_array_equal(got[-9600:, 0], sound[:, 1])
    assert [file.name for file in rig.newest.glob("*.wav")] == ["01 Next.wav"]
    assert len(got) < SETTLED + 2 * 9600, "nothing of before it was patched"


# -- what older desks stored ------------------------------------------------------------------------------------------


def older(**more: Value) -> dict[str, object]:
    """A whole state of before there was a wastebasket, as a desk at rest wrote it."""
    values: dict[str, object] = {path: value for path, value in REST.items() if path != "recorder/wastebasket"}
    values |= {f"recorder/track/{n}/source": f"input/{n}" if n <= 6 else "none" for n in range(1, 9)}
    return values | {path.replace("__", "/"): value for path, value in more.items()}


def test_a_stored_track_that_nobody_had_touched_goes_with_its_channel() -> None:
    stored = older(recorder__track__3__source="main/l", recorder__track__5__source="input/1")
    new = mended(stored, CONSOLE.inputs)
    assert new == {f"recorder/track/{n}/source": PATCHED for n in (1, 2, 4, 6, 7, 8)}


@pytest.mark.parametrize("values", [
    {"recorder/wastebasket": 1} | older(),  # of now: somebody chose the input
    {"recorder/track/1/source": "input/1"},  # by hand, in a scene of a few lines
    {},
    {"recorder/track/x/source": "input/1", "recorder/track/1": "input/1", "recorder/lookback": 60.0},
])  # fmt: skip
def test_what_was_chosen_stays_as_it_was_chosen(values: dict[str, object]) -> None:
    assert mended(values, CONSOLE.inputs) == {}


def test_a_state_is_mended_once_and_a_hand_is_kept_from_then_on(tmp_path: Path) -> None:
    def sources(desk: Desk, *tracks: int) -> list[Value]:
        return [desk.get(f"recorder/track/{n}/source") for n in tracks]

    first = Store(tmp_path)
    first.note(older(ch__1__source="input/5"))
    assert first.close()
    rig = Library(tmp_path, REGISTRY)
    assert sources(rig.desk, 1, 8) == [PATCHED, PATCHED]
    shelf = rig.library.scenes.shelf
    shelf.put("old", {"saved": "", "version": 1}, older(recorder__track__2__source="main/l"))
    rig.do("scene/recall", "old", 0, "", 1)
    assert sources(rig.desk, 1, 2, 3) == [PATCHED, "main/l", PATCHED]
    rig.desk.set("recorder/track/4/source", "input/4")
    assert rig.store.close()
    rig = Library(tmp_path, REGISTRY)
    assert sources(rig.desk, 1, 2, 4) == [PATCHED, "main/l", "input/4"]
    assert rig.store.close()
