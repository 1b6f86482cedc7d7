"""Makes the pictures of the page in docs/screens, in Chromium: `python tests/bench/page_pictures.py`.

They are what a browser draws, and change with its letters: so no test compares their bytes.
"""

from typing import Any

import paths  # noqa: F401  (finds what is imported below)

from browser import chromium
from page_rig import Seen
from servers import ROOT
from studiod.registry.registry import Console, Registry
from web_rig import WebRig

CONSOLE = Console(32, 18, 32, 16, 48000, returns=4, matrices=4, dcas=8, mute_groups=6, surfaces=4)
NAMES = ("Kick", "Snare", "Hat", "Toms", "OH L", "OH R", "Bass", "Guitar", "Keys", "Vocal")
COLOURS = ("red", "red", "yellow", "yellow", "cyan", "cyan", "blue", "green", "magenta", "white")
FADERS = (-3.0, -4.5, -12.0, -8.0, -10.0, -10.0, -5.0, -7.5, -11.0, -2.0)
SHOTS: dict[str, tuple[str, dict[str, int]]] = {
    "page-mixer": ("mix/ch", {"width": 1024, "height": 768}),
    "page-eq": ("strip/ch/10/eq", {"width": 1024, "height": 768}),
    "page-musician": ("bus/3", {"width": 390, "height": 844}),
}


def values() -> dict[str, Any]:
    """A small mix."""
    found: dict[str, Any] = {"main/name": "", "bus/3/name": "Anna", "bus/3/colour": "magenta"}
    for n, (name, colour, level) in enumerate(zip(NAMES, COLOURS, FADERS, strict=True), 1):
        found |= {f"ch/{n}/name": name, f"ch/{n}/colour": colour, f"ch/{n}/fader": level, f"ch/{n}/hpf/on": n > 6}
        found[f"ch/{n}/send/3/level"] = level - 6.0 if n in (1, 7, 8, 10) else -90.0
    found |= {"ch/5/pan": -70.0, "ch/6/pan": 70.0, "ch/3/mute": 1, "ch/1/eq/2/gain": -5.0, "ch/2/eq/4/gain": 4.0}
    found |= {"ch/10/eq/1/gain": -4.0, "ch/10/eq/2/gain": -3.0, "ch/10/eq/2/freq": 450.0, "ch/10/eq/3/gain": 3.5}
    found |= {"ch/10/eq/4/type": "high_shelf", "ch/10/eq/4/gain": 4.0, "ch/10/comp/on": 1}
    return found


def main() -> None:
    with WebRig(Registry(CONSOLE)) as rig, chromium(has_touch=True) as context:
        for path, value in values().items():
            rig.set(path, value)
        for name, (place, size) in SHOTS.items():
            seen = Seen(context, rig.port, place)
            seen.page.set_viewport_size(size)
            seen.live()
            seen.frames(30)
            seen.page.screenshot(path=str(ROOT / "docs" / "screens" / f"{name}.png"))
            seen.close()


if __name__ == "__main__":
    main()
