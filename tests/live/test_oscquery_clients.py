"""OSCQuery clients that nobody here wrote read the whole tree: all paths, values, types and ranges right."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node_clients import LOCAL, node_modules
from servers import need_module, need_tool
from studiod.registry.laws import short
from studiod.registry.registry import Console, Param, Registry
from studiod.settings.schema import Settings
from web_rig import HOST, WebRig

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = Registry(Console(**Settings().console.model_dump()))
TYPES = {"number": "f", "switch": "i"}
SET = {"ch/1/name": 'Müller "x"', "ch/1/fader": -6.5, "ch/2/mute": 1, "ch/1/source": "bus/3", "tempo": 90.0}


@pytest.fixture(scope="module")
def rig() -> Iterator[WebRig]:
    with WebRig(REGISTRY) as made:
        for path, value in SET.items():
            made.set(path, value)
        yield made


def value(rig: WebRig, param: Param) -> Any:
    return short(rig.desk.heard[param.path]) if not param.path.startswith("status/") else None


def test_oscquery_of_npm_reads_all_of_it(rig: WebRig) -> None:
    node = need_tool("node", "nodejs")
    env = {**os.environ, **LOCAL, "NODE_PATH": str(node_modules())}
    words = [node, str(ROOT / "tests" / "clients" / "read_tree.js"), HOST, str(rig.port)]
    said = subprocess.run(words, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    assert found["info"]["oscPort"] == rig.settings.osc.port
    assert found["info"]["oscTransport"] == "UDP"
    assert found["info"]["extensions"]["LISTEN"] is True
    methods = {method["full_path"]: method for method in found["methods"]}
    assert len(methods) == len(found["methods"])
    space = rig.web.site.respond.__self__
    assert methods.keys() == {f"/{path}" for path in space.params.keys() | space.methods.keys()}
    for path, param in REGISTRY.params.items():
        method = methods[f"/{path}"]
        (argument,) = method["arguments"]
        assert argument["type"] == TYPES.get(param.kind, "s")
        assert method["access"] == (1 if "read-only" in param.flags else 3)
        assert method["description"] == param.about
        wanted = value(rig, param)
        assert wanted is None or argument["value"] == wanted, path
        if param.kind == "number":
            assert argument["range"] == {"min": short(param.low), "max": short(param.high)}
        elif param.items:
            assert argument["range"] == {"vals": list(param.items)}
    for path, one in space.methods.items():
        told = one.attributes()
        assert "".join(argument["type"] for argument in methods[f"/{path}"]["arguments"]) == told["TYPE"]
        assert [argument.get("value") for argument in methods[f"/{path}"]["arguments"]] == told["VALUE"]


def test_python_oscquery_reads_all_of_it(rig: WebRig, monkeypatch: pytest.MonkeyPatch) -> None:
    client_of = need_module("pythonoscquery.osc_query_client").OSCQueryClient
    service = need_module("zeroconf").ServiceInfo
    for name, local in LOCAL.items():
        monkeypatch.setenv(name, local)
    kind = "_oscjson._tcp.local."
    client = client_of(service(kind, f"desk.{kind}", port=rig.port, parsed_addresses=[HOST]))
    info = client.get_host_info()
    assert (info.osc_ip, info.osc_port, info.osc_transport) == (HOST, rig.settings.osc.port, "UDP")
    assert info.name.startswith("studiod on ")
    root = client.query_node("/")
    nodes = {node.full_path: node for node in root if not node.contents}
    space = rig.web.site.respond.__self__
    assert nodes.keys() == {f"/{path}" for path in space.params.keys() | space.methods.keys()}
    for path, param in REGISTRY.params.items():
        node = nodes[f"/{path}"]
        assert node.type == [{"number": float, "switch": int}.get(param.kind, str)], path
        assert node.access == (1 if "read-only" in param.flags else 3)
        assert node.description == param.about
        wanted = value(rig, param)
        assert wanted is None or node.value == [wanted], path
    for path, one in space.methods.items():
        told = one.attributes()
        assert (nodes[f"/{path}"].access, nodes[f"/{path}"].value) == (told["ACCESS"], told["VALUE"])
    assert client.query_node("/ch/1/fader").value == [-6.5]
    assert client.query_node("/no/such") is None
