"""Why a command ends: one clear message, and the exit code that goes with it."""


class Fault(Exception):
    """The message says where, what was expected, what came and what to do; code is the exit code."""

    code = 2


class FileFault(Fault, ValueError):
    """A file that cannot be used: where, what was expected, what came, what to do."""
