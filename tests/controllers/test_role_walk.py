"""What each role changes, tried: every path in every way over a WebSocket, and every command on a whole desk."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controllers.osc.client import Client
from controllers.osc.plan import Plan
from controllers.osc.server import Osc
from controllers.turns import Turns
from studiod.desk.grants import Door
from studiod.host.daemon import Daemon
from studiod.net.osc_codec import decode, encode
from studiod.registry import roles
from studiod.registry.commands import DESK
from studiod.registry.param import Param, Refusal, Value
from studiod.settings.schema import ConsoleSize, Settings
from token_rig import TokenRig

MINE = re.compile(r"(ch|return)/\d+/send/3/\w+|bus/3/(fader|mute|balance|eq/.+)")  # the contract in other words


def other(param: Param, now: Value) -> Value:
    """A value that a parameter takes and does not have."""
    if param.kind == "number":
        return next(value for turn in (0.25, 0.75) if (value := param.from_turn(turn)) != now)
    if param.kind == "switch":
        return 1 - int(now)
    return next(word for word in (param.items or ("one", "two")) if word != now)


def own(role: str, path: str) -> bool:
    return role == "bus:3" and MINE.fullmatch(path) is not None


@pytest.fixture(scope="module")
def rig() -> Iterator[TokenRig]:
    made = TokenRig()
    yield made
    made.close()


def settable(rig: TokenRig) -> list[Param]:
    params = rig.desk.registry.params.values()
    return [one for one in params if "read-only" not in one.flags and "trigger" not in one.flags]


@pytest.mark.parametrize("role", ["view", "bus:3"])
def test_a_role_changes_exactly_the_paths_of_its_table(rig: TokenRig, role: str) -> None:
    """One message a path, by value, by turn and by step; held, faded and touched it is the same paths."""
    tablet = rig.joined(role, rig.give(role))
    before = dict(rig.desk.values)
    for param in settable(rig):
        tablet.say(f"/{param.path}", other(param, before[param.path]))
    tablet.ask("/ping", 1, answer="/pong")
    changed = {path for path, value in rig.desk.values.items() if value != before[path]}
    assert changed == {param.path for param in settable(rig) if own(role, param.path)}
    assert bool(changed) is (role == "bus:3")
    rig.on(_back(rig, before))
    for lead in ("turn", "by", "toggle", "hold", "touch", "fade"):
        for param in settable(rig):
            value: Any = {"turn": 0.3, "by": 1, "touch": 1}.get(lead, other(param, before[param.path]))
            words = [] if lead == "toggle" else [value]
            if lead == "fade":
                tablet.say("/fade", param.path, 1.0, value)
            else:
                tablet.say(f"/{lead}/{param.path}", *words)
        tablet.ask("/ping", 1, answer="/pong")
        rig.idle()
        for values in (rig.desk.values, rig.desk.heard):
            wrong = [path for path, value in values.items() if value != before[path] and not own(role, path)]
            assert wrong == [], lead
        touched = {path for path in before if rig.desk.touched(path)}
        assert touched == ({path for path in before if own(role, path)} if lead == "touch" else set()), lead
        tablet.hear()
        if lead == "touch":
            tablet.close()
            tablet = rig.joined(role, rig.give(role))
        rig.on(_back(rig, before))
    for pattern in ("/ch/*/fader", "//mute", "/ch/*/send/*/level", "/bus/*/fader", "/**"):
        tablet.say(pattern, 1)
        assert "needs the role" in tablet.hear(until="/error")[-1][1][1]
    assert rig.desk.values == before, "of a pattern all or nothing"
    tablet.close()


async def _back(rig: TokenRig, before: dict[str, Value]) -> None:
    for origin in {client.origin for client in rig.osc.clients.values()}:
        rig.desk.let_go(origin)
    rig.desk.change([(path, value) for path, value in before.items() if rig.desk.values[path] != value], "test")


# -- commands ----------------------------------------------------------------------------------------------------------

TRIES: dict[str, tuple[tuple[Any, ...], ...]] = {  # besides the example: what would reach further, or what is one's own
    "mix/copy": (("main", "bus/3"), ("main", "bus/1"), ("bus/1", "bus/3"), ("bus/3", "bus/1"), ("main", "bus/4")),
    "fade": (("bus/3/fader", 0.0, -5.0), ("ch/*/send/3/level", 0.0, -5.0), ("bus/*/fader", 0.0, -5.0),
             ("ch/1/fader", 0.0, -5.0)),
    "copy": (("bus/1", "bus/3"), ("ch/1", "ch/2")),
    "preset/recall": (("Warm", "bus/3"), ("Warm", "ch/2")),
    "scene/recall": (("Verse",), ("Verse", 0.0, "**", 1)), "cue/go": ((1,),),
    "moves/clear": (("**",),), "token/revoke": (("Boss",), ("mine",)),
    "token/new": (("admin", "x"), ("bus:4", "x"), ("bus:3", "mine"), ("view", "y")),
}  # fmt: skip

TOKENS = ("token/new", "token/list", "token/revoke")


class Walk:
    """A whole desk on which an admin has done everything once, and one peer of a role."""

    def __init__(self, folder: Path, role: str) -> None:
        size = ConsoleSize(channels=4, buses=4, returns=1, matrices=1)
        self.daemon = Daemon(Settings(console=size), folder)
        self.desk = self.daemon.desk
        self.desk.grants.doors.append(lambda: Door(("http://10.0.0.1:8080",)))
        for words in (
            ("scene/store", "Verse"), ("cue/add", "Verse"), ("preset/store", "Warm", "ch/3/eq"),
            ("marker/add", "Chorus", 42.5), ("backup", "Friday"), ("token/new", "admin", "Boss"),
        ):  # fmt: skip
            self.desk.do(words[0], "admin", *words[1:])
        for path, value in (("ch/1/fader", -7.0), ("bus/1/fader", -7.0), ("main/fader", -3.0), ("ch/2/mute", 1)):
            self.desk.set(path, value, "admin")
        self.sent: list[tuple[str, list[Any]]] = []
        self.osc = Osc(self.desk, Settings())
        send = lambda packet, to: self.sent.extend(decode(packet)[0])  # noqa: E731
        self.client = Client(("10.0.0.7", 5, "tcp"), role, send, desk=self.desk, turns=Turns())
        self.client.stream = lambda key, packets, to=None: [  # type: ignore[method-assign, assignment]
            self.sent.extend(decode(one)[0]) for one in packets
        ]
        self.osc.clients[self.client.address] = self.client

    def kept(self) -> dict[Any, Any]:
        """All that is in the store, but for tokens, which a musician may give away too."""
        self.desk.do("token/list", "admin")
        return {key: head for key, (head, _) in self.daemon.store.copied().records.items() if key[0] != "token"}

    def say(self, word: str, *args: Any) -> bool:
        """Whether it was done, all its steps carried out as they come."""
        plan = Plan(self.client, self.osc.access)
        try:
            _carried(self.osc.words.plan(plan, f"/{word}", list(args)))
            if plan.changes or plan.held:
                self.desk.change(plan.changes, plan.origin, held=plan.held)
            for deed in plan.deeds:
                _carried(deed())
        except Refusal:
            return False
        return True


def _carried(steps: Any) -> None:
    """Errands too, here and now."""
    try:
        step = next(steps)
        while True:
            step = steps.send(step() if callable(step) else None)
    except StopIteration:
        pass


@pytest.mark.parametrize("role", ["view", "bus:3"])
def test_no_command_reaches_beyond_a_role(tmp_path: Path, role: str) -> None:
    walk = Walk(tmp_path, role)
    before, kept, done = dict(walk.desk.values), walk.kept(), set()
    tokens = walk.desk.do("token/list", "admin")
    for word, one in DESK.items():
        for args in (one.samples, *TRIES.get(word, ())):
            if walk.say(word, *args):
                done.add(word)
        for _ in walk.daemon.library.fades.step():
            pass
        changed = [path for path, value in walk.desk.values.items() if value != before[path]]
        assert [path for path in changed if not own(role, path)] == [], word
        assert walk.kept() == kept, word
    reads = {word for word, need in roles.COMMANDS.items() if need == "view" and word in DESK}
    assert reads - {"take/deleted"} <= done | {"take/deleted"}
    if role == "view":
        assert done == reads
        assert walk.desk.values == before
        assert walk.desk.do("token/list", "admin") == tokens
    else:
        assert done - reads == {"mix/copy", "fade", "undo", "redo", "gestures", *TOKENS}
        given = [line[2:4] for line in walk.desk.do("token/list", "admin")[:-1]]
        assert given == [("Boss", "admin"), ("y", "view")]
    walk.daemon.store.close()


@pytest.mark.parametrize("into", ["bus/1", "bus/2", "bus/4"])
def test_a_musician_copies_a_mix_into_his_own_bus_alone(tmp_path: Path, into: str) -> None:
    walk = Walk(tmp_path, "bus:3")
    before = dict(walk.desk.values)
    assert not walk.say("mix/copy", "main", into)
    assert walk.desk.values == before
    assert walk.say("mix/copy", "main", "bus/3")
    changed = {path for path, value in walk.desk.values.items() if value != before[path]}
    assert changed
    assert all(re.fullmatch(r"(ch|return)/\d+/send/3/\w+", path) for path in changed)
    walk.desk.set("bus/3/link", 1, "admin")
    assert walk.say("mix/copy", "main", into) is (into == "bus/4")
    walk.daemon.store.close()


def test_a_refusal_of_a_copy_names_the_bus(rig: TokenRig) -> None:
    tablet = rig.joined("a", rig.give("bus:3"))
    assert tablet.ask("/mix/copy", "main", "bus/1", answer="/error")[1].startswith(
        "/mix/copy into bus/1: needs the role"
    )
    tablet.send(encode("/mix/copy", "main", "bus/3"))
    assert tablet.hear(until="/mix/copy")[-1][1][:2] == ["main", "bus/3"]
    tablet.close()
