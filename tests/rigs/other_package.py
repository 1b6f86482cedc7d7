"""The package of another, laid down as pip would do it: the module `toy_language`, and one line of entry points."""

import shutil
from pathlib import Path

from studiod.settings.languages import GROUP


def package(folder: Path, entry: str = "toy_language:CONTROLLER") -> Path:
    """Into a folder where Python looks for packages."""
    shutil.copy(Path(__file__).with_name("toy_language.py"), folder)
    info = folder / "toy_language-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-language\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\ntoy = {entry}\n")
    return folder
