"""Takes back in the player, overdubs in their place, markers, and the position as it is told."""

import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from descriptors import held
from studiod.desk import command
from studiod.multitrack import take_list
from studiod.multitrack.machine import LEAD_S
from studiod.multitrack.reel import Sound
from studiod.multitrack.take import ABOUT, clean
from studiod.registry.param import Refusal
from tape_rig import RATE_HZ, SETTLED, Rig, armed, noise, reel_of, take

LEAD = round(LEAD_S * RATE_HZ)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


def test_a_take_comes_back_on_the_tracks_that_it_had(rig: Rig) -> None:
    armed(rig, 2, 4)
    sound = noise(20_000, 4)
    take(rig, sound)
    ((_, name, seconds, tracks), end) = rig.do("take/list")
    assert (name, tracks, end[1]) == (rig.newest.name, 2, 1)
    assert seconds == pytest.approx(20_000 / RATE_HZ)
    rig.do("take/load", name)
    rig.run(2 * LEAD)
    rig.desk.set("transport/state", "play")
    out = rig.run(LEAD + 20_000)[LEAD:]
    np.testing.assert_array_equal(out[:, [1, 3]], sound[:, [1, 3]])
    assert not out[:, [0, 2]].any()


@pytest.mark.parametrize("press_first", [False, True])
@pytest.mark.parametrize("between", [0, 64, 8000])  # frames
@pytest.mark.parametrize("lookback_s", [0.0, 0.3])
def test_an_overdub_over_a_cable_lands_on_its_source(
    rig: Rig, tmp_path: Path, press_first: bool, between: int, lookback_s: float
) -> None:
    """Output 2 plays track 1 and comes back as input 2, a block later than it was heard; the offset says so."""
    source = noise(2 * RATE_HZ, 1)
    rig.do("take/open", str(reel_of(tmp_path / "reel", source)))
    rig.desk.change([("output/2/source", "track/1"), ("output/1/source", "none"), ("recorder/offset", 64)])
    rig.run(2 * LEAD)
    armed(rig, 2, lookback_s=lookback_s)
    rig.run(20_000)
    rig.desk.change([("transport/position", 0.5)])
    for path, value in [("recorder/state", "record"), ("transport/state", "play")][:: 1 if press_first else -1]:
        rig.desk.set(path, value)
        rig.run(between, loop=True) if between else None
    rig.run(24_000, loop=True)
    rig.desk.set("recorder/state", "stop")
    rig.desk.set("transport/state", "stop")
    rig.run(LEAD + SETTLED)
    rig.do("take/load", rig.newest.name, 1)
    rig.run(2 * LEAD)
    rig.desk.change([("output/1/source", "track/1"), ("output/2/source", "track/2"), ("transport/state", "play")])
    out = rig.run(LEAD + 46_000)[LEAD:]
    heard = slice(24_000 + 9000, 24_000 + 16_000)  # rolling and recording, whichever came first
    np.testing.assert_array_equal(out[heard, 1], source[heard, 0])
    np.testing.assert_array_equal(out[heard, 0], source[heard, 0])


def test_a_take_that_was_cut_off_is_listed_and_played_as_far_as_it_goes(rig: Rig) -> None:
    armed(rig, 1)
    sound = noise(48_000, 4)
    rig.desk.set("recorder/state", "record")
    rig.run(sound)
    folder = rig.newest
    rig.machine.recorder = type(rig.machine.recorder)(rig.machine.lookback, rig.folder, lambda _: None)  # a kill
    ((_, name, seconds, tracks), _) = rig.do("take/list")
    assert (name, tracks) == (folder.name, 1)
    assert seconds == pytest.approx(1.0, abs=0.01)
    rig.do("take/load", name)
    rig.run(2 * LEAD)
    rig.desk.set("transport/state", "play")
    np.testing.assert_array_equal(rig.run(LEAD + 40_000)[LEAD:, 0], sound[:40_000, 0])


def test_a_take_that_is_not_there_is_refused_with_the_nearest(rig: Rig) -> None:
    with pytest.raises(Refusal, match="no take of that name"):
        rig.do("take/load", "Verse")
    armed(rig, 1)
    rig.desk.set("recorder/take", "Verse")
    take(rig, noise(640, 4))
    assert rig.newest.name.endswith(" Verse")
    with pytest.raises(Refusal, match=f"nearest is '{rig.newest.name}'"):
        rig.do("take/load", rig.newest.name + "s")
    next(rig.newest.glob("*.wav")).unlink()
    with pytest.raises(Refusal, match=r"01 input 1\.wav: cannot read this file: there is no such file"):
        rig.do("take/load", rig.newest.name)


def test_a_deleted_take_is_gone_and_one_that_is_written_is_not_deleted(rig: Rig) -> None:
    armed(rig, 1)
    rig.desk.set("recorder/state", "record")
    rig.run(6400)
    with pytest.raises(Refusal, match="still being recorded"):
        rig.do("take/delete", rig.newest.name)
    rig.desk.set("recorder/state", "stop")
    rig.run(64)
    rig.do("take/delete", rig.newest.name)
    assert rig.do("take/list") == [("take/list/end", 0)]


def test_two_takes_of_one_second_have_two_folders(rig: Rig) -> None:
    armed(rig, 1)
    for _ in range(3):
        take(rig, noise(64, 4))
    assert len(rig.do("take/list")) == 4


TAKES = [
    "2026-11-25 10-03-22 Friday", "2026-11-25 21-40-00 Friday late", "2026-11-26 10-00-00", "2026-11-27 09-00-00 Verse",
    "2026-11-27 09-30-00 Verse 2", "2026-11-28 12-00-00 verse", "mine", "7",
]  # fmt: skip


@pytest.mark.parametrize(("key", "places"), [
    ("2026-11-26 10-00-00", [3]), ("11-26", [3]), ("21-40", [2]), ("late", [2]), ("LATE", [2]), ("25 late", [2]),
    ("25 1", [1]),
    ("Friday", [1]), ("friday ", [1]), ("Verse", [4, 6]), ("Verse 2", [5]), ("11-27", [4, 5]), ("27 2", [4, 5]),
    ("mi", [7]), ("3", [3]), ("7", [8]), ("8", [8]), ("9", [4, 5]), ("26", []), ("99", []), ("0", []), ("Bridge", []),
    ("", []), ("   ", []), ("2026", [1, 2, 3, 4, 5, 6]),
])  # fmt: skip
def test_a_take_is_meant_by_any_part_of_its_name(key: str, places: list[int]) -> None:
    wanted = [TAKES[place - 1] for place in places]
    if key in ("26", "9", "0"):  # parts of dates, where no take has that number
        wanted = [name for name in TAKES if key in name]
    assert take_list.meant(key, TAKES, number=True) == wanted


@pytest.mark.parametrize("key", ["3", "1", "12"])
def test_a_number_is_a_place_only_where_that_is_said(key: str) -> None:
    assert take_list.meant(key, TAKES) == [name for name in TAKES if key in name]


def test_a_part_loads_its_take_and_one_that_several_have_is_refused_by_their_names(rig: Rig) -> None:
    armed(rig, 1)
    names = []
    for name in ("Verse one", "Verse two", "Chorus"):
        rig.desk.set("recorder/take", name)
        take(rig, noise(640, 4))
        names.append(rig.newest.name)
    assert [rig.do("take/load", key)[0][1] for key in ("chorus", "two", "verse one", 3, "2")] == [
        names[2], names[1], names[0], sorted(names)[2], sorted(names)[1],
    ]  # fmt: skip
    for word in ("take/load", "take/delete"):
        with pytest.raises(Refusal, match=f"2 takes are called so: '{names[0]}', '{names[1]}'; .*say more of its name"):
            rig.do(word, "verse")
    rig.do("take/delete", "chorus")
    assert rig.do("take/restore", "chor") == [("take/restore", names[2])]
    for _ in range(3):
        take(rig, noise(64, 4))
    with pytest.raises(Refusal, match=r"6 takes are called so: '.*', '.*', '.*', '.*', …;"):
        rig.do("take/load", names[0][:4])


def test_names_of_files_are_fit_for_any_disk() -> None:
    assert clean("  Gtr/L  ") == "Gtr L"
    assert clean("main/l") == "main l"
    assert clean(" .../. ") == ""


# -- what waits for the world -----------------------------------------------------------------------------------------


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Files that are none: whoever opens them waits for ever, or wakes a device."""
    folder = tmp_path / "odd"
    folder.mkdir()
    os.mkfifo(folder / "fifo.wav")
    (folder / "link.wav").symlink_to(folder / "fifo.wav")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "socket.wav"))
    yield {
        "a FIFO": folder / "fifo.wav", "a FIFO, by a link": folder / "link.wav", "a socket": folder / "socket.wav",
        "a device": Path("/dev/zero"), "a terminal": Path("/dev/tty"),
    }  # fmt: skip
    listener.close()


@pytest.mark.parametrize("what", ["a FIFO", "a FIFO, by a link", "a socket", "a device", "a terminal"])
def test_only_plain_files_are_opened(rig: Rig, odd: dict[str, Path], what: str) -> None:
    kind = "a device" if what == "a terminal" else what.split(",")[0]
    with pytest.raises(Refusal, match=f"cannot read this file: it is {kind}, not a plain file; .*expected WAV"):
        rig.do("take/open", str(odd[what]))


def test_a_fifo_among_the_files_of_a_folder_is_left_out_by_name(rig: Rig, tmp_path: Path) -> None:
    folder = reel_of(tmp_path / "song", noise(100, 2))
    os.mkfifo(folder / "03 track.wav")
    note, line = rig.do("take/open", str(folder))
    assert note[0] == "take/open/left_out"
    assert "03 track.wav: cannot read this file: it is a FIFO" in str(note[1])
    assert line[:4] == ("take/open", str(folder), 2, 0)


@pytest.mark.parametrize("broken", [(1,), (2,), (4,), (1, 3), (2, 3, 4)])
def test_a_broken_file_costs_its_own_track_alone(rig: Rig, tmp_path: Path, broken: tuple[int, ...]) -> None:
    sound = noise(20_000, 4)
    folder = reel_of(tmp_path / "song", sound)
    for number in broken:
        next(folder.glob(f"0{number}*")).write_bytes(b"RIFF\x00\x00\x00\x00WAVEnothing")
        sound[:, number - 1] = 0.0
    (folder / "notes.txt").write_bytes(b"x")
    *notes, line = rig.do("take/open", str(folder))
    assert line[2:4] == (4 - len(broken), 0)
    assert [note[0] for note in notes] == ["take/open/left_out"] * (1 + len(broken))
    assert "notes.txt" in str(notes[0][1])
    for number, note in zip(broken, notes[1:], strict=True):
        assert f"{folder}/0{number} track.wav: cannot read" in str(note[1])
        assert str(note[1]).endswith("its track stays empty")
    rig.desk.set("transport/state", "play")
    np.testing.assert_array_equal(rig.run(LEAD + 20_000)[LEAD:, :4], sound)


def test_a_take_whose_papers_or_tracks_are_no_files_is_refused_and_listed_as_none(rig: Rig) -> None:
    armed(rig, 1)
    take(rig, noise(640, 4))
    track = next(rig.newest.glob("*.wav"))
    track.unlink()
    os.mkfifo(track)
    with pytest.raises(Refusal, match="cannot read this file: it is a FIFO"):
        rig.do("take/load", rig.newest.name)
    (rig.newest / ABOUT).unlink()
    os.mkfifo(rig.newest / ABOUT)
    with pytest.raises(Refusal, match=r"take\.toml: cannot be read: it is a FIFO, not a plain file; the folder"):
        rig.do("take/load", rig.newest.name)
    assert rig.do("take/list")[0] == ("take/list", rig.newest.name, 0.0, 0)


@pytest.mark.parametrize(("line", "said"), [
    ("rate_hz = 0", "expected whole numbers"), ('rate_hz = "x"', "expected whole numbers"), ("position = 1.5", "whole"),
    ("frames = true", "expected whole numbers"), ("nonsense = 1", "cannot be read"),
])  # fmt: skip
def test_papers_that_somebody_edited_are_refused_and_never_a_fault(rig: Rig, line: str, said: str) -> None:
    armed(rig, 1)
    take(rig, noise(640, 4))
    file, key = rig.newest / ABOUT, line.split()[0]
    kept = [old for old in file.read_text("utf-8").splitlines() if not old.startswith(f"{key} =")]
    file.write_text("\n".join([kept[0], line, *kept[1:]]), "utf-8")
    with pytest.raises(Refusal, match=said):
        rig.do("take/load", rig.newest.name)
    assert rig.do("take/list")[0][2:] == (0.0, 0)


@pytest.mark.parametrize(("path", "said"), [
    ("~nosuchuser/x.wav", "no such user.*got '~nosuchuser'.*write the path out"),
    ("~\0", "no such user"), ("~a\0b/x.wav", "no such user"), ("~\ud800/x.wav", "no such user"),
    ("/nowhere\0.wav", "no file can have this name"),
    ("/nowhere/\ud800.wav", "no file can have this name"),
    ("/" + 300 * "x" + ".wav", "File name too long"),
    ("/" + 9000 * "x/", "File name too long"),
    ("", "not a path from /"), ("takes/mine", "not a path from /"), ("./x.wav", "not a path from /"),
])  # fmt: skip
def test_a_path_that_cannot_be_is_refused_in_words_that_can_be_shown(rig: Rig, path: str, said: str) -> None:
    with pytest.raises(Refusal, match=said) as refused:
        rig.do("take/open", path)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 1000


def test_a_folder_of_more_files_than_tracks_is_opened_no_further_than_there_are_tracks(
    rig: Rig, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = reel_of(tmp_path / "many", noise(10, 40))
    before = len(held())
    assert rig.do("take/open", str(folder))[0][2:4] == (4, 36)
    assert len(held()) == before + 4
    assert f"{folder}: 36 files not opened: this desk has 4 tracks" in caplog.messages
    (folder / "41 track.wav").write_bytes(b"no sound")
    assert rig.do("take/open", str(folder))[0][2:4] == (4, 37)
    for track in folder.glob("*.wav"):
        track.write_bytes(b"no sound")
    for _ in range(3):
        with pytest.raises(Refusal, match="01 track"):
            rig.do("take/open", str(folder))
    assert len(held()) <= before + 8


def test_a_sound_that_is_closed_lets_its_descriptor_go_and_so_does_one_that_nobody_has(tmp_path: Path) -> None:
    (file,) = reel_of(tmp_path / "reel", noise(10, 1)).iterdir()
    before = len(held())
    kept, dropped = Sound(file, RATE_HZ), Sound(file, RATE_HZ)
    assert len(held()) == before + 2
    kept.close()
    assert len(held()) == before + 1
    del dropped
    assert len(held()) == before
    kept.close()


@pytest.mark.parametrize("words", [("take/list",), ("take/load", "x"), ("take/open", "/x"), ("take/delete", "x"),
                                   ("take/deleted",), ("take/empty",), ("take/restore", "x")])  # fmt: skip
def test_the_desks_thread_asks_no_disk(rig: Rig, words: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Preparing, going on and acting look at no file; errands do, each on a thread of its own."""
    armed(rig, 1)
    take(rig, noise(640, 4))
    if words[0] == "take/restore":
        rig.do("take/delete", rig.newest.name)
    path = str(reel_of(rig.folder.parent / "reel", noise(100, 1)))
    words = (words[0], *({"take/open": path}.get(words[0], rig.newest.name) for _ in words[1:]))
    desks, asked = threading.get_ident(), []

    def watch(event: str, args: tuple[object, ...]) -> None:
        if watching and event in ("open", "os.listdir", "os.scandir", "os.rename", "os.mkdir", "os.remove", "os.rmdir"):
            asked.append((event, threading.get_ident() == desks))

    watching = True
    sys.addaudithook(watch)
    stat = os.stat
    monkeypatch.setattr(
        os, "stat", lambda *a, **k: (asked.append(("stat", threading.get_ident() == desks)), stat(*a, **k))[1]
    )

    def away(work):  # type: ignore[no-untyped-def]
        found: list[object] = []
        thread = threading.Thread(target=lambda: found.append(work()))
        thread.start()
        thread.join()
        return found[0]

    monkeypatch.setattr(command, "at_once", None)
    step = rig.desk.prepare(words[0], "me", *words[1:])
    while isinstance(step, command.Errand):
        step = step.then(away(step.work))
    rig.desk.change(step.changes.items(), step.origin)
    answer = step.act(step)
    while isinstance(answer, command.Errand):
        answer = answer.then(away(answer.work))
    watching = False
    assert str(next(iter(answer))[0]).startswith(words[0])
    assert asked, "it did ask for files"
    assert not [event for event, on_desk in asked if on_desk]


def test_a_list_reads_a_take_again_only_when_its_files_have_changed(rig: Rig) -> None:
    armed(rig, 1)
    for _ in range(5):
        take(rig, noise(640, 4))
    known = rig.takes._list
    first = rig.do("take/list")
    read = known.read
    assert rig.do("take/list") == first
    assert known.read == read == 5
    file = rig.newest / ABOUT
    file.write_text(file.read_text("utf-8").replace("frames = 640", "frames = 48000"), "utf-8")
    assert rig.do("take/list")[4][2] == 1.0
    assert known.read == 6
    rig.do("take/delete", rig.newest.name)
    assert rig.do("take/list") == [*first[:4], ("take/list/end", 4)]
    assert known.read == 6
    assert len(known._known) == 4


def test_a_take_that_grows_is_listed_with_its_length_each_time(rig: Rig) -> None:
    armed(rig, 1)
    rig.desk.set("recorder/state", "record")
    seconds = []
    for _ in range(3):
        rig.run(noise(RATE_HZ, 4))
        seconds.append(rig.do("take/list")[0][2])
    assert seconds == pytest.approx([1.0, 2.0, 3.0], abs=0.01)


def test_two_loads_at_once_lay_their_tracks_side_by_side(rig: Rig, tmp_path: Path) -> None:
    """Both have read their files before either plays: the later one adds to what the earlier one brought."""
    sound = noise(20_000, 2)
    reels = [str(reel_of(tmp_path / name, part)) for name, part in (("two", sound), ("one", 2 * sound[:, :1]))]
    rig.run(2 * LEAD)
    errands = [rig.desk.prepare("take/open", "me", reel, 1) for reel in reels]
    found = [errand.work() for errand in errands]  # type: ignore[union-attr]
    for errand, one in zip(errands, found, strict=True):
        step = errand.then(one)  # type: ignore[union-attr]
        rig.desk.change(step.changes.items(), "me")
        step.act(step)
        rig.run(2 * LEAD)
    rig.desk.set("transport/state", "play")
    out = rig.run(LEAD + 20_000)[LEAD:]
    np.testing.assert_array_equal(out[:, :2], np.stack([2 * sound[:, 0], sound[:, 1]], 1))


@pytest.mark.parametrize("word", ["take/load", "take/delete"])
def test_a_take_that_is_written_by_the_time_its_errand_is_done_is_refused(rig: Rig, word: str) -> None:
    armed(rig, 1)
    take(rig, noise(640, 4))
    name = rig.newest.name
    errand = rig.desk.prepare(word, "me", name)
    found = errand.work()  # type: ignore[union-attr]
    rig.desk.set("recorder/state", "record")
    rig.desk.report("machine", {"recorder/folder": name})
    with pytest.raises(Refusal, match="still being recorded"):
        errand.then(found)  # type: ignore[union-attr]


def test_a_take_that_the_desk_does_not_know_yet_is_not_deleted_under_the_recorder(rig: Rig) -> None:
    """The recorder has made the folder, and what it tells has not reached the desk."""
    armed(rig, 1)
    rig.machine.call = lambda fn: None
    rig.desk.set("recorder/state", "record")
    rig.run(6400)
    (folder,) = rig.folder.iterdir()
    assert rig.desk.get("recorder/folder") == ""
    with pytest.raises(Refusal, match="still being recorded"):
        rig.do("take/delete", folder.name)
    assert list(folder.glob("*.wav"))


def test_a_folder_of_takes_that_cannot_be_read_is_told(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(take_list.os, "scandir", deaf)
    for words in (("take/list",), ("take/load", "x"), ("take/delete", "x"), ("take/deleted",), ("take/restore", "x")):
        with pytest.raises(Refusal, match=r"the folder of takes: Permission denied; .*mend it"):
            rig.do(*words)


# -- markers ---------------------------------------------------------------------------------------------------------


def test_markers_are_kept_told_in_order_and_found_again(rig: Rig) -> None:
    rig.do("marker/add", "Chorus", 42.5)
    rig.do("locate", 12.25)
    assert rig.do("marker/add", "Verse") == [("marker/add", "Verse", 12.25)]
    assert rig.do("marker/list") == [
        ("marker/list", "Verse", 12.25), ("marker/list", "Chorus", 42.5), ("marker/list/end", 2),
    ]  # fmt: skip
    rig.do("locate", "Chorus")
    rig.run(LEAD + 64)
    assert rig.desk.get("transport/position") == 42.5
    rig.do("marker/delete", "Chorus")
    with pytest.raises(Refusal, match="nearest is 'Verse'"):
        rig.do("locate", "Vers")
    with pytest.raises(Refusal, match="out of range"):
        rig.do("locate", -1.0)


def test_the_position_is_told_while_it_rolls(rig: Rig) -> None:
    heard: list[float] = []
    rig.desk.listen(lambda origin, news: heard.append(float(news.get("transport/position", -1))))
    rig.desk.set("transport/state", "play")
    for _ in range(5):
        rig.run(4800)
        rig.machine.tick()
    assert heard[-1] == pytest.approx(5 * 4800 / RATE_HZ - LEAD_S, abs=1e-6)
    assert len(heard) == 6
