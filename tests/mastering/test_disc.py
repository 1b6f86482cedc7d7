"""The sheets of a CD, as cdrdao and cuetools read them: every index, code and number equals the plan to the frame."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from servers import need_tool
from studiod.mastering.formats import disc
from studiod.mastering.formats.disc import Disc, Track, frames_of

DISC = Disc(
    "Ævintýri", 3037,
    (
        Track(1, "Høst", 0, None, "Ünder", None, "GBUM72629604"),
        Track(2, 'No "quotes"', 812, 700, "Ünder", "Çelik", "GBUM72629605"),
        Track(3, "Touching", 1350, None, "Ünder", None, None),
        Track(4, "Last", 2100, 2099, None, None, "GBUM72629607"),
    ),
    "Ünder", "0602527474519", "Rock",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an image and its sheets."""
    folder = tmp_path_factory.mktemp("cd")
    sf.write(folder / "a b.wav", np.zeros((DISC.length * 588, 2), np.int16), 44_100, "PCM_16")
    (folder / "a.cue").write_bytes(disc.cue(DISC, "a b.wav"))
    (folder / "a.toc").write_bytes(disc.toc(DISC, "a b.wav"))
    return folder


def told(made: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=made, capture_output=True, check=True)
    return (done.stdout + done.stderr).decode("latin-1")


def test_cdrdao_reads_the_toc_as_it_was_planned(made: Path) -> None:
    text = told(made, need_tool("cdrdao", "cdrdao"), "show-toc", "a.toc")
    assert re.search(r"CATALOG NUMBER: (\d+)", text)[1] == DISC.upc
    tracks = text.split("TRACK ")[1:]
    assert len(tracks) == 4
    for track, body in zip(DISC.tracks, tracks, strict=True):
        isrc = re.search(r"ISRC ([\w ]+)", body)
        assert (isrc[1].replace(" ", "") if isrc else None) == track.isrc
        assert frames_of(re.search(r"START  ([\d:]{8})", body)[1]) == track.index_1
        pause = re.search(r"PREGAP ([\d:]{8})", body)
        begins = track.index_1 - frames_of(pause[1]) if pause else None
        assert begins == track.index_0
    ends = [frames_of(re.search(r"END    ([\d:]{8})", body)[1]) for body in tracks]
    assert ends[-1] == DISC.length


def test_cdrdao_reads_every_block_of_the_image(made: Path) -> None:
    text = told(made, need_tool("cdrdao", "cdrdao"), "read-test", "a.toc")
    assert f"Read {DISC.length} blocks." in text
    assert "WARNING" not in text


def test_cuetools_read_codes_and_breaks(made: Path) -> None:
    cueprint, breaks = (need_tool(name, "cuetools") for name in ("cueprint", "cuebreakpoints"))
    text = told(made, cueprint, "-t", "%n|%i|%t|%p\n", "a.cue")
    rows = [line.split("|") for line in text.splitlines()]
    assert [int(row[0]) for row in rows] == [1, 2, 3, 4]
    assert [row[1] or None for row in rows] == [track.isrc for track in DISC.tracks]
    assert [row[2] for row in rows] == ["Høst", "No 'quotes'", "Touching", "Last"]
    assert [row[3] for row in rows] == ["Ünder"] * 3 + [""]
    found = re.findall(r"(\d+):(\d\d)\.(\d\d)", told(made, breaks, "--append-gaps", "a.cue"))
    assert [(int(m) * 60 + int(s)) * 75 + int(f) for m, s, f in found] == [812, 1350, 2100]
    gaps = re.findall(r"(\d+):(\d\d)\.(\d\d)", told(made, breaks, "--prepend-gaps", "a.cue"))
    assert [(int(m) * 60 + int(s)) * 75 + int(f) for m, s, f in gaps] == [700, 1350, 2099]


def test_cdrdao_reads_the_cue_sheet_too(made: Path) -> None:
    text = told(made, need_tool("cdrdao", "cdrdao"), "show-toc", "a.cue")
    starts = [frames_of(time) for time in re.findall(r"START  ([\d:]{8})", text)]
    assert starts == [track.index_1 for track in DISC.tracks]
    assert f"CATALOG NUMBER: {DISC.upc}" in text


def test_both_sheets_read_back_as_they_were_meant() -> None:
    assert disc.read_cue(disc.cue(DISC, "x.wav")) == (DISC.upc, disc.rows(DISC))
    assert disc.read_toc(disc.toc(DISC, "x.wav")) == (DISC.upc, disc.rows(DISC), DISC.length)
    plain = Disc("A", 300, (Track(1, "東京", 0),))
    assert disc.cue(plain, "x.wav").decode()  # UTF-8 where Latin-1 lacks a letter
    assert disc.read_cue(disc.cue(plain, "x.wav")) == (None, disc.rows(plain))
    assert disc.read_toc(disc.toc(plain, "x.wav")) == (None, disc.rows(plain), 300)


def test_the_pq_sheet_tells_times_on_the_disc_with_its_pre_gap() -> None:
    lines = disc.pq_sheet(DISC).splitlines()
    assert lines[1] == "UPC/EAN 0602527474519   total 00:40:37   1/75 s a frame; on the disc"
    assert [line.split()[:3] for line in lines[4:]] == [
        ["01", "00", "00:00:00"], ["01", "01", "00:02:00"], ["02", "00", "00:11:25"], ["02", "01", "00:12:62"],
        ["03", "01", "00:20:00"], ["04", "00", "00:29:74"], ["04", "01", "00:30:00"], ["AA", "01", "00:42:37"],
    ]  # fmt: skip
