"""The line-up: which strip is under fader k, by paths of the desk; banks, steps, layers, views, spill."""

import pytest

from mackie_parts import new_desk
from studiod.desk.lineup import Lineup
from studiod.registry.param import Refusal


def both(**size: int):
    desk = new_desk(**size)
    lineup = Lineup(desk, 1)
    desk.listen(lambda origin, news: lineup.concerns(news))
    return desk, lineup


@pytest.mark.parametrize("faders", [1, 3, 8, 16])
@pytest.mark.parametrize("channels", [1, 7, 8, 9, 31])
def test_every_strip_is_reached_and_nothing_pages_past_the_end(channels: int, faders: int) -> None:
    desk, lineup = both(channels=channels, returns=0, buses=1, matrices=0, dcas=0)
    strips = [*(f"ch/{n}" for n in range(1, channels + 1)), "bus/1"]
    for by, move in ((faders, lineup.bank), (1, lineup.step)):
        desk.change(lineup.home())
        seen = [lineup.under(faders)]
        for _ in range(60):
            desk.change(lineup.changes(first=move(1, faders)))
            seen.append(lineup.under(faders))
        assert [strip for strip in dict.fromkeys(s for row in seen for s in row) if strip] == strips
        assert strips[-1] in seen[-1], "the last strip is on a fader"
        assert any(seen[-1])
        if by == 1 and len(strips) >= faders:
            assert seen[-1][-1] == strips[-1], "steps end when it is on the last one"
        if by == faders:
            assert (lineup.first - 1) % faders == 0
            at = {strip: {row.index(strip) for row in seen if strip in row} for strip in strips}
            assert all(len(places) == 1 for places in at.values()), "a strip is always on the same fader"
        for _ in range(60):
            desk.change(lineup.changes(first=move(-1, faders)))
        assert lineup.first == 1


def test_a_layer_has_its_strips_with_dark_places_between() -> None:
    desk, lineup = both()
    desk.set("surface/1/layer/2/slot/1", "bus/3")
    desk.set("surface/1/layer/2/slot/3", "main")
    desk.set("surface/1/now/layer", 2)
    assert lineup.under(5) == ["bus/3", "", "main", "", ""]
    assert lineup.bank(1, 2) == 3
    assert Lineup(desk, 2).under(2) == ["ch/1", "ch/2"], "another surface is another line-up"


def test_views_and_spill_follow_the_desk() -> None:
    desk, lineup = both()
    desk.set("surface/1/now/view", "dca")
    assert lineup.under(3) == ["dca/1", "dca/2", "dca/3"]
    desk.set("surface/1/now/view", "armed")
    assert lineup.under(2) == ["", ""]
    desk.set("ch/5/arm", 1)
    assert lineup.under(2) == ["ch/5", ""]
    desk.set("surface/1/now/spill", "dca/2")
    assert lineup.under(1) == [""]
    desk.set("ch/9/dca/2", 1)
    desk.set("bus/1/dca/2", 1)
    assert lineup.under(3) == ["ch/9", "bus/1", ""]
    desk.change(lineup.home())
    assert lineup.under(1) == ["ch/1"]


def test_a_strip_that_this_console_has_not_is_refused_with_the_nearest() -> None:
    desk, _ = both(channels=8)
    for path, value, near in (
        ("surface/1/layer/1/slot/1", "ch/12", "ch/8"),
        ("surface/1/now/select", "dca/99", "dca/8"),
        ("surface/1/now/spill", "ch/1", ""),
        ("surface/1/now/first", 2.5, "2"),
        ("surface/1/now/bus", 17, "16"),
    ):
        before = desk.get(path)
        with pytest.raises(Refusal) as told:
            desk.set(path, value)
        assert near in str(told.value)
        assert desk.get(path) == before


def test_a_stored_strip_that_the_console_lost_is_a_dark_fader() -> None:
    desk, lineup = both(channels=8)
    faults = desk.load({"surface/1/layer/1/slot/1": "ch/30", "surface/1/layer/1/slot/2": "ch/2"})
    assert [fault.path for fault in faults] == ["surface/1/layer/1/slot/1"]
    desk.set("surface/1/now/layer", 1)
    assert lineup.under(2) == ["", "ch/2"]


def test_what_is_so_just_now_is_neither_stored_nor_undone_and_layers_are_safe() -> None:
    params = new_desk().registry.params
    for path, param in params.items():
        if path.startswith("surface/"):
            assert param.flags == ({"volatile"} if "/now/" in path else {"safe"}), path
    assert "surface/page/layer/6/slot/32" in params
    assert "surface/page/now/layer" not in params
