"""Scenes, undo and the store of the running daemon, over OSC and from the command line; and after kill -9."""

import contextlib
import json
import sqlite3
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pythonosc import osc_packet
from test_osc_meters import Peer

import servers
from studiod.cli.main import main
from studiod.net.osc_codec import AT_ONCE, BUNDLE, encode

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"console": {"channels": 4, "buses": 2}}


class Desk(Peer):
    """A peer that hears bundles too."""

    def lines(self, end: str, seconds: float = 5.0) -> list[tuple]:
        """All messages up to the one named end (or /error)."""
        out: list[tuple] = []
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            with contextlib.suppress(TimeoutError):
                for _, message in osc_packet.OscPacket(self.link.recv(65536)).messages:
                    out.append((message.address, *message.params))
                if out and out[-1][0] in (end, "/error"):
                    return out
        raise AssertionError(f"no {end} came; {out}")

    def ask(self, address: str, *args: object, end: str = "") -> tuple:
        self.send(address, *args)
        return self.lines(end or address)[-1]


@pytest.fixture
def daemon(make_daemon: Callable[..., servers.Daemon]) -> servers.Daemon:
    return make_daemon(SMALL)


@pytest.fixture
def peer(daemon: servers.Daemon) -> Iterator[Desk]:
    with contextlib.closing(Desk(daemon)) as one:
        yield one


def stored(daemon: servers.Daemon) -> dict[str, str]:
    base = sqlite3.connect(f"file:{daemon.state / 'studiod.sqlite'}?mode=ro", uri=True)
    try:
        return dict(base.execute("SELECT path, value FROM state"))
    finally:
        base.close()


# -- what survives ---------------------------------------------------------------------------------------------------


def test_after_kill_9_the_next_start_has_all_that_was_accepted(make_daemon: Callable[..., servers.Daemon]) -> None:
    daemon = make_daemon(SMALL)
    chance = np.random.default_rng(1)
    for _ in range(3):
        with contextlib.closing(Desk(daemon)) as peer:
            want = {f"/ch/{n}/pan": float(np.float32(chance.uniform(-100, 100))) for n in range(1, 5)}
            for path, value in want.items():
                peer.send(path, value)
            peer.send("/output/mute", 1)
            assert peer.ask("/scene/store", "Now")[:2] == ("/scene/store", "Now")
        time.sleep(0.25)
        daemon.kill()
        daemon.end_group()
        daemon.start()
        with contextlib.closing(Desk(daemon)) as peer:
            assert {path: peer.ask(path)[1] for path in want} == want
            assert peer.ask("/output/mute")[1] == 0, "volatile"
            assert peer.ask("/scene/recall", "Now") == ("/scene/recall", "Now", 0, 0)
    assert daemon.stop() == 0


def test_a_stop_writes_the_last_change_and_a_start_goes_on_with_it(make_daemon: Callable[..., servers.Daemon]) -> None:
    daemon = make_daemon(SMALL)
    with contextlib.closing(Desk(daemon)) as peer:
        peer.send("/ch/1/fader", -7.5)
        assert peer.ask("/ch/1/fader")[1] == -7.5
    assert daemon.stop() == 0
    assert stored(daemon)["ch/1/fader"] == "-7.5"


def test_a_damaged_database_is_told_and_the_daemon_runs(make_daemon: Callable[..., servers.Daemon]) -> None:
    daemon = make_daemon(SMALL, start=False)
    daemon.state.mkdir(parents=True)
    (daemon.state / "studiod.sqlite").write_bytes(b"SQLite format 3\0" + b"what is this" * 999)
    daemon.start()
    assert sum(" damaged: " in line for line in daemon.stderr.splitlines()) == 1
    assert "file is not a database; nothing in it can be read: this session begins anew" in daemon.stderr
    daemon.wait_for(r"kept aside as .*\.damaged-.*; made anew from memory")
    with contextlib.closing(Desk(daemon)) as peer:
        assert peer.ask("/scene/store", "A")[1] == "A"


def test_a_start_scene_goes_before_what_was_stored(
    make_daemon: Callable[..., servers.Daemon], tmp_path: Path
) -> None:  # fmt: skip
    scene = tmp_path / "scene.toml"
    scene.write_text('[values]\n"ch/1/fader" = -3.0\n')
    daemon = make_daemon(SMALL | {"virtual": {"start_scene": str(scene)}})
    for _ in range(2):
        with contextlib.closing(Desk(daemon)) as peer:
            assert peer.ask("/ch/1/fader")[1] == -3.0
            peer.send("/ch/1/fader", -20.0)
            peer.ask("/ch/1/fader")
        daemon.stop()
        daemon.start()
    with contextlib.closing(Desk(daemon)) as peer:
        peer.ask("/scene/recall", "last session")
        assert peer.ask("/ch/1/fader")[1] == -20.0


# -- over OSC --------------------------------------------------------------------------------------------------------


def test_a_recall_is_heard_by_its_sender_and_by_others(daemon: servers.Daemon, peer: Desk) -> None:
    peer.ask("/scene/store", "A")
    peer.send("/ch/1/fader", -6.0)
    with contextlib.closing(Desk(daemon)) as other:
        for one in (peer, other):
            one.ask("/subscribe", "/ch/1/fader", end="/snapshot/end")
        peer.send("/scene/recall", "A")
        assert ("/ch/1/fader", -90.0) in peer.lines("/ch/1/fader")
        assert other.lines("/ch/1/fader")[-1] == ("/ch/1/fader", -90.0)


def test_a_recall_fades_in_its_time(peer: Desk) -> None:
    peer.send("/ch/1/fader", 0.0)
    peer.ask("/scene/store", "Up")
    peer.send("/ch/1/fader", -60.0)
    peer.ask("/subscribe", "/ch/1/fader", 30.0, 1000.0, end="/snapshot/end")
    began_s = time.monotonic()
    peer.send("/scene/recall", "Up", 0.5)
    seen = [-60.0]
    while seen[-1] != 0.0:
        seen += [line[1] for line in peer.lines("/ch/1/fader") if line[0] == "/ch/1/fader"]
        assert time.monotonic() - began_s < 10.0
    assert time.monotonic() - began_s > 0.45
    assert len(seen) > 10
    assert seen == sorted(seen)


def test_a_bundle_with_a_command_is_one_transaction_or_none(peer: Desk) -> None:
    peer.ask("/scene/store", "A")
    peer.send("/ch/1/fader", -6.0)
    for bad in (encode("/scene/recall", "B"), encode("/ch/1/fader", 99.0)):
        body = b"".join(len(m).to_bytes(4, "big") + m for m in (encode("/scene/recall", "A"), bad))
        peer.link.send(BUNDLE + AT_ONCE.to_bytes(8, "big") + body)
        assert peer.lines("/error")[-1][0] == "/error"
        assert peer.ask("/ch/1/fader")[1] == -6.0
    good = (encode("/scene/recall", "A"), encode("/ch/2/fader", -3.0), encode("/scene/store", "B"))
    body = b"".join(len(m).to_bytes(4, "big") + m for m in good)
    peer.link.send(BUNDLE + AT_ONCE.to_bytes(8, "big") + body)
    peer.lines("/scene/store")
    assert (peer.ask("/ch/1/fader")[1], peer.ask("/ch/2/fader")[1]) == (-90.0, -3.0)
    peer.send("/ch/2/fader", 0.0)
    peer.ask("/scene/recall", "B")
    assert peer.ask("/ch/2/fader")[1] == -3.0
    peer.ask("/undo")
    assert peer.ask("/ch/2/fader")[1] == 0.0


def test_undo_gives_each_sender_its_own_and_the_log_tells(daemon: servers.Daemon, peer: Desk) -> None:
    with contextlib.closing(Desk(daemon)) as other:
        for one, name in ((peer, "FoH"), (other, "stage")):
            one.ask("/iam", name)
        peer.send("/ch/1/fader", -6.0)
        peer.ask("/ch/1/fader")
        other.send("/ch/2/fader", -7.0)
        other.ask("/ch/2/fader")
        assert peer.ask("/undo") == ("/undo", "ch/1/fader", 1, 0, "")
        assert (peer.ask("/ch/1/fader")[1], peer.ask("/ch/2/fader")[1]) == (-90.0, -7.0)
        assert peer.ask("/redo") == ("/redo", "ch/1/fader", 1, 0, "")
        assert other.ask("/undo") == ("/undo", "ch/2/fader", 1, 0, "")
        assert other.ask("/undo") == ("/error", "/undo", "undo: nothing of yours to undo")
        peer.send("/log")
        lines = peer.lines("/log/end")
        assert [line[3] for line in lines[:-1]] == [
            "ch/1/fader",
            "ch/2/fader",
            "ch/1/fader",
            "ch/1/fader",
            "ch/2/fader",
        ]
        assert [line[2].removesuffix("@127.0.0.1") for line in lines[:2]] == ["FoH", "stage"]
        assert lines[0][4:] == (-90.0, -6.0, 1)


def test_presets_copies_and_trims_over_osc(peer: Desk) -> None:
    peer.send("/ch/1/eq/1/gain", 5.0)
    assert peer.ask("/preset/store", "P", "ch/1/eq")[1:3] == ("P", "ch/*/eq")
    assert peer.ask("/preset/recall", "P", "ch/2") == ("/preset/recall", "P", 1, 0)
    assert peer.ask("/copy", "ch/2", "ch/3", "eq") == ("/copy", "ch/2", "ch/3", 1, 0)
    assert peer.ask("/ch/3/eq/1/gain")[1] == 5.0
    peer.send("/ch/1/fader", -4.0)
    assert peer.ask("/mix/copy", "main", "bus/2")[:3] == ("/mix/copy", "main", "bus/2")
    assert peer.ask("/ch/1/send/2/level")[1] == -4.0
    assert "was silent" in peer.ask("/autotrim", "ch/*", -18.0, end="/error")[2]
    assert peer.ask("/preset/list", end="/preset/list/end") == ("/preset/list/end", 1)
    assert peer.ask("/preset/delete", "P") == ("/preset/delete", "P")


# -- the command line ------------------------------------------------------------------------------------------------


def test_scenes_from_the_command_line(daemon: servers.Daemon, tmp_path: Path, capsys) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        code = main(["scene", words[0], "--port", str(daemon.osc_port), *words[1:]])
        out = capsys.readouterr()
        return code, out.out.strip(), out.err.strip()

    def given(*words: str) -> str:
        code, out, err = run(*words)
        assert (code, err) == (0, "")
        return out

    code, out, err = run("list")
    assert (code, out, err[:19]) == (0, "", "no scene is stored;")
    count = int(given("store", "Verse").split()[1])
    assert count > 400
    main(["set", "ch/1/fader", "-6", "--port", str(daemon.osc_port)])
    main(["set", "ch/2/name", "Bär", "--port", str(daemon.osc_port)])
    capsys.readouterr()
    assert given("diff", "Verse").splitlines() == ["ch/1/fader  -90  -6", "ch/2/name  -  Bär"]
    given("store", "Chorus", "--scope", "ch/*/fader")
    listed = json.loads(given("list", "--json"))
    assert [(one["name"], one["scope"], one["count"]) for one in listed] == [
        ("Chorus", "ch/*/fader", count), ("Verse", "", count),
    ]  # fmt: skip
    file = tmp_path / "chorus.toml"
    assert given("export", "Chorus", "-o", str(file)) == str(file)
    data = tomllib.loads(file.read_text("utf-8"))
    assert data["scene"]["scope"] == "ch/*/fader"
    assert (data["values"]["ch/1/fader"], data["values"]["ch/2/name"], len(data["values"])) == (-6.0, "Bär", count)
    assert given("import", str(file), "--name", "Again") == f"Again: {count} values"
    assert given("diff", "Chorus", "Again") == ""
    assert tomllib.loads(given("export", "Again"))["values"] == data["values"]
    assert given("recall", "Verse") == "Verse: 2 values changed"
    assert given("recall", "Again") == "Again: 1 values changed"
    assert given("recall", "Verse", "--fade", "0.1") == "Verse: 1 values begin to fade"
    assert given("rename", "Again", "Bridge") == "Again: now Bridge"
    assert given("delete", "Chorus") == "Chorus: deleted"
    assert [line.split()[0] for line in given("list").splitlines()] == ["Bridge", "Verse"]
    code, out, err = run("recall", "Vers")
    assert (code, out) == (1, "")
    assert "no scene of that name" in err
    assert "nearest is 'Verse'" in err
    file.write_text('[scene]\nname = "Odd"\n[values]\n"ch/9/fader" = 1.0\n')
    code, out, err = run("import", str(file))
    assert (code, out) == (0, "Odd: 1 values; not as this console has them: 1 no such path")
    assert "ch/9/fader: no such path" in err
    file.write_text("nothing")
    assert run("import", str(file))[0] == 2
    assert run("export", "Odd", "-o", str(tmp_path / "no" / "such" / "folder"))[0] == 1
    assert main(["scene", "list", "--port", str(servers.free_udp_port())]) == 1
    assert "no answer" in capsys.readouterr().err


def test_a_large_scene_goes_through_export_and_import(
    make_daemon: Callable[..., servers.Daemon], tmp_path: Path
) -> None:
    daemon = make_daemon({"console": {"channels": 64, "buses": 16}})
    port = ["--port", str(daemon.osc_port)]
    file = tmp_path / "all.toml"
    assert main(["scene", "store", "All", *port]) == 0
    assert main(["scene", "export", "All", "-o", str(file), *port]) == 0
    assert len(tomllib.loads(file.read_text("utf-8"))["values"]) > 10_000
    assert main(["scene", "import", str(file), "--name", "Two", *port]) == 0
    assert main(["scene", "diff", "All", "Two", *port]) == 0
