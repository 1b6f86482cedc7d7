"""Three threads that never give the interpreter away by themselves, in one process only: no code of ours knows of them.

Python runs this file at its start when its folder is on PYTHONPATH.  The process is the one with the word HOGS_IN on
its command line.  HOGS_FILE is a file of four 64-bit words: hogs run while the first is 1, and count in the others,
which proves that they run.
"""

import mmap
import os
import struct
import sys
import threading
import time

HOGS = 3


def hog(board: mmap.mmap, number: int) -> None:
    count = 0
    while True:
        if board[0] == 0:
            time.sleep(0.02)
            continue
        for _ in range(1000):
            count += 1
        struct.pack_into("q", board, 8 * number, count)


if os.environ.get("HOGS_IN") in sys.orig_argv:
    with open(os.environ["HOGS_FILE"], "r+b") as file:
        shared = mmap.mmap(file.fileno(), 8 * (HOGS + 1))
    for n in range(1, HOGS + 1):
        threading.Thread(target=hog, args=(shared, n), daemon=True).start()
