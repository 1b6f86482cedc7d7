"""What one change brings about in others: solos, taps, inserts; told to the author too, and one step to undo."""

import pytest

from studiod.desk.desk import Desk
from studiod.memory.history import History
from studiod.registry.registry import Console, Refusal, Registry

REGISTRY = Registry(Console(inputs=4, outputs=2, channels=6, buses=4, returns=2, matrices=2, dcas=2, mute_groups=2))


class Silent:
    """Stands in for the engine: what sounds is asked elsewhere."""

    def post(self, changed, values, frame):
        pass

    def frame_at(self, ns):
        return 0


class Rig:
    def __init__(self):
        self.now_ns = 10**9
        self.desk = Desk(REGISTRY, Silent(), lambda: self.now_ns)
        self.told = []
        self.desk.listen(lambda origin, news: self.told.append((origin, news)))

    def on(self):
        return {path.removesuffix("/solo") for path, v in self.desk.values.items() if path.endswith("/solo") and v}


@pytest.fixture
def rig():
    return Rig()


def test_a_new_solo_takes_the_others_off_only_when_solo_is_exclusive(rig):
    for path in ("ch/1/solo", "bus/2/solo", "dca/1/solo"):
        rig.desk.set(path, 1)
    assert rig.on() == {"ch/1", "bus/2", "dca/1"}
    rig.desk.set("solo/exclusive", 1)
    assert rig.on() == {"ch/1", "bus/2", "dca/1"}
    rig.desk.set("ch/3/solo", 1, "tablet")
    assert rig.on() == {"ch/3"}
    assert ("follows for tablet", {"ch/1/solo": 0, "bus/2/solo": 0, "dca/1/solo": 0}) in rig.told


def test_an_exclusive_solo_of_a_pair_keeps_its_partner(rig):
    rig.desk.change([("ch/1/link", 1), ("solo/exclusive", 1), ("ch/5/solo", 1), ("ch/2/solo", 1)])
    assert rig.on() == {"ch/1", "ch/2"}


def test_clear_takes_every_solo_off_and_reads_0_again(rig):
    rig.desk.change([("ch/1/solo", 1), ("return/1/solo", 1), ("matrix/2/solo", 1)])
    assert rig.desk.get("solo/any") == 1
    rig.desk.set("solo/clear", 1)
    assert (rig.on(), rig.desk.get("solo/any"), rig.desk.get("solo/clear")) == (set(), 0, 0)


def test_solo_any_follows_every_way_of_setting_a_solo(rig):
    rig.desk.set("dca/2/solo", 1)
    rig.desk.set("ch/2/solo", 1)
    rig.desk.set("dca/2/solo", 0)
    assert rig.desk.get("solo/any") == 1
    rig.desk.set("ch/2/solo", 0)
    assert rig.desk.get("solo/any") == 0


def tapped(rig, *gaps_ms):
    rig.desk.set("tap", 1)
    for gap in gaps_ms:
        rig.now_ns += round(gap * 1e6)
        rig.desk.set("tap", 1)
    return rig.desk.get("tempo")


@pytest.mark.parametrize(("gaps_ms", "bpm"), [
    ((500,), 120.0), ((400, 400, 400), 150.0), ((490, 510, 495, 505), 120.0),  # the mean of four
    ((5000, 600), 100.0),  # the first was another song
    ((500, 500, 900, 900), 60.0 / 0.9),  # a new pace begins anew
    ((500, 20), 120.0),  # a bounce
    ((500,) * 20 + (480,) * 8, 125.0),  # old taps are forgotten
])  # fmt: skip
def test_taps_set_the_tempo_to_their_mean_pace(rig, gaps_ms, bpm):
    assert tapped(rig, *gaps_ms) == pytest.approx(bpm, rel=1e-6)  # float32
    assert rig.desk.get("tap") == 0


def test_one_tap_or_two_far_apart_leave_the_tempo(rig):
    assert tapped(rig) == 120.0
    assert tapped(rig, 4000) == 120.0


def test_a_slot_of_effects_is_in_one_strip_only_and_the_last_one_has_it(rig):
    rig.desk.change([("ch/1/insert/fx", 1), ("ch/2/insert/fx", 2)])
    rig.desk.set("bus/3/insert/fx", "1")
    where = {path for path, v in rig.desk.values.items() if path.endswith("/insert/fx") and v == "1"}
    assert where == {"bus/3/insert/fx"}
    assert rig.desk.get("ch/2/insert/fx") == "2"


def test_a_pair_has_the_slot_of_both_its_strips(rig):
    rig.desk.change([("ch/1/link", 1), ("ch/2/insert/fx", 2)])
    assert (rig.desk.get("ch/1/insert/fx"), rig.desk.get("ch/2/insert/fx")) == ("2", "2")


def test_what_a_change_brought_about_is_undone_with_it(rig):
    history = History(rig.desk)
    rig.desk.set("ch/1/insert/fx", 1, "a")
    rig.now_ns += 10**9
    rig.desk.set("bus/1/insert/fx", 1, "b")
    rig.now_ns += 10**9
    rig.desk.change([("ch/3/link", 1)], "a")
    rig.desk.do("undo", "b")
    assert (rig.desk.get("ch/1/insert/fx"), rig.desk.get("bus/1/insert/fx")) == ("1", "0")
    assert len(history.senders["b"].done) == 0
    rig.now_ns += 10**9
    tapped(rig, 400)
    assert rig.desk.get("tempo") == 150.0


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("ch/2/link", "ch/2/link: a pair is set by its odd strip; nearest is ch/1/link; set ch/1/link: it is that of "
         "ch/1 and ch/2"),
        ("bus/4/link", "nearest is bus/3/link; set bus/3/link: it is that of bus/3 and bus/4"),
        ("ch/4/balance", "nearest is ch/3/balance; set ch/3/balance"),
        ("ch/5/link", "ch/5/link: ch/5 is no half of a pair; a pair is an odd strip and the one after it"),
        ("return/1/link", "return/1 is no half of a pair"),
        ("ch/77/link", "ch/77/link: no such path; .*nearest is ch/1/link"),
        ("ch/x/link", "no such path"),
        ("ch/02/link", "no such path"),
    ],
)  # fmt: skip
def test_an_even_strip_says_which_one_links_it(path: str, said: str) -> None:
    registry = Registry(Console(channels=5, buses=4, returns=1))
    with pytest.raises(Refusal, match=said) as fault:
        registry.find(path)
    assert "\n" not in str(fault.value)
