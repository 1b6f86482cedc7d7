"""Laws of slices: a recall lets others go on while it is prepared, is one transaction, and later than what they do."""

from typing import Any

import pytest
from test_osc import bundle
from test_osc_order import FADER, Table, at, carry_out, stored

from studiod.memory import taken_in
from studiod.net.osc_codec import encode

RECALL = encode("/scene/recall", "A")


def between(table: Table, packet: bytes, others: dict[int, tuple[str, Any]]) -> int:
    """Carry a packet out; before its step number k somebody else sets a path.  How many steps it took."""
    steps, k = table.osc._packet(packet, table.client), 0
    while True:
        if k in others:
            table.rig.desk.set(*others[k], "midi:x")
        try:
            assert next(steps) is None
        except StopIteration:
            return k
        k += 1


def steps_of(packet: bytes) -> int:
    return between(stored(), packet, {})


@pytest.mark.parametrize("slice_", [1, 50, 10**9])
def test_others_go_on_between_the_slices_of_a_recall(monkeypatch: pytest.MonkeyPatch, slice_: int) -> None:
    """As many turns of others as it has slices of values; the second time nothing is looked through any more."""
    monkeypatch.setattr(taken_in, "SLICE", slice_)
    table = stored()
    table.rig.desk.set(FADER, -3.0)
    first, again = (between(table, RECALL, {}) for _ in range(2))
    count = len(table.rig.desk.snapshot())
    assert first - again >= count // slice_
    assert again < 10
    assert table.rig.desk.get(FADER) == -20.0


def test_a_recall_is_one_transaction_whatever_comes_between_its_slices() -> None:
    table = stored()
    table.rig.desk.change([(FADER, -3.0), ("ch/5/fader", -3.0), ("ch/2/pan", 7.0)])
    table.rig.engine.posts.clear()
    between(table, RECALL, {2: ("ch/6/fader", -1.0)})
    news = {path: table.rig.desk.values[path] for path in (FADER, "ch/5/fader", "ch/2/pan", "ch/6/fader")}
    assert [post for post in table.rig.engine.posts if len(post[1]) > 1] == [(0, news)]
    assert len(table.rig.engine.posts) == 2


def brought(moved: float, k: int) -> Table:
    """The fader stood at `moved`, and is set to -7 before step k of the recall, which has it at -20."""
    table = stored()
    table.rig.desk.set(FADER, moved)
    between(table, RECALL, {k: (FADER, -7.0)})
    return table


def test_a_recall_is_later_than_what_others_set_between_its_slices() -> None:
    """Up to the step that makes it; also where the path stood as the scene has it when the recall was prepared."""
    steps = range(steps_of(RECALL) + 1)
    made = next(k for k in steps if brought(-3.0, k).rig.desk.get(FADER) == -7.0)
    assert made > 3
    for moved in (-3.0, -20.0):
        for k in steps:
            table = brought(moved, k)
            assert table.rig.desk.get(FADER) == (-20.0 if k < made else -7.0), (moved, k)
            changed = 1 if k < made else int(moved != -20.0)
            assert table.sent[-1] == ("/scene/recall", ["A", changed, 0]), "what it changed is what it says"


def test_what_others_set_after_the_recall_stands() -> None:
    table = stored()
    steps = steps_of(RECALL)
    between(table, RECALL, {steps: (FADER, -7.0)})
    assert table.rig.desk.get(FADER) == -7.0


def test_the_messages_around_a_recall_keep_their_order_whatever_comes_between() -> None:
    packet = bundle(encode("/ch/3/fader", -1.0), RECALL, encode("/ch/4/fader", -2.0))
    for k in range(steps_of(packet)):
        table = stored()
        between(table, packet, {k: ("ch/4/fader", -9.0)})
        assert table.rig.desk.get(FADER) == -20.0
        assert table.rig.desk.get("ch/4/fader") in (-2.0, -9.0)
        if table.rig.desk.get("ch/4/fader") == -9.0:
            assert table.rig.told[-1] == ("midi:x", {"ch/4/fader": -9.0}), "it came when the packet stood"


def test_undo_takes_back_a_recall_to_what_others_set_between_its_slices() -> None:
    table = stored()
    table.rig.desk.set(FADER, -3.0)
    between(table, RECALL, {1: (FADER, -7.0)})
    assert table.rig.desk.get(FADER) == -20.0
    table.say(encode("/undo"))
    assert table.rig.desk.get(FADER) == -7.0


def test_a_fade_begins_where_others_have_brought_the_desk_between_its_slices() -> None:
    table = stored()
    between(table, encode("/scene/recall", "A", 1.0), {1: (FADER, -7.0)})
    assert table.sent[-1] == ("/scene/recall", ["A", 1, 0])
    table.rig.go(1100)
    assert table.rig.desk.get(FADER) == -20.0


def test_a_refusal_in_a_packet_with_a_recall_still_changes_nothing() -> None:
    table = stored()
    table.rig.desk.set(FADER, -3.0)
    between(table, bundle(RECALL, encode("/ch/1/fader", 99.0)), {1: ("ch/5/fader", -9.0)})
    assert table.rig.desk.get(FADER) == -3.0
    assert table.sent[-1][0] == "/error"


def test_a_recall_at_a_time_sets_all_of_it_then() -> None:
    table = stored()
    carry_out(table.osc._packet(bundle(at(60, RECALL)), table.client))
    table.rig.desk.set(FADER, -7.0, "midi:x")
    table.pass_time()
    assert table.rig.desk.get(FADER) == -20.0


def test_a_scope_of_many_patterns_is_found_in_slices() -> None:
    scope = " ".join(f"ch/{k}/*" for k in range(1, 7)) + " **" * 50
    few, many = (steps_of(encode("/scene/recall", "A", 0.0, some)) for some in ("ch/1/*", scope))
    assert many >= few + 6


def test_the_leases_of_many_clients_end_in_slices_and_who_leaves_in_between_is_left_out() -> None:
    osc = Table().osc
    for k in range(100):
        osc.peers.welcome((f"10.0.{k // 50}.1", 1000 + k), "view", lambda *_: None)
    looked: list[Any] = []
    for client in osc.clients.values():
        client.sweep = lambda _, of=client: looked.append(of)  # type: ignore[method-assign, misc]
    gone = list(osc.clients.values())[-1]
    for k, step in enumerate(osc.tick(0.0, False)):
        assert step is None
        assert len(looked) < 16 * (k + 1)
        if k == 0:
            osc.peers.forget(gone)
    assert len(looked) == 99
    assert gone not in looked
