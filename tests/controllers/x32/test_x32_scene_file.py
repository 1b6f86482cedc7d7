"""Scene files in the console's text: out and in, what is left out told, and nothing moved by a file of one's own."""

import asyncio
import random

from controllers.x32.scene_file import lines, pages, taken_in
from library_rig import changed
from studiod.desk.command import in_order
from x32_rig import Stage, board

ME = "x32:127.0.0.1:1"


def test_a_file_has_a_head_and_a_line_for_each_node() -> None:
    one, _, _ = board()
    found = lines(one, "Tour", "with strings")
    assert found[0] == '#4.0# "Tour" "with strings" %000000000 1'
    assert len(found) == 1 + 2117
    assert all(line.startswith("/") for line in found[1:])
    assert "".join(pages(one)).splitlines()[1:] == found[1:]
    assert max(map(len, pages(one))) < 9000


def test_a_desk_goes_out_and_comes_in_elsewhere() -> None:
    one, _, rig = board()
    rig.desk.change(in_order(changed(rig.desk.registry, 5, links=False)).items())
    random.Random(6)
    other, _, _ = board()
    for line in lines(one):
        taken_in(other, line, ME, "admin")
    for line in lines(one):  # inserts wait for their effects, key filters for their types
        taken_in(other, line, ME, "admin")
    assert lines(other) == lines(one)


def test_a_file_of_ones_own_moves_nothing() -> None:
    one, told, rig = board()
    rig.desk.change(in_order(changed(rig.desk.registry, 7)).items())
    before = dict(rig.desk.values)
    told.clear()
    for line in lines(one):
        taken_in(one, line, ME, "admin")
    assert rig.desk.values == before
    assert told == []


def test_what_is_left_out_or_only_kept_is_told() -> None:
    one, _, _ = board()
    assert taken_in(one, '#4.0# "x" "" %000000000 1', ME, "admin") == []
    assert taken_in(one, "/ch/01/mix ON -3.0", ME, "admin") == []
    assert taken_in(one, "/ch/40/mix ON -3.0", ME, "admin") == ["/ch/40/mix: no such line on this desk"]
    assert taken_in(one, "/headamp/000 +12.0 ON", ME, "admin") == [
        "/headamp/000/gain: +12.0 is kept, and heard nowhere on this desk",
        "/headamp/000/phantom: ON is kept, and heard nowhere on this desk",
    ]
    assert taken_in(one, "/ch/01/eq/1 WOBBLE 1k", ME, "admin") == ["/ch/01/eq/1/type: 'WOBBLE' is none of its values"]


def test_the_words_of_the_port() -> None:
    async def play() -> None:
        stage = Stage()
        ((address, (page, count, text)),) = await stage.ask(1, "/-studiod/scene/export", 1)
        assert (address, page) == ("/-studiod/scene/export", 1)
        assert count > 5
        assert text.startswith("#4.0#")
        answer = await stage.ask(1, "/-studiod/scene/import", 9, "/ch/01/mix OFF what")
        assert answer == [("/-studiod/scene/import", [9, "/ch/01/mix/fader: 'what' is none of its values"])]
        assert stage.desk.values["ch/1/mute"] == 1
        await stage.port.close()

    asyncio.run(play())
