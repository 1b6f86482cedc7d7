"""Run in a copy of the checkout: the daemon's own loop starts a protocol that was added, and it answers.

`answered.py PATH VALUE`; prints JSON.  Compiles nothing.
"""

import asyncio
import json
import socket
import sys
import tomllib
from pathlib import Path

from studiod.diagnostics import check_settings
from studiod.diagnostics.check_settings import Studio
from studiod.host.controllers import Tongues
from studiod.host.preflight import desk
from studiod.settings.languages import GROUP
from studiod.settings.schema import load


def installed(folder: Path) -> None:
    """What pip makes of the entry points of the project, where this program looks first."""
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    info = folder / f"{project['name']}-9.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 9\n")
    lines = [f"{name} = {place}" for name, place in project["entry-points"][GROUP].items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *lines]))
    sys.path.insert(0, str(folder))


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def talk(path: str, value: str) -> dict[str, object]:
    port = free_port()
    file = Path("mine.toml")
    file.write_text(f"[osc]\nport = {free_port()}\n[http]\nport = {free_port()}\n[plain]\nport = {port}\n")
    settings = load(file)
    looked = check_settings.ports(Studio(settings)).told
    tongues = Tongues(desk(settings), settings)
    await tongues.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.setblocking(False)
        peer.connect(("127.0.0.1", port))
        answers = []
        for words in (path, f"{path} {value}", f"{path}x"):
            peer.send(words.encode())
            answers.append((await asyncio.wait_for(asyncio.get_running_loop().sock_recv(peer, 1000), 10)).decode())
    told = {
        "answers": answers,
        "greeting": next(line for line in tongues.greeting() if line.startswith("plain ")),
        "check": looked,
        "port": port,
    }
    await tongues.close()
    return told


if __name__ == "__main__":
    installed(Path("site").absolute())
    print(json.dumps(asyncio.run(talk(*sys.argv[1:]))))
