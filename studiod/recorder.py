"""The recorder: takes from memory to disk, on a thread of its own; a disk that fails ends the take and nothing else."""

import logging
import shutil
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from studiod.lookback import Lookback
from studiod.take import About, Line, Take, folder_for

LOG = logging.getLogger(__name__)
POLL_S = 0.1
PIECE_S = 0.5  # written at once, then sealed: a kill loses less than this and two polls
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

    def __init__(self, lookback: Lookback, folder: Path, tell: Callable[[Told], None]) -> None:
        self.lookback, self.folder, self.tell = lookback, folder, tell
        self.rate_hz = lookback.rate_hz
        self._jobs: deque[Job] = deque()
        self._take: Take | None = None
        self._wake, self._over = threading.Event(), False
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
        """How long the disk lasts."""
        place = self.folder
        while not place.exists() and place != place.parent:
            place = place.parent
        try:
            free = shutil.disk_usage(place).free
        except OSError:
            return 0.0
        return free / (max(tracks, 1) * self.rate_hz * BYTES[format])

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

    # -- the recorder's thread ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            self._wake.wait(POLL_S if self._jobs else None)
            self._wake.clear()
            while self.step():
                pass
            if self._over and not self._jobs:
                return

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
        self._take.says(job.about)
        losses: list[int] = []
        self._take.write([self.lookback.read(line.number, job.at, end, losses.append) for line in job.lines])
        gone = max(losses, default=0) + self.lookback.lost - job.gaps
        job.gaps = self.lookback.lost
        job.at = end
        if gone:
            job.lose(gone)
            alarm = f"{job.lost} frames are missing in {self._take.folder.name}: the disk or the machine is too slow"
            LOG.error("%s", alarm)
            self.tell({"lost": job.lost, "alarm": alarm})
        return True

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
