"""Laws of what stays of questions: nothing, however many clients ask for however many paths."""

import asyncio
import gc
import tracemalloc

from test_osc_quick import Port

from library_rig import REGISTRY
from studiod.net.osc_codec import decode, encode

CLIENTS = 4
KEPT_BYTES = 60_000  # the ends of laws, once for all paths that have the same (26 kB), and what the clients are


def test_nothing_stays_of_a_walk_over_all_paths_by_several_clients() -> None:
    port, said = Port("admin", True), list[str]()

    def ask(client: int, address: str) -> None:
        port.osc.hear(encode(address), (f"10.0.0.{client}", 5), lambda one, _: said.append(decode(one)[0][0][0]))
        while any(line.jobs for line in port.osc.turns.lines.values()):
            port.osc.turns.go()

    async def walk() -> int:
        asked = [f"/{path}" for path in REGISTRY.params]
        asked += [f"/turn/{path}" for path, param in REGISTRY.params.items() if param.kind != "text"]
        for client in range(CLIENTS):
            ask(client, "/ch/1/fader")
        gc.collect()
        tracemalloc.start()
        for client in range(CLIENTS):
            said.clear()
            for address in asked:
                ask(client, address)
            assert said == asked
        said.clear()
        gc.collect()
        del asked
        grown, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return grown

    grown = asyncio.run(walk())
    assert grown < KEPT_BYTES
