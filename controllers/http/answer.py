"""What the web port answers, before it goes over a wire: a status, and pieces that are made while they are sent."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

JSON = "application/json"


@dataclass(frozen=True)
class Answer:
    """status: of HTTP; pieces: of what follows, each at most some 16 kB and 1 ms of work."""

    pieces: Iterator[bytes]
    status: int = 200
    kind: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def whole(what: object) -> Answer:
    """Something small, at once."""
    return Answer(iter((json.dumps(what, allow_nan=False).encode(),)))


def told(status: int, reason: str, **more: str) -> Answer:
    """A refusal in words."""
    return Answer(iter([json.dumps({"error": reason, **more}).encode()]), status)


def nothing() -> Answer:
    """Understood, and there is nothing to tell."""
    return Answer(iter(()), 204)
