"""A desk that has started has the memory that it has after an hour: names that come and go let nothing grow."""

import subprocess
import sys

import pytest

CODE = """
import sys
from pathlib import Path
from studiod.process import garbage

def anonymous_kb():
    lines = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))

kept = [sys.intern(f"kept {n}") for n in range(30_000)]  # with those of Python itself a little fewer than a desk has
if "settle" in sys.argv:
    garbage.settle()
kept += [sys.intern(f"came later {n}") for n in range(6_000)]  # and now a little more
before = anonymous_kb()
for n in range(200_000):
    sys.intern(f"comes and goes {n}")
print(anonymous_kb() - before)
"""


def grown_kb(*words: str) -> int:
    run = subprocess.run([sys.executable, "-c", CODE, *words], capture_output=True, text=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="later Pythons keep names otherwise")
def test_names_that_come_and_go_let_nothing_grow() -> None:
    assert grown_kb("settle") < 500
    assert grown_kb() > 1500, "what is measured is there without it"
