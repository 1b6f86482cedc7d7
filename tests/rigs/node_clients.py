"""Clients of others from npm (tests/clients), run by Node."""

import os
import subprocess
from pathlib import Path

from servers import need_server, need_tool

ROOT = Path(__file__).resolve().parents[2]
LOCAL = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}  # what a machine has set for the world is not for this


def node_modules() -> Path:
    found = ROOT / ".node" / "node_modules"
    wanted, installed = ROOT / "tests" / "clients" / "package.json", ROOT / ".node" / "installed.json"
    if not installed.exists() or installed.read_bytes() != wanted.read_bytes():
        need_server("the clients of tests/clients/package.json are not installed (.ci/clients, with npm)")
    return found


def started(script: str, *words: str) -> subprocess.Popen[str]:
    """A script of tests/clients, which is told things by its stdin, and whose answers are read from its stdout."""
    node = need_tool("node", "nodejs")
    env = {**os.environ, **LOCAL, "NODE_PATH": str(node_modules())}
    command = [node, str(ROOT / "tests" / "clients" / script), *words]
    return subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
