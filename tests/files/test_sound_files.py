"""The one reader: however a file is read, it is the same sound; and what a head claims is a claim."""

import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import numpy as np
import pytest
import soundfile as sf
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from descriptors import held
from sound_kinds import BY_NAME, KINDS, Kind, sweep, telling
from studiod.cli.main import main
from studiod.errors import Fault
from studiod.files import spool
from studiod.files.folders import ENDINGS
from studiod.files.mpeg_frames import frame_bytes
from studiod.files.sound_files import SoundFile, Unreadable
from studiod.metering.measure import measure
from studiod.multitrack.machine import LEAD_S
from studiod.registry.registry import Console
from tape_rig import Rig

RATE_HZ = 48_000


FOLDER = TemporaryDirectory(prefix="studiod-kinds-")  # of the examples; gone with the tests


def seeded(examples: int) -> settings:
    """The same every time; what fails is not made smaller, which takes minutes."""
    return settings(max_examples=examples, derandomize=True, database=None, phases=[Phase.generate])


@cache
def example(name: str, rate_hz: int = RATE_HZ, channels: int = 2) -> tuple[Path, np.ndarray]:
    """A file of a kind, and the sound that soundfile reads out of it in one go, without a jump to the start before."""
    kind = BY_NAME[name]
    path = kind.write(Path(mkdtemp(dir=FOLDER.name)) / "sound.bin", telling(20_011, channels), rate_hz)
    plain = path if name != "BW64" else Kind("RF64", "RF64", "PCM_24", ()).write(
        path.with_name("same"), telling(20_011, channels), rate_hz
    )  # fmt: skip
    with sf.SoundFile(plain) as file:
        return path, file.read(dtype="float32", always_2d=True)


def all_of(path: Path) -> np.ndarray:
    with SoundFile(path) as file:
        return file.whole()


# -- the same sound, whichever way -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@seeded(5)
@given(st.data())
def test_pieces_and_jumps_are_the_whole_sound(kind: Kind, data: st.DataObject) -> None:
    rate_hz, channels = data.draw(st.sampled_from(kind.rates_hz)), data.draw(st.integers(1, kind.channels))
    path, sound = example(kind.name, rate_hz, channels)
    with SoundFile(path) as file:
        assert (file.rate_hz, file.channels) == (rate_hz, channels)
        lengths = data.draw(st.lists(st.integers(50, 9000), min_size=1, max_size=5))
        np.testing.assert_array_equal(np.concatenate(list(file.pieces(lengths[0]))), sound)
        assert file.frames == len(sound)
        np.testing.assert_array_equal(file.whole(), sound)
        for length in lengths:
            first = data.draw(st.integers(0, len(sound)))
            np.testing.assert_array_equal(file.read(first, length), sound[first : first + length])
        np.testing.assert_array_equal(np.concatenate(list(file.pieces(max(lengths)))), sound)
    with SoundFile(path) as file:  # from the middle on first, as a player may
        np.testing.assert_array_equal(file.read(13_001, 5000), sound[13_001:18_001])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_player_and_a_render_give_the_whole_sound(kind: Kind, tmp_path: Path) -> None:
    """Through a desk at the file's own rate: on from the start, and after a jump; and from file to file."""
    rates_hz = [rate for rate in kind.rates_hz if rate >= 44_100]  # a desk has no lower one
    rate_hz, channels = rates_hz[len(kind.name) % len(rates_hz)], min(kind.channels, 3)
    path, sound = example(kind.name, rate_hz, channels)
    rig = Rig(tmp_path, console=Console(inputs=1, outputs=3, channels=3, buses=1, rate_hz=rate_hz))
    rig.do("take/open", str(path))
    lead = round(LEAD_S * rate_hz)  # what is planned lies a little ahead
    rig.run(2 * lead)
    rig.desk.set("transport/state", "play")
    out = rig.run(lead + 9600)[lead:, :channels]
    np.testing.assert_array_equal(out, sound[: len(out)])
    rig.desk.set("transport/position", 13_000 / rate_hz)
    heard = rig.run(lead + 4800)[-4000:, :channels]
    starts = [at for at in range(13_000, 14_000) if np.array_equal(heard, sound[at : at + 4000])]
    assert len(starts) == 1
    rig.close()
    points = [f"input/{n}={tmp_path / f'{n}.wav'}" for n in range(1, channels + 1)]
    small = tmp_path / "studio.toml"
    small.write_text("[console]\nchannels = 3\nbuses = 1\n")
    assert main(["render", "--config", str(small), "--input", str(path), "--output", *points]) == 0
    for n in range(1, channels + 1):
        np.testing.assert_array_equal(sf.read(str(tmp_path / f"{n}.wav"), dtype="float32")[0], sound[:, n - 1])


@pytest.mark.parametrize("name", ["MP3, constant", "MP3, variable", "Vorbis", "Opus"])
def test_what_a_decoder_remembers_is_heard_after_a_jump_too(name: str, tmp_path: Path) -> None:
    """Where soundfile's own jumps give another sound, for all but Opus, whose jumps it makes whole."""
    path = BY_NAME[name].write(tmp_path / "sound.bin", sweep(48_000), RATE_HZ)
    with sf.SoundFile(path) as file:
        sound = file.read(dtype="float32", always_2d=True)
    wrong = 0
    with sf.SoundFile(path) as jumper, SoundFile(path) as file:
        for first in (24_001, 3000, 40_007, 12_345):
            jumper.seek(first)
            wrong += not np.array_equal(jumper.read(2000, dtype="float32", always_2d=True), sound[first : first + 2000])
            np.testing.assert_array_equal(file.read(first, 2000), sound[first : first + 2000])
    assert wrong or name == "Opus", "this sound would not tell"


def test_an_mp3_measures_as_what_it_decodes_to(tmp_path: Path) -> None:
    for name in ("MP3, variable", "Vorbis", "Opus", "WAV, ADPCM"):
        path, sound = example(name)
        sf.write(str(tmp_path / "same.wav"), sound, RATE_HZ, subtype="FLOAT")
        assert measure(path) == measure(tmp_path / "same.wav"), name


# -- lengths are claims ------------------------------------------------------------------------------------------------


def patched(name: str, *changes: tuple[bytes, int, bytes]) -> bytes:
    """A file with other bytes at so many from a chunk's name on; b"": from the start."""
    data = bytearray(example(name)[0].read_bytes())
    for chunk, offset, fresh in changes:
        at = data.index(chunk) + offset
        data[at : at + len(fresh)] = fresh
    return bytes(data)


def mp3(frames: int | None, name: str = "MP3, variable") -> bytes:
    """An MP3 whose Xing header claims so many frames; None: that has none."""
    data = bytearray(example(name)[0].read_bytes())
    at = max(data.find(b"Xing"), data.find(b"Info"))
    if frames is None:
        return bytes(data[frame_bytes(int.from_bytes(data[:4], "big")) :])
    data[at + 8 : at + 12] = frames.to_bytes(4, "big")
    return bytes(data)


NONE4, ALL4, NONE8, ALL8 = bytes(4), b"\xff" * 4, bytes(8), b"\xff" * 8
UNFINISHED: dict[str, tuple[str, Callable[[], bytes]]] = {
    "WAV, sizes 0": ("WAV", lambda: patched("WAV", (b"RIFF", 4, NONE4), (b"data", 4, NONE4))),
    "WAV, only data's size 0": ("WAV", lambda: patched("WAV", (b"data", 4, NONE4))),
    "WAV, sizes of a stream": ("WAV", lambda: patched("WAV", (b"RIFF", 4, ALL4), (b"data", 4, ALL4))),
    "WAV, more than there is": ("WAV", lambda: patched("WAV", (b"data", 4, b"\0\0\0\x7f"))),
    "float WAV, sizes 0": ("WAV, float", lambda: patched("WAV, float", (b"RIFF", 4, NONE4), (b"data", 4, NONE4))),
    "ADPCM WAV, sizes 0": ("WAV, ADPCM", lambda: patched("WAV, ADPCM", (b"RIFF", 4, NONE4), (b"data", 4, NONE4))),
    "RF64, ds64 empty": ("RF64", lambda: patched("RF64", (b"ds64", 8, bytes(28)))),
    "RF64, ds64 unknown": ("RF64", lambda: patched("RF64", (b"ds64", 8, ALL8 * 3))),
    "RF64, days": ("RF64", lambda: patched("RF64", (b"ds64", 16, b"\xff" * 7 + b"\x7f"))),
    "BW64, ds64 empty": ("BW64", lambda: patched("BW64", (b"ds64", 8, bytes(28)))),
    "BW64, ds64 unknown": ("BW64", lambda: patched("BW64", (b"ds64", 8, ALL8 * 3))),
    "BW64, small sizes": ("BW64", lambda: patched("BW64", (b"data", 4, struct.pack("<I", 20_011 * 6)))),
    "W64, sizes 0": ("W64", lambda: patched("W64", (b"riff", 16, NONE8), (b"data", 16, NONE8))),
    "W64, days": ("W64", lambda: patched("W64", (b"data", 16, b"\xff" * 7 + b"\x7f"))),
    "AIFF, sizes 0": ("AIFF", lambda: patched("AIFF", (b"FORM", 4, NONE4), (b"SSND", 4, NONE4))),
    "AIFF, no frames": ("AIFF", lambda: patched("AIFF", (b"COMM", 10, NONE4))),
    "AIFF, days": ("AIFF", lambda: patched("AIFF", (b"COMM", 10, ALL4))),
    "CAF, unknown": ("CAF", lambda: patched("CAF", (b"data", 4, ALL8))),
    "CAF, 0": ("CAF", lambda: patched("CAF", (b"data", 4, NONE8))),
    "CAF, days": ("CAF", lambda: patched("CAF", (b"data", 4, b"\x7f" + b"\xff" * 7))),
    "FLAC, unknown": ("FLAC", lambda: patched("FLAC", (b"fLaC", 21, b"\x70" + NONE4))),
    "FLAC, days": ("FLAC", lambda: patched("FLAC", (b"fLaC", 22, ALL4))),
    "FLAC, one more": ("FLAC", lambda: patched("FLAC", (b"fLaC", 22, struct.pack(">I", 20_012)))),
    "MP3, ten frames": ("MP3, variable", lambda: mp3(10)),
    "MP3, one frame": ("MP3, constant", lambda: mp3(1, "MP3, constant")),
}


@pytest.mark.parametrize("case", UNFINISHED)
def test_a_head_that_lies_about_the_length_costs_no_sound(case: str, tmp_path: Path) -> None:
    name, made = UNFINISHED[case]
    path = tmp_path / "sound.bin"
    path.write_bytes(made())
    sound = example(name)[1]
    found = all_of(path)
    np.testing.assert_array_equal(found[: len(sound)], sound)
    assert len(found) - len(sound) <= 505  # an ADPCM's last block is whole; a chunk's odd byte is no frame
    with SoundFile(path) as file:
        assert sum(map(len, file.pieces(1000))) == len(found)


def test_a_wav_whose_writer_died_holds_what_was_written(tmp_path: Path) -> None:
    path, data = tmp_path / "a.wav", patched("WAV", (b"RIFF", 4, NONE4), (b"data", 4, NONE4))
    for cut in (50_000, 100_001, 2000):
        path.write_bytes(data[:cut])
        found = all_of(path)
        assert (cut - 80) // 6 <= len(found) <= cut // 6
        np.testing.assert_array_equal(found, example("WAV")[1][: len(found)])
        assert measure(path)["sample_peak_dbfs"] is not None


def test_an_mp3_without_a_count_or_with_too_much_of_one_is_heard_to_its_end(tmp_path: Path) -> None:
    """Such as a recorder writes, two joined, and one behind a tag: what a decoder guesses is wrong by several times."""
    sound = example("MP3, variable")[1]
    whole = example("MP3, variable")[0].read_bytes()
    for k, (data, least, most) in enumerate(
        [
            (mp3(None), len(sound), len(sound) + 3 * 1152),
            (mp3(2**31), len(sound), len(sound) + 1152),
            (whole + whole, 2 * len(sound), 2 * len(sound) + 3 * 1152),
            (b"ID3\x04\0\0\0\0\1\0" + bytes(128) + mp3(10) + b"TAG" + bytes(125), len(sound), len(sound)),
        ]
    ):
        path = tmp_path / f"{k}.mp3"
        path.write_bytes(data)
        assert least <= len(all_of(path)) <= most, k
        assert len(list(SoundFile(path).pieces(100_000))) == 1


def test_an_empty_sound_chunk_is_empty(tmp_path: Path) -> None:
    """A size of 0 is true where other chunks follow up to the end of the file."""
    for name, order, size in (("WAV", "<", "I"), ("CAF", ">", "q")):
        kind, path = BY_NAME[name], tmp_path / name
        data = kind.write(path, np.zeros((0, 2), np.float32), RATE_HZ).read_bytes()
        tail = b"free" + struct.pack(order + size, 100) + bytes(100)
        if name == "WAV":
            path.write_bytes(data + tail)
            assert len(all_of(path)) == 0
    with pytest.raises(Fault, match="the file holds no frame"):
        measure(tmp_path / "WAV")


# -- damaged heads -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@seeded(16)
@given(st.data())
def test_a_damaged_head_ends_in_sound_or_in_one_line(kind: Kind, data: st.DataObject) -> None:
    whole = example(kind.name)[0].read_bytes()
    damage = data.draw(st.sampled_from(["cut", "zeroed", "flipped", "flipped", "noise"]))
    at, bad = data.draw(st.integers(0, 300)), bytearray(whole)
    if damage == "cut":
        bad = bad[: data.draw(st.integers(0, len(bad)))]
    elif damage == "zeroed":
        count = data.draw(st.integers(1, 60))
        bad[at : at + count] = bytes(len(bad[at : at + count]))
    elif damage == "flipped":
        for _ in range(data.draw(st.integers(1, 6))):
            bad[data.draw(st.integers(0, 120))] ^= 1 << data.draw(st.integers(0, 7))
    else:
        bad[at : at + 16] = data.draw(st.binary(min_size=16, max_size=16))
    path = example(kind.name)[0].with_name("damaged")
    path.write_bytes(bytes(bad))
    told = []
    try:
        with SoundFile(path) as file:
            sound = file.whole()
            # no format here packs below a bit for eight samples but where all is silent
            assert sound.nbytes <= max(len(bad), 1000) * 4 * 64
            assert sound.shape == (file.frames, file.channels)
    except Unreadable as fault:
        told.append(str(fault))
    try:
        assert measure(path)
    except Fault as fault:
        told.append(str(fault))
    for line in told:
        assert len(line.splitlines()) == 1
        assert line.startswith(f"{path}: ")
        assert ";" in line, "what to do"


def test_a_file_that_breaks_off_in_the_middle_is_told_with_the_place(tmp_path: Path) -> None:
    path, whole = tmp_path / "a.flac", example("FLAC")[0].read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) // 2))
    with pytest.raises(Unreadable, match=r"a\.flac: cannot read this file: after 0\.\d s: .+; it is damaged; copy it"):
        all_of(path)


# -- what is unpacked --------------------------------------------------------------------------------------------------


def test_unpacked_sound_leaves_room_and_nothing_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path, sound = example("Vorbis")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(spool.tempfile, "tempdir", None)
    before = len(held())
    with SoundFile(path) as file:
        np.testing.assert_array_equal(file.whole(), sound)
        assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(spool, "MOST_BYTES", 100_000)
    with (
        pytest.raises(Unreadable, match="unpacked it takes more than 0 GiB; make room, or let TMPDIR"),
        SoundFile(path) as file,
    ):
        file.whole()
    monkeypatch.setattr(spool, "MOST_BYTES", 1 << 40)
    monkeypatch.setattr(spool, "SPARE_BYTES", 1 << 60)
    with pytest.raises(Unreadable, match=f"no room to unpack it in {tmp_path}; make room"), SoundFile(path) as file:
        file.read(100, 10)
    monkeypatch.setenv("TMPDIR", "/nowhere")
    assert len(held()) == before


def test_a_name_says_no_more_than_that_it_may_be_sound(tmp_path: Path) -> None:
    """What is a sound file is read whatever it is called."""
    for name in KINDS:
        path = tmp_path / "song.txt"
        path.write_bytes(example(name.name)[0].read_bytes())
        assert len(all_of(path)) >= 20_000
    assert {".wav", ".flac", ".mp3", ".opus", ".ogg", ".caf", ".aiff", ".w64"} <= ENDINGS
