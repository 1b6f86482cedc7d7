"""How everything on the audio path is compiled, and where its machine code is kept."""

import hashlib
import os
from pathlib import Path

import numba
import platformdirs

from dsp.core.linked import Function

ROOT = Path(__file__).resolve().parents[2]
COMPILED = ("dsp/**/*.py", "studiod/realtime/*.py")


def compiled(root: Path = ROOT) -> list[Path]:
    """The files that numba compiles, and those beside them.  Raises FileNotFoundError on a folder that has none."""
    found = {pattern: sorted(root.glob(pattern)) for pattern in COMPILED}
    if empty := [pattern for pattern, files in found.items() if not files]:
        raise FileNotFoundError(f"{root}: no file is {' or '.join(empty)}")
    return sorted(file for files in found.values() for file in files)


def fingerprint(root: Path) -> str:
    """A hash of every compiled source and of numba's version.

    numba does not notice that a function called from another file changed; a new directory does.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    for file in compiled(root):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def cache_directory() -> Path:
    """Where the machine code of exactly these sources lives; STUDIOD_CACHE moves it."""
    base = os.environ.get("STUDIOD_CACHE") or platformdirs.user_cache_dir("studiod")
    return Path(base) / "compiled" / fingerprint(ROOT)


numba.config.CACHE_DIR = str(cache_directory())

# fastmath stays off: gliding and resting loops must agree to the bit, and NaN must stay visible.
OPTIONS = {"nogil": True, "error_model": "numpy"}


def rt(function):
    """Compile for the audio thread: no interpreter, no exceptions, no fast-math."""
    made = Function(function, targetoptions={"nopython": True, "boundscheck": None, **OPTIONS})
    made.kept = True
    return made
