"""Records with right sums and odd contents, folders with odd entries: each costs itself, and no start or list fails."""

import json
import os
import zlib
from pathlib import Path

import pytest

from library_rig import Rig
from studiod.files.folders import look
from studiod.memory.shelf import BROKEN, Shelf, pack, unpack
from studiod.multitrack.automation_kept import Kept
from studiod.multitrack.markers import Markers
from studiod.multitrack.take_list import ABOUT, TakeList
from studiod.multitrack.wastebasket import Wastebasket
from studiod.registry.param import Refusal

DEEP = zlib.compress(b"[" * 100_000)
BOMB = zlib.compress(b" " * (200 << 20))


@pytest.mark.parametrize("packed", [DEEP, BOMB, b"", b"no zlib", zlib.compress(b"[]"), pack({"a": 1})[:-3]])
def test_what_is_no_record_is_one_of_the_known_faults(packed: bytes) -> None:
    with pytest.raises(BROKEN):
        unpack(packed)


@pytest.mark.parametrize("position", ["here", None, "nan", "inf", -1, 1e12, [1], {}])
def test_a_marker_without_a_place_is_left_out_and_a_start_goes_on(position: object) -> None:
    rig = Rig()
    rig.store.records = {
        ("marker", "Odd"): ("{}", pack({"position": position})),
        ("marker", "Empty"): ("{}", pack({})),
        ("marker", "Deep"): ("{}", DEEP),
        ("marker", "Good"): ("{}", pack({"position": 12.5})),
    }
    machine = type("Machine", (), {"desk": rig.desk})()
    assert Markers(machine, Shelf(rig.store, "marker")).places == {"Good": 12.5}


@pytest.mark.parametrize(
    ("head", "packed"),
    [(json.dumps({"rate_hz": float("inf")}), pack({"1": -3.0})), (json.dumps({"rate_hz": 48_000}), DEEP),
     (json.dumps({"rate_hz": 48_000}), pack({"9" * 400: -3.0})), (json.dumps({"rate_hz": 0}), pack({"1": -3.0})),
     ("[" * 50_000, pack({})), (json.dumps({"rate_hz": 48_000}), BOMB)],
)  # fmt: skip
def test_moves_that_cannot_be_read_are_kept_aside_and_a_start_goes_on(head: str, packed: bytes) -> None:
    rig = Rig()
    rig.store.records = {("moves", "ch/1/fader"): (head, packed)}
    assert Kept(rig.store, 48_000).load(rig.desk.registry.params) == {}


@pytest.mark.parametrize("held", [DEEP, zlib.compress(b"[1]"), b"x", pack({"cues": 3, "at": "x"})])
def test_a_cue_list_that_is_none_is_empty(held: bytes) -> None:
    rig = Rig()
    rig.store.records = {("cue", "list"): ("{}", held)} | {
        key: record for key, record in rig.store.records.items() if key[0] != "cue"
    }
    for again in rig.store.holders:
        again()
    assert rig.do("cue/list")[-1][1] == 0


def test_a_cue_that_the_same_packet_has_removed_is_refused() -> None:
    rig = Rig()
    for name in "AB":
        rig.do("scene/store", name)
        rig.do("cue/add", name)
    deed = rig.desk.prepare("cue/move", "me", 2, 1)
    rig.do("cue/remove", 1)
    with pytest.raises(Refusal, match="no such place any more"):
        deed.act(deed)  # type: ignore[union-attr, arg-type]


TAKE = (
    '[take]\nname = "x"\nstarted = ""\nrate_hz = 48000\nformat = "wav24"\nposition = 0\npressed = 0\noffset = 0\n'
    "frames = {frames}\n"
)


@pytest.mark.parametrize(
    "text",
    [TAKE.format(frames="1" + "0" * 400), "x = " + "[" * 20_000, TAKE.format(frames="-1e400"), "\0",
     "[take]\nname = {}", TAKE.format(frames=9) + "#" * (2 << 20), "take = 1", "track = [1]\n" + TAKE.format(frames=9),
     TAKE.format(frames=9) + '[[track]]\nnumber = 1\nfile = "a\\u0000b"\nsource = "input/1"\nname = ""\n',
     TAKE.format(frames=9) + '[[track]]\nnumber = 1\nfile = "/etc/x.wav"\nsource = "input/1"\nname = ""\n',
     TAKE.format(frames=9) + '[[track]]\nnumber = 1\nfile = "../x.wav"\nsource = "input/1"\nname = ""\n'],
)  # fmt: skip
def test_an_odd_take_costs_the_list_nothing_but_itself(text: str, tmp_path: Path) -> None:
    for name in ("A", "Odd"):
        (tmp_path / name).mkdir()
    (tmp_path / "Odd" / ABOUT).write_text(text)
    (tmp_path / "loop").symlink_to("loop")
    found = TakeList(tmp_path).look()
    assert found["Odd"] == (0.0, 0)
    assert list(found) == ["A", "Odd"]


def test_a_link_that_leads_nowhere_is_left_out_by_name_and_spoils_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    for name, to in (
        ("lp", "lp"),
        ("lp.wav", "lp.wav"),
        ("gone.wav", "nowhere"),
        ("b.wav", "c.wav"),
        ("c.wav", "b.wav"),
    ):
        (tmp_path / name).symlink_to(to)
    found = look(tmp_path)
    assert found.files == [tmp_path / "a.wav"]
    assert found.left == ["b.wav", "c.wav", "gone.wav", "lp", "lp.wav"]


@pytest.mark.parametrize("name", ["a\u200db", "a\u00a0b", "a\u3000b", "a\u00adb", "Größe"])
def test_a_file_may_be_called_whatever_a_channel_may(name: str, tmp_path: Path) -> None:
    (tmp_path / "A").mkdir()
    track = f'[[track]]\nnumber = 1\nfile = "01 {name}.wav"\nsource = "input/1"\nname = ""\n'
    (tmp_path / "A" / ABOUT).write_text(TAKE.format(frames=48_000) + track, "utf-8")
    assert TakeList(tmp_path).look() == {"A": (1.0, 1)}


def test_a_wastebasket_that_is_a_link_is_not_ours(tmp_path: Path) -> None:
    outside, takes = tmp_path / "outside", tmp_path / "takes"
    (outside / "sub").mkdir(parents=True)
    (takes / "A").mkdir(parents=True)
    basket = Wastebasket(takes)
    basket.folder.symlink_to(outside)
    assert basket.empty() == 0
    assert TakeList(basket.folder, basket.names).look() == {}
    with pytest.raises(OSError, match="link"):
        basket.put(takes / "A")
    assert (outside / "sub").is_dir()
    assert (takes / "A").is_dir()


def test_a_link_to_nowhere_is_in_the_way_and_stays(tmp_path: Path) -> None:
    takes = tmp_path / "takes"
    basket = Wastebasket(takes)
    for folder in (takes / "A", basket.folder / "B"):
        folder.mkdir(parents=True)
    for link in (basket.folder / "A", basket.folder / "A (2)", takes / "B"):
        link.symlink_to("nowhere")
    basket.put(takes / "A")
    assert (basket.folder / "A (3)").is_dir()
    assert not basket.back("B")
    assert (takes / "B").is_symlink()


def test_a_take_that_is_a_link_goes_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    outside, takes = tmp_path / "outside", tmp_path / "takes"
    outside.mkdir()
    takes.mkdir()
    (takes / "linked").symlink_to(outside)
    basket = Wastebasket(takes)
    basket.put(takes / "linked", keep=False)
    while basket.busy:
        os.sched_yield()
    assert not list(takes.iterdir())
    assert outside.is_dir()
