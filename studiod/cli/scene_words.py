"""The words of `studiod scene` on the command line."""

import argparse
from collections.abc import Callable
from pathlib import Path

from studiod.client.x32 import PORT

EXAMPLES = {
    "list": "list",
    "store": "store Verse --scope 'ch/*/fader bus/1'",
    "recall": "recall Verse --fade 3",
    "rename": "rename Verse 'Verse 1'",
    "delete": "delete Verse",
    "diff": "diff Verse Chorus",
    "export": "export Verse -o verse.toml",
    "import": "import verse.toml --name 'Verse 2'",
}


def add(made: argparse.ArgumentParser, common: Callable[[argparse.ArgumentParser], None]) -> None:
    """The words of the command; common adds those of every command that talks to a daemon."""
    whats = made.add_subparsers(dest="what", required=True, metavar="WHAT")

    def what(name: str, about: str, *words: str) -> argparse.ArgumentParser:
        told = f"example: studiod scene {EXAMPLES[name]}"
        one = whats.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".", epilog=told)
        for word in words:
            one.add_argument(word, metavar=word.upper())
        common(one)
        return one

    scope = "these, patterns with spaces between: 'ch/*/fader bus/1 main' (default: all)"
    what("list", "every scene, when it was stored and how many values it has")
    what("store", "store the desk as it is", "name").add_argument(
        "--scope", default="", help=f"it recalls only {scope}"
    )
    recall = what("recall", "bring a scene back, all on one sample or in a crossfade", "name")
    recall.add_argument("--fade", type=float, default=0.0, metavar="S", help="seconds (default: 0, at once)")
    recall.add_argument("--scope", default="", help=f"{scope}; it goes before the scene's own")
    recall.add_argument("--safe", action="store_true", help="outputs and what else scenes leave alone too")
    what("rename", "give a scene another name", "name", "new")
    what("delete", "delete a scene", "name")
    what("diff", "what differs between a scene and the desk, or another scene", "name").add_argument(
        "other", nargs="*", metavar="OTHER", help="another scene (default: the desk as it is)"
    )
    given = what("export", "a scene as TOML, for a file")
    given.add_argument("name", metavar="NAME", nargs="?", help="a scene's name")
    given.add_argument("-o", dest="output", type=Path, metavar="FILE", help="where to (default: print it)")
    given.add_argument(
        "--x32", type=Path, metavar="F.scn", help="the desk as it is, in the X32's text, in place of a scene"
    )
    taken = what("import", "make a scene of a TOML file, or take in a scene file of an X32")
    taken.add_argument("file", type=Path, metavar="FILE", help="as `export` writes it, or config/demo-scene.toml")
    for one in (given, taken):
        one.add_argument("--x32-port", type=int, default=PORT, metavar="PORT", help=f"of [x32] (default: {PORT})")
    taken.add_argument("--name", default="", help="what it is called here (default: as the file says)")
