"""Laws of the OSCQuery tree: what the registry says, once each, in pieces; what is asked for wrongly is told so."""

import json
import zlib
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controllers.http.attributes import OTHERS, OURS
from controllers.http.tree import Space
from studiod.desk.desk import Desk
from studiod.net.osc_codec import encode
from studiod.registry.commands import TALK, WAYS, WORDS
from studiod.registry.laws import short
from studiod.registry.meter_banks import BANKS, names
from studiod.registry.registry import Console, Registry
from studiod.settings.schema import Settings
from web_rig import StandIn

INFO = {"NAME": "a desk"}
REST = {"returns": 1, "matrices": 1, "dcas": 1, "mute_groups": 1, "surfaces": 1}
SMALL = Registry(Console(inputs=4, outputs=2, channels=4, buses=2, **REST))


def sizes(registry):
    return {one.name: getattr(registry.console, one.name) for one in fields(registry.console)}


class Quiet(StandIn):
    """level: what every meter reads; said: what the runner says of itself."""

    def __init__(self, registry):
        super().__init__(registry)
        self.level, self.said = -60.0, super().words()

    def words(self):
        return self.said

    def meters(self, bank, since):
        return [self.level for _ in super().meters(bank, since)[0]], 1


def quiet_desk(registry=SMALL):
    return Desk(registry, Quiet(registry))


DESK_OF_THE_SETTINGS = quiet_desk(Registry(Console(**Settings().console.model_dump())))
ONE = Space(quiet_desk(), lambda: INFO)
NUMBERS = [param for param in SMALL.params.values() if param.kind == "number"]


@pytest.fixture
def space():
    return Space(quiet_desk(), lambda: INFO)


def body(answer):
    return b"".join(answer.pieces)


def asked(space, path, query=""):
    answer = space.respond(path, query)
    assert answer.status == 200
    return json.loads(body(answer))


def leaves(node):
    """Every method of a tree; a container has neither a value nor a type."""
    if "CONTENTS" not in node:
        yield node
        return
    assert node.keys() == {"FULL_PATH", "ACCESS", "CONTENTS"}
    assert node["ACCESS"] == 0
    assert node["CONTENTS"]
    for name, kid in node["CONTENTS"].items():
        assert kid["FULL_PATH"] == f"{node['FULL_PATH'].rstrip('/')}/{name}"
        yield from leaves(kid)


def commands():
    """What has a node: every word but those of a session."""
    session = {"ping", "info", "status", "echo", "subscribe", "subscribe/to", "unsubscribe", "meters/subscribe", "iam"}
    session |= {"meters/subscribe/to", "meters/unsubscribe", "autotrim/arm"}
    return {word for word, one in WORDS.items() if word not in session and not (word in TALK and one.own)}


# -- what is in it ---------------------------------------------------------------------------------------------------


def test_every_path_command_and_bank_is_one_node_and_nothing_else_is(space):
    paths = [node["FULL_PATH"] for node in leaves(asked(space, "/"))]
    assert len(paths) == len(set(paths))
    banks = {f"meters/{bank}" for bank in BANKS}
    assert set(paths) == {f"/{path}" for path in SMALL.params.keys() | commands() | banks}
    assert space.methods.keys() == commands() | banks
    assert {"/scene/recall", "/meters/reset", "/peaks/reset", "/undo"} <= set(paths)
    assert not {f"/{word}" for word in WAYS} & set(paths)


def test_a_node_says_what_the_registry_says(space):
    found = {node["FULL_PATH"][1:]: node for node in leaves(asked(space, "/"))}
    for path, param in SMALL.params.items():
        node = found[path]
        assert node["TYPE"] == {"number": "f", "switch": "i"}.get(param.kind, "s")
        assert node["ACCESS"] == (1 if "read-only" in param.flags else 3)
        assert node["DESCRIPTION"] == param.about
        assert node["TAGS"] == [param.kind, *sorted(param.flags - {"read-only"})]
        assert node["VALUE"] == [short(space.desk.get(path))]
        if param.kind == "number":
            assert node["RANGE"] == [{"MIN": short(param.low), "MAX": short(param.high)}]
            assert node["LAW"] == [param.law]
        elif param.items:
            assert node["RANGE"] == [{"VALS": list(param.items)}]
        elif param.kind == "switch":
            assert node["RANGE"] == [{"MIN": 0, "MAX": 1}]
        else:
            assert "RANGE" not in node
        assert node.get("DEFAULT") == (None if "read-only" in param.flags else [short(param.rest)])
        assert ("UNIT" in node) == bool(param.unit)
        assert ("CLIPMODE" in node) == ("RANGE" in node)


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("ch/1/fader", "gain.db"), ("output/1/ceiling", "gain.db"), ("ch/1/gate/attack", "time.ms"),
        ("ch/1/hpf/freq", "time.hz"), ("tempo", "time.bpm"), ("transport/position", "time.second"),
        ("recorder/offset", "time.samples"), ("ch/1/comp/mix", "%"),
    ],
)  # fmt: skip
def test_a_unit_has_the_name_that_the_proposal_gives_it(space, path, unit):
    assert asked(space, f"/{path}", "UNIT") == {"UNIT": [unit]}


def test_a_number_is_written_with_its_point_so_that_no_client_takes_it_for_a_whole_one(space):
    assert b'"VALUE":[0.0]' in body(space.respond("/main/fader"))
    assert b'"VALUE":[1]' in body(space.respond("/ch/1/main/on"))
    assert all(isinstance(asked(space, f"/{param.path}", "VALUE")["VALUE"][0], float) for param in NUMBERS)


def test_json_has_no_infinities(space):
    for bad in (float("inf"), float("-inf"), float("nan")):
        space.desk.engine.said = {"frames": bad, "device": "null"}
        assert body(space.respond("/status/frames", "VALUE")) == b'{"VALUE":[null]}'
        space.desk.engine.level = bad
        assert asked(space, "/meters/main", "VALUE")["VALUE"] == [-150.0] * len(BANKS["main"](sizes(SMALL)))
        json.loads(body(space.respond("/")), parse_constant=pytest.fail)


@pytest.mark.parametrize("name", ['"}], "', "Müller \\ 🎤", "</script>", "tab less"])
def test_any_name_comes_back_as_it_is(space, name):
    space.desk.set("ch/1/name", name)
    assert asked(space, "/ch/1/name")["VALUE"] == [name]
    assert asked(space, "/")["CONTENTS"]["ch"]["CONTENTS"]["1"]["CONTENTS"]["name"]["VALUE"] == [name]


def test_a_value_that_somebody_holds_is_the_one_that_is_asked_for(space):
    space.desk.change([], "me", held=[("talkback/on", 1)])
    assert asked(space, "/talkback/on", "VALUE") == {"VALUE": [1]}


def test_the_example_of_every_command_has_a_form_that_its_node_gives(space):
    for word in commands():
        node = asked(space, f"/{word}")
        packet = encode(f"/{word}", *WORDS[word].samples)
        tags = packet[packet.index(b",") + 1 :].partition(b"\0")[0].decode()
        assert (tags or "I") in {node["TYPE"], *(form["TYPE"] for form in node.get("OVERLOADS", ()))}, word
        assert node["ACCESS"] == 2
        assert node["VALUE"] == [None] * len(node["TYPE"])
        assert node["DESCRIPTION"].startswith(WORDS[word].about)
        assert node["TAGS"] == ["command", WORDS[word].role]


def test_a_bank_has_a_value_for_each_of_its_meters(space):
    for bank in BANKS:
        node = asked(space, f"/meters/{bank}")
        told = names(bank, len(node["VALUE"]), sizes(SMALL))
        assert node["NAMES"] == [name for name, _ in told]
        assert node["TYPE"] == "f" * len(told) == "f" * len(node["UNIT"])
        assert (node["ACCESS"], set(node["VALUE"])) == (1, {-60.0})


def test_a_bank_without_meters_on_this_console_is_no_node():
    space = Space(quiet_desk(Registry(Console(inputs=2, outputs=2, channels=2, buses=1))), dict)
    assert space.respond("/meters/matrix").status == 404
    assert space.respond("/meters/ch").status == 200


# -- how it is asked for ---------------------------------------------------------------------------------------------


def test_a_part_of_the_tree_is_the_same_as_in_the_whole(space):
    whole = asked(space, "/")
    for path in ("ch", "ch/1", "ch/1/eq", "ch/1/eq/1/freq", "meters", "scene", "scene/recall", "recorder"):
        node = whole
        for part in path.split("/"):
            node = node["CONTENTS"][part]
        assert asked(space, f"/{path}") == node == asked(space, f"/{path}/")


def test_each_attribute_alone_is_that_of_the_node(space):
    for path in ("/ch/1/fader", "/ch/1/name", "/ch/1/source", "/scene/recall", "/undo", "/meters/ch", "/ch", "/"):
        node = asked(space, path)
        for name in OURS:
            if name != "VALUE" or node["ACCESS"] & 1:
                assert asked(space, path, name) == ({name: node[name]} if name in node else {}), (path, name)


@pytest.mark.parametrize("path", ["/", "/ch/1/fader", "/no/such/path"])
def test_host_info_is_told_at_any_path(space, path):
    assert asked(space, path, "HOST_INFO") == INFO


@pytest.mark.parametrize("path", ["/ch", "/", "/undo", "/scene/recall"])
def test_what_has_no_value_to_read_has_no_content_either(space, path):
    answer = space.respond(path, "VALUE")
    assert (answer.status, body(answer)) == (204, b"")


@pytest.mark.parametrize("name", OTHERS)
def test_an_attribute_of_the_proposal_that_is_not_here_has_no_content(space, name):
    assert space.respond("/ch/1/fader", name).status == 204


@pytest.mark.parametrize(
    ("query", "near"),
    [("VALU", "VALUE"), ("value", "VALUE"), ("RANGE&VALUE", "VALUE"), ("x" * 5000, ""), ("VALUE=1", "VALUE")],
)
def test_what_is_no_attribute_is_refused_with_the_nearest(space, query, near):
    answer = space.respond("/ch/1/fader", query)
    told = json.loads(body(answer))
    assert answer.status == 400
    assert told.get("nearest", "") == near
    assert "no such attribute; one attribute of OSCQuery, or nothing, stands behind the ?" in told["error"]
    assert len(told["error"]) < 200


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/ch/1/fadr", "/ch/1/fader"), ("/ch/9", "/ch/1"), ("/ch/9/fader", "/ch/1/fader"), ("/chan", "/ch"),
        ("/scene/recal", "/scene/recall"), ("/meters/chh", "/meters/ch"), ("/monitor/speaker/a", "/monitor/speaker"),
        ("/monitor/speaker/b/trim", "/monitor/trim/b"), ("/ch/2/link", "/ch/1/link"),
    ],
)  # fmt: skip
def test_a_path_that_is_none_is_refused_with_the_nearest(space, path, near):
    answer = space.respond(path)
    assert answer.status == 404
    assert json.loads(body(answer)) == {
        "error": f"{path}: no such path; nearest is {near}; / has them all",
        "nearest": near,
    }


@settings(max_examples=300, deadline=None)
@given(path=st.text(max_size=200), query=st.text(max_size=80))
def test_whatever_is_asked_is_answered_and_changes_nothing(path, query):
    answer = ONE.respond(path, query)
    text = body(answer)
    assert answer.status in (200, 204, 400, 404)
    assert (text == b"") == (answer.status == 204)
    if text:
        json.loads(text)
    assert (ONE.desk.moved, ONE.desk.engine.posts) == (0, [])


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_is_nearly_a_path_gets_one_that_is_there(data):
    path = data.draw(st.sampled_from([*SMALL.params, *ONE.methods]))
    at = data.draw(st.integers(0, len(path)))
    answer = ONE.respond("/" + path[:at] + data.draw(st.text(max_size=3)) + path[at:])
    text = json.loads(body(answer))
    if answer.status == 404:
        assert ONE.respond(text["nearest"]).status == 200


# -- in pieces -------------------------------------------------------------------------------------------------------


def test_the_whole_tree_comes_in_small_pieces_and_is_small_when_it_is_pressed():
    space = Space(DESK_OF_THE_SETTINGS, lambda: INFO)
    pieces = list(space.respond("/").pieces)
    assert max(map(len, pieces)) <= 16_384
    assert len(pieces) > 100
    press = zlib.compressobj(6, zlib.DEFLATED, 31)
    assert sum(len(press.compress(piece)) for piece in pieces) + len(press.flush()) < 200_000
    assert len(list(leaves(json.loads(b"".join(pieces))))) > 9000


def test_no_piece_reads_more_than_a_few_values():
    space = Space(DESK_OF_THE_SETTINGS, lambda: INFO)
    read = []
    got, space.desk.get = space.desk.get, lambda path: (read.append(path), got(path))[1]
    try:
        for _ in space.respond("/").pieces:
            assert len(read) <= 60
            read.clear()
    finally:
        del space.desk.get


def test_a_value_that_changes_meanwhile_is_read_when_its_piece_is_made(space):
    pieces = space.respond("/").pieces
    first = next(pieces)
    space.desk.set("ch/1/name", "before")
    space.desk.set("tempo", 90.0)
    tree = json.loads(first + b"".join(pieces))
    assert b'"/ch/1/name"' in first
    assert tree["CONTENTS"]["ch"]["CONTENTS"]["1"]["CONTENTS"]["name"]["VALUE"] == [""]
    assert tree["CONTENTS"]["tempo"]["VALUE"] == [90.0]


def test_what_is_alike_is_prepared_once(space):
    body(space.respond("/"))
    assert space._said["ch/1/fader"] is space._said["ch/4/fader"]
    assert space._said["ch/1/fader"] is not space._said["main/fader"]
