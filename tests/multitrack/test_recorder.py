"""The recorder: what takes hold, to the frame; where they begin; what a late thread and a full disk leave."""

import errno
import os
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile as sf

from studiod.files import wav_writer
from studiod.multitrack import lookback, recorder
from studiod.multitrack.machine import Machine
from studiod.registry.param import Refusal
from tape_rig import RATE_HZ, SETTLED, Rig, armed, noise, read_take, take


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


def about(rig: Rig) -> dict:
    return tomllib.loads((rig.newest / "take.toml").read_text("utf-8"))


@pytest.mark.parametrize("format", wav_writer.FORMATS)
def test_a_take_is_what_came_in_while_it_was_asked_for(rig: Rig, format: str) -> None:
    rig.desk.set("recorder/format", format)
    armed(rig, 1, 2, 4)
    sound = noise(70_000, 4)
    got = take(rig, sound)
    assert sf.info(next(rig.newest.glob("01*"))).subtype == {"wav24": "PCM_24", "wav32f": "FLOAT"}[format]
    # float comes back to the bit, 24 bits within half a step
    np.testing.assert_allclose(got, sound[:, [0, 1, 3]], rtol=0, atol=0.51 / 2**23 if format == "wav24" else 0)
    assert about(rig)["take"] | {"started": ""} == {
        "name": "", "started": "", "rate_hz": RATE_HZ, "format": format, "position": 0, "pressed": 0, "offset": 0,
        "frames": 70_000, "lost": 0,
    }  # fmt: skip


def test_a_take_begins_with_what_was_played_before_it_was_asked_for(rig: Rig) -> None:
    armed(rig, 1, lookback_s=0.5)
    before, after = noise(60_000, 4), noise(20_000, 4, seed=8)
    rig.run(before)
    got = take(rig, after)
    np.testing.assert_array_equal(got[:, 0], np.concatenate([before[-24_000:, 0], after[:, 0]]))
    assert about(rig)["take"]["pressed"] == 24_000
    assert about(rig)["take"]["position"] == 0


def test_no_take_begins_before_its_tracks_were_armed_and_a_late_one_begins_with_silence(rig: Rig) -> None:
    armed(rig, 1, lookback_s=60.0)
    rig.run(noise(9600, 4))
    rig.desk.set("ch/2/arm", 1)
    late = noise(4800, 4, seed=5)
    rig.run(late)
    got = take(rig, noise(640, 4))
    assert len(got) == SETTLED + 9600 + 4800 + 640
    np.testing.assert_array_equal(got[-640 - 4800 + SETTLED : -640, 1], late[SETTLED:, 1])
    assert not got[: SETTLED + 9600, 1].any()


def test_a_track_armed_again_never_holds_what_it_heard_long_ago(rig: Rig) -> None:
    armed(rig, 1)
    rig.run(noise(5 * RATE_HZ, 4))  # the rack's ring is full of it
    rig.desk.set("ch/1/arm", 0)
    rig.run(RATE_HZ)
    rig.desk.change([("ch/1/arm", 1), ("recorder/lookback", 10.0)])
    got = take(rig, np.zeros((9600, 4), np.float32))
    assert len(got) == 9600
    assert not got.any()


def test_tracks_record_what_they_are_told_to(rig: Rig) -> None:
    rig.desk.change([("recorder/track/2/source", "ch/1"), ("ch/2/name", "Kick: in/out?"), ("ch/1/fader", -6.0)])
    armed(rig, 1, 2)
    sound = noise(9600, 4)
    got = take(rig, sound)
    assert [file.name for file in sorted(rig.newest.glob("*.wav"))] == ["01 input 1.wav", "02 ch 1.wav"]
    np.testing.assert_allclose(got[:, 1], sound[:, 0] * 10 ** (-6 / 20), rtol=1e-4, atol=1e-7)
    assert [line["source"] for line in about(rig)["track"]] == ["input/1", "ch/1"]


def test_a_take_keeps_the_tracks_that_it_began_with(rig: Rig) -> None:
    armed(rig, 1)
    sound = noise(9600, 4)
    rig.desk.set("recorder/state", "record")
    rig.run(sound[:4800])
    rig.desk.change([("ch/1/arm", 0), ("ch/2/arm", 1), ("recorder/track/1/source", "input/3")])
    rig.run(sound[4800:])
    rig.desk.set("recorder/state", "stop")
    rig.run(SETTLED)
    np.testing.assert_array_equal(read_take(rig.newest)[:, 0], sound[:, 0])
    assert sorted(rig.machine.lookback.since) == [2], "and after it those that were armed meanwhile"
    rig.desk.set("recorder/lookback", 0.0)
    np.testing.assert_array_equal(take(rig, sound)[:, 0], sound[:, 1])


def test_tracks_that_are_armed_with_the_very_button_are_in_the_take(rig: Rig) -> None:
    rig.desk.change([("ch/1/arm", 1), ("recorder/state", "record"), ("ch/3/arm", 1), ("recorder/lookback", 0.0)])
    sound = noise(9600, 4)
    rig.run(sound)
    rig.desk.set("recorder/state", "stop")
    rig.run(64)
    np.testing.assert_array_equal(read_take(rig.newest)[SETTLED:], sound[SETTLED:, [0, 2]])


def test_a_new_take_may_begin_while_the_last_one_is_still_written(rig: Rig) -> None:
    armed(rig, 1)
    sound = noise(96_000, 4)
    takes = []
    for part in (sound[:48_000], sound[48_000:]):
        rig.desk.set("recorder/state", "record")
        for at in range(0, len(part), 64):  # the disk stands still meanwhile
            rig.offline.run(part[at : at + 64])
            rig.machine.lookback.take_over()
        rig.desk.set("recorder/state", "stop")
    while rig.machine.recorder.step():
        if rig.desk.get("recorder/folder") not in takes:
            takes.append(rig.desk.get("recorder/folder"))
    got = [read_take(rig.folder / str(name))[:, 0] for name in takes]
    np.testing.assert_array_equal(np.concatenate(got), sound[:, 0])
    assert len(got) == 2


def test_what_came_too_late_is_silence_in_its_place_and_is_told(rig: Rig) -> None:
    armed(rig, 1)
    sound = noise(6 * RATE_HZ, 4)
    rig.desk.set("recorder/state", "record")
    rig.offline.run(sound)  # six seconds without the recorder: the ring holds four
    rig.desk.set("recorder/state", "stop")
    rig.run(64)
    got = read_take(rig.newest)[:, 0]
    lost = int(rig.desk.get("recorder/lost"))
    assert lost == 2 * RATE_HZ
    assert not got[: 2 * RATE_HZ].any()
    np.testing.assert_array_equal(got[lost:], sound[lost:, 0])
    assert len(got) == len(sound)
    assert f"{lost} frames are missing" in str(rig.desk.get("recorder/alarm"))
    assert about(rig)["take"]["lost"] == lost


def test_a_disk_that_stands_still_for_ten_seconds_loses_nothing(rig: Rig) -> None:
    armed(rig, 1)
    sound = noise(9 * RATE_HZ, 4)
    rig.desk.set("recorder/state", "record")
    for at in range(0, len(sound), 4800):
        rig.offline.run(sound[at : at + 4800])
        rig.machine.lookback.take_over()
    rig.desk.set("recorder/state", "stop")
    rig.run(64)
    np.testing.assert_array_equal(read_take(rig.newest)[:, 0], sound[:, 0])
    assert rig.desk.get("recorder/lost") == 0


def test_memory_is_bounded_and_what_it_cannot_hold_is_told(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookback, "MOST_BYTES", 4 * RATE_HZ * 24)  # 24 s of one track
    armed(rig, 1, 2, lookback_s=60.0)
    assert rig.machine.lookback.seconds == 2.0
    assert str(rig.desk.get("recorder/alarm")).startswith("2 tracks look back 2 s of the 60 s asked for")
    sound = noise(3 * RATE_HZ, 4)
    rig.run(sound)
    got = take(rig, noise(6400, 4))
    np.testing.assert_array_equal(got[: 2 * RATE_HZ], sound[RATE_HZ:, :2])


def test_a_full_disk_ends_the_take_with_one_message_and_nothing_else(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    armed(rig, 1, 2)
    room = [200_000]
    write = os.pwrite

    def narrow(file: int, data: bytes, at: int) -> int:
        if at > 0:
            if room[0] <= 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            data = bytes(data)[: room[0]]
            room[0] -= len(data)
        return write(file, data, at)

    monkeypatch.setattr(os, "pwrite", narrow)
    sound = noise(48_000, 4)
    rig.desk.set("recorder/state", "record")
    out = rig.run(sound)
    assert rig.desk.get("recorder/state") == "stop"
    assert "stopped at 0.5 s: No space left on device" in str(rig.desk.get("recorder/alarm"))
    monkeypatch.undo()
    tracks = [sf.read(file, dtype="float32")[0] for file in sorted(rig.newest.glob("*.wav"))]
    for lane, got in enumerate(tracks):
        assert len(got) >= 24_000
        np.testing.assert_array_equal(got, sound[: len(got), lane])
    assert rig.machine.now == SETTLED + 48_000
    assert np.isfinite(out).all()
    np.testing.assert_array_equal(take(rig, sound), sound[:, :2])
    assert rig.desk.get("recorder/alarm") == ""


def test_a_folder_that_cannot_be_written_is_told(rig: Rig) -> None:
    armed(rig, 1)
    rig.folder.parent.mkdir(exist_ok=True)
    rig.folder.write_text("in the way")
    rig.desk.set("recorder/state", "record")
    rig.run(640)
    assert rig.desk.get("recorder/state") == "stop"
    assert str(rig.desk.get("recorder/alarm")).startswith(f"no take: {rig.folder} cannot be written")


def test_a_folder_in_which_no_take_can_be_made_is_an_alarm_and_refuses_who_asks(tmp_path: Path) -> None:
    for place in (Path("/proc/takes"), Path("/sys/takes/deeper")):
        made = Rig(tmp_path, recordings=place)
        assert made.desk.get("status/alarm") == "", "nobody has asked for a take"
        armed(made, 1)
        assert f"no take can be made: {place} cannot be written" in str(made.desk.get("status/alarm"))
        with pytest.raises(
            Refusal, match=f"recorder/state: {place} cannot be written: .*; name another folder as recordings"
        ):
            made.desk.change([("recorder/state", "record")])
        assert made.desk.get("recorder/state") == "stop"
        made.close()


def test_a_folder_of_takes_that_is_mended_takes_them(tmp_path: Path) -> None:
    place = tmp_path / "way" / "takes"
    place.parent.write_text("in the way")
    made = Rig(tmp_path / "rig", recordings=place)
    armed(made, 1)
    assert "cannot be written" in str(made.desk.get("status/alarm"))
    place.parent.unlink()
    made.machine.recorder.measure()
    assert "cannot be written" not in str(made.desk.get("status/alarm"))
    assert len(take(made, noise(640, 4))) == 640
    made.close()


def test_with_nothing_armed_there_is_no_take_and_who_asks_is_told(rig: Rig) -> None:
    said = "no track is armed; set ch/N/arm to 1"
    for changes in ([("recorder/state", "record")], [("ch/2/arm", 0), ("recorder/state", "record")]):
        with pytest.raises(Refusal, match=f"^recorder/state: {said}$"):
            rig.desk.change(changes)
    assert rig.desk.get("recorder/state") == "stop"
    assert rig.desk.get("recorder/alarm") == f"no take: {said.replace(';', ':')}"
    rig.desk.change([("recorder/state", "record")], when_ns=rig.desk.clock() + 10**9)  # nobody waits for that answer
    rig.desk.tick(rig.desk.clock() + 2 * 10**9)
    assert rig.desk.get("recorder/state") == "stop"
    rig.desk.change([("recorder/state", "record"), ("ch/1/arm", 1)])
    assert rig.desk.get("recorder/state") == "record"
    rig.desk.set("recorder/state", "stop")
    rig.run(SETTLED)


def test_remaining_is_the_room_over_the_rate_of_what_is_armed(rig: Rig, tmp_path: Path) -> None:
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    for tracks, format, width in ((1, "wav32f", 4), (3, "wav24", 3)):
        rig.desk.change([("recorder/format", format), *((f"ch/{n}/arm", 1) for n in range(1, tracks + 1))])
        # other programs write to the same disk meanwhile
        assert rig.desk.get("recorder/remaining") == pytest.approx(free / (tracks * RATE_HZ * width), rel=0.02)


# -- what waits for the disk -----------------------------------------------------------------------------------------


def test_the_desk_asks_for_the_room_and_the_recorders_thread_measures_it(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that does not answer is nobody's business but the recorder's."""
    asked: list[int] = []
    measured = threading.Event()

    def usage(place: Path) -> SimpleNamespace:
        asked.append(threading.get_ident())
        measured.set()
        return SimpleNamespace(free=4 * RATE_HZ * 77, total=0)

    monkeypatch.setattr(recorder.shutil, "disk_usage", usage)
    monkeypatch.setattr(recorder, "ROOM_S", 0.01)
    before = rig.desk.get("recorder/remaining")
    assert float(before) > 0, "there is a figure from the start"
    rig.desk.set("ch/1/arm", 1)
    rig.desk.set("recorder/state", "record")
    for _ in range(20):
        rig.machine.tick()
        rig.desk.get("recorder/remaining")
    assert asked == []
    rig.desk.set("recorder/state", "stop")
    rig.machine.recorder.start()
    try:
        assert measured.wait(60.0)
    finally:
        rig.machine.close()
    assert rig.desk.get("recorder/remaining") == 77
    assert threading.get_ident() not in asked


def test_a_take_stops_whole_before_it_takes_what_is_left_to_the_state(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """1 % of this disk, and 64 MiB of a large one."""
    total = 1000 << 20
    free = [total // 100 + 4 * RATE_HZ]  # a second of one track above it

    def usage(place: Path) -> SimpleNamespace:
        return SimpleNamespace(free=free[0], total=total)

    monkeypatch.setattr(recorder.shutil, "disk_usage", usage)
    armed(rig, 1)
    rig.machine.recorder.measure()
    assert rig.machine.recorder.shares
    assert rig.machine.recorder.remaining_s(1, "wav32f") == 1.0
    sound = noise(3 * RATE_HZ, 4)
    rig.desk.set("recorder/state", "record")
    for at in range(0, len(sound), RATE_HZ // 4):
        rig.run(sound[at : at + RATE_HZ // 4])
        free[0] -= RATE_HZ // 4 * 4
    assert rig.desk.get("recorder/state") == "stop"
    said = str(rig.desk.get("recorder/alarm"))
    assert said.endswith(" s: what is left on this disk is for the state; up to there it is whole")
    assert said in caplog.text
    got = read_take(rig.newest)[:, 0]
    assert 0.5 * RATE_HZ <= len(got) <= RATE_HZ
    np.testing.assert_array_equal(got, sound[: len(got), 0])
    monkeypatch.setattr(recorder.shutil, "disk_usage", lambda place: SimpleNamespace(free=1 << 40, total=1 << 41))
    rig.machine.recorder.measure()
    assert rig.machine.recorder.remaining_s(1, "wav32f") == ((1 << 40) - (64 << 20)) / (4 * RATE_HZ)


def test_takes_that_share_the_disk_of_the_state_are_warned_of_once_while_tracks_are_armed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    one = Rig(tmp_path)
    assert one.desk.get("status/alarm") == ""
    for arm in (1, 0, 1):
        one.desk.set("ch/1/arm", arm)
        expected = "takes share the disk of the state; put them elsewhere with recordings in [state] of the settings"
        assert one.desk.get("status/alarm") == (expected if arm else "")
    assert caplog.text.count("takes share the disk of the state") == 1
    one.close()


def test_takes_on_a_disk_of_their_own_leave_nothing_to_the_state(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    stat = os.stat
    other = rig.folder.parent / "elsewhere"

    def another(place, *args, **named):
        found = stat(place, *args, **named)
        return SimpleNamespace(st_dev=found.st_dev + 1) if Path(place) == other else found

    other.mkdir()
    monkeypatch.setattr(recorder.os, "stat", another)
    monkeypatch.setattr(recorder.shutil, "disk_usage", lambda place: SimpleNamespace(free=1000, total=1 << 30))
    one = recorder.Recorder(rig.machine.lookback, other, lambda _: None, rig.folder.parent)
    assert not one.shares
    assert one.remaining_s(1, "wav32f") == 1000 / (4 * RATE_HZ)


def test_takes_go_where_they_are_told_to(tmp_path: Path) -> None:
    one = Rig(tmp_path / "state")
    place = Machine(one.desk, one.rack, tmp_path / "state", tmp_path / "takes")
    assert place.folder == place.recorder.folder == tmp_path / "takes"
    one.close()
