"""Laws of copies: what is heard in the mains is heard in the bus, and what belongs to a place stays there."""

import random

import numpy as np
import pytest

from library_rig import Rig, changed
from studiod.host.library import Library
from studiod.host.offline import Offline
from studiod.registry.param import Refusal
from studiod.registry.registry import Console, Registry
from studiod.store.store import Store

CONSOLE = Console(inputs=4, outputs=4, channels=4, buses=6, returns=2, dcas=2, mute_groups=1)
REGISTRY = Registry(CONSOLE)
NOISE = np.random.default_rng(1).uniform(-0.1, 0.1, (4800, 4)).astype(np.float32)
APART = ("arm", "solo", "safe", "solo_safe", "automation", "name", "source", "link")


@pytest.fixture
def rig() -> Rig:
    return Rig(registry=REGISTRY)


# -- what belongs to the place ---------------------------------------------------------------------------------------


def marked(rig: Rig, strip: str) -> dict[str, object]:
    return {tail: rig.desk.get(f"{strip}/{tail}") for tail in APART if f"{strip}/{tail}" in REGISTRY.params}


def test_the_flag_is_on_what_belongs_to_the_place_of_a_strip_and_on_nothing_of_its_sound() -> None:
    found = {param.path.split("/")[-1] for param in REGISTRY.params.values() if "place" in param.flags}
    assert found == {"arm", "safe", "solo_safe", "automation", "name", "source", "link"}


@pytest.mark.parametrize("source", ["ch/1", "bus/1", "return/1"])
def test_copies_and_presets_of_a_whole_strip_leave_its_place_alone(rig: Rig, source: str) -> None:
    kind = source.partition("/")[0]
    rig.desk.change([(f"{source}/{tail}", value) for tail, value in
                     {"solo": 1, "safe": 1, "solo_safe": 1, "automation": "read", "name": "A", "fader": -6}.items()]
                    + [(f"{source}/arm", 1)] * (kind == "ch"))  # fmt: skip
    before = marked(rig, f"{kind}/2")
    rig.do("copy", source, f"{kind}/2")
    assert rig.desk.get(f"{kind}/2/fader") == -6.0
    assert marked(rig, f"{kind}/2") == before
    rig.do("preset/store", "P", source)
    rig.desk.change([(f"{kind}/2/fader", -10), (f"{source}/arm", 0)] if kind == "ch" else [(f"{kind}/2/fader", -10)])
    rig.do("preset/recall", "P", f"{kind}/[12]")
    assert rig.desk.get(f"{kind}/2/fader") == -6.0
    assert marked(rig, f"{kind}/2") == before


def test_a_preset_of_a_whole_strip_that_an_older_studiod_kept_leaves_the_place_alone_too(rig: Rig) -> None:
    rig.library.presets.shelf.put("Old", {"of": "ch/*"}, {"arm": 1, "safe": 1, "automation": "latch", "fader": -3.0})
    rig.do("preset/recall", "Old", "ch/3")
    assert [rig.desk.get(f"ch/3/{tail}") for tail in ("arm", "safe", "automation", "fader")] == [0, 0, "off", -3.0]


def test_what_is_named_is_copied(rig: Rig) -> None:
    rig.desk.set("ch/1/arm", 1)
    rig.do("copy", "ch/1", "ch/2", "arm")
    assert rig.desk.get("ch/2/arm") == 1
    rig.desk.change([("output/1/delay", 20), ("output/1/source", "bus/1")])
    rig.do("copy", "output/1", "output/2")
    assert (rig.desk.get("output/2/delay"), rig.desk.get("output/2/source")) == (20.0, "main/r")


# -- a mix into a bus ------------------------------------------------------------------------------------------------


def played(values: dict[str, object]) -> tuple[np.ndarray, np.ndarray, list[tuple]]:
    """The mains and the pair of buses 5 and 6 once main is copied into it, [frame, side]; what was said."""
    outputs = ("main/pre_limiter/l", "main/pre_limiter/r", "bus/5", "bus/6")
    routes = {f"output/{n}/source": point for n, point in enumerate(outputs, 1)}
    offline = Offline(CONSOLE, values | routes | {"bus/5/link": 1, "bus/5/fader": 0, "config/mute_pre": 0})
    assert not offline.faults
    Library(offline.desk, store := Store(None))
    lines = list(offline.desk.do("mix/copy", "me", "main", "bus/5"))
    store.close()
    offline.run(np.zeros((4800, 4), np.float32))
    out = offline.run(NOISE)[1000:]
    return out[:, :2], out[:, 2:], lines


def any_mix(seed: int) -> dict[str, object]:
    """Channels straight to main or through groups, mono and linked, with DCAs, mutes and groups of mutes."""
    chance = random.Random(seed)
    level = lambda: round(chance.uniform(-24, 6), 1)  # noqa: E731
    values: dict[str, object] = {"bus/3/link": 1, "bus/1/main/on": 1, "bus/2/main/on": 1, "bus/3/main/on": 1}
    for n in (1, 2):
        values |= {f"bus/{n}/pan": chance.randint(-100, 100), f"bus/{n}/fader": level()}
        values |= {f"dca/{n}/fader": level(), f"bus/{n}/dca/{n}": chance.randint(0, 1)}
    values |= {"bus/3/fader": level(), "bus/2/mute": chance.randint(0, 1), "mutegroup/1/on": chance.randint(0, 1)}
    for n in range(1, 5):
        way, tap = chance.choice(("main", "bus/1", "bus/2", "bus/3")), chance.choice(("group", "post_fader", "pre_eq"))
        values |= {
            f"ch/{n}/fader": level(),
            f"ch/{n}/pan": chance.randint(-100, 100),
            f"ch/{n}/main/on": 0,
            f"ch/{n}/dca/1": chance.randint(0, 1),
            f"ch/{n}/mutegroup/1": int(chance.random() < 0.2),
        }
        if way == "main":
            values |= {f"ch/{n}/main/on": 1}
        else:
            send = f"ch/{n}/send/{way[-1]}"
            values |= {f"{send}/tap": tap, f"{send}/level": level()}
    return values


@pytest.mark.parametrize("seed", range(12))
def test_what_is_heard_in_the_mains_is_heard_in_the_bus(seed: int) -> None:
    mains, bus, lines = played(any_mix(seed))
    assert np.abs(mains).max() > 0.001, "a mix that says something"
    assert np.abs(bus - mains).max() < 1e-5 * max(np.abs(mains).max(), 1e-3)  # float32 samples and values
    assert lines[-1][4] == len(lines) - 1


def line_of(rig: Rig, strip: str, *words: str) -> list[str]:
    lines = rig.do("mix/copy", *(words or ("main", "bus/5")))
    assert lines[-1][4] == len(lines) - 1
    return [line[2] for line in lines[:-1] if line[1] == strip]


def test_straight_and_through_a_group_add_up(rig: Rig) -> None:
    rig.desk.change([("ch/1/fader", -6), ("bus/1/main/on", 1), ("ch/1/send/1/tap", "group")])
    assert line_of(rig, "ch/1") == []
    assert rig.desk.get("ch/1/send/5/level") == pytest.approx(-6 + 6.0206, abs=1e-3)
    rig.desk.change([("ch/1/fader", 8)])
    assert line_of(rig, "ch/1") == ["+14.0 dB in the mains; a send reaches +10 dB"]
    assert rig.desk.get("ch/1/send/5/level") == 10.0


def test_what_no_send_can_have_is_said(rig: Rig) -> None:
    rig.desk.change([("bus/1/main/on", 1), ("bus/1/pan", 30), ("bus/5/link", 1), ("ch/1/fader", 0),
                     ("return/1/main/on", 0), ("ch/1/send/1/tap", "group"), ("return/1/send/1/tap", "group"),
                     ("bus/1/comp/on", 1),
                     ("bus/1/eq/2/gain", 3), ("ch/2/insert/fx", "2"), ("ch/2/fader", -3)])  # fmt: skip
    lines = rig.do("mix/copy", "main", "bus/5")
    assert lines[:-1] == [
        ("mix/copy/left", "ch/1", "it has several places in the mains; the loudest one is copied"),
        ("mix/copy/left", "ch/2", "its insert is behind the fader, and so behind the send"),
        ("mix/copy/left", "return/1", "it is one lane in the mains, and two in the copy"),
        ("mix/copy/left", "bus/1", "what goes through it is copied without its EQ, compressor"),
    ]


def test_an_effect_is_not_sent_back_into_its_own_bus(rig: Rig) -> None:
    rig.desk.change([("fx/1/source", "bus/5"), ("fx/2/source", "bus/1"), ("ch/4/source", "bus/5"), ("ch/1/fader", 0)])
    back = "it plays bus/5 itself, and would feed back"
    assert line_of(rig, "return/1") == line_of(rig, "ch/4") == [back]
    assert [rig.desk.get(f"return/{n}/send/5/level") for n in (1, 2)] == [-90.0, 0.0]
    rig.desk.set("ch/2/source", "return/1/l")
    assert line_of(rig, "ch/2", "bus/2", "bus/5") == [back]


def test_the_sends_of_a_linked_bus_are_those_of_its_odd_one(rig: Rig) -> None:
    rig.desk.change([("bus/5/link", 1), ("bus/1/link", 1), ("ch/1/send/1/level", -7), ("ch/1/send/1/pan", 20)])
    rig.do("mix/copy", "bus/2", "bus/6")
    assert [rig.desk.get(f"ch/1/send/5/{tail}") for tail in ("level", "pan")] == [-7.0, 20.0]
    assert rig.desk.get("ch/1/send/6/level") == -90.0


@pytest.mark.parametrize(
    ("word", "names"), [("copy", ["ch/1"] * 2), ("mix/copy", ["main"] * 2), ("mix/copy", ["bus/2"] * 2)]
)
def test_a_copy_onto_itself_is_refused_in_words(rig: Rig, word: str, names: list[str]) -> None:
    with pytest.raises(Refusal, match=f"^{word}: a .* onto itself; .*; got '{names[0]}'; name two$"):
        rig.do(word, *names)


@pytest.mark.parametrize("seed", range(5))
def test_a_mix_touches_nothing_but_the_sends_of_its_bus(rig: Rig, seed: int) -> None:
    rig.desk.change(changed(REGISTRY, seed, links=False).items())
    before = rig.desk.snapshot()
    rig.do("mix/copy", "main", "bus/4")
    touched = {path for path, value in rig.desk.snapshot().items() if value != before[path]}
    assert touched
    assert all("/send/4/" in path for path in touched)
    rig.do("undo")
    assert rig.desk.snapshot() == before
