"""Laws of one value for all that a pattern names: it comes to what the paths come to one by one."""

import random
from typing import Any

import pytest
from test_osc import Rig

from controllers.osc.plan import Plan

PATTERNS = (
    "ch/*/fader", "ch/*/send/*/level", "*/*/mute", "ch/*/name", "ch/[12]/*/on", "ch/1/**", "ch/*/eq/*/type",
    "ch/*/link",
)  # fmt: skip
VALUES = (-9.5, 0, 1, -200.0, "bell", "Kick", "-6 dB", float("nan"), True)


def carried_out(seed: int) -> list[Any]:
    """Refusals, what stands at the end, and what the engine was told."""
    chance, rig = random.Random(seed), Rig()
    try:
        peer, heard = rig.peer(), []
        for _ in range(40):
            peer.say(f"/{chance.choice(PATTERNS)}", chance.choice(VALUES))
            if chance.random() < 0.3:
                heard.append(peer.ask(f"/ch/{chance.randint(1, 4)}/fader"))  # what it was told, it may only send back
        peer.say("/ping")
        heard += [message for message in peer.hear(until="/pong") if message[0] == "/error"]
        return [heard, rig.desk.values, rig.engine.posts]
    finally:
        rig.close()


@pytest.mark.parametrize("seed", range(3))
def test_together_is_one_by_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    together, alone = carried_out(seed), []
    monkeypatch.setattr(Plan, "put_all", lambda *_: bool(alone.append(1)))
    assert together == carried_out(seed)
    assert alone
