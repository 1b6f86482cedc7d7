"""One heap for all threads of a desk, from which each is served what others gave back."""

import os
import platform
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import servers

LOOKED_AT = """
import ctypes, sys, threading
from studiod import heap
if "share" in sys.argv:
    heap.share()
at_once = threading.Barrier(8)
def work():
    at_once.wait()
    kept = [bytearray(20_000) for _ in range(50)]
    at_once.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
c = ctypes.CDLL(None)
c.fopen.restype = ctypes.c_void_p
file = c.fopen(sys.argv[1].encode(), b"w")
c.malloc_info(0, ctypes.c_void_p(file))
c.fclose(ctypes.c_void_p(file))
"""
glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="heaps of threads are glibc's")


def heaps(tmp_path: Path, *words: str) -> int:
    """How many heaps a process has in which eight threads took memory at the same time."""
    file = tmp_path / "heaps.xml"
    env = {name: value for name, value in os.environ.items() if name not in ("MALLOC_ARENA_MAX", "GLIBC_TUNABLES")}
    subprocess.run([sys.executable, "-c", LOOKED_AT, str(file), *words], check=True, env=env)
    return len(re.findall(r"<heap nr=", file.read_text("ascii")))


@glibc
def test_all_threads_share_one_heap(tmp_path: Path) -> None:
    assert heaps(tmp_path, "share") == 1
    assert heaps(tmp_path) > 1, "what is measured is there without it"


@glibc
def test_the_daemon_has_one_heap(daemon: servers.Daemon) -> None:
    """A heap of a thread begins at a multiple of 64 MB; what it does not use yet lies behind, without rights."""
    lines = [line.split() for line in Path(f"/proc/{daemon.pid}/maps").read_text("ascii").splitlines()]
    spans = [(*(int(at, 16) for at in line[0].split("-")), line[1]) for line in lines]
    found = [
        span for span, after in pairwise(spans)
        if span[0] % (64 << 20) == 0 and after[2] == "---p" and after[1] - span[0] >= 64 << 20
    ]  # fmt: skip
    assert found == []
