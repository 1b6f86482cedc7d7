"""Laws of many changes taken together: they come to what they come to one by one, for everybody who hears of them."""

import random
from typing import Any

import pytest

from library_rig import REGISTRY, Rig, other
from studiod.desk import transaction
from studiod.desk.command import in_order
from studiod.desk.links import Pairs
from studiod.desk.transaction import Transaction
from studiod.registry.param import Param

SETTABLE = [param for param in REGISTRY.params.values() if "read-only" not in param.flags]
PLAIN = [param for param in SETTABLE if not param.path.endswith(("/link", "/solo"))]
PLAIN = [param for param in PLAIN if param.path not in ("solo/clear", "tap")]


def runs(seed: int, params: list[Param]) -> list[list[tuple[str, Any]]]:
    """Transactions of random sizes, with what stands already; some with a path more than once, some as a recall has
    them."""
    chance, out = random.Random(seed), []
    for _ in range(24):
        draw = chance.choice((chance.choices, chance.sample))
        some = draw(params, k=chance.choice((1, 5, 40, 400, len(params))))
        one = [(param.path, param.rest if chance.random() < 0.2 else other(param, chance)) for param in some]
        out.append([*in_order(dict(one)).items()] if chance.random() < 0.5 else one)
    return out


def carried_out(changes: list[list[tuple[str, Any]]], links: tuple[str, ...]) -> tuple[Any, ...]:
    rig = Rig()
    heard: list[Any] = []
    rig.desk.listen_beneath(lambda origin, news: heard.append((origin, news)))
    rig.desk.decided.append(lambda origin, paths: heard.append((origin, set(paths))))
    for link in links:
        rig.desk.set(link, 1)
    done = [rig.desk.change(one, "me") for one in changes]
    told = list(rig.told)
    undone = [answer[2:] for _ in range(6) for answer in rig.do("undo")]
    return done, told, heard, undone, rig.engine.posts, rig.desk.values, rig.desk.heard


@pytest.mark.parametrize("links", [(), ("ch/1/link",), ("ch/3/link", "bus/1/link")])
@pytest.mark.parametrize("params", [SETTABLE, PLAIN], ids=["all", "plain"])
@pytest.mark.parametrize("seed", range(3))
def test_many_changes_together_are_what_they_are_one_by_one(
    seed: int, params: list[Param], links: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, ones = runs(seed, params), []
    at_once = Transaction._set_at_once
    monkeypatch.setattr(Transaction, "_set_at_once", lambda *given: ones.append(at_once(*given)) or ones[-1])
    monkeypatch.setattr(transaction, "MANY", 0)
    together = carried_out(changes, links)
    assert ones.count(True) > 6
    monkeypatch.setattr(transaction, "MANY", 10**9)
    assert together == carried_out(changes, links)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_set_together_is_told_in_the_order_in_which_it_was_said(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig, ones, at_once = Rig(), [], Transaction._set_at_once
    monkeypatch.setattr(Transaction, "_set_at_once", lambda *given: ones.append(at_once(*given)) or ones[-1])
    monkeypatch.setattr(transaction, "MANY", 0)
    for change in runs(seed, SETTABLE):
        rig.told.clear()
        rig.desk.change(change, "me")
        told = [path for origin, news in rig.told if origin == "me" for path in news]
        assert not ones[-1] or told == [path for path, _ in change if path in told]
    assert ones.count(True) > 6


def test_plain_changes_are_taken_together_those_of_a_linked_pair_too(monkeypatch: pytest.MonkeyPatch) -> None:
    rig, ones = Rig(), []
    monkeypatch.setattr(Transaction, "set", lambda _, path, value: ones.append(path))
    monkeypatch.setattr(transaction, "MANY", 12)
    many = [(f"ch/{n}/send/{m}/level", -9.0) for n in range(1, 7) for m in range(1, 5)]
    rig.desk.change(many)
    assert ones == []
    rig.desk.values["ch/1/link"] = 1
    rig.told.clear()
    rig.desk.change([(path, -8.0) for path, _ in many])
    assert ones == []
    assert [(origin, len(news)) for origin, news in rig.told] == [("", len(many))], "what was set follows nobody"
    rig.desk.change([(path, -7.0) for path, _ in many if not path.startswith("ch/2/")])
    assert {rig.desk.heard[path] for path, _ in many} == {-7.0}
    assert ones == []


def test_what_both_of_a_pair_are_set_to_follows_nobody_whoever_holds_what() -> None:
    for held in (False, True):
        rig = Rig()
        rig.desk.set("ch/1/link", 1)
        if held:
            rig.desk.change([], "tablet", held=[("talkback/on", 1)])
        rig.told.clear()
        rig.desk.change([("ch/1/fader", -9.0), ("ch/2/fader", -9.0)], "me")
        assert rig.told == [("me", {"ch/1/fader": -9.0, "ch/2/fader": -9.0})], held


def test_what_a_pair_shares_both_of_it_take_alike() -> None:
    """So that a value which one has accepted is put into the other as it is."""
    rig = Rig()
    params = rig.desk.registry.params
    assert all(params[path].takes == params[other].takes for path, (_, other) in Pairs(rig.desk.registry).other.items())


def test_what_an_engine_that_fails_was_told_together_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    before = dict(rig.desk.values)
    monkeypatch.setattr(rig.engine, "post", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        rig.desk.change([(param.path, other(param, random.Random(1))) for param in PLAIN if param.kind == "number"])
    assert rig.desk.values == before
    assert rig.desk.heard == before
