"""The server of peers and transactions knows no wire: neither it nor anything that it imports, types included."""

import ast
from pathlib import Path

import servers

ROOM = servers.ROOT / "controllers" / "osc"
WIRES = {"udp", "tcp", "framing", "settled", "listen"}


def imported(source: str) -> set[str]:
    """The files of this room that a source imports, also where only its types are read."""
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    whole = {f"{node.module}.{alias.name}" for node in names for alias in node.names} | {node.module for node in names}
    parts = [name.split(".") for name in whole if name]
    return {part[2] for part in parts if part[:2] == ["controllers", "osc"] and len(part) > 2}


def reach(name: str, room: Path = ROOM) -> set[str]:
    """All files of the room that one needs, itself included."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found and (room / f"{one}.py").exists():
            found.add(one)
            waiting += imported((room / f"{one}.py").read_text("utf-8"))
    return found


def test_the_server_knows_no_wire_and_the_wires_know_it() -> None:
    assert all((ROOM / f"{name}.py").exists() for name in WIRES)
    assert reach("server") & WIRES == set()
    assert {"peers", "plan", "vocabulary", "subscription"} <= reach("server")
    assert "server" in reach("tcp")
    assert reach("listen") >= WIRES


def test_an_import_of_types_alone_counts_too() -> None:
    source = "if TYPE_CHECKING:\n    from controllers.osc.server import Osc\nfrom controllers.osc import meters\n"
    assert imported(source) == {"server", "meters"}
