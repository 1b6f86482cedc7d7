"""OSC over WebSocket with clients that nobody here wrote: npm's osc and osc-js set, ask, subscribe and hear."""

import json
from collections.abc import Iterator

import pytest

from node_clients import started
from web_rig import HOST, WebRig


@pytest.fixture
def rig() -> Iterator[WebRig]:
    with WebRig() as made:
        yield made


@pytest.mark.parametrize("script", ["osc_talk.js", "osc_js_talk.js"])
def test_it_sets_asks_subscribes_and_hears(rig: WebRig, script: str) -> None:
    with started(script, HOST, str(rig.port)) as client:
        assert client.stdout is not None
        assert client.stderr is not None
        assert client.stdout.readline() == "subscribed\n", client.stderr.read()
        rig.set("ch/2/mute", 1)
        heard = json.loads(client.stdout.readline())
        assert client.wait(20) == 0
    assert rig.get("ch/1/fader") == -6.5
    assert {"address": "/ch/1/fader", "args": [-6.5]} in heard
    assert {"address": "/snapshot/end", "args": ["/ch/2/mute", 1]} in heard
    assert heard[-1] == {"address": "/ch/2/mute", "args": [1]}
    assert {"address": "/meters/ch", "args": [-20.0] * 8} in heard
