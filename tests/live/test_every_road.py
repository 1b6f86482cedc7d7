"""A walk over the registry: each path has one value, one range and one type by UDP, TCP, HTTP and WebSocket; what is
written over one is heard on the others, by subscription and by LISTEN."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from roads import Road, Tcp, Udp, Ws
from studiod.registry.laws import float32, shown
from studiod.registry.param import Param, Value
from studiod.registry.registry import Console, Registry
from web_rig import WebRig

REST = {"returns": 1, "matrices": 1, "dcas": 1, "mute_groups": 1, "surfaces": 1}
REGISTRY = Registry(Console(inputs=3, outputs=2, channels=3, buses=2, **REST))
WRITABLE = {path: param for path, param in REGISTRY.params.items() if "read-only" not in param.flags}
ROADS: dict[str, Callable[[WebRig], Road]] = {"udp": Udp, "tcp": Tcp, "ws": Ws}
TAGS = {float: "f", int: "i", str: "s"}
# Written, these are back at rest at once.
AT_ONCE = {"tap", "solo/clear"}


@pytest.fixture(scope="module")
def rig() -> Iterator[WebRig]:
    made = WebRig(REGISTRY)
    yield made
    faults = made.faults
    made.close()
    assert not faults


@pytest.fixture
def roads(rig: WebRig) -> Iterator[dict[str, Road]]:
    made = {name: road(rig) for name, road in ROADS.items()}
    yield made
    for road in made.values():
        road.close()


def nodes(rig: WebRig) -> dict[str, dict[str, Any]]:
    """Every parameter's node of the tree."""
    found: dict[str, dict[str, Any]] = {}

    def walk(node: dict[str, Any]) -> None:
        for kid in node.get("CONTENTS", {}).values():
            walk(kid)
        if node["FULL_PATH"][1:] in REGISTRY.params:
            found[node["FULL_PATH"][1:]] = node

    walk(rig.json("/"))
    assert found.keys() == REGISTRY.params.keys()
    return found


def now(rig: WebRig) -> dict[str, Value]:
    async def all_of_them() -> dict[str, Value]:
        return {path: rig.desk.get(path) for path in REGISTRY.params}

    return rig.on(all_of_them())


def other(param: Param, value: Value, turn: int) -> Value:
    """Another value that a path takes, by turns."""
    if param.kind == "number":
        low, high = param.low, min(param.high, 1e9)
        some = [low + (high - low) * part for part in (0.25, 0.5, 0.75)]
        numbers = [float(round(one)) if param.law == "whole" else float32(one) for one in some]
        return next(one for one in numbers[turn:] + numbers[:turn] if one != value)
    if param.kind == "switch":
        return 1 - int(value)
    if param.items:
        return next(item for item in param.items[turn:] + param.items[:turn] if item != value)
    return f"name {turn}"


def test_each_path_has_one_value_and_one_type_on_every_road(rig: WebRig, roads: dict[str, Road]) -> None:
    rig.set("ch/1/name", 'a "b" ü')
    rig.set("ch/1/fader", -3.3)
    stands = now(rig)
    tree = nodes(rig)
    for name, road in roads.items():
        found = road.everything()
        assert found.keys() == REGISTRY.params.keys(), name
        for path, value in found.items():
            (told,) = tree[path]["VALUE"]
            assert TAGS[type(value)] == tree[path]["TYPE"] == TAGS[type(told)], (name, path)
            assert value == (float32(told) if isinstance(told, float) else told) == stands[path], (name, path)
            assert shown(value) == shown(told if isinstance(told, str) else type(value)(told))
    for path in REGISTRY.params:
        assert rig.json(f"/{path}?VALUE")["VALUE"] == tree[path]["VALUE"]


@pytest.mark.parametrize("writer", ROADS)
def test_what_is_written_over_one_road_is_heard_on_all_others_by_subscription_and_by_listen(
    rig: WebRig, roads: dict[str, Road], writer: str
) -> None:
    turn = list(ROADS).index(writer)
    listener = Ws(rig)
    for path in REGISTRY.params:
        listener.tablet.text(json.dumps({"COMMAND": "LISTEN", "DATA": f"/{path}"}))
    listener.settle()
    for road in roads.values():
        road.everything()
    before = now(rig)
    wanted = {path: other(param, before[path], turn) for path, param in WRITABLE.items()}
    seen: set[str] = set()
    unlisten = rig.desk.listen(lambda origin, news: seen.update(news))
    roads[writer].say_all(wanted)
    unlisten()
    assert seen >= WRITABLE.keys() - AT_ONCE
    after = now(rig)
    changed = {path for path in REGISTRY.params if after[path] != before[path]}
    assert len(changed) > 0.9 * len(WRITABLE)
    ears = {**roads, "listen": listener}
    rig.set("main/name", f"the end of {writer}")  # what was said before has been told by then
    for name, road in ears.items():
        heard: dict[str, Any] = {}
        while heard.get("main/name") != f"the end of {writer}":
            road.until("/main/name")
            heard |= {address[1:]: args[0] for address, args in road.take() if address != "/error"}
        if name != writer:
            assert {path: heard.get(path) for path in changed - {"main/name"}} == {
                path: after[path] for path in changed - {"main/name"}
            }, name
    tree = nodes(rig)
    stands = now(rig)
    assert {path: node["VALUE"] for path, node in tree.items() if float32_of(node["VALUE"][0]) != stands[path]} == {}
    listener.close()


def float32_of(value: Value) -> Value:
    return float32(value) if isinstance(value, float) else value


@pytest.mark.parametrize("writer", ROADS)
def test_each_path_takes_what_its_node_says_and_nothing_beyond_on_every_road(
    rig: WebRig, roads: dict[str, Road], writer: str
) -> None:
    road, tree = roads[writer], nodes(rig)
    ranges = {path: tree[path]["RANGE"][0] for path in WRITABLE if "RANGE" in tree[path]}
    assert ranges.keys() == {path for path, param in WRITABLE.items() if param.kind != "text"}
    ends = [
        *({path: one[end] for path, one in ranges.items() if end in one} for end in ("MIN", "MAX")),
        *({path: one["VALS"][end] for path, one in ranges.items() if "VALS" in one} for end in (0, -1)),
    ]
    for wanted in ends:
        took = {path: {value} for path, value in now(rig).items()}  # a solo that the next one clears was set, too
        unlisten = rig.desk.listen(lambda origin, news, took=took: [took[path].add(news[path]) for path in news])
        road.say_all(wanted)
        unlisten()
        assert [line for line in road.take() if line[0] == "/error"] == []
        for path, value in wanted.items():
            assert float32_of(value) in took[path] or path in AT_ONCE, path
    stands = now(rig)
    for beyond in (
        {path: below(one["MIN"]) for path, one in ranges.items() if "MIN" in one},
        {path: above(one["MAX"]) for path, one in ranges.items() if "MAX" in one},
        {path: "no such item" for path, one in ranges.items() if "VALS" in one},
    ):
        road.say_all(beyond)
        assert now(rig) == stands


def below(low: float) -> float:
    return float32(low - abs(low) / 1000 - 0.001) if low > -1e9 else -1e30


def above(high: float) -> float:
    return float32(high + abs(high) / 1000 + 0.001) if high < 1e9 else 1e30
