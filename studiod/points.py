"""The one vocabulary that names every place audio can come from on a console."""

from difflib import get_close_matches

STEREO = ("main", "main/pre_limiter")  # names of both sides at once


def points(inputs: int, channels: int, buses: int) -> tuple[str, ...]:
    """Every point that a mono reader can take, in the order a menu shows them."""
    return (
        "none",
        *(f"input/{n}" for n in range(1, inputs + 1)),
        *(f"ch/{n}" for n in range(1, channels + 1)),
        *(f"bus/{n}" for n in range(1, buses + 1)),
        "main/l",
        "main/r",
        "main/pre_limiter/l",
        "main/pre_limiter/r",
    )


def vocabulary(items: tuple[str, ...]) -> str:
    """The points in one short line: none, input/1..32, ch/1..32, bus/1..16, main/l, main/r."""
    counts: dict[str, int] = {}
    for item in items:
        kind, _, index = item.rpartition("/")
        name = kind if index.isdigit() else item
        counts[name] = int(index) if index.isdigit() else 0
    return ", ".join(f"{name}/1..{n}" if n > 1 else f"{name}/1" if n else name for name, n in counts.items())


def nearest_point(items: tuple[str, ...], name: str) -> str:
    """The point that a mistaken name most likely means."""
    if name.startswith("main"):
        early = "/pre_limiter" if "pre" in name else ""
        return f"main{early}/{'r' if name.endswith(('/r', '/R')) else 'l'}"
    kind, _, index = name.lower().partition("/")
    same = [item for item in items if item.startswith(kind + "/")]
    if same and index.isdigit():
        return same[0] if int(index[:9]) < 1 else same[-1] if int(index[:9]) > len(same) else f"{kind}/{int(index[:9])}"
    close = get_close_matches(name.lower()[:40], same or items, 1, 0.0)
    return close[0] if close else "none"
