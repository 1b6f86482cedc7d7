"""Whatever comes: no exception is logged, nothing changes that was not asked for, and no memory grows."""

import asyncio
import logging
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controllers.x32.node import set_line
from controllers.x32.scene_file import taken_in
from studiod.net.osc_codec import encode
from x32_rig import HERE, Stage, board

BOARD, _, RIG = board()
ADDRESSES = [*list(BOARD.tree.leaves)[::97], *list(BOARD.tree.nodes)[::53], "", "-action/goscene", "-stat/tape/state"]
WORDS = ["/", "/node", "/info", "/xremote", "/meters", "/subscribe", "/formatsubscribe", "/batchsubscribe", "/renew",
         "/unsubscribe", "/load", "/save", "/rename", "/delete", "/showdump", "/-studiod/scene/import"]  # fmt: skip
ANY = st.one_of(
    st.integers(-(2**31), 2**31 - 1), st.floats(width=32), st.text(max_size=40), st.booleans(),
    st.sampled_from(["/meters/1", "scene", "ch/01/mix", "-oo", "ON", "/ch/**/mix/on"]),
)  # fmt: skip
MESSAGES = st.builds(
    lambda address, args: encode(address, *args),
    st.sampled_from([f"/{address}" for address in ADDRESSES] + WORDS),
    st.lists(ANY, max_size=6),
)
PACKETS = st.one_of(MESSAGES, st.binary(max_size=120))
QUICK = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(st.lists(PACKETS, max_size=30))
def test_no_packet_fails(packets: list[bytes]) -> None:
    async def play() -> None:
        for packet in packets:
            STAGE.port.hear(packet, (HERE, 1))
            STAGE.port.turns.wake()
            await asyncio.sleep(0)
        STAGE.port.streams.tick()
        await asyncio.sleep(0.001)

    faults: list[str] = []

    class Faults(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR:
                faults.append(record.getMessage())

    handler = Faults()
    logging.getLogger().addHandler(handler)
    try:
        LOOP.run_until_complete(play())
    finally:
        logging.getLogger().removeHandler(handler)
    assert faults == []
    STAGE.sent.clear()


@QUICK
@given(st.text(max_size=200))
def test_no_text_fails_nor_changes_what_it_does_not_name(text: str) -> None:
    before = dict(RIG.desk.values)
    set_line(BOARD, text, "x32:a:1", "admin")
    taken_in(BOARD, text, "x32:a:1", "admin")
    BOARD.line(text)
    assert RIG.desk.values == before


@QUICK
@given(st.sampled_from(list(BOARD.tree.nodes)[::31]), st.lists(st.text(max_size=12), max_size=8))
def test_a_line_of_nonsense_moves_its_own_node_alone(node: str, words: list[str]) -> None:
    before = dict(BOARD.shown)
    set_line(BOARD, f"/{node} {' '.join(words)}", "x32:a:1", "admin")
    moved = {address for address, step in BOARD.shown.items() if step != before[address]}
    follows = {"fx", "fxrtn", "config", "ch", "bus", "mtx", "main"}  # sides of a return, types of effects, links
    assert all(address.startswith(node) or address.split("/")[0] in follows for address in moved)


def test_memory_stays_flat() -> None:
    packets = [encode(f"/{address}", 0.3) for address in ADDRESSES] + [b"junk" * 8, encode("/node", "x" * 60)]
    packets += [encode("/meters", "/meters/1", 0, 0, k) for k in range(99)]

    async def play(rounds: int) -> None:
        for _ in range(rounds):
            for packet in packets:
                STAGE.port.hear(packet, (HERE, 1))
            while STAGE.port.turns.waiting((HERE, 1)):
                STAGE.port.turns.wake()
                await asyncio.sleep(0)
            STAGE.port.streams.tick()
            STAGE.sent.clear()

    LOOP.run_until_complete(play(5))
    tracemalloc.start()
    LOOP.run_until_complete(play(5))
    first = tracemalloc.get_traced_memory()[0]
    LOOP.run_until_complete(play(20))
    grown = tracemalloc.get_traced_memory()[0] - first
    tracemalloc.stop()
    assert grown < 200_000  # some caches of texts; a packet that stayed would be more


@pytest.fixture(autouse=True, scope="module")
def stage() -> object:
    global LOOP, STAGE
    LOOP = asyncio.new_event_loop()

    async def made() -> Stage:
        return Stage()

    STAGE = LOOP.run_until_complete(made())
    yield
    LOOP.run_until_complete(STAGE.port.close())
    LOOP.close()


LOOP: asyncio.AbstractEventLoop
STAGE: Stage
