"""Text from outside is text: whatever names, paths and values hold, no command sends a terminal what it acts on."""

import ast
import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import servers
from captures import RATE_HZ, write_sound
from studiod.cli.main import main
from studiod.client import client
from studiod.client.lines import SHAPES, Link
from studiod.host import devices
from studiod.memory.scene_format import scene_text
from studiod.net.osc_codec import bundles, decode, encode
from studiod.texts import TEXT_MOST, fit
from wrong_daemon import WrongDaemon

Said = pytest.CaptureFixture[str]
# a window's title, a colour, C1's way to begin one, a bell, a line that goes back, DEL, a separator, a turned line
HOSTILE = "\x1b]0;mine\x07\x1b[31m\x9b2J\x08\r\x7f\x85\u2028\u202e"
FILE = HOSTILE.replace("/", "") + "\n"  # what a file may be called


def harmless(*texts: str) -> None:
    """No byte below 0x20 but newline and tab, no 0x7f to 0x9f, and nothing else that is acted on or not seen."""
    for text in texts:
        assert not [hex(ord(c)) for c in text if c not in "\n\t" and not fit(c)], text


def run(capsys: Said, *words: str, code: int | None = 0) -> tuple[str, str]:
    """What a command prints, which is harmless."""
    try:
        got = main(list(words))
    except SystemExit as end:  # of argparse
        got = int(str(end.code))
    said = capsys.readouterr()
    harmless(said.out, said.err)
    assert code is None or got == code, (words, said)
    return said.out, said.err


@pytest.fixture(scope="module")
def hostile_scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With such a date, scope, path and values, as a file may hold them."""
    head = {"name": "S", "saved": HOSTILE, "version": 1, "scope": HOSTILE}
    values = {"ch/1/fader": -6.0, "ch/1/name": HOSTILE, f"a/{HOSTILE}": 1.0, "a/b": HOSTILE, "ch/1/fadr": 2.0}
    file = tmp_path_factory.mktemp("files") / f"{FILE}.toml"
    file.write_text(scene_text(head, values))
    return file


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Daemon]:
    with servers.Daemon(tmp_path_factory.mktemp("desk"), {"console": {"channels": 2, "buses": 2}}) as daemon:
        yield daemon


def test_scenes_that_hold_it_are_told_without_it(desk: servers.Daemon, hostile_scene: Path, capsys: Said) -> None:
    port = ("--port", str(desk.osc_port))
    _, told = run(capsys, "scene", "import", str(hostile_scene), *port)
    assert "saved: not a date" in told
    assert "\\u001b]0;mine" in told, "it is told as text"
    for words in (
        ("scene", "list"), ("scene", "diff", "S"), ("scene", "export", "S"), ("scene", "recall", "S"),
        ("scene", "store", "Now"), ("scene", "diff", "S", "Now"), ("get", "ch/1/name"), ("set", "ch/1/name", "x"),
    ):  # fmt: skip
        for shape in ((), ("--json",)):
            out, _ = run(capsys, *words, *port, *shape)
            if shape:
                json.loads(out)
    out, _ = run(capsys, "scene", "diff", "S", *port)
    assert "a/b  \\u001b]0;mine" in out
    for code, words in (
        (1, ("scene", "recall", HOSTILE)), (1, ("scene", "store", HOSTILE)), (1, ("scene", "delete", HOSTILE)),
        (1, ("scene", "rename", "S", HOSTILE)), (1, ("scene", "diff", HOSTILE)), (1, ("scene", "export", HOSTILE)),
        (1, ("scene", "store", "T", "--scope", HOSTILE)), (1, ("get", HOSTILE)), (1, ("set", HOSTILE, "1")),
        (1, ("set", "ch/1/name", HOSTILE)), (1, ("set", "ch/1/fader", HOSTILE)), (1, ("meters", HOSTILE, "--once")),
        (1, ("get", "ch/1/fader", "--host", HOSTILE)), (1, ("set", f"ch/1/{HOSTILE}", HOSTILE)),
    ):  # fmt: skip
        _, told = run(capsys, *words, *port, code=code)
        assert len(told.splitlines()) == 1, told


def test_the_log_and_every_refusal_are_told_without_it(desk: servers.Daemon) -> None:
    """As they go over the wire, to whatever shows them."""
    with Link(desk.host, desk.osc_port) as link:
        link.wire.settimeout(5)
        for order in (
            encode("/log", HOSTILE), encode("/log", 5), encode(f"/{HOSTILE}", 1), encode("/scene/recall", HOSTILE),
            encode("/preset/store", HOSTILE, HOSTILE), encode("/copy", HOSTILE, HOSTILE),
            encode("/ch/1/source", HOSTILE), encode("/scene/store", "A", HOSTILE), encode("/preset/recall", HOSTILE),
            encode("/subscribe", HOSTILE),
        ):  # fmt: skip
            link.wire.send(order)
            for address, words in decode(link.wire.recv(65536))[0]:
                shown = words[-1:] if address == "/error" else words  # its first word is the address that was asked
                harmless(*(word for word in shown if isinstance(word, str)))
    time.sleep(0.1)
    harmless(desk.stderr)


def test_what_a_desk_like_ours_might_say_one_day_is_told_without_it(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stands in for an older or newer desk: each line is as it should be, and each text in it is hostile."""
    monkeypatch.setattr(client, "SILENCE_S", 0.5)
    scene = tmp_path / "s.toml"
    scene.write_text("[values]\n")

    def line(name: str) -> bytes:
        made: dict[object, Any] = {str: HOSTILE, int: 1}
        return encode(f"/{name}", *(made.get(kind, HOSTILE) for kind in SHAPES[name]))

    def answer(packet: bytes) -> Iterable[bytes]:
        messages = decode(packet)[0]
        pongs = [encode("/pong", *args) for address, args in messages if address == "/ping"]
        return [*said(next(address[1:] for address, _ in messages if address not in ("/iam", "/ping"))), *pongs]

    def said(asked: str) -> Iterable[bytes]:
        if asked == "info":
            return [encode("/info", HOSTILE, HOSTILE, "channels", HOSTILE)]
        if asked == "subscribe":
            told = [encode(f"/{HOSTILE}", HOSTILE), encode("/a", HOSTILE), encode("/b", 1.0)]
            return [*told, *bundles(told), encode("/error", HOSTILE, HOSTILE)]
        if asked == "meters/subscribe":
            return [encode(f"/meters/{HOSTILE}", 0.5), encode(f"/meters/{HOSTILE}", 0.5)]
        names = [name for name in SHAPES if name == asked or name.startswith(f"{asked}/")]
        return [line(name) for name in sorted(names, key=lambda name: name.endswith("end"))] or [
            encode(f"/{asked}", HOSTILE)
        ]

    with WrongDaemon(answer) as desk:
        port = ("--port", str(desk.port))
        for words in (
            ("scene", "list"), ("scene", "diff", "A"), ("scene", "recall", "A"), ("scene", "store", "A"),
            ("scene", "export", "A"), ("scene", "import", str(scene)), ("scene", "delete", "A"), ("get", "a"),
            ("scene", "rename", "A", "B"), ("meters", HOSTILE, "--once"),
        ):  # fmt: skip
            run(capsys, *words, *port)
            run(capsys, *words, "--json", *port)
        run(capsys, "watch", *port, code=1)
        run(capsys, "set", "a", "1", *port)


def test_an_error_of_a_desk_is_told_without_it(capsys: Said) -> None:
    with WrongDaemon(lambda _: [encode("/error", HOSTILE, HOSTILE * 500)]) as desk:
        for words in (("get", "a"), ("set", "a", "1"), ("watch",), ("meters",), ("scene", "list")):
            _, told = run(capsys, *words, "--port", str(desk.port), code=1)
            assert len(told) <= TEXT_MOST + 1


def test_files_that_are_called_so_are_told_without_it(tmp_path: Path, capsys: Said) -> None:
    folder = tmp_path / FILE
    folder.mkdir()
    sound = write_sound(folder / f"{FILE}.wav", np.full(RATE_HZ, 0.25))
    bad = folder / f"bad{FILE}.wav"
    bad.write_bytes(b"no sound")
    for shape in ((), ("--json",)):
        run(capsys, "measure", str(sound), *shape)
        run(capsys, "measure", str(sound), str(bad), str(folder / "none.wav"), *shape, code=2)
        run(capsys, "render", "--input", str(sound), "--output", f"main={folder / 'out.wav'}", *shape)
    scene, moves = folder / "scene.toml", folder / "moves.jsonl"
    scene.write_text(scene_text({}, {f"ch/{HOSTILE}": 1.0, "ch/1/name": HOSTILE, "ch/1/fader": HOSTILE}))
    words = ("render", "--input", str(sound), "--output", f"main={folder / 'out.wav'}")
    run(capsys, *words, "--scene", str(scene))
    for text in (
        json.dumps({"at": 0, "path": HOSTILE, "value": 1}),
        json.dumps({"at": 0, "path": "ch/1/fader", "value": HOSTILE}), HOSTILE,
    ):  # fmt: skip
        moves.write_text(text)
        run(capsys, *words, "--moves", str(moves), code=2)
    scene.write_text(f"[values]\n{HOSTILE}")
    run(capsys, *words, "--scene", str(scene), code=2)
    run(capsys, "scene", "import", str(scene), code=2)
    run(capsys, *words[:3], "--output", f"{HOSTILE}={HOSTILE}", code=2)
    run(capsys, *words, "--subtype", HOSTILE, code=2)


def test_settings_that_hold_it_are_told_without_it(tmp_path: Path, capsys: Said) -> None:
    file = tmp_path / f"{FILE}.toml"
    quoted = json.dumps(HOSTILE, ensure_ascii=False).replace("\x7f", "\\u007f")
    for text in (
        f"[{quoted}]\na = 1\n", f"[osc]\n{quoted} = 1\n", f"[osc]\nlisten = {quoted}\n",
        f"[interface]\nrate_hz = {quoted}\n",
        f"[access]\nlan = {quoted}\n", f"[virtual]\nplay = [{quoted}]\nmoves = {quoted}\nstart_scene = {quoted}\n",
        f"[[midi.surfaces]]\nname = {quoted}\n{quoted} = 1\n", f"[[osc.client]]\naddress = {quoted}\n", HOSTILE,
        f"[midi.mtc]\nfps = {quoted}\n",
    ):  # fmt: skip
        file.write_text(text)
        run(capsys, "run", "--config", str(file), code=2)
        run(capsys, "params", "--config", str(file), code=None)
    for name in (str(tmp_path / HOSTILE / "none.toml"), f"~{HOSTILE}/none.toml"):
        run(capsys, "run", "--config", name, code=2)
        run(capsys, "check", "--config", name, code=2)
    run(capsys, "params", f"ch/{HOSTILE}", code=2)


def test_words_that_no_command_has_are_told_without_it(capsys: Said) -> None:
    for words in ((HOSTILE,), ("get", "a", HOSTILE), ("get", "a", f"--{HOSTILE}"), ("meters", "--hz", HOSTILE)):
        run(capsys, *words, code=2)


def test_devices_and_checks_are_told_without_it(tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands in for hardware that names itself so, which this machine does not have."""
    device = {"name": HOSTILE, "api": HOSTILE, "inputs": 2, "outputs": 2, "rate_hz": 48000.0, "default": True}
    monkeypatch.setattr(devices, "audio", lambda: [device])
    ports = [{"port": HOSTILE, "name": HOSTILE, "way": "in", "api": HOSTILE}]
    monkeypatch.setattr(devices, "midi", lambda: {"apis": [], "ports": ports, "missing": []})
    out, _ = run(capsys, "devices")
    assert "\\u001b]0;mine" in out
    json.loads(run(capsys, "devices", "--json")[0])
    monkeypatch.setattr(devices, "audio", list)
    missing: dict[str, Any] = {"apis": [HOSTILE], "ports": [], "missing": [HOSTILE]}
    monkeypatch.setattr(devices, "midi", lambda: missing)
    run(capsys, "devices")
    monkeypatch.setattr(
        "studiod.diagnostics.checks.CHECKS", {HOSTILE: lambda _: (_ for _ in ()).throw(RuntimeError(HOSTILE))}
    )
    out, _ = run(capsys, "check", code=1)
    assert "\\u001b]0;mine" in out


def test_no_command_prints_past_the_one_way() -> None:
    """In the files of the command line, `print` stands in one place."""
    here = Path(servers.ROOT) / "studiod"
    found = []
    for file in sorted([here / "encoding.py", *here.glob("cli/*.py"), *here.glob("client/*.py")]):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
                found.append(file.name)
    assert found == ["encoding.py"]
