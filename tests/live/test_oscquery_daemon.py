"""The tree of a running daemon: every bank has the meters that it declares, and nothing in it is no number."""

import gzip
import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import servers
from studiod.registry.meter_banks import BANKS
from studiod.registry.registry import Console, Registry
from studiod.settings.schema import Settings

REGISTRY = Registry(Console(**Settings().console.model_dump(), inputs=32, outputs=8))
SIZES = {name: getattr(REGISTRY.console, name) for name in Console.__dataclass_fields__}


def fetched(daemon: servers.Daemon, path: str) -> Any:
    asked = urllib.request.Request(
        f"http://{daemon.host}:{daemon.http_port}{path}", headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=60) as answer:
        assert answer.headers["Content-Type"] == "application/json"
        return json.loads(gzip.decompress(answer.read()), parse_constant=pytest.fail)


def leaves(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "CONTENTS" not in node:
        yield node
    for kid in node.get("CONTENTS", {}).values():
        yield from leaves(kid)


def test_a_running_desk_is_read_whole(make_daemon: Callable[..., servers.Daemon]) -> None:
    daemon = make_daemon()
    found = {node["FULL_PATH"][1:]: node for node in leaves(fetched(daemon, "/"))}
    assert REGISTRY.params.keys() <= found.keys()
    for bank, named in BANKS.items():
        node = found[f"meters/{bank}"]
        assert len(node["VALUE"]) == len(node["TYPE"]) == len(node["NAMES"]) == len(named(SIZES)), bank
        assert all(isinstance(value, float) for value in node["VALUE"])
    assert found["status/inputs"]["VALUE"] == [32.0]
    assert found["status/frames"]["VALUE"][0] > 0
    info = fetched(daemon, "/?HOST_INFO")
    assert (info["OSC_IP"], info["OSC_PORT"], info["OSC_TRANSPORT"]) == (daemon.host, daemon.osc_port, "UDP")
    assert info["EXTENSIONS"]["LISTEN"] is True
