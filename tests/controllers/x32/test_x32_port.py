"""The port without a wire: questions, sets, nodes, leases, and who hears what."""

import asyncio
import math
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from controllers.x32.server import CLIENTS_MAX, HERE_MAX, HOST_MAX, facing
from studiod.net.osc_codec import encode
from x32_rig import HERE, Stage, said

Play = Callable[[Stage], Awaitable[None]]


def on_stage(play: Play, **stage: Any) -> None:
    async def run() -> None:
        there = Stage(**stage)
        try:
            await play(there)
        finally:
            await there.port.close()

    asyncio.run(run())


def test_who_is_there() -> None:
    async def play(stage: Stage) -> None:
        assert await stage.ask(1, "/info") == [("/info", ["V2.07", "studiod", "X32", "4.06"])]
        assert await stage.ask(1, "/xinfo") == [("/xinfo", [HERE, "studiod", "X32", "4.06"])]
        assert await stage.ask(1, "/status") == [("/status", ["active", HERE, "studiod"])]
        await stage.hear(1, b"/info\0\0\0")  # old senders leave the tags out
        assert [address for address, _ in await stage.told(1)] == ["/info"]

    on_stage(play)


def test_a_client_is_told_the_address_by_which_it_reaches_the_desk() -> None:
    assert facing("127.0.0.1") == "127.0.0.1"
    assert facing("127.5.6.7") == "127.0.0.1"
    assert facing("no number") == "no number"


def test_a_leaf_is_asked_for_and_set_and_its_setter_gets_no_reply() -> None:
    async def play(stage: Stage) -> None:
        assert await stage.ask(1, "/ch/01/mix/fader", 0.825) == []
        assert stage.desk.values["ch/1/fader"] == pytest.approx(40 * 844 / 1023 - 30)
        ((address, args),) = await stage.ask(1, "/ch/01/mix/fader")
        assert (address, args) == ("/ch/01/mix/fader", [pytest.approx(844 / 1023)])
        for value, turn in ((1, 1.0), (0, 0.0), ("-10.0", 512 / 1023), ("-oo", 0.0), (9.0, 1.0)):
            await stage.say(1, "/ch/01/mix/fader", value)
            assert (await stage.ask(1, "/ch/01/mix/fader"))[0][1] == [pytest.approx(turn)]
        await stage.say(1, "/ch/01/mix/fader", math.nan)
        assert (await stage.ask(1, "/ch/01/mix/fader"))[0][1] == [1.0]
        await stage.say(1, "/ch/01/eq/1/type", "HCut")
        assert (await stage.ask(1, "/ch/01/eq/1/type"))[0][1] == [5]
        await stage.say(1, "/ch/01/eq/1/type", 77)
        assert (await stage.ask(1, "/ch/01/eq/1/type"))[0][1] == [5]

    on_stage(play)


def test_the_bytes_of_a_fader_are_those_of_the_console() -> None:
    async def play(stage: Stage) -> None:
        await stage.say(1, "/ch/01/mix/fader", 0.825)
        await stage.say(1, "/ch/01/mix/fader")
        packet = bytes.fromhex("2f63682f30312f6d69782f6661646572000000002c6600003f5334cd")
        assert stage.sent[HERE, 1] == [packet]

    on_stage(play)


def test_many_values_set_leaves_in_their_order() -> None:
    async def play(stage: Stage) -> None:
        await stage.say(1, "/ch/01/eq/1", 2, 0.265, 0.5, 0.4648)
        assert await stage.line("ch/01/eq/1") == "/ch/01/eq/1 PEQ 124.7 +0.00 2.0\n"
        await stage.say(1, "/ch/01/mix/on", 0, 0.75, 1)
        assert (await stage.line("ch/01/mix")).split()[1:4] == ["OFF", "0.0", "ON"]

    on_stage(play)


def test_nodes_and_lines() -> None:
    async def play(stage: Stage) -> None:
        await stage.say(1, "/", "/ch/01/config Kick 3 RD 5")
        assert await stage.told(1) == [("/", ["/ch/01/config Kick 3 RD 5"])]
        assert await stage.line("ch/01/config") == '/ch/01/config "Kick" 3 RD 5\n'
        assert await stage.line("-stat/selidx") == "/-stat/selidx 0\n"
        assert await stage.line("-prefs/name") == '/-prefs/name "studiod"\n'
        assert await stage.line("-show/showfile/cue/000") == '/-show/showfile/cue/000 0 "" 0 -1 -1 0 1 0 0\n'
        assert await stage.line("ch/01/nothing") == ""
        assert stage.port.ignored == 0
        assert await stage.ask(1, "/ch/99/mix/fader") == []
        assert stage.port.ignored == 1

    on_stage(play)


def test_all_hear_of_a_change_but_its_author() -> None:
    async def play(stage: Stage) -> None:
        for port in (1, 2, 3):
            await stage.say(port, "/xremote")
        await stage.say(4, "/info")  # no lease
        await stage.told(4)
        await stage.say(1, "/ch/01/mix/fader", 0.5)
        assert await stage.told(2) == [("/ch/01/mix/fader", [pytest.approx(512 / 1023)])]
        assert len(await stage.told(3)) == 1
        assert await stage.told(1) == []
        assert await stage.told(4) == []
        await stage.say(1, "/ch/01/mix/fader", 0.5)  # no change
        assert await stage.told(2) == []
        stage.desk.set("ch/1/mute", 1, "osc:somebody")
        assert await stage.told(1) == [("/ch/01/mix/on", [0])]

    on_stage(play)


def test_what_a_set_brings_about_elsewhere_is_told_to_its_author() -> None:
    async def play(stage: Stage) -> None:
        await stage.say(1, "/xremote")
        await stage.say(1, "/config/chlink/1-2", 1)
        await stage.told(1)
        await stage.say(1, "/ch/01/mix/fader", 0.25)
        assert [address for address, _ in await stage.told(1)] == ["/ch/02/mix/fader"]
        await stage.say(1, "/config/solo/exclusive", 1)
        await stage.say(1, "/-stat/solosw/05", 1)
        await stage.told(1)
        await stage.say(1, "/-stat/solosw/49", 1)
        assert ("/-stat/solosw/05", [0]) in await stage.told(1)
        assert stage.desk.values["bus/1/solo"] == 1
        await stage.say(1, "/-action/clearsolo", 1)
        assert ("/-stat/solosw/49", [0]) in await stage.told(1)
        assert (await stage.ask(1, "/-stat/solo"))[0][1] == [0]

    on_stage(play)


def test_a_lease_ends_after_ten_seconds() -> None:
    async def play(stage: Stage) -> None:
        await stage.say(1, "/xremote")
        client = stage.port.clients[HERE, 1]
        client.told_until_s -= 10.0
        stage.desk.set("ch/1/mute", 1)
        assert len(await stage.told(1)) == 1
        client.told_until_s -= 2.0
        stage.desk.set("ch/1/mute", 0)
        assert await stage.told(1) == []
        await stage.say(1, "/xremote")
        await stage.say(1, "/unsubscribe")
        stage.desk.set("ch/1/mute", 1)
        assert await stage.told(1) == []

    on_stage(play)


def test_who_may_not_set_sees_what_is_so() -> None:
    async def play(stage: Stage) -> None:
        await stage.say(1, "/ch/01/mix/fader", 0.9, host="10.0.0.7")
        assert await stage.told(1, host="10.0.0.7") == [("/ch/01/mix/fader", [0.0])]
        await stage.say(1, "/info", host="93.184.216.34")  # no role: no answer at all
        assert stage.sent == {}
        assert stage.port.refused == 1

    on_stage(play, lan="view")


def test_selection_transport_and_tools() -> None:
    async def play(stage: Stage) -> None:
        await stage.say(1, "/-stat/selidx", 48)
        assert stage.desk.values["surface/1/now/select"] == "bus/1"
        stage.desk.set("surface/1/now/select", "return/2")
        assert (await stage.ask(1, "/-stat/selidx"))[0][1] == [42]
        await stage.say(1, "/-stat/sendsonfader", 1)
        assert (stage.desk.values["surface/1/now/page"], stage.desk.values["surface/1/now/flip"]) == ("send", 1)
        await stage.say(1, "/-stat/tape/state", 2)
        assert stage.desk.values["transport/state"] == "play"
        stage.desk.set("transport/state", "stop")
        assert (await stage.ask(1, "/-stat/tape/state"))[0][1] == [0]
        await stage.say(1, "/-stat/talk/A", 1)
        await stage.say(1, "/config/talk/A/destmap", "%010000000000000001")
        assert (stage.desk.values["talkback/on"], stage.desk.values["talkback/to/bus/1"]) == (1, 1)
        assert stage.desk.values["talkback/to/main"] == 1

    on_stage(play)


def test_a_burst_of_lines_loses_none() -> None:
    async def play(stage: Stage) -> None:
        lines = [stage.port.board.line(node).strip() for node in list(stage.port.board.tree.nodes)[:2100]]
        for line in lines:
            stage.port.hear(encode("/", line), (HERE, 1))
        while stage.port.turns.lines and stage.port.turns.waiting((HERE, 1)):
            stage.port.turns.wake()
            await asyncio.sleep(0)
        assert [args[0] for _, args in await stage.told(1)] == lines

    on_stage(play)


def test_nobody_is_forgotten_who_is_told_and_everybody_else_is() -> None:
    async def play(stage: Stage) -> None:
        for port in range(1, 40):
            await stage.say(port, "/info")
        await stage.say(7, "/xremote")
        assert len(stage.port.clients) == 39
        stage.port.sweep(stage.port.clients[HERE, 7].heard_s + 61.0)
        assert stage.port.clients.keys() == set()
        await stage.say(7, "/xremote")
        stage.port.sweep(stage.port.clients[HERE, 7].heard_s + 5.0, 1.0)
        assert stage.port.clients.keys() == {(HERE, 7)}

    on_stage(play)


def test_garbage_is_counted_and_nothing_else() -> None:
    async def play(stage: Stage) -> None:
        before = dict(stage.desk.values)
        for packet in (
            b"",
            b"\0",
            b"nonsense",
            b"/ch/01/mix/fader\0\0\0\0,f\0\0",
            b"#bundle\0",
            b"/\0\0\0,b\0\0\xff\xff\xff\xff",
        ):
            await stage.hear(1, packet)
        assert stage.port.malformed == 6
        assert stage.desk.values == before
        assert stage.sent == {}

    on_stage(play)


def test_a_bundle_is_understood_all_the_same() -> None:
    async def play(stage: Stage) -> None:
        message = encode("/ch/01/mix/on", 0)
        await stage.hear(1, b"#bundle\0" + bytes(7) + b"\1" + struct.pack(">i", len(message)) + message)
        assert stage.desk.values["ch/1/mute"] == 1

    on_stage(play)


def test_said_reads_the_address_without_a_slash() -> None:
    assert said(encode("node", "/ch/01/mix ON\n")) == ("node", ["/ch/01/mix ON\n"])


def test_ports_of_one_host_do_not_take_the_places_of_others() -> None:
    async def play(stage: Stage) -> None:
        clients = stage.port.clients
        await stage.say(1, "/xremote", host="10.0.0.1")
        await stage.say(1, "/xremote")
        for port in range(1000, 1400):
            await stage.say(port, "/xremote", host="10.0.0.66")
        assert sum(addr[0] == "10.0.0.66" for addr in clients) <= HOST_MAX
        for k in range(2, 9):
            for port in range(HOST_MAX):
                await stage.say(port, "/xremote", host=f"10.0.0.{k}")
        assert sum(addr[0] != HERE for addr in clients) <= CLIENTS_MAX
        assert {("10.0.0.1", 1), (HERE, 1)} <= clients.keys()  # the crowd gives way
        for port in range(2000, 2000 + 2 * HERE_MAX):
            await stage.say(port, "/info")
        assert sum(addr[0] == HERE for addr in clients) <= HERE_MAX
        assert (HERE, 1) in clients  # who holds nothing goes first
        assert stage.port._of_host == Counter(addr[0] for addr in clients)
        stage.port.forget(("10.0.0.1", 1))
        assert "10.0.0.1" not in stage.port._of_host

    on_stage(play)


def test_two_clients_that_move_one_fader_both_end_with_what_is_so() -> None:
    async def play(stage: Stage) -> None:
        for port in (1, 2):
            await stage.say(port, "/xremote")
        await stage.say(1, "/ch/01/mix/fader", 0.2)
        ((_, first),) = await stage.told(2)
        assert await stage.told(1) == []
        for value in (0.8, 0.6):  # sent before it heard of the other's
            await stage.say(2, "/ch/01/mix/fader", value)
        assert first == [pytest.approx(0.2, abs=1e-3)]
        for port in (1, 2):
            assert (await stage.told(port))[-1] == ("/ch/01/mix/fader", [pytest.approx(0.6, abs=1e-3)])
        await stage.say(2, "/ch/02/mix/fader", 0.5)
        assert await stage.told(2) == []

    on_stage(play)
