"""The one vocabulary that names every place audio can come from on a console."""

from difflib import get_close_matches

TOOLS = ("talkback", "generator", "click")


def points(inputs: int, channels: int, buses: int, returns: int = 0, matrices: int = 0) -> tuple[str, ...]:
    """Every point that a mono reader can take, in the order a menu shows them."""
    return (
        "none",
        *(f"input/{n}" for n in range(1, inputs + 1)),
        *(f"ch/{n}" for n in range(1, channels + 1)),
        *(f"bus/{n}" for n in range(1, buses + 1)),
        *sides("main"),
        *sides("main/pre_limiter"),
        *(side for n in range(1, returns + 1) for side in sides(f"return/{n}")),
        *(side for n in range(1, returns + 1) for side in sides(f"fx/{n}")),
        *(f"matrix/{n}" for n in range(1, matrices + 1)),
        *sides("monitor"),
        *TOOLS,
        *(f"track/{n}" for n in range(1, channels + 1)),
    )


def sides(name: str) -> tuple[str, str]:
    """The left and the right point of a stereo name."""
    return f"{name}/l", f"{name}/r"


def stereo(items: tuple[str, ...]) -> tuple[str, ...]:
    """The names among points that mean both of their sides."""
    return tuple(item[:-2] for item in items if item.endswith("/l"))


def vocabulary(items: tuple[str, ...]) -> str:
    """The points in one short line: none, input/1..32, ch/1..32, bus/1..16, main/l, main/r, return/1..4/l, …"""
    counts: dict[tuple[str, str], int] = {}
    for item in items:
        parts = item.split("/")
        at = next((k for k, part in enumerate(parts) if part.isdigit()), 0)
        name = ("/".join(parts[:at]), "".join(f"/{part}" for part in parts[at + 1 :])) if at else (item, "")
        counts[name] = int(parts[at]) if at else 0
    named = ((head, tail, f"1..{n}" if n > 1 else "1") for (head, tail), n in counts.items())
    return ", ".join(f"{head}/{span}{tail}" if counts[head, tail] else head for head, tail, span in named)


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
