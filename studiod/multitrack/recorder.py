"""The recorder: takes from memory to disk, on a thread of its own; a disk that fails ends the take and nothing else."""

import errno
import logging
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile

from studiod.multitrack.lookback import Lookback
from studiod.multitrack.take import About, Line, Take, folder_for
from studiod.multitrack.wastebasket import Wastebasket
from studiod.texts import plain

LOG = logging.getLogger(__name__)
POLL_S = 0.1
ROOM_S = 2.0  # how often the room on the disk is measured
PIECE_S = 0.5  # written at once, then sealed: a kill loses less than this and two polls
STATE_BYTES, STATE_PART = 64 << 20, 0.01  # left to the state where it shares the disk: the lesser of these
BYTES = {"wav24": 3, "wav32f": 4}
Told = dict[str, float | int | str]


@dataclass
class Job:
    """A take as it was asked for."""

    about: About
    lines: list[Line]
    first: int
    at: int  # the frame to write next
    gaps: int  # of the lookback, as far as they are known
    end: int | None = None  # None: still recording
    lost: int = 0

    def lose(self, frames: int) -> None:
        self.lost = max(self.lost, 0) + frames


class Recorder:
    """Writes takes below a folder.  `tell` hears, on the recorder's thread, what the desk should say of them:
    folder, lost and alarm, and over (1) when a take is closed or has failed."""

    def __init__(
        self, lookback: Lookback, folder: Path, tell: Callable[[Told], None], state: Path | None = None
    ) -> None:
        """state: a folder whose disk a take never fills.

        Attributes: shares, whether that is the disk of the takes; barred, why no take can be written, "" when one can.
        """
        self.lookback, self.folder, self.tell = lookback, folder, tell
        self.rate_hz = lookback.rate_hz
        self.pieces = 0  # written so far, of all takes
        self._jobs: deque[Job] = deque()
        self._take: Take | None = None
        self._place = threading.Lock()  # held while a take's folder is made, or put aside; never by the desk
        self._state, self.shares = state, False
        self.barred = barred(folder)
        self.wastebasket = Wastebasket(folder)
        self._room_bytes = self._disk_bytes = 0
        self._measured_s = 0.0
        self._wake, self._over = threading.Event(), False
        self.measure()  # nothing runs yet
        self._thread: threading.Thread | None = None

    # -- the desk's thread -------------------------------------------------------------------------------------------

    def begin(self, about: About, lines: list[Line], first: int, now: int) -> None:
        """Record from a frame in the past or of now on; position and pressed of about are those of now."""
        back = now - first
        started = datetime.now().astimezone() - timedelta(seconds=back / self.rate_hz)
        about = replace(
            about, started=started.isoformat(timespec="milliseconds"), position=about.position - back, pressed=back
        )
        self._jobs.append(Job(about, lines, first, first, self.lookback.lost))
        self._wake.set()

    def align(self, position: int, frame: int) -> None:
        """What the newest take has at a frame belongs to a position of the transport."""
        if self._jobs:
            job = self._jobs[-1]
            job.about = replace(job.about, position=position - (frame - job.first))
            self._wake.set()

    def end(self, frame: int) -> None:
        """The newest take is over at a frame."""
        if self._jobs and self._jobs[-1].end is None:
            self._jobs[-1].end = frame
        self._wake.set()

    @property
    def busy(self) -> bool:
        """Whether a take is written, or waits to be."""
        return bool(self._jobs)

    def remaining_s(self, tracks: int, format: str) -> float:
        """How long the disk lasts, by its newest measure: nobody waits for it."""
        return self._room_bytes / (max(tracks, 1) * self.rate_hz * BYTES[format])

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="studiod-recorder", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Finish what is being written; the lookback has ended."""
        for job in tuple(self._jobs):
            job.end = min(self.lookback.end if job.end is None else job.end, self.lookback.end)
        self._over = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    # -- any thread but the desk's -----------------------------------------------------------------------------------

    def put_away(self, folder: Path, keep: bool) -> bool:
        """A take's folder into the wastebasket, not to keep it: for good; False: it is being recorded.

        Raises OSError.
        """
        with self._place:
            if self._take is not None and self._take.folder == folder:
                return False
            self.wastebasket.put(folder, keep)
            return True

    def measure(self) -> None:
        """How much room the disk has for takes."""
        place = _there(self.folder)
        try:
            disk = shutil.disk_usage(place)
            self.shares = self._state is not None and os.stat(place).st_dev == os.stat(_there(self._state)).st_dev
            left = min(STATE_BYTES, int(disk.total * STATE_PART)) if self.shares else 0
            self._room_bytes = max(disk.free - left, 0)
            self._disk_bytes = disk.total
        except OSError:
            self._room_bytes = 0
        if self.barred:  # somebody may have mended it
            self.barred = barred(self.folder)
        self._measured_s = time.monotonic()

    # -- the recorder's thread ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        self.wastebasket.sweep()
        while True:
            self._wake.wait(POLL_S if self._jobs else ROOM_S)
            self._wake.clear()
            while self.step():
                pass
            if self._over and not self._jobs:
                return
            if time.monotonic() - self._measured_s >= ROOM_S:
                self.measure()
                self.make_room()

    def make_room(self) -> None:
        """Where the disk has little room left, let the oldest take in the wastebasket go, and say so."""
        with suppress(OSError):
            if gone := self.wastebasket.make_room(self._room_bytes, self._disk_bytes):
                alarm = f"{plain(gone)} is gone for good: the disk needed the room of the wastebasket"
                LOG.warning("%s", alarm)
                self.tell({"alarm": alarm})

    def step(self) -> bool:
        """Write one piece of the oldest take, if it is there; whether there may be more."""
        if not self._jobs:
            return False
        job = self._jobs[0]
        try:
            if self._take is None:
                self._open(job)
            more = self._write(job)
            if not more and job.end is not None and job.at >= job.end:
                self._finish(job)
                return True
            return more
        except OSError as fault:
            self._fail(job, fault)
            return True

    def _open(self, job: Job) -> None:
        with self._place:
            folder = folder_for(self.folder, datetime.now(), job.about.name)
            self._take = Take(folder, job.about, job.lines)
        self.tell({"folder": folder.name, "lost": 0, "alarm": ""})
        LOG.info("recording %d tracks into %s", len(job.lines), folder)

    def _write(self, job: Job) -> bool:
        assert self._take is not None
        end = min(self.lookback.end if job.end is None else min(job.end, self.lookback.end),
                  job.at + round(PIECE_S * self.rate_hz))  # fmt: skip
        if end <= job.at:
            return False
        self._spare((end - job.at) * len(job.lines) * BYTES[job.about.format])
        self._take.says(job.about)
        losses: list[int] = []
        self._take.write([self.lookback.read(line.number, job.at, end, losses.append) for line in job.lines])
        gone = max(losses, default=0) + self.lookback.lost - job.gaps
        job.gaps = self.lookback.lost
        job.at = end
        self.pieces += 1
        if gone:
            job.lose(gone)
            alarm = f"{job.lost} frames are missing in {self._take.folder.name}: the disk or the machine is too slow"
            LOG.error("%s", alarm)
            self.tell({"lost": job.lost, "alarm": alarm})
        return True

    def _spare(self, wanted_bytes: int) -> None:
        """Raises OSError where so much would take what is left to the state."""
        if self.shares:
            self.measure()
            if self._room_bytes < wanted_bytes:
                raise OSError(errno.ENOSPC, "what is left on this disk is for the state")

    def _finish(self, job: Job) -> None:
        assert self._take is not None
        take = self._take
        take.says(job.about)
        take.close(job.lost, sync=not self._over)
        LOG.info("%s: %.1f s", take.folder, take.frames / self.rate_hz)
        self._take = None
        self._jobs.popleft()
        self.tell({"over": 1})

    def _fail(self, job: Job, fault: OSError) -> None:
        """Give the take up, whole up to there."""
        take, self._take = self._take, None
        why = fault.strerror or str(fault)
        if take is None:
            alarm = f"no take: {self.folder} cannot be written: {why}"
        else:
            at = take.frames / self.rate_hz
            alarm = f"{take.folder.name} stopped at {at:.1f} s: {why}; up to there it is whole"
            try:
                take.close(job.lost)
            except OSError as second:
                LOG.debug("%s: %s", take.folder, second)
        LOG.error("%s; free the disk and record again", alarm)
        self._jobs.popleft()
        self.tell({"alarm": alarm, "over": 1, "failed": int(job.end is None)})


def barred(folder: Path) -> str:
    """Why nothing can be written into a folder, or into the nearest above it that is there; "" when it can."""
    try:
        with TemporaryFile(dir=_there(folder)):
            return ""
    except OSError as fault:
        return f"{folder} cannot be written: {fault.strerror}"


def _there(place: Path) -> Path:
    """A folder, or the nearest above it that is there."""
    while not place.exists() and place != place.parent:
        place = place.parent
    return place
