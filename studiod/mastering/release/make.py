"""A release, made as a whole: sound, files, sheets, checksums; all read back, and then put in its place in one step."""

import contextlib
import hashlib
import json
import math
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
from mutagen import MutagenError

from studiod.errors import FileFault
from studiod.mastering import kept, programme
from studiod.mastering.album import Album
from studiod.mastering.figures import Figures, Heard
from studiod.mastering.formats import disc, encoded, pcm_wav
from studiod.mastering.kept import Digests, Kept
from studiod.mastering.programme import Mastered, Tell
from studiod.mastering.release import files, names, readback, sheets
from studiod.mastering.release.checks import Checked
from studiod.mastering.release.deliveries import LOSSY
from studiod.mastering.release.exchange import REPORT, Place
from studiod.mastering.release.files import Item, Part
from studiod.mastering.release.platforms import playback
from studiod.mastering.timeline import Timeline

SUMS = {"SHA256SUMS": "sha256", "MD5SUMS": "md5"}
FLOAT = "float32"


class Release:
    """One album on its way.  Attribute tell: who hears of each step how much is done, from several threads."""

    def __init__(self, checked: Checked, place: Place, work: Path, workers: int) -> None:
        """work: a folder of this album alone, for what the next run may use again.  workers: files at once."""
        assert checked.timeline is not None
        self.album: Album = checked.album
        self.timeline: Timeline = checked.timeline
        self.notes = list(checked.notes)
        self.place, self.workers = place, workers
        self.tell: Tell = lambda _, __: None
        self._sound = work / "sound"
        self._kept = Kept(work / "files")
        self._digests = Digests(self._kept)

    def key(self) -> str:
        """One hash of all that it is made from: file names count as they stand, contents by their hashes."""
        album = self.album
        inputs = [album.chain, album.album_chain, album.artwork]
        for song in album.songs:
            inputs += [song.file, song.chain, *(version.file for version in song.versions)]
        digests = [self._digests.of(path) if path else None for path in inputs]
        self._digests.write()
        told = json.loads(json.dumps(asdict(album), default=lambda one: getattr(one, "name", str(one))))
        return kept.name_for("release", told, digests, sheets.made_by())

    def unchanged(self) -> dict[str, Any] | None:
        """The report of the release that is there, if this is it and every file of it is as it was written."""
        report: dict[str, Any] = self.place.report()
        if not report or report.get("key") != self.key():
            return None
        try:
            if self._stamps() != self._kept.note(self._seen()):
                readback.sums(self.place.target, "SHA256SUMS", "sha256")
                self._remember()
        except (OSError, FileFault, IndexError):
            return None
        return report

    def make(self) -> dict[str, Any]:
        """Make it; its report.  Raises FileFault, and leaves what was there."""
        key = self.key()
        rates = sorted({one.rate_hz for one in files.settled_deliveries(self.album, self.timeline)})
        with told(f"{self._sound}: cannot keep the sound", "name another folder with --work"):
            mastered = programme.make(self.album, self.timeline, rates, self._sound, self.tell, self.workers)
        with told(f"{self.place.target}: cannot write the release", "name another folder"):
            with self.place.begun() as folder:
                report = self._write(folder, mastered, key)
                self.place.exchange()
            self._remember()
        self._kept.tidy()
        return report

    # -- inside ------------------------------------------------------------------------------------------------------

    def _stamps(self) -> dict[str, object]:
        """By which the files of the release are known to be as they were: size, times, number.  Raises OSError."""
        lines = (self.place.target / "SHA256SUMS").read_text("utf-8").splitlines()
        found = {path: (self.place.target / path).stat() for path in [line.split("  ", 1)[1] for line in lines]}
        return {path: [at.st_size, at.st_mtime_ns, at.st_ino] for path, at in found.items()}

    def _remember(self) -> None:
        self._kept.write(self._seen(), self._stamps())

    def _seen(self) -> str:
        return "seen-" + hashlib.sha256(str(self.place.target).encode("utf-8", "surrogateescape")).hexdigest()[:32]

    def _write(self, folder: Path, mastered: Mastered, key: str) -> dict[str, Any]:
        def measured(part: Part | None, rate_hz: int) -> Figures:
            return mastered.figures(part[0], part[1], rate_hz) if part else mastered.album_figures(rate_hz)

        todo = list(files.items(self.album, self.timeline, measured))
        for name in {item.delivery.folder for item in todo}:
            (folder / name).mkdir()
        with ThreadPoolExecutor(self.workers) as pool:
            coming = [pool.submit(self._file, folder, mastered, item) for item in todo]
            try:
                made = [one.result() for one in coming]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        if any(item.kind == "cd" for item in todo):
            self._cd_sheets(folder)
        (folder / "label-copy.txt").write_text(sheets.label_copy(self.album, self.timeline), "utf-8")
        (folder / "pq-sheet.txt").write_text(
            disc.pq_sheet(files.disc(self.album, self.timeline)), "utf-8"
        )  # fmt: skip
        self.notes += unheard(self.album, [mastered.songs[k, None].before for k in range(len(self.album.songs))])
        self.notes += over_full_scale(made, self.album.ceiling_dbtp)
        figures = {
            "album": asdict(mastered.album_figures()),
            "songs": [asdict(mastered.figures(k)) for k in range(len(self.album.songs))],
            "search_runs": list(mastered.passes),
            "playback": playback([mastered.figures(k) for k in range(len(self.album.songs))]),
        }
        report = sheets.report(self.album, self.timeline, made, figures, self.notes, key)
        (folder / REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
        _write_sums(folder)
        return report

    def _file(self, folder: Path, mastered: Mastered, item: Item) -> dict[str, Any]:
        """Write one file, and read it back."""
        path = folder / item.path
        self.tell(item.path, 0.0)
        if item.kind in encoded.ENCODERS:
            digest = self._encoded(path, mastered, item)
        else:
            heard = Digest(self._blocks(mastered, item), item.delivery.word)
            pcm_wav.write(path, heard, item.frames, item.delivery.rate_hz, item.delivery.word, item.tags)
            digest = heard.text
        found = readback.sound(path, item, digest)
        readback.tags(path, item)
        self.tell(item.path, 1.0)
        row = {"path": item.path, "frames": item.frames, "rate_hz": item.delivery.rate_hz, "word": item.delivery.word}
        if item.tags is not None:
            row |= {"title": item.tags.title, "isrc": item.tags.isrc, "loudness": asdict(item.tags.loudness)}
        return row | found

    def _encoded(self, path: Path, mastered: Mastered, item: Item) -> str:
        """A packed file: encoded unless it was, for the same sound; then with its tags.  The hash of its samples."""
        rate_hz = item.delivery.rate_hz
        sounds = [mastered.made[rate_hz, song, version].sound.path.name for song, version in item.parts]
        spans = [
            (place.track - run.start, place.until - place.track)
            for song, _ in item.parts
            for run in self.timeline.runs
            for place in run.places
            if place.song == song
        ]
        name = kept.name_for("encoded", item.kind, rate_hz, sounds, spans, sheets.made_by())
        done, note = self._kept.place(name, item.kind), self._kept.note(name)
        if note is None or not done.exists():
            draft = self._kept.place(f"{name}-{threading.get_ident()}", "draft")
            draft.unlink(missing_ok=True)
            heard = Digest(self._blocks(mastered, item), "int32")
            encoded.encode(draft, item.kind, heard, rate_hz)
            draft.replace(done)
            note = {"samples": heard.text}
            self._kept.write(name, note)
        shutil.copyfile(done, path)
        assert item.tags is not None
        encoded.tag(path, item.kind, item.tags)
        return str(note["samples"])

    def _blocks(self, mastered: Mastered, item: Item) -> Iterator[np.ndarray]:
        word = item.delivery.word
        shaped = word == "int16" and self.album.noise_shaping
        frames = 0
        for song, version in item.parts:
            for block in mastered.blocks(song, item.delivery.rate_hz, word, version, shaped):
                yield block
                frames += len(block)
                self.tell(item.path, 0.9 * frames / item.frames)

    def _cd_sheets(self, folder: Path) -> None:
        of, name = files.disc(self.album, self.timeline), names.whole(self.album)
        cue, toc, image = (f"cd/{name}.{ending}" for ending in ("cue", "toc", "wav"))
        (folder / cue).write_bytes(disc.cue(of, Path(image).name))
        (folder / toc).write_bytes(disc.toc(of, Path(image).name))
        readback.sheets(folder, cue, toc, of)


class Digest:
    """Blocks on their way, and the hash of their samples as a file has them."""

    def __init__(self, blocks: Iterator[np.ndarray], word: str) -> None:
        self._blocks, self._word, self._hash = blocks, word, hashlib.sha256()

    def __iter__(self) -> Iterator[np.ndarray]:
        pack: Callable[[np.ndarray], bytes] = np.ndarray.tobytes
        for block in self._blocks:
            self._hash.update(pcm_wav.packed(block, self._word) if self._word in pcm_wav.BITS else pack(block))
            yield block

    @property
    def text(self) -> str:
        return self._hash.hexdigest()


def unheard(album: Album, before: Sequence[Heard]) -> list[str]:
    """A line for each song with sound of which no loudness can be found."""
    return [
        f"song[{k}]: too soft or too short: no loudness can be found, and it keeps its level"
        for k, heard in enumerate(before, 1)
        if album.loudness.mode != "off" and heard.sample_peak and not math.isfinite(heard.integrated_lufs)
    ]


def over_full_scale(made: list[dict[str, Any]], ceiling_dbtp: float) -> list[str]:
    """A line for each packed file that decodes above full scale, with the ceiling that would hold."""
    out = []
    for row in made:
        peak = row.get("decoded_true_peak_dbtp")
        if peak is not None and peak > 0.0:
            out.append(
                f"{row['path']}: decoded, its true peak is {peak:+.2f} dBTP; ceiling_dbtp ="
                f" {ceiling_dbtp - peak - 0.05:.1f} would hold it below 0"
            )
    return out


def lossy_peaks(report: dict[str, Any]) -> dict[str, float]:
    """The true peaks of packed files, decoded, by their paths."""
    return {
        row["path"]: row["decoded_true_peak_dbtp"]
        for row in report["files"]
        if row["path"].split("/")[0] in LOSSY and row.get("decoded_true_peak_dbtp") is not None
    }


def _write_sums(folder: Path) -> None:
    """Checksums of every file, in the order of their names; read back."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    found = {path.relative_to(folder).as_posix(): readback.hashed(path, *SUMS.values()) for path in paths}
    for k, name in enumerate(SUMS):
        lines = [f"{digests[k]}  {path}\n" for path, digests in found.items()]
        (folder / name).write_text("".join(lines), "utf-8")
    for name, kind in SUMS.items():
        readback.sums(folder, name, kind)


@contextlib.contextmanager
def told(what: str, remedy: str) -> Iterator[None]:
    """Around what writes.  Raises FileFault of what a disk refuses: what was there is untouched."""
    try:
        yield
    except (OSError, sf.LibsndfileError, MutagenError, AssertionError) as fault:  # soundfile asserts that it wrote all
        why = getattr(fault, "strerror", None) or str(fault) or "not all of it could be written"
        raise FileFault(f"{what}: {why}; make room there, or {remedy}; what was there is untouched") from None
