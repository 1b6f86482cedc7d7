"""`studiod layout`: a layout for a tablet app, made from the registry."""

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from studiod.encoding import say, whole
from studiod.errors import Fault
from studiod.texts import NAME_MAX, nameable, plain

PORT = 9001  # that an app listens on
APPS = {"touchosc": ".tosc", "open-stage-control": ".json"}
SCREEN = (1024, 768)  # px


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """The command; command makes one."""
    layout = command(
        "layout", "a layout for a tablet app: every fader, meter and switch of this console", _layout,
        "layout touchosc -o desk.tosc; also layout touchosc --role bus:3 -o anna.tosc",
    )  # fmt: skip
    layout.add_argument("app", metavar="APP", choices=sorted(APPS), help=" or ".join(sorted(APPS)))
    layout.add_argument("-o", "--output", metavar="FILE", type=Path, help="where to (default: studiod with its ending)")
    layout.add_argument("--strips", metavar="1-8", default="", help="these channels alone: 1-8, 1-4,9 (default: all)")
    layout.add_argument("--role", metavar="ROLE", default="mix", help="bus:3: that mix alone, for its musician")
    layout.add_argument(
        "--port",
        metavar="N",
        dest="listens",
        default=str(PORT),
        help=f"the port that the app listens on (default: {PORT})",
    )
    layout.add_argument("--width", metavar="PX", type=int, default=SCREEN[0], help=f"(default: {SCREEN[0]})")
    layout.add_argument("--height", metavar="PX", type=int, default=SCREEN[1], help=f"(default: {SCREEN[1]})")
    layout.add_argument("--scene", metavar="NAME", nargs="+", default=[], help="buttons that recall these")
    layout.add_argument("--config", type=Path, metavar="F", help="settings, for the size of the console")


def numbers(text: str) -> list[int]:
    """1-4,9 → 1 2 3 4 9.  Raises Fault."""
    found: list[int] = []
    for word in text.split(",") if text else []:
        match = re.fullmatch(r"\s*([0-9]{1,3})(?:\s*-\s*([0-9]{1,3}))?\s*", word)
        if not match or (match[2] and int(match[2]) < int(match[1])):
            raise Fault(f"--strips: expected channels as in 1-8 or 1-4,9; got {plain(text, 40)!r}")
        found += range(int(match[1]), int(match[2] or match[1]) + 1)
    return found


def _layout(args: argparse.Namespace) -> int:
    from studiod.layouts.drawn import drawn
    from studiod.registry.registry import Console, Registry
    from studiod.settings.schema import Settings, load

    if not re.fullmatch(r"[0-9]{1,5}", args.listens) or not 1 <= int(args.listens) <= 65535:
        raise Fault(f"--port: expected a port from 1 to 65535; got {plain(args.listens, 40)!r}")
    if wrong := [name for name in args.scene if not nameable(name)]:
        expected = f"names of 1 to {NAME_MAX} characters, none of them a control character"
        raise Fault(f"--scene: expected {expected}; got '{plain(wrong[0], 40)}'")
    size = load(args.config).console if args.config else Settings().console
    registry = Registry(Console(**size.model_dump()))
    surface = drawn(registry, args.role, numbers(args.strips), args.scene, args.width, args.height)
    path = args.output or Path(f"studiod{APPS[args.app]}")
    told = plain(whole(str(path)))
    try:
        _write(args.app, registry, surface, int(args.listens), path)
    except OSError as fault:
        raise Fault(f"{told}: cannot be written: {fault.strerror or fault}; -o names another file") from None
    faders = sum(part.kind == "fader" for part in surface.parts())
    say(f"{told}: {faders} faders, {args.width} × {args.height} px")
    return 0


def _write(app: str, registry, surface, port: int, path: Path) -> None:
    if app == "touchosc":
        from studiod.layouts import touchosc

        touchosc.write(registry, surface, port, path)
        return
    from studiod.layouts import stage_control

    stage_control.write(registry, surface, path)
