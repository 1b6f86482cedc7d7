"""Reading and writing back moves nothing: leaf by leaf, node by node, as lines of a scene file."""

import random
from collections.abc import Callable

import pytest

from controllers.x32.board import Board
from controllers.x32.node import set_line
from library_rig import changed, other
from studiod.desk.command import in_order
from x32_rig import WIDE, Told, board

ME = "x32:127.0.0.1:4000"


def by_number(one: Board) -> None:
    for address, leaf in one.tree.leaves.items():
        step = leaf.law.heard(leaf.law.wire(one.shown[address]), one.shown[address])
        assert step == one.shown[address] or "icon" in address, address
        assert one.set(leaf, step, ME, "admin")


def by_text(one: Board) -> None:
    for address, leaf in one.tree.leaves.items():
        step = leaf.law.said(leaf.law.text(one.shown[address]).strip('"'), one.shown[address])
        assert step is not None, address
        assert one.set(leaf, step, ME, "admin"), address


def by_node(one: Board) -> None:
    for line in [one.line(node) for node in one.tree.nodes]:
        assert set_line(one, line, ME, "admin") == []


@pytest.mark.parametrize("way", [by_number, by_text, by_node])
@pytest.mark.parametrize("seed", [1, 2])
def test_reading_and_writing_back_moves_nothing(way: Callable[[Board], None], seed: int) -> None:
    one, told, rig = board(WIDE)
    registry, chance = rig.desk.registry, random.Random(seed)
    # `changed` gives no text with quotes here: a name with one is read with another sign
    values = in_order(changed(registry, seed))
    values |= {path: other(registry.params[path], chance) for path in ("tempo", "ch/1/fader")}
    rig.desk.change(values.items(), "seed")
    before, shown, moved = dict(rig.desk.values), dict(one.shown), rig.desk.moved
    told.clear()
    way(one)
    assert rig.desk.values == before
    assert one.shown == shown
    assert told == []
    assert rig.desk.moved == moved


def test_what_is_kept_is_there_after_a_start(tmp_path: object) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    one, _, rig = board(folder=tmp_path)
    lines = [
        '/ch/01/config "Kick" 3 RDi 1', "/headamp/005 +32.5 ON", "/fx/1 HALL",
        "/fx/1/par 20 1.57 40 5k20 12 -2.0 83 6k93 1.32 25 50 30", "/fx/5 DES2", "/fx/5/par 10 20 40 30",
        "/config/userctrl/A/enc X001 X101 - -", "/ch/02/insert OFF PRE FX3R",
    ]  # fmt: skip
    for line in lines:
        assert set_line(one, line, ME, "admin") == [], line
    nodes = [line.split()[0].strip("/") for line in lines]
    before = [one.line(node) for node in nodes]
    one.close()
    assert rig.store.close()
    again, _, rig = board(folder=tmp_path)
    assert [again.line(node) for node in nodes] == before
    assert rig.store.close()


def test_a_board_that_is_not_there_is_not_told() -> None:
    one, told, rig = board()
    one.close()
    rig.desk.set("ch/1/fader", -3.0)
    assert told == Told()
