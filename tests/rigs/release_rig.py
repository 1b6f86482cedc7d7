"""The album of docs/mastering.md with its mixes: three real pieces, rendered from the demo with three scenes."""

import re
import struct
import zlib
from pathlib import Path

import soundfile as sf
import soxr

from studiod.cli.main import main
from studiod.paths import ROOT

DEMO_HZ = 48_000
PAGE = (ROOT / "docs" / "mastering.md").read_text("utf-8")
SCENE = (ROOT / "config" / "demo-scene.toml").read_text("utf-8")
# name: what its scene says besides, start and length in the demo, rate, word
PIECES = {
    "one": ("", 10.0, 5.3, 44_100, "PCM_16"),
    "one-instrumental": ('"ch/9/mute" = 1\n', 10.0, 5.3, 44_100, "PCM_16"),
    "two": ('"ch/7/mute" = 1\n', 16.0, 6.1, 48_000, "PCM_24"),
    "three": ('"ch/1/mute" = 1\n"ch/2/mute" = 1\n', 22.0, 5.9, 96_000, "FLOAT"),
}


def page_album() -> str:
    """The album file as the page has it."""
    found = re.search(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def mixes(folder: Path) -> None:
    """Render the pieces: one of 44.1 kHz and 16 bit with its instrumental, one of 24 bit, one of 96 kHz and float."""
    for name, (more, start_s, length_s, rate_hz, subtype) in PIECES.items():
        values = {line.partition(" =")[0] for line in more.splitlines()}
        kept = [line for line in SCENE.splitlines() if line.partition(" =")[0] not in values]
        (folder / "scene.toml").write_text("\n".join(kept) + "\n" + more, "utf-8")
        mix = folder / "whole.wav"
        words = ["--input", ROOT / "config" / "demo", "--scene", folder / "scene.toml", "--output", f"main={mix}"]
        assert main(["render", *map(str, words)]) == 0
        first, frames = round(start_s * DEMO_HZ), round(length_s * DEMO_HZ)
        sound, _ = sf.read(mix, dtype="float32", start=first, frames=frames)
        sf.write(folder / f"{name}.wav", soxr.resample(sound, DEMO_HZ, rate_hz, "VHQ"), rate_hz, subtype)
        mix.unlink()
        (folder / "scene.toml").unlink()


def picture() -> bytes:
    """A PNG of one red pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def album(folder: Path, text: str | None = None, *, name: str = "album.toml") -> Path:
    """An album file beside its mixes, which are made where they are not there; as the page has it, or as text."""
    if not (folder / "three.wav").exists():
        mixes(folder)
    (folder / "cover.png").write_bytes(picture())
    path = folder / name
    path.write_text(page_album() if text is None else text, "utf-8")
    return path


def delivering(*formats: str) -> str:
    """The page's album in other formats, with a cover."""
    told = ", ".join(f'"{one}"' for one in formats)
    text = re.sub(r"^deliver = .*$", f"deliver = [{told}]", page_album(), flags=re.MULTILINE)
    return text.replace("[isrc]", 'artwork = "cover.png"\n\n[isrc]', 1)


def master(folder: Path, *words: object, file: str = "album.toml", out: str = "Evermore") -> int:
    """studiod master of an album, in this process, its steps kept beside it; the exit code."""
    given = [folder / file, "-o", folder / out, "--work", folder / "work", *words]
    return main(["master", *map(str, given)])
