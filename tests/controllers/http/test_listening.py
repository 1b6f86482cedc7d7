"""OSCQuery's commands in text frames: LISTEN and IGNORE, refusals, PATH_CHANGED; over real sockets."""

import json
import socket
from collections.abc import Iterator

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studiod.net.osc_codec import decode, encode
from web_rig import HOST, REGISTRY, Tablet, WebRig


@pytest.fixture(scope="module")
def rig() -> Iterator[WebRig]:
    with WebRig() as made:
        yield made


@pytest.fixture
def tablet(rig: WebRig) -> Iterator[Tablet]:
    with Tablet(rig.port) as made:
        yield made


@pytest.fixture(scope="module")
def talker(rig: WebRig) -> Iterator[Tablet]:
    with Tablet(rig.port) as made:
        yield made


def command(tablet: Tablet, word: str, path: object) -> None:
    tablet.text(json.dumps({"COMMAND": word, "DATA": path}))


def settled(tablet: Tablet) -> list[tuple[str, list[object]]]:
    """What has come before the answer to a ping."""
    tablet.say("/ping")
    return [line for line in tablet.hear(until="/pong") if line[0] != "/pong"]


def test_who_listens_to_a_path_hears_its_changes_alone_and_no_snapshot(rig: WebRig, tablet: Tablet) -> None:
    command(tablet, "LISTEN", "/ch/1/fader")
    assert settled(tablet) == []
    rig.set("ch/2/fader", -3.0)
    rig.set("ch/1/fader", -12.0)
    assert tablet.hear(until="/ch/1/fader") == [("/ch/1/fader", [-12.0])]
    command(tablet, "IGNORE", "/ch/1/fader")
    assert settled(tablet) == []
    rig.set("ch/1/fader", -13.0)
    assert tablet.hear() == []


def test_it_listens_to_every_path_there_is_and_is_sent_no_signs_of_life(rig: WebRig) -> None:
    tablet = Tablet(rig.port)
    for path in REGISTRY.params:
        command(tablet, "LISTEN", f"/{path}")
    assert settled(tablet) == []
    rig.set("ch/8/name", "last")
    assert ("/ch/8/name", ["last"]) in tablet.hear(until="/ch/8/name")
    raw = tablet._on(_frames(tablet, 1.3))
    assert raw == []
    tablet.close()


async def _frames(tablet: Tablet, wait_s: float) -> list[object]:
    try:
        return [(await tablet.socket.receive(wait_s)).data]
    except TimeoutError:
        return []


def test_who_changes_it_itself_hears_nothing_until_it_asks_to(rig: WebRig, tablet: Tablet) -> None:
    command(tablet, "LISTEN", "/ch/3/fader")
    tablet.say("/ch/3/fader", -20.0)
    assert settled(tablet) == []
    assert tablet.hear() == []
    tablet.say("/echo", 1)
    tablet.say("/ch/3/fader", -21.0)
    assert tablet.hear(until="/ch/3/fader") == [("/ch/3/fader", [-21.0])]


def test_a_subscription_goes_on_beside_it(rig: WebRig, tablet: Tablet) -> None:
    command(tablet, "LISTEN", "/ch/4/fader")
    tablet.say("/subscribe", "/ch/4/pan")
    tablet.hear(until="/snapshot/end")
    command(tablet, "IGNORE", "/ch/4/fader")
    rig.set("ch/4/pan", 33.0)
    assert tablet.hear(until="/ch/4/pan") == [("/ch/4/pan", [33.0])]


def test_a_bank_of_meters_is_heard_until_it_is_ignored(rig: WebRig, tablet: Tablet) -> None:
    command(tablet, "LISTEN", "/meters/ch")
    for _ in range(3):
        assert ("/meters/ch", [-20.0] * 8) in tablet.hear(until="/meters/ch")
    command(tablet, "IGNORE", "/meters/ch")
    settled(tablet)
    assert tablet.hear() == []


def test_a_connection_that_ends_leaves_nothing_behind(rig: WebRig) -> None:
    tablet = Tablet(rig.port)
    for path in ("/ch/1/fader", "/meters/main"):
        command(tablet, "LISTEN", path)
    settled(tablet)

    async def feeds() -> tuple[int, int]:
        subscribing = rig.osc.words.subscribing
        return len(subscribing.feeds.shared), len(subscribing.meter_feeds.shared)

    assert rig.on(feeds()) == (1, 1)
    tablet.cut()
    other = Tablet(rig.port)
    while rig.on(feeds()) != (0, 0):
        settled(other)
    other.close()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/ch/1/fadr", "nothing to listen to; expected the exact path of a value; nearest is /ch/1/fader"),
        ("/ch/*/fader", "nothing to listen to; expected the exact path of a value"),
        (
            "/monitor/speaker/a/trim",
            "nothing to listen to; expected the exact path of a value; nearest is /monitor/trim/a",
        ),
        ("/ch/1", "nothing to listen to; expected the exact path of a value; nearest is /ch/1"),
        ("/undo", "a command has no value to listen to; what it changes is heard at its paths"),
    ],
)
def test_what_has_no_value_is_refused(tablet: Tablet, path: str, why: str) -> None:
    command(tablet, "LISTEN", path)
    ((address, (about, reason)),) = tablet.hear(until="/error")
    assert (address, about) == ("/error", path)
    assert str(reason).startswith(f"{path[1:]}: {why}")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "1", "null", '"LISTEN"', "{}", '{"COMMAND": "LISTEN"}', '{"COMMAND": "LISTEN", "DATA": 1}',
     '{"COMMAND": ["LISTEN"], "DATA": "/ch/1/fader"}', '{"COMMAND": "SET", "DATA": "/ch/1/fader"}', "[" * 4000,
     '{"COMMAND": "LISTEN", "DATA": "ch/1/fader"}', "x" * 100_000, "1" * 4000, '{"COMMAND":"LISTEN","DATA":"\\ud800"}'],
)  # fmt: skip
def test_a_text_frame_that_is_no_command_is_refused_and_nothing_else_happens(tablet: Tablet, text: str) -> None:
    tablet.text(text)
    ((address, (about, reason)),) = tablet.hear(until="/error")
    assert (address, about) == ("/error", "/")
    assert 'a text frame that is no command of OSCQuery; expected {"COMMAND": "LISTEN" or "IGNORE", ' in str(reason)
    assert len(str(reason)) <= 400


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda kids: st.lists(kids, max_size=3) | st.dictionaries(st.sampled_from(["COMMAND", "DATA", "x"]), kids),
        max_leaves=8,
    )
    | st.builds(lambda word, path: {"COMMAND": word, "DATA": path}, st.sampled_from(["LISTEN", "IGNORE"]), st.text())
)
def test_no_json_raises(rig: WebRig, talker: Tablet, data: object) -> None:
    talker.text(json.dumps(data))
    settled(talker)
    assert not rig.faults


def test_who_speaks_oscquery_hears_that_the_interface_has_other_channels_and_nobody_else_does(
    rig: WebRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, speaks = Tablet(rig.port), Tablet(rig.port)
    command(speaks, "LISTEN", "/ch/1/fader")
    settled(speaks)
    settled(plain)
    words = rig.desk.engine.words()
    for inputs, outputs, changed, tags in (
        (2, 2, ["/input"], ["text", "place", "safe", "absent"]),
        (4, 0, ["/input", "/output"], ["text", "place", "safe"]),
        (4, 2, ["/output"], ["text", "place", "safe"]),
    ):
        monkeypatch.setattr(rig.desk.engine, "words", lambda now=(inputs, outputs): {
            **words, "inputs": float(now[0]), "outputs": float(now[1])
        })  # fmt: skip
        for path in changed:
            found = speaks._on(speaks.socket.receive(5))
            assert found.type == aiohttp.WSMsgType.TEXT
            assert json.loads(found.data) == {"COMMAND": "PATH_CHANGED", "DATA": path}
        assert rig.json("/input/3/name?TAGS") == {"TAGS": tags}
        assert rig.json("/input")["CONTENTS"]["3"]["CONTENTS"]["name"]["TAGS"] == tags
        assert rig.json("/input/2/name?TAGS") == {"TAGS": ["text", "place", "safe"]} if inputs == 2 else True
    assert settled(plain) == []
    plain.close()
    speaks.close()


def test_it_is_heard_what_others_change_by_udp(rig: WebRig, tablet: Tablet) -> None:
    command(tablet, "LISTEN", "/main/fader")
    settled(tablet)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.sendto(encode("/main/fader", -7.5), (HOST, rig.settings.osc.port))
        assert tablet.hear(until="/main/fader") == [("/main/fader", [-7.5])]
        other.settimeout(5)
        other.sendto(encode("/main/fader"), (HOST, rig.settings.osc.port))
        assert decode(other.recv(4096))[0] == [("/main/fader", [-7.5])]
