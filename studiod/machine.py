"""The tape machine on the desk: what `transport`, `recorder` and the arms say, the player and the recorder do.

On the desk's thread.  What the recorder's thread has to tell comes through `call`.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from studiod import rack as r
from studiod.desk import Desk
from studiod.lookback import Lookback
from studiod.param import Value
from studiod.player import Player
from studiod.rack import Rack
from studiod.recorder import Recorder, Told
from studiod.take import About, Line, file_name
from studiod.tape_params import LONGEST_S
from studiod.transport import Transport

LOG = logging.getLogger(__name__)
LEAD_S = 0.05  # from a button to the sound: the player needs a part of it to fill the ring anew
LEAST_LEAD_S = 0.005  # of what has a time of its own, and was posted before it
TICK_S = 0.1
NAME = "machine"  # the origin of what it sets by itself
RECORDINGS = "recordings"


class Machine:
    """Attributes: transport, player, lookback, recorder; call runs a function on the desk's thread."""

    def __init__(self, desk: Desk, rack: Rack, folder: Path | None) -> None:
        """folder: of the state; None: nothing can be recorded."""
        self.desk, self.rack, self.rate_hz = desk, rack, int(rack.words[r.RATE])
        self.channels = int(rack.words[r.CHANNELS])
        self.folder = folder / RECORDINGS if folder else None
        self.transport = Transport(self.rate_hz)
        self.player = Player(rack, self.transport)
        self.lookback = Lookback(rack)
        self.recorder = Recorder(self.lookback, self.folder or Path(RECORDINGS), self._told)
        self.call: Callable[[Callable[[], None]], object] = lambda fn: fn()
        self._taping = False  # whether a take has begun and is not over
        self._rolled = False  # whether the transport has rolled during the take
        self.transport.loop(0, self._loop())
        desk.live |= {"transport/position": self.position_s, "recorder/remaining": self.remaining_s}
        desk.listen(self._hear)
        self._arm()

    # -- what is asked of it -----------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        return self.rack.get(r.FRAME)

    def position_s(self) -> float:
        """Where the music stands now, or will once a button that was just pressed is heard."""
        now, soon = self.now, self.transport.newest.frame
        frame = soon if now < soon <= now + round(LEAD_S * self.rate_hz) else now
        at = min(self.transport.position_at(frame) / self.rate_hz, LONGEST_S)
        return float(self.desk.registry.params["transport/position"].accept(at))

    def remaining_s(self) -> float:
        """How long the disk lasts for what is armed."""
        left = self.recorder.remaining_s(len(self.armed()), str(self.desk.values["recorder/format"]))
        return float(int(min(left, 1e9))) if self.folder else 0.0

    def armed(self) -> list[int]:
        return [n for n in range(1, self.channels + 1) if self.desk.values[f"ch/{n}/arm"]]

    @property
    def recording(self) -> bool:
        return self.desk.values["recorder/state"] == "record"

    # -- what it hears -----------------------------------------------------------------------------------------------

    def _hear(self, origin: str, news: dict[str, Value]) -> None:
        if origin == NAME:
            return
        roll = {path: value for path, value in news.items() if path.startswith("transport/")}
        if roll:
            self._roll(roll)
        if "recorder/lookback" in news or any(path.endswith("/arm") for path in news):
            self._arm()
        if "recorder/state" in news:
            self._record() if self.recording else self._end(self.desk.news.due or self.now)

    def _roll(self, news: dict[str, Value]) -> None:
        """The transport's buttons, all of a transaction at one frame."""
        due, transport = self.desk.news.due, self.transport
        frame = max(due, self.now + round((LEAST_LEAD_S if due else LEAD_S) * self.rate_hz))
        if any(path.startswith("transport/loop/") for path in news):
            transport.loop(frame, self._loop())
        if "transport/position" in news:
            transport.locate(frame, round(float(news["transport/position"]) * self.rate_hz))
        if "transport/state" in news:
            if news["transport/state"] == "play":
                transport.play(frame)
                self._align(frame)
            else:
                transport.stop(frame)

    def _loop(self) -> tuple[int, int] | None:
        values = self.desk.values
        first, last = (round(float(values[f"transport/loop/{end}"]) * self.rate_hz) for end in ("in", "out"))
        return (first, last) if values["transport/loop/on"] else None

    def _align(self, frame: int) -> None:
        """A take that was running before the music did belongs to where the music begins."""
        if self.recording and not self._rolled:
            self._rolled = True
            self.recorder.align(self.transport.position_at(frame), frame + self._offset())

    def _offset(self) -> int:
        return round(float(self.desk.values["recorder/offset"]))

    def _arm(self) -> None:
        """Which tracks are held in memory; a take keeps those that it began with until it is on the disk."""
        if self._taping or self.recorder.busy:
            return
        fault = self.lookback.arm(self.armed(), float(self.desk.values["recorder/lookback"]))
        if fault:
            LOG.warning("%s", fault)
        self.desk.report(NAME, {"recorder/alarm": fault})

    def _record(self) -> None:
        """Begin a take, in the past by as much as the lookback holds."""
        tracks, values = self.armed(), self.desk.values
        fault = "no track is armed: set ch/N/arm to 1" if not tracks else ""
        if self.folder is None:
            fault = "there is no state directory to record into"
        if fault:
            LOG.error("no take: %s", fault)
            self.desk.set("recorder/state", "stop", NAME)
            self.desk.report(NAME, {"recorder/alarm": f"no take: {fault}"})
            return
        now, offset = self.desk.news.due or self.now, self._offset()
        first = self.lookback.first(now, float(values["recorder/lookback"]))
        self._rolled = self.transport.playing
        heard = now - offset
        rolls = max(heard, self.transport.newest.frame)  # play may have been pressed a moment before
        position = self.transport.position_at(rolls) - (rolls - heard) if self._rolled else now - first
        about = About(
            str(values["recorder/take"]), "", self.rate_hz, str(values["recorder/format"]), position, 0, offset
        )
        self.recorder.begin(about, [self._line(n) for n in tracks], first, now)
        self._taping = True

    def _end(self, frame: int) -> None:
        self._taping = False
        self.recorder.end(frame)

    def _line(self, n: int) -> Line:
        name, source = str(self.desk.values[f"ch/{n}/name"]), str(self.desk.values[f"recorder/track/{n}/source"])
        return Line(n, file_name(n, name, source), source, name)

    def _told(self, found: Told) -> None:
        """From the recorder's thread."""
        self.call(lambda: self._take_in(dict(found)))

    def _take_in(self, found: Told) -> None:
        over, failed = found.pop("over", 0), found.pop("failed", 0)
        if failed and self.recording:
            self._taping = False
            self.desk.set("recorder/state", "stop", NAME)
        self.desk.report(NAME, {f"recorder/{name}": value for name, value in found.items()})
        if over and not (self._taping or self.recorder.busy):
            self.lookback.arm(self.armed(), float(self.desk.values["recorder/lookback"]))

    # -- its life ----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Tell where the music is, and how long the disk lasts."""
        self.desk.report(NAME, {"transport/position": self.position_s()})
        if self.recording:
            self.desk.report(NAME, {"recorder/remaining": self.remaining_s()})

    async def run(self) -> None:
        """Tell ten times a second, until cancelled."""
        self.call = asyncio.get_running_loop().call_soon_threadsafe
        while True:
            await asyncio.sleep(TICK_S)
            self.tick()

    def start(self) -> None:
        self.player.start()
        self.lookback.start()
        self.recorder.start()

    def close(self) -> None:
        """Finish a take, after the last block has run."""
        self.call = lambda fn: None
        if self.recording:
            self.recorder.end(self.now)
        self.player.close()
        self.lookback.close()
        self.recorder.close()
