"""Bad input: every fault of file, codes and mixes at once, each with its key, and nothing rendered."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from studiod.cli.main import main


def master(*words: object) -> int:
    return main(["master", *map(str, words)])


GOOD = """[album]
title = "A"
DELIVER
[[song]]
file = "good.wav"
title = "One"
SONG
[[song]]
file = "other.wav"
title = "Two"
"""


@pytest.fixture(scope="module")
def mixes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """good.wav and other.wav of 5 s, and what no release can be made of."""
    folder = tmp_path_factory.mktemp("mixes")
    noise = np.random.default_rng(1).uniform(-0.3, 0.3, (5 * 44100, 2)).astype(np.float32)
    sf.write(folder / "good.wav", noise, 44100, "PCM_24")
    sf.write(folder / "other.wav", noise[::-1], 44100, "PCM_24")
    sf.write(folder / "short.wav", noise[: 2 * 44100], 44100, "PCM_24")
    sf.write(folder / "low.wav", noise, 32000, "PCM_24")
    sf.write(folder / "six.wav", np.repeat(noise[:, :1], 6, axis=1), 44100, "PCM_24")
    sf.write(folder / "empty.wav", noise[:0], 44100, "PCM_24")
    spoilt = noise.copy()
    spoilt[44100, 1] = np.nan
    sf.write(folder / "nan.wav", spoilt, 44100, "FLOAT")
    whole = (folder / "good.wav").read_bytes()
    (folder / "broken.wav").write_bytes(whole[: len(whole) - 2 * 44100 * 6])
    os.mkfifo(folder / "pipe")
    (folder / "text.wav").write_text("no sound")
    (folder / "text.png").write_text("no picture")
    (folder / "chain.toml").write_text('[values]\n"ch/1/fader" = -3.0\n')
    return folder


def check(folder: Path, text: str, capfd: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """The exit code of --check, and its lines without the file's name."""
    path = folder / "album.toml"
    path.write_text(text, "utf-8")
    code = master(path, "-o", folder / "made", "--check", "--work", folder / "work")
    out = capfd.readouterr()
    assert not (folder / "made").exists()
    return code, (out.err or out.out).replace(f"{path}: ", "").splitlines()


def text(deliver: str = "", song: str = "") -> str:
    return GOOD.replace("DELIVER", deliver).replace("SONG", song)


FAULTS = [  # the text of a file, and what its one line says
    (text('titel = "B"'), "album.titel: no such key; nearest is title"),
    (text("zzz = 1"), "album.zzz: no such key; leave it out"),
    (text() + "[albums]\n", "albums: no such table; nearest is album"),
    (
        "[album]\ntitle = 3\n" + text().split("\n", 2)[2],
        "album.title: expected a text of 1 to 200 characters on one line; got 3",
    ),
    (
        '[album]\n[[song]]\nfile = "good.wav"\ntitle = "One"\n',
        "album.title: expected this key, which is not there; add it",
    ),
    ('[album]\ntitle = "A"\n', "song: expected at least one song, under [[song]]; there is none"),
    ('song = 3\n[album]\ntitle = "A"\n', "song: expected tables, each under [[song]]; got 3"),
    (
        text('upc = "0602527474518"'),
        "album.upc: expected the check digit 9 at the end, as in 0602527474519; look at the other"
        " digits too; got '0602527474518'",
    ),
    (text('upc = "12"'), "album.upc: expected 12 digits (UPC) or 13 (EAN); got '12'"),
    (text("upc = 12"), "album.upc: expected 12 or 13 digits in quotes"),
    (text('date = "2026"'), "album.date: expected a day without quotes, as in 2026-11-28; got '2026'"),
    (
        text("artwork = 1"),
        "album.artwork: expected the name of a file, from the folder of the album file; got 1",
    ),
    (
        text('artwork = "none.png"'),
        "expected a picture; it cannot be read: No such file or directory; check the name",
    ),
    (text('artwork = "text.png"'), "expected a JPEG or a PNG; got something else; export it as one of them"),
    (text('loudness = { mode = "loud" }'), "album.loudness.mode: expected one of album song off; got 'loud'"),
    (
        text("loudness = { target_lufs = 3.0 }"),
        "album.loudness.target_lufs: expected LUFS from -60 to 0; got 3",
    ),
    (text("loudness = 3"), "album.loudness: expected a table; got 3"),
    (text("ceiling_dbtp = 1.0"), "album.ceiling_dbtp: expected dBTP from -20 to 0; got 1"),
    (
        text('ceiling_meter = "vu"'),
        "album.ceiling_meter: expected one of studiod libebur128 16x257; got 'vu'",
    ),
    (text("limiter = { release_ms = 0.0 }"), "album.limiter.release_ms: expected ms from 1 to 1000; got 0"),
    (
        text("limiter = { lookahead_ms = 9.0 }"),
        "album.limiter.lookahead_ms: expected ms from 0.5 to 5; got 9",
    ),
    (
        text('deliver = ["wav32"]'),
        "album.deliver[1]: expected one of wav24 wav16 wav32f flac mp3 ogg opus cd; nearest is wav32f; got 'wav32'",
    ),
    (text('deliver = ["mp3@48000"]'), "album.deliver[1]: expected mp3 alone: its rate is 44100 Hz; got 'mp3@48000'"),
    (
        text('deliver = ["flac", "wav24@32000"]'),
        "album.deliver[2]: expected wav24@ and one of 44100 48000 88200 96000 176400 192000 Hz",
    ),
    (text('deliver = ["cd", "cd"]'), "album.deliver: expected each format once; cd stands there twice"),
    (text("deliver = []"), 'album.deliver: expected formats, as in ["wav24", "flac", "cd", "mp3"]'),
    (text('noise_shaping = "yes"'), "album.noise_shaping: expected true or false; got 'yes'"),
    (text('chain = "chain.toml"'), "album.chain: "),
    (text('chain = "pipe"'), "cannot read this scene: it is a FIFO, not a plain file; check the name"),
    (text('chain = "none.toml"'), "cannot read this scene: No such file or directory"),
    (
        text(song="gap_s = -1.0"),
        "song[1].gap_s: expected seconds from 0 to 600, or minutes, seconds and frames of 1/75 s"
        ' as in "00:02:37"; got -1',
    ),
    (text(song='gap_s = "00:02:75"'), "song[1].gap_s: expected seconds from 0 to 600, or minutes"),
    (text(song="crossfade_s = 2.0"), "song[1].crossfade_s: there is no song before the first; leave it out"),
    (
        text() + "crossfade_s = 2.0\ngap_s = 1.0\n",
        "song[2].crossfade_s: expected a gap or a crossfade, not both; leave one of them out",
    ),
    (
        text(song="end_s = 2.0") + "crossfade_s = 3.0\n",
        "song[2].crossfade_s: expected at most 2.000 s for 'One', its length; got 3 s",
    ),
    (text(song="start_s = 6.0"), "song[1].start_s: expected at most 5.000 s, the end of the file; got 6 s"),
    (text(song="end_s = 6.0"), "song[1].end_s: expected at most 5.000 s, the end of the file; got 6 s"),
    (
        text(song="start_s = 3.0\nend_s = 2.0"),
        "song[1].end_s: expected more than start_s, 3 s; got 2 s; 0 is the file's end",
    ),
    (
        text(song="fade_out = { s = 6.0 }"),
        "song[1].fade_out.s: expected at most 5.000 s, the length of the song; got 6 s",
    ),
    (
        text(song="fade_in = { s = 3.0 }\nfade_out = { s = 3.0 }"),
        "song[1].fade_out.s: expected both fades to fit into the song of 5.000 s; got 3 and 3 s",
    ),
    (
        text(song='fade_in = { shape = "sine" }'),
        "song[1].fade_in.shape: expected one of linear equal_power s; got 'sine'",
    ),
    (
        text(song='isrc = "GBUM7260001"'),
        "song[1].isrc: expected an ISRC: 2 letters, 3 letters or digits, 2 digits of the year, 5"
        " digits, as in GB-UM7-26-29604; got 'GBUM7260001'",
    ),
    (text(song="isrc = 3"), 'song[1].isrc: expected "auto", or an ISRC as in "GB-UM7-26-29604"; got 3'),
    (
        text(song='isrc = "gb-um7-26-29604"') + 'isrc = "GBUM72629604"\n',
        "song[2].isrc: expected a code of its own; GB-UM7-26-29604 stands at song[1].isrc too; each recording has one",
    ),
    (
        text(song='isrc = "auto"'),
        "isrc: expected a table [isrc] with prefix and year, for codes that are given out",
    ),
    (
        text(song='isrc = "auto"') + 'isrc = "auto"\n[isrc]\nprefix = "GBUM7"\nyear = 26\nnext = 99999\n',
        "isrc: expected a code left of GBUM726: its last, 99999, is given out; take the next year, or another prefix",
    ),
    (
        text() + '[isrc]\nprefix = "GB"\nyear = 26\n',
        "isrc.prefix: expected the 5 characters that you own: 2 letters, 3 letters or digits, as in GBUM7; got 'GB'",
    ),
    (
        text() + '[isrc]\nprefix = "GBUM7"\nyear = 126\n',
        "isrc.year: expected a whole number from 0 to 99; got 126",
    ),
    (text(song='title2 = "x"'), "song[1].title2: no such key; nearest is title"),
    (
        text().replace('title = "One"', 'title = ""'),
        "song[1].title: expected a text of 1 to 200 characters on one line; got ''",
    ),
    (text().replace("good.wav", ""), "song[1].file: expected this key, which is not there; add it"),
    (text('artwork = "pipe"'), "expected a picture; it cannot be read: it is a FIFO, not a plain file"),
    (text().replace("good.wav", "pipe"), "pipe: cannot read this file: it is a FIFO, not a plain file"),
    (
        text().replace("good.wav", "broken.wav"),
        "broken.wav: expected 5.000 s, as its header says; 3.000 s of it are there; copy it again",
    ),
    (text(song="explicit = 1"), "song[1].explicit: expected true or false; got 1"),
    (text(song="offset_lu = 99.0"), "song[1].offset_lu: expected LU from -40 to 40; got 99"),
    (
        text().replace('title = "Two"', "title = '''Say \"No\"'''"),
        'song[2].title: expected a title without ", which names of files and CUE sheets cannot hold: write “ and ”',
    ),
    (
        text().replace('title = "Two"', 'title = "Two/Three"'),
        "song[2].title: expected a title without /, which names of files and CUE sheets cannot hold: write a dash",
    ),
    (
        text().replace('title = "Two"', 'title = "Two\\nThree"'),
        "song[2].title: expected a text of 1 to 200 characters on one line; got 'Two\\nThree'",
    ),
    (
        text(song="".join(f'[[song.version]]\nname = "{name}"\nfile = "good.wav"\n' for name in ("Mix", "MIX"))),
        "song[1].version[2].name: the file '01 One (MIX)' would have the name of that of"
        " song[1].version[1].name, where systems do not tell case apart; give it another",
    ),
    (
        text().replace("good.wav", "none.wav"),
        "none.wav: cannot read this file: there is no such file; check the name",
    ),
    (text().replace("good.wav", "text.wav"), "song[1].file: "),
    (
        text().replace("good.wav", "empty.wav"),
        "empty.wav: expected sound; there is none in it; export it again",
    ),
    (
        text().replace("good.wav", "nan.wav"),
        "nan.wav: expected numbers; at 1.000 s a sample is none (NaN or infinite); export it again, or cut that place",
    ),
    (text().replace("good.wav", "six.wav"), "six.wav: expected 1 or 2 channels; it has 6; name a stereo mix"),
    (
        text('deliver = ["cd"]').replace("good.wav", "low.wav"),
        "low.wav: expected at least 44100 Hz for a CD; it has 32000 Hz; export it at a higher rate",
    ),
    (
        text('deliver = ["cd"]').replace("good.wav", "short.wav"),
        "song[1]: expected at least 00:04:00 for a track of a CD; got 00:02:00; leave out cd, or"
        " join it with its neighbour",
    ),
    (
        text() + "limiter = { release_ms = 20.0 }\ngap_s = 0.0\n",
        "song[2].limiter: expected none of its own, since it touches a neighbour: the limiter remembers",
    ),
]


@pytest.mark.parametrize(("album", "told"), FAULTS, ids=[str(k) for k in range(len(FAULTS))])
def test_one_fault_is_one_line_with_its_key(
    mixes: Path, album: str, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    code, lines = check(mixes, album, capfd)
    assert code == 2
    assert len(lines) == 1, lines
    assert told in lines[0]


def test_every_format_at_fault_is_told(mixes: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, lines = check(mixes, text('deliver = ["wave24", "wav24", "cd@48000", 3]'), capfd)
    assert code == 2
    assert [line.split(": ")[0] for line in lines] == [f"album.deliver[{n}]" for n in (1, 3, 4)]


def test_a_version_of_another_length_is_told_and_one_of_which_nothing_is_heard_refused(
    mixes: Path, capfd: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    version = '[[song.version]]\nname = "Short"\nfile = "short.wav"\n'
    told = "song[1].version[1].file: it is 3.000 s shorter than its song, and is made as long"
    assert check(mixes, text(song=version), capfd) == (0, [told])
    told = "song[1].version[1].file: expected more than start_s, 3 s; it ends before; trim less"
    assert check(mixes, text(song="start_s = 3.0\n" + version), capfd) == (2, [told])


def test_all_faults_are_told_at_once(mixes: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Of the file, of a code, of a mix and of the place to write to."""
    album = text('titel = "x"\nupc = "0602527474518"', 'isrc = "x"\nstart_s = 9.0').replace("other.wav", "nan.wav")
    path = mixes / "album.toml"
    path.write_text(album, "utf-8")
    (mixes / "taken").mkdir(exist_ok=True)
    (mixes / "taken" / "notes.txt").write_text("mine")
    assert master(path, "-o", mixes / "taken", "--workers", 0, "--work", mixes / "work") == 2
    told = capfd.readouterr().err.splitlines()
    starts = ["album.titel", "album.upc", "song[1].isrc", "song[2].file", "song[1].start_s", "-o", "--workers"]
    assert [any(line.removeprefix(f"{path}: ").startswith(one) for line in told) for one in starts] == [True] * 7
    assert len(told) == 7
    assert (mixes / "taken" / "notes.txt").read_text() == "mine"


def test_a_good_album_has_nothing_wrong(mixes: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert check(mixes, text(), capfd) == (0, ["nothing is wrong"])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"title = [", "expected TOML; "),
        (b"\xff\xfe", "expected UTF-8 text; byte 0 is not; save it as UTF-8"),
        (None, "no such file; name an album file, as in docs/mastering.md"),
    ],
)
def test_a_file_that_is_no_album_is_one_line(
    tmp_path: Path, data: bytes | None, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    if data is not None:
        (tmp_path / "album.toml").write_bytes(data)
    assert master(tmp_path / "album.toml", "--check") == 2
    assert told in capfd.readouterr().err


def test_who_may_not_write_there_is_told(mixes: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = mixes / "album.toml"
    path.write_text(text(), "utf-8")
    assert master(path, "-o", mixes / "none" / "made", "--check", "--work", mixes / "work") == 2
    assert (
        f"-o: {mixes / 'none' / 'made'}: there is no folder {mixes / 'none'}; make it, or name another"
        in capfd.readouterr().err
    )
    if os.getuid():  # root may write everywhere
        shut = mixes / "shut"
        shut.mkdir(mode=0o500)
        assert master(path, "-o", shut / "made", "--check", "--work", mixes / "work") == 2
        assert "no right to write" in capfd.readouterr().err


def test_a_hundred_tracks_and_eighty_minutes_are_no_cd(mixes: Path, capfd: pytest.CaptureFixture[str]) -> None:
    song = '[[song]]\nfile = "good.wav"\ntitle = "S{}"\ngap_s = {}\n'
    head = '[album]\ntitle = "A"\ndeliver = ["cd"]\n'
    code, lines = check(mixes, head + "".join(song.format(k, 0.5) for k in range(100)), capfd)
    lines = lines[1:]  # the first song has a gap that is not heard
    assert (code, lines) == (2, ["album.deliver: expected at most 99 tracks for a CD; got 100"])
    long = head + "".join(song.format(k, 600.0 if k else 0.0) for k in range(9))
    code, lines = check(mixes, long, capfd)
    assert (code, lines) == (
        2,
        ["album.deliver: expected at most 79:57:00 for a CD; got 80:45:00; leave out cd, or a song"],
    )
    code, lines = check(mixes, long.replace("600.0", "580.0"), capfd)
    assert (code, lines) == (0, ["album.deliver: 78:05:00 on a CD: some plants press at most 78 minutes"])
