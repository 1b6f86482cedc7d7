"""What a check found: ok, warn or fail, what stands there, and what to do about it."""

from dataclasses import dataclass

STATES = ("ok", "warn", "fail")


@dataclass(frozen=True)
class Verdict:
    """One line of `studiod check`.  Whoever does not say ok says what to do."""

    state: str
    told: str
    remedy: str = ""


def ok(told: str) -> Verdict:
    return Verdict("ok", told)


def warn(told: str, remedy: str) -> Verdict:
    """It runs, but not as it should on a rack."""
    return Verdict("warn", told, remedy)


def fail(told: str, remedy: str) -> Verdict:
    """It does not run, or not for long."""
    return Verdict("fail", told, remedy)
