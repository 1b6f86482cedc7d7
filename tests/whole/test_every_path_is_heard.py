"""Each parameter of the registry is heard: two of its values give two sounds at a named output.

The paths come from the registry, so that a new parameter is asked by itself.  What it needs to be heard is below.
"""

import os
from functools import lru_cache

import numpy as np
import pytest

from studiod.host.offline import Offline
from studiod.registry.registry import Console, Param, Registry, Value

CONSOLE = Console(3, 11, 4, 4, returns=1, matrices=2, dcas=1, mute_groups=1)
REGISTRY = Registry(CONSOLE)
FRAMES = 4800
MONITOR = ("monitor/l", "monitor/r")
OUTPUTS = (
    "main/l",
    "main/r",
    "bus/3",
    "bus/4",
    "bus/1",
    "bus/2",
    "matrix/1",
    "matrix/2",
    "monitor/l",
    "monitor/r",
    "fx/1/l",
)  # what outputs 1.. play in the tests

UNHEARD = {  # pattern: reason
    "status/**": "read-only: says what the machine does",
    "solo/any": "read-only: says whether anything is soloed",
    "{ch,bus,return,matrix,dca}/*/colour": "for eyes",
    "main/colour": "for eyes",
    "meter/*": "for meters",
    "{ch,bus,return,matrix}/*/safe": "for scenes",
    "main/safe": "for scenes",
    "{bus,matrix}/*/solo_safe": "a solo in place is of channels and returns; buses and matrices play on",
    "output/{9,10,11}/tap": "the monitor and the effects have no taps",
    "{ch,bus,return,matrix}/*/automation": "says how moves are written: tests/multitrack/test_automation.py",
    "main/automation": "the same",
    "automation/mode": "the same",
    "tap": "one tap says nothing: tests/desk/test_rules.py",
    "{ch,return,bus}/*/send/[24]/{pan,follow}": "speaks in a linked pair only; the odd send's settings serve both",
    "main/send/2/{pan,follow}": "speaks in a linked pair only; the odd send's settings serve both",
    "recorder/{state,format,remaining,lookback,offset,lost}": "for the disk: tests/multitrack/test_recorder.py",
    "recorder/wastebasket": "for the disk: tests/multitrack/test_wastebasket.py",
    "recorder/track/**": "for the disk: tests/multitrack/test_recorder.py",
    "ch/*/arm": "for the disk: tests/multitrack/test_recorder.py",
    "transport/{state,position}": "a render has no player: tests/multitrack/test_player.py",
    "transport/loop/*": "a render has no player: tests/multitrack/test_player.py",
    "{ch,return}/*/send/[24]/{pan,follow}": "speaks in a linked pair of buses only; the odd send's settings serve both",
}
FED: dict[str, Value] = {"fx/1/source": "input/1", "return/1/source": "fx/1"}
# Pattern of paths: what else is set, {} being the strip.  Every pattern that matches counts, later ones win.
NEEDS: dict[str, dict[str, Value]] = {
    "{ch,bus,return}/*/hpf/**": {"{}/hpf/on": 1, "{}/hpf/freq": 500.0},
    "ch/*/gate/**": {"{}/gate/on": 1, "{}/gate/threshold": -22.0, "{}/gate/release": 20.0},
    "ch/*/gate/attack": {"{}/gate/hold": 0.02},
    "{ch,bus,return}/*/lpf/**": {"{}/lpf/on": 1, "{}/lpf/freq": 2000.0},
    "{ch,bus,matrix}/*/delay/*": {"{}/delay/on": 1, "{}/delay/time": 5.0},
    "main/limiter/*": {"{}/limiter/gain": 24.0},
    "main/limiter/lookahead": {"{}/limiter/on": 0},
    "main/delay/*": {"{}/delay/on": 1, "{}/delay/time": 5.0},
    "ch/*/gate/key": {"{}/trim": 12.0},
    **{f"ch/*/gate/{path}": {"{}/gate/filter/on": 1, "{}/gate/hold": 0.02} for path in ("filter/*", "listen")},
    **{f"{kind}/comp/**": {"{}/comp/on": 1, "{}/comp/threshold": -40.0, "{}/comp/makeup": 3.0, "{}/eq/1/gain": 12.0}
       for kind in ("{ch,bus,matrix}/*", "main")},
    **{f"{kind}/comp/{path}": {"{}/comp/filter/on": 1, "{}/comp/attack": 0.1, "{}/comp/release": 5.0}
       for kind in ("{ch,bus,matrix}/*", "main") for path in ("filter/*", "listen")},
    "{ch,bus,matrix}/*/comp/hold": {"{}/comp/release": 20.0},
    "main/comp/hold": {"{}/comp/release": 20.0},
    "{ch,bus,return,matrix}/*/eq/on": {"{}/eq/1/gain": 12.0},
    "main/eq/on": {"{}/eq/1/gain": 12.0},
    **{f"{{ch,bus,return,matrix}}/*/eq/{b}/*": {f"{{}}/eq/{b}/gain": 12.0} for b in range(1, 7)},
    **{f"main/eq/{b}/*": {f"{{}}/eq/{b}/gain": 12.0} for b in range(1, 7)},
    "{ch,bus,matrix}/*/balance": {"{}/link": 1},
    "bus/*/{pan,link}": {"{}/main/on": 1},
    "bus/*/link": {"{}/pan": 40.0},
    "bus/*/balance": {"{}/main/on": 1},
    "return/*/{balance,width}": {"{}/source": "main/pre_limiter", "ch/1/pan": -100.0, "ch/2/pan": 60.0},
    "return/*/send/**": {"{}/fader": -4.0, "{}/trim": 3.0, "{}/eq/1/gain": 9.0, "{}/hpf/on": 1, "{}/hpf/freq": 400.0},
    **{f"return/*/send/{m}/*": {f"{{}}/send/{m}/level": -6.0} for m in range(1, 5)},
    "return/*/send/1/{pan,follow}": {"bus/1/link": 1, "{}/balance": -50.0, "{}/send/1/follow": 0, "{}/send/1/pan": 50},
    "return/*/send/3/{pan,follow}": {"bus/3/link": 1, "{}/balance": -50.0, "{}/send/3/follow": 0, "{}/send/3/pan": 50},
    "fx/*/**": FED | {"{}/delay/time_l": 5.0, "{}/delay/time_r": 7.0, "{}/type": "delay"},
    "fx/*/reverb/*": {"{}/type": "reverb", "{}/reverb/predelay": 1.0, "{}/reverb/modulation": 100.0},
    "fx/*/delay/*": {"{}/type": "delay", "{}/delay/feedback": 60.0},
    "fx/*/delay/division_*": {"{}/delay/sync": 1, "tempo": 300.0},
    "fx/*/chorus/*": {"{}/type": "chorus", "{}/chorus/depth": 80.0, "{}/chorus/rate": 5.0},
    "tempo": FED | {"fx/1/type": "delay", "fx/1/delay/sync": 1, "fx/1/delay/division_l": "1/16"},
    "ch/*/send/**": {"{}/fader": -4.0, "{}/trim": 3.0, "{}/hpf/on": 1, "{}/hpf/freq": 400.0, "{}/eq/1/gain": 9.0},
    **{f"ch/*/send/{m}/*": {f"{{}}/send/{m}/level": -6.0} for m in range(1, 5)},
    "ch/*/send/1/{pan,follow}": {"bus/1/link": 1, "{}/pan": -50.0, "{}/send/1/follow": 0, "{}/send/1/pan": 50.0},
    "ch/*/send/3/{pan,follow}": {"bus/3/link": 1, "{}/pan": -50.0, "{}/send/3/follow": 0, "{}/send/3/pan": 50.0},
    "matrix/*/link": {"bus/3/pan": 40.0, "bus/3/send/1/level": 0.0, "bus/4/send/1/level": -20.0},
    "matrix/*/{balance,link}": {"matrix/1/link": 1},
    "bus/*/send/1/{pan,follow}": {"matrix/1/link": 1, "{}/pan": -50.0, "{}/send/1/follow": 0, "{}/send/1/pan": 50.0},
    "main/send/1/{pan,follow}": {"matrix/1/link": 1, "{}/balance": -50.0, "{}/send/1/follow": 0, "{}/send/1/pan": 50.0,
                                 "{}/send/1/tap": "pre_fader"},
    "{bus,main}/**/send/*/tap": {"{}/fader": -4.0, "{}/delay/on": 1, "{}/eq/1/gain": 9.0},
    "bus/*/send/**": {"{}/fader": -4.0, "{}/hpf/on": 1, "{}/hpf/freq": 400.0, "{}/eq/1/gain": 9.0},
    "main/send/**": {"{}/fader": -4.0, "{}/eq/1/gain": 9.0, "{}/comp/on": 1, "{}/comp/position": "pre_eq",
                     "{}/comp/threshold": -40.0},
    "{ch,bus,return,matrix}/*/dca/1": {"dca/1/fader": -20.0},
    "{ch,bus,return,matrix}/*/mutegroup/1": {"mutegroup/1/on": 1},
    "main/dca/1": {"dca/1/fader": -20.0},
    "main/mutegroup/1": {"mutegroup/1/on": 1},
    "dca/1/{fader,mute}": {"ch/1/dca/1": 1},
    "mutegroup/1/on": {"ch/1/mutegroup/1": 1},
    "dca/1/solo": {"ch/1/dca/1": 1},
    "{ch,return}/*/solo_safe": {"solo/ch_mode": "sip", "ch/1/solo": 1},
    "ch/1/solo_safe": {"solo/ch_mode": "sip", "ch/1/solo": 0, "ch/2/solo": 1},
    "solo/ch_mode": {"ch/1/solo": 1, "ch/1/pan": -50.0},
    "solo/bus_mode": {"bus/1/solo": 1, "bus/1/pan": -50.0, "bus/1/fader": -6.0},
    "solo/clear": {"ch/1/solo": 1},
    "solo/exclusive": {"ch/1/solo": 1, "ch/2/solo": 1},
    "monitor/dim_level": {"monitor/dim": 1},
    "monitor/solo_trim": {"ch/1/solo": 1},
    "monitor/{mono,swap}": {"main/balance": -40.0},
    "monitor/speaker": {"monitor/trim/a": -3.0, "monitor/trim/b": -6.0},
    "monitor/trim/b": {"monitor/speaker": "b"},
    "monitor/trim/c": {"monitor/speaker": "c"},
    "talkback/**": {"talkback/source": "input/1", "talkback/to/bus/1": 1, "talkback/on": 1, "talkback/level": -10.0},
    "generator/**": {"generator/on": 1, "generator/to/bus/1": 1},
    "generator/type": {"generator/type": "pink"},
    "generator/freq": {"generator/type": "sine"},
    "click/**": {"click/on": 1, "click/to/bus/1": 1},
    "ch/*/automix/*": {"automix/on": 1, "{}/automix/on": 1, "ch/1/automix/on": 1, "ch/2/automix/on": 1},
    "automix/on": {"ch/1/automix/on": 1, "ch/2/automix/on": 1},
    "output/*/speaker": {"monitor/speaker": "b"},
    "output/11/*": FED | {"fx/1/type": "delay", "fx/1/delay/time_l": 5.0},
    "*/*/insert/fx": {"fx/1/type": "delay", "fx/1/delay/time_l": 5.0, "fx/1/delay/time_r": 7.0},
    "*/*/insert/position": {"{}/insert/fx": "1", "fx/1/type": "delay", "fx/1/delay/time_l": 5.0, "{}/fader": -9.0,
                            "{}/send/1/tap": "pre_fader"},
    "main/insert/fx": {"fx/1/type": "delay", "fx/1/delay/time_l": 5.0, "fx/1/delay/time_r": 7.0},
    "main/insert/position": {"{}/insert/fx": "1", "fx/1/type": "delay", "fx/1/delay/time_l": 5.0,
                             "{}/send/1/tap": "pre_fader"},
    "config/mute_pre": {"ch/1/mute": 1, "ch/1/send/1/level": 0.0, "ch/1/send/1/tap": "pre_fader"},
    "output/*/tap": {f"bus/{n}/hpf/on": 1 for n in range(1, 5)} | {"main/fader": -3.0, "main/eq/1/gain": 9.0}
    | {f"bus/{n}/fader": -3.0 for n in range(1, 5)}
    | {f"matrix/{n}/{path}": value for n in (1, 2) for path, value in (("fader", -3.0), ("eq/1/gain", 9.0))},
}  # fmt: skip


def base() -> dict[str, Value]:
    """Every channel up, apart from each other in place, a little of each on every bus, every bus at an output."""
    values: dict[str, Value] = {f"output/{k}/source": point for k, point in enumerate(OUTPUTS, 1)}
    values |= {"return/1/source": "input/2", "return/1/fader": -6.0, "monitor/level": 0.0}
    for strip in ("bus/1", "bus/2", "bus/3", "bus/4", "main"):
        values |= {f"{strip}/send/{m}/level": -12.0 for m in (1, 2)}
    values |= {f"return/1/send/{m}/level": -12.0 for m in range(1, CONSOLE.buses + 1)}
    for n in range(1, CONSOLE.channels + 1):
        values |= {f"ch/{n}/source": f"input/{(n - 1) % 3 + 1}", f"ch/{n}/fader": -6.0}
        values |= {f"ch/{n}/send/{m}/level": -12.0 for m in range(1, CONSOLE.buses + 1)}
    return values


BASE = base()


def strip_of(path: str) -> str:
    part = path.split("/")
    return part[0] if part[0] == "main" else "/".join(part[:2])


@lru_cache(maxsize=1)
def needs() -> dict[str, dict[str, Value]]:
    """What each path of the registry needs: the unit that it belongs to is on, and what the table says."""
    out: dict[str, dict[str, Value]] = {}
    for path in REGISTRY.params:
        on = f"{path.rpartition('/')[0]}/on"
        if on in REGISTRY.params and on != path:
            out[path] = {on: 1}
    for pattern, values in NEEDS.items():
        for param in REGISTRY.match(pattern):
            strip = strip_of(param.path)
            out.setdefault(param.path, {}).update({key.format(strip): value for key, value in values.items()})
    return out


@lru_cache(maxsize=1)
def unheard() -> dict[str, str]:
    return {param.path: reason for pattern, reason in UNHEARD.items() for param in REGISTRY.match(pattern)}


@lru_cache(maxsize=1)
def source() -> np.ndarray:
    """Seeded noise that is loud, faint, loud and middling, [frames, inputs]."""
    rng = np.random.default_rng(20)
    envelope = np.repeat([0.5, 0.02, 0.3, 0.05], FRAMES // 4)
    return (rng.standard_normal((FRAMES, CONSOLE.inputs)) * 0.25 * envelope[:, None]).astype(np.float32)


@lru_cache(maxsize=4)
def render(values: frozenset[tuple[str, Value]]) -> np.ndarray:
    """The outputs of a settled desk, [frames, outputs]."""
    kept = {path: value for path, value in values if "volatile" not in REGISTRY.params[path].flags}
    desk = Offline(CONSOLE, BASE | kept)
    assert desk.faults == []
    for path, value in sorted(values):
        if path not in kept:
            desk.desk.set(path, value)
            desk.run(np.zeros((480, CONSOLE.inputs), np.float32))  # 10 ms: twice a switch's fade
    sound = desk.run(source())
    os.close(desk.rack.fd)  # the mapping lives on; hundreds of files would stay open otherwise
    return sound


def settings(param: Param) -> list[Value]:
    """Values that must all sound apart."""
    if param.kind == "number":
        return [param.low, param.high]
    if param.kind == "switch":
        return [0, 1]
    if param.path.endswith("/speaker") and param.path.startswith("output/"):
        return ["any", "a"]  # b plays: the others are silent alike
    if param.path.startswith("main/send/") and param.path.endswith("/tap"):
        return [item for item in param.items if item != "pre_eq"]  # the mains have nothing between input and EQ
    if "division" in param.path:
        return ["1/16", "1/16t"]  # the others come after the end; test_echoes has them all
    return ["none", "input/1", "input/2"] if param.kind == "point" else list(param.items)


def named_outputs(path: str) -> list[int]:
    """The outputs (from 0) at which a path has to be heard: any of them."""
    part = path.split("/")
    if part[0] == "output" and len(part) == 3:
        return [int(part[1]) - 1]
    if "send" in part:
        return [OUTPUTS.index(f"{'bus' if part[0] in ('ch', 'return') else 'matrix'}/{part[-2]}")]
    if part[0] == "monitor" or part[-1] == "solo" or (part[0] == "solo" or path == "talkback/dim"):
        return [OUTPUTS.index("monitor/l"), OUTPUTS.index("monitor/r")]
    if part[0] in ("talkback", "generator", "click"):
        to = "/".join(part[2:]) if part[1] == "to" else "bus/1"
        return [OUTPUTS.index(to)] if to in OUTPUTS else [0, 1]
    if path == "config/mute_pre" or path.endswith("insert/position"):
        return [OUTPUTS.index("bus/1" if part[0] in ("ch", "config") else "matrix/1")]
    if part[0] == "bus" and part[2] not in ("pan", "link", "balance", "main"):
        return [OUTPUTS.index(f"bus/{part[1]}")]
    if part[0] == "matrix":
        return [OUTPUTS.index("matrix/1"), OUTPUTS.index("matrix/2")]
    return [0, 1]


def sounds(param: Param) -> list[np.ndarray]:
    extra = {key: value for key, value in needs().get(param.path, {}).items() if key in REGISTRY.params}
    return [render(frozenset((extra | {param.path: value}).items())) for value in settings(param)]


PATHS = [path for path, param in REGISTRY.params.items() if param.kind != "text"]
HEARD = [path for path in PATHS if path not in unheard()]


@pytest.mark.parametrize("path", HEARD)
def test_every_value_of_a_path_is_heard(path: str) -> None:
    param, heard = REGISTRY.params[path], sounds(REGISTRY.params[path])
    outputs = named_outputs(path)
    for a in range(len(heard)):
        assert np.isfinite(heard[a]).all()
        for b in range(a):
            apart = np.abs(heard[a][:, outputs] - heard[b][:, outputs]).max()
            # -80 dBFS: far above rounding, far below what any two settings of a parameter are apart in this scene
            assert apart > 1e-4, f"{path}: {settings(param)[a]} sounds like {settings(param)[b]} at {outputs}"


@pytest.mark.parametrize("path", [p for p in HEARD if p.startswith("output/") and p != "output/mute"])
def test_an_output_never_hears_the_settings_of_another(path: str) -> None:
    heard = sounds(REGISTRY.params[path])
    others = [k for k in range(CONSOLE.outputs) if k not in named_outputs(path)]
    for sound in heard[1:]:
        np.testing.assert_array_equal(sound[:, others], heard[0][:, others])


@pytest.mark.parametrize("path", [p for p in unheard() if "read-only" not in REGISTRY.params[p].flags])
def test_an_exception_stands_only_for_what_cannot_be_heard(path: str) -> None:
    if path.endswith(("pan", "follow")):
        strip, bus = strip_of(path), int(path.split("/")[-2])
        to = "matrix" if strip.startswith(("bus", "main")) else "bus"
        extra = {f"{to}/{bus - 1}/link": 1, f"{strip}/send/{bus}/level": -6.0, f"{strip}/send/{bus - 1}/follow": 0}
    else:
        extra = {}
    param = REGISTRY.params[path]
    first, *rest = [render(frozenset((extra | {path: value}).items())) for value in settings(param)]
    for sound in rest:
        np.testing.assert_array_equal(sound, first)


@pytest.mark.parametrize("pattern", [*UNHEARD, *NEEDS])
def test_every_line_of_the_tables_speaks_of_some_path(pattern: str) -> None:
    assert REGISTRY.match(pattern), f"{pattern} matches nothing: take it out"
