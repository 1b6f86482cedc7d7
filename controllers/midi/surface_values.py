"""Values of a map that have a shape of their own: rows of numbers, and patterns."""

import contextlib
import re


def numbers(value: object, low: int = 0, high: int = 127) -> list[int] | None:
    """5, "0-7", [1, 4, 7] or ["0-7", 9] as a list of low..high; None when it is none of these."""
    out: list[int] = []
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, int) and not isinstance(part, bool):
            out.append(part)
        elif isinstance(part, str) and (span := re.fullmatch(r"(\d{1,5})-(\d{1,5})", part)):
            out += range(int(span[1]), int(span[2]) + 1)
        else:
            return None
    return out if out and all(low <= n <= high for n in out) else None


def is_pattern(text: str) -> bool:
    """Whether a text is a regular expression."""
    with contextlib.suppress(re.error):
        return bool(re.compile(text))
    return False
