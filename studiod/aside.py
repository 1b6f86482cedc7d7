"""Work that waits for the world, a disk or a name server, on a thread that nobody joins.

One that hangs holds up neither the desk's loop nor the end of the process.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any


def off_loop(work: Callable[[], Any], then: Callable[[Any, Exception | None], None]) -> None:
    """Do work on a thread; `then` hears on the loop what it found, or what it raised."""
    loop = asyncio.get_running_loop()

    def run() -> None:
        found, fault = None, None
        try:
            found = work()
        except Exception as raised:
            fault = raised
        with contextlib.suppress(RuntimeError):  # the loop has ended before it did
            loop.call_soon_threadsafe(then, found, fault)

    threading.Thread(target=run, name="studiod-aside", daemon=True).start()


async def aside(work: Callable[[], Any]) -> Any:
    """What work comes to.  Raises what it raises."""
    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def settle(found: Any, fault: Exception | None) -> None:
        if done.done():  # nobody waits any more
            return
        if fault is None:
            done.set_result(found)
        else:
            done.set_exception(fault)

    off_loop(work, settle)
    return await done
