"""The real-time priority of the process that owns the MIDI ports: low, far below the card's, where rights allow one.

Faders and motors then go their way when the machine is busy; sound comes before them.
"""

import os

PRIORITY = 5  # the card and the clock have 50


def ask() -> bool:
    """For this process, from now on; whether it may.  What it starts has none."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY))
    except (OSError, AttributeError):  # AttributeError: a system without it
        return False
    return True


def may() -> bool:
    """Whether this user may have it: tried, for a moment."""
    try:
        before = os.sched_getscheduler(0), os.sched_getparam(0)
    except (OSError, AttributeError):
        return False
    if not ask():
        return False
    os.sched_setscheduler(0, *before)
    return True
