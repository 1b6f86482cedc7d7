"""What the console calls by a number, and the desk by a point: sources of strips and keys, and of outputs."""

NONE = "none"


def _returns() -> list[str]:
    return [f"return/{n}/{side}" for n in range(1, 5) for side in "lr"]


# off, 32 inputs, 6 aux inputs, 2 of the USB player, 8 effects, 16 buses
SOURCES = (
    NONE,
    *(f"input/{n}" for n in range(1, 39)),
    NONE,
    NONE,
    *(f"fx/{n}/{side}" for n in range(1, 5) for side in "lr"),
    *(f"bus/{n}" for n in range(1, 17)),
)
OUTPUTS = (
    NONE,
    "main/l",
    "main/r",
    NONE,  # the mono mains
    *(f"bus/{n}" for n in range(1, 17)),
    *(f"matrix/{n}" for n in range(1, 7)),
    *(f"ch/{n}" for n in range(1, 41)),
    *_returns(),
    "monitor/l",
    "monitor/r",
    "talkback",
)
