"""Paths in the settings: made absolute from the folder of the file, a home in the place of "~"."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

PART_MAX = 255  # bytes of a name within a path, on every file system here
PATH_MAX = 4095  # bytes
KEYS = {"virtual": ("play", "capture", "moves", "start_scene"), "state": ("directory", "recordings")}


def home(text: str) -> str:
    """A path with the home that its "~" stands for; as it is where there is no such user."""
    try:
        return str(Path(text).expanduser())
    except RuntimeError:
        return text


def _path(text: str) -> str:
    """A path that a system could have."""
    if text.startswith("~"):
        raise ValueError(f"a path; there is no home for {text.partition('/')[0][:40]!r}")
    parts = [len(part.encode("utf-8", "surrogateescape")) for part in text.split("/")]
    if "\0" in text or max(parts) > PART_MAX or sum(parts) + len(parts) > PATH_MAX:
        raise ValueError(f"a path of at most {PATH_MAX} bytes, {PART_MAX} for each name in it, and no NUL")
    return text


FilePath = Annotated[str, AfterValidator(_path)]  # "" is none


def rooted(data: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The same with the paths made absolute; what is of the wrong type, or has no home, the model refuses."""

    def absolute(value: Any) -> Any:
        if isinstance(value, list):
            return [absolute(one) for one in value]
        if not isinstance(value, str) or not value:
            return value
        found = home(value)
        return found if found.startswith("~") else str(folder / found)

    out = dict(data)
    for table, keys in KEYS.items():
        held = out.get(table)
        if isinstance(held, dict):
            out[table] = {key: absolute(value) if key in keys else value for key, value in held.items()}
    return out
