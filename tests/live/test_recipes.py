"""The recipes of the docs are carried out as they are printed, from a copy of this tree, in a root of their own.

Their paths are mapped below that root.  What needs root, a package registry or a systemd that runs is stood in for:
`sudo` runs what follows, `make setup` makes a `.venv` that is this one, `systemctl` notes what it was told.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import servers
from controllers.midi import surfaces
from midi_parts import Wire, new_desk
from studiod.diagnostics import checks
from studiod.diagnostics.check_service import installed
from studiod.midi_ports.names import fits
from studiod.settings.schema import Settings, load

ROOT = servers.ROOT
TOOLS = {
    "sudo": 'exec "$@"',
    "make": f'[ "$*" = setup ] && mkdir -p .venv/bin && ln -s {sys.executable} .venv/bin/python && '
    r'printf "#!/bin/sh\nexec \"%s/python\" -m studiod \"\$@\"\n" "$PWD/.venv/bin" > .venv/bin/studiod && '
    "chmod +x .venv/bin/studiod",
    "systemctl": 'echo "$@" >> "$ROOT/systemctl"',
}


def recipe(page: str, heading: str) -> tuple[str, str]:
    """The commands and the settings of a section of a page of docs/, each "" when it has none."""
    section = (ROOT / "docs" / page).read_text("utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    found = dict(re.findall(r"^```(sh|toml)\n(.*?)^```", section, re.MULTILINE | re.DOTALL))
    return found.get("sh", ""), found.get("toml", "")


def mapped(text: str, root: Path) -> str:
    """The same with the paths of a system below root."""
    return re.sub(r"(?<![\w.])/(?=(opt|etc|var)/)", f"{root}/", text)


def run(commands: str, root: Path, cwd: Path) -> None:
    tools = root / "tools"
    tools.mkdir(parents=True)
    for name, script in TOOLS.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o755)
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "ROOT": str(root)}
    done = subprocess.run(["sh", "-e", "-c", commands], cwd=cwd, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def a_copy(folder: Path) -> Path:
    """A repository of what stands in this tree now, but for what git leaves out, sounds and pictures."""
    git = [servers.need_tool("git", "git"), "-c", "user.name=a", "-c", "user.email=a@b", "-C"]
    listed = subprocess.run(
        [*git, str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("this tree is no checkout of git: there is nothing to clone")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and not name.endswith((".flac", ".svg", ".png")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "a copy"]):
        subprocess.run([*git, str(folder), *words], check=True, timeout=60)
    return folder


def test_the_rack_as_it_is_printed(tmp_path: Path) -> None:
    commands, _ = recipe("rack.md", "Set-up")
    root = tmp_path / "rack"
    (root / "opt").mkdir(parents=True)
    (root / "etc/systemd/system").mkdir(parents=True)
    copy = a_copy(tmp_path / "copy")
    run(mapped(commands.replace("YOUR-COPY-OF-THIS", str(copy)), root), root, tmp_path)
    assert (root / "systemctl").read_text() == "enable --now studiod\n"
    own, unit = root / "etc/studiod/studio.toml", root / "etc/systemd/system/studiod.service"
    assert load(own).model_dump() == Settings().model_dump()
    unit.write_text(mapped(unit.read_text(), root))
    verify = [servers.need_tool("systemd-analyze", "systemd"), "verify", "--man=no", str(unit)]
    done = subprocess.run(verify, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), "the program that it starts is where the recipe put it"

    # what the page says next: the check looks at what the service would use
    looked_at = checks.wanted(None, None, root)
    assert looked_at.settings.file == str(own)
    assert looked_at.settings.state.directory == f"{root}/var/lib/studiod"
    service = installed(root)
    assert service is not None
    assert service.variable("STUDIOD_CACHE") == f"{root}/var/cache/studiod"

    # and the service begins, but for the port, which another test may hold
    port = servers.free_udp_port()
    own.write_text(own.read_text().replace("port = 9000", f"port = {port}"))
    daemon = servers.Daemon(tmp_path / "daemon", args=("--state", service.word("--state")))
    daemon.config = Path(service.word("--config"))
    with daemon.start():
        assert f"127.0.0.1:{port}" in daemon.stderr
        assert daemon.stop() == 0, daemon.stderr
    assert (root / "var/lib/studiod/studiod.sqlite").exists()


def test_a_surface_of_ones_own_as_it_is_printed(tmp_path: Path) -> None:
    commands, settings = recipe("surfaces.md", "A surface of your own")
    here = tmp_path / "here"
    here.mkdir()
    (here / "config").symlink_to(ROOT / "config")
    run(commands, tmp_path, here)
    (here / "mine.toml").write_text(settings, "utf-8")
    mine = here / "surfaces/mine.toml"
    mine.write_text(mine.read_text("utf-8").replace('cc = "48-55"', 'note = "8-15"'), "utf-8")

    async def play() -> None:
        desk, wire = new_desk(), Wire()
        controller = await surfaces.start(desk, load(here / "mine.toml"), wire)
        assert fits(wire.into, ["My Controller 20:0"])
        wire.state(True)
        wire.note(9, 127)
        assert desk.get("ch/2/mute") == 1, "the copy is played, not the map that came with studiod"
        await controller.close()

    asyncio.run(play())


def test_the_nanokontrol2_as_it_is_printed(tmp_path: Path) -> None:
    commands, settings = recipe("surfaces.md", "A nanoKONTROL2")
    (tmp_path / "mine.toml").write_text(settings, "utf-8")

    async def play() -> None:
        desk, wire = new_desk(), Wire()
        controller = await surfaces.start(desk, load(tmp_path / "mine.toml"), wire)
        wire.state(True)
        wire.cc(48, 127)
        assert desk.get("ch/1/mute") == 1
        await controller.close()

    asyncio.run(play())

    # its two commands: what check says of the settings, and a daemon that runs on them
    assert commands.splitlines() == ["studiod check --config mine.toml", "studiod run --config mine.toml"]
    (tmp_path / "mine.toml").write_text(f"{settings}[osc]\nport = {servers.free_udp_port()}\n", "utf-8")
    words = [sys.executable, "-m", "studiod", "check", "--config", "mine.toml", "--state", "state", "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr  # 1: this machine has no MIDI, say
    found = {check["check"]: check["state"] for check in json.loads(done.stdout)["checks"]}
    assert (found["settings"], found["ports"], found["state"]) == ("ok", "ok", "ok")
    daemon = servers.Daemon(tmp_path / "daemon", args=("--state", str(tmp_path / "state")))
    daemon.config = tmp_path / "mine.toml"
    with daemon.start():
        assert daemon.stop() == 0, daemon.stderr
