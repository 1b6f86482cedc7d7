"""Why a command ends: one clear message, and the exit code that goes with it."""


class Fault(Exception):
    """The message says where, what was expected, what came and what to do; code is the exit code."""

    code = 2
