"""stdin, stdout and stderr of a process that was started without: holes, so that no file of ours gets their numbers."""

import os


def filled() -> None:
    """Open /dev/null under each of the three numbers that is closed."""
    while (hole := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(hole, True)
    os.close(hole)
