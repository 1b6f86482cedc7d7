"""Work beside the loop: its outcome comes back, and one that never ends is left alone."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from studiod.aside import aside


def test_what_work_comes_to_comes_back_and_so_does_what_it_raises() -> None:
    async def both() -> object:
        with pytest.raises(OSError, match="no disk"):
            await aside(lambda: (_ for _ in ()).throw(OSError("no disk")))
        return await aside(threading.get_ident)

    assert asyncio.run(both()) != threading.get_ident()


def test_a_process_ends_though_its_work_never_does() -> None:
    script = (
        "import asyncio, threading\n"
        "from studiod.aside import aside\n"
        "async def most(): await asyncio.wait([asyncio.ensure_future(aside(threading.Event().wait))], timeout=0.01)\n"
        "print(asyncio.run(most()))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "None\n", "")
