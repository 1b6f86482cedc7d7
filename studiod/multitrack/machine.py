"""The tape machine on the desk: what `transport`, `recorder` and the arms say, the player and the recorder do.

On the desk's thread.  What the recorder's thread has to tell comes through `call`.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from studiod.desk.alarms import Alarms
from studiod.desk.beat import beat
from studiod.desk.desk import Desk
from studiod.multitrack.lookback import Lookback
from studiod.multitrack.player import Player
from studiod.multitrack.recorder import Recorder, Told
from studiod.multitrack.take import About
from studiod.multitrack.track_names import lines
from studiod.multitrack.transport import LOOP_LEAST_S, Transport
from studiod.realtime import layout as r
from studiod.realtime.rack import Rack
from studiod.registry.multitrack import LONGEST_S, recorded
from studiod.registry.param import Refusal, Value

LOG = logging.getLogger(__name__)
LEAD_S = 0.05  # from a button to the sound: the player needs a part of it to fill the ring anew
LEAST_LEAD_S = 0.005  # of what has a time of its own, and was posted before it
TICK_S = 0.1
ELSEWHERE = "name another folder as recordings in [state] of the settings, or mend this one"
LOOP_REMEDY = f"set in at least {round(LOOP_LEAST_S * 1000)} ms before out"
NAME = "machine"  # the origin of what it sets by itself
RECORDINGS = "recordings"
SHARED = "takes share the disk of the state; put them elsewhere with recordings in [state] of the settings"


class Machine:
    """Attributes: transport, player, lookback, recorder, alarms; call runs a function on the desk's thread."""

    def __init__(self, desk: Desk, rack: Rack, folder: Path | None, recordings: Path | None = None) -> None:
        """folder: of the state; recordings: of takes, None: beside the state.  Without both nothing can be recorded."""
        self.desk, self.rack, self.rate_hz = desk, rack, int(rack.words[r.RATE])
        self.channels, self.inputs = desk.registry.console.channels, desk.registry.console.inputs
        self._armable = [(n, f"ch/{n}/arm") for n in range(1, self.channels + 1)]
        self.folder = recordings or (folder / RECORDINGS if folder else None)
        self.transport = Transport(self.rate_hz)
        self.player = Player(rack, self.transport)
        self.lookback = Lookback(rack)
        self.recorder = Recorder(self.lookback, self.folder or Path(RECORDINGS), self._told, folder)
        self._warned = False  # that takes share the disk of the state
        self.call: Callable[[Callable[[], None]], object] = lambda fn: fn()
        self._taping = False  # whether a take has begun and is not over
        self._held: dict[int, str] = {}  # what the tracks that are held in memory record
        self._rolled = False  # whether the transport has rolled during the take
        self.transport.loop(0, self._loop())
        desk.live |= {"transport/position": self.position_s, "recorder/remaining": self.remaining_s}
        self.alarms = Alarms(desk)
        self.alarms.add(self.shared)
        self.alarms.add(self.loopless)
        self.alarms.add(self.takeless)
        paths = desk.registry.params
        self._rolls = {path for path in paths if path.startswith("transport/")}
        self._arms = {path for path in paths if path.endswith("/arm")} | {"recorder/lookback"}
        self._sources = {path for path in paths if path.endswith("/source")}
        desk.listen(self._hear)
        desk.guards["recorder/state"] = self._may_record
        self._arm()

    # -- what is asked of it -----------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        return self.rack.get(r.FRAME)

    def _lead(self, seconds: float) -> int:
        """Frames from now to what can still be changed after a time: the device takes a whole period in one go."""
        return round((self.desk.period_s() + seconds) * self.rate_hz)

    def position_s(self) -> float:
        """Where the music stands now, or will once a button that was just pressed is heard."""
        now, soon = self.now, self.transport.newest.frame
        frame = soon if now < soon <= now + self._lead(LEAD_S) else now
        at = min(self.transport.position_at(frame) / self.rate_hz, LONGEST_S)
        return float(self.desk.registry.params["transport/position"].accept(at))

    def remaining_s(self) -> float:
        """How long the disk lasts for what is armed."""
        left = self.recorder.remaining_s(len(self.armed()), str(self.desk.heard["recorder/format"]))
        return float(int(min(left, 1e9))) if self.folder else 0.0

    def armed(self, changes: Mapping[str, Value] | None = None) -> list[int]:
        """The tracks that are armed, or will be after these changes."""
        heard, later = self.desk.heard, changes or {}
        return [n for n, path in self._armable if later.get(path, heard[path])]

    def shared(self) -> str:
        """While tracks are armed: that takes share the disk of the state, where they do."""
        return SHARED if self.folder and self.recorder.shares and self.armed() else ""

    def takeless(self) -> str:
        """While tracks are armed: why no take of them can be written, when it cannot."""
        barred = self.recorder.barred if self.folder and self.armed() else ""
        return f"no take can be made: {barred}: {ELSEWHERE}" if barred else ""

    def loopless(self) -> str:
        """While the loop is on: that it is too short to be one, when it is."""
        values = self.desk.heard
        first_s, last_s = (float(values[f"transport/loop/{end}"]) for end in ("in", "out"))
        short = values["transport/loop/on"] and last_s - first_s < LOOP_LEAST_S
        return (
            f"transport/loop from {first_s:g} to {last_s:g} s is too short, and does nothing: {LOOP_REMEDY}"
            if short
            else ""
        )

    @property
    def recording(self) -> bool:
        return self.desk.heard["recorder/state"] == "record"

    # -- what it hears -----------------------------------------------------------------------------------------------

    def _hear(self, origin: str, news: dict[str, Value]) -> None:
        if origin == NAME:
            return
        if not self._rolls.isdisjoint(news):
            self._roll({path: value for path, value in news.items() if path in self._rolls})
        if not self._arms.isdisjoint(news) or self._patched(news):
            self._arm()
        if "recorder/state" in news:
            self._record() if self.recording else self._end(self.desk.news.due or self.now)

    def _roll(self, news: dict[str, Value]) -> None:
        """The transport's buttons, all of a transaction at one frame."""
        due, transport = self.desk.news.due, self.transport
        frame = max(due, self.now + self._lead(LEAST_LEAD_S if due else LEAD_S))
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
        values = self.desk.heard
        first, last = (round(float(values[f"transport/loop/{end}"]) * self.rate_hz) for end in ("in", "out"))
        return (first, last) if values["transport/loop/on"] else None

    def _align(self, frame: int) -> None:
        """A take that was running before the music did belongs to where the music begins."""
        if self.recording and not self._rolled:
            self._rolled = True
            self.recorder.align(self.transport.position_at(frame), frame + self._offset())

    def _offset(self) -> int:
        return round(float(self.desk.heard["recorder/offset"]))

    def _arm(self) -> None:
        """Which tracks are held in memory; a take keeps those that it began with until it is on the disk."""
        if self._taping or self.recorder.busy:
            return
        fault = self._hold()
        if fault:
            LOG.warning("%s", fault)
        self.desk.report(NAME, {"recorder/alarm": fault})
        if self.shared() and not self._warned:
            self._warned = True
            LOG.warning("%s", SHARED)

    def _hold(self) -> str:
        """Hold what is armed; of what is patched to another point the past is let go of, since it is another sound.

        What memory has no room for, in words.
        """
        points = self._points()
        anew = {n for n, point in points.items() if self._held.get(n, point) != point}
        self._held = points
        return self.lookback.arm(points, float(self.desk.heard["recorder/lookback"]), anew)

    def _points(self) -> dict[int, str]:
        """What each armed track records."""
        return {n: recorded(self.desk.heard, n, self.inputs) for n in self.armed()}

    def _patched(self, news: dict[str, Value]) -> bool:
        """Whether an armed track records another point by now."""
        return not self._sources.isdisjoint(news) and self._points() != self._held

    def _recordable(self, tracks: list[int]) -> None:
        """Raises Refusal, and shows the alarm, where a take would have no track or no folder."""
        why, remedy = "", ""
        if self.folder is None:
            why = "there is no folder to record into"
            remedy = "start studiod with a state directory, or name one in [state]"
        elif self.recorder.barred:
            why, remedy = self.recorder.barred, ELSEWHERE
        elif not tracks:
            why, remedy = "no track is armed", "set ch/N/arm to 1"
        if why:
            self.desk.report(NAME, {"recorder/alarm": f"no take: {why}: {remedy}"})
            raise Refusal("recorder/state", why, remedy=remedy)

    def _may_record(self, value: Value, changes: Mapping[str, Value]) -> None:
        """Raises Refusal where a take that is asked for cannot be made."""
        if value == "record" and not self.recording:
            self._recordable(self.armed(changes))

    def _record(self) -> None:
        """Begin a take, in the past by as much as the lookback holds."""
        tracks, values = self.armed(), self.desk.heard
        try:
            self._recordable(tracks)
        except Refusal as fault:  # of a change that came at its own time, which nobody waits for
            LOG.error("no take: %s", fault)
            self.desk.set("recorder/state", "stop", NAME)
            return
        now, offset = self.desk.news.due or self.now, self._offset()
        first = self.lookback.first(now, float(values["recorder/lookback"]))
        if any(self._held.get(n, point) != point for n, point in self._points().items()):
            first = now  # patched while the last take is still being written: its past is of another point
        self._rolled = self.transport.playing
        heard = now - offset
        rolls = max(heard, self.transport.newest.frame)  # play may have been pressed a moment before
        position = self.transport.position_at(rolls) - (rolls - heard) if self._rolled else now - first
        about = About(
            str(values["recorder/take"]), "", self.rate_hz, str(values["recorder/format"]), position, 0, offset
        )
        self.recorder.begin(about, lines(values, tracks, self.inputs), first, now)
        self._taping = True

    def _end(self, frame: int) -> None:
        self._taping = False
        self.recorder.end(frame)

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
            self._hold()

    # -- its life ----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Tell where the music is, and how long the disk lasts."""
        self.desk.report(NAME, {"transport/position": self.position_s()})
        self.alarms.tick()
        if self.recording:
            self.desk.report(NAME, {"recorder/remaining": self.remaining_s()})

    async def run(self) -> None:
        """Tell ten times a second, until cancelled."""
        self.call = asyncio.get_running_loop().call_soon_threadsafe
        while True:
            await beat(TICK_S)
            try:
                self.tick()
            except Exception:
                LOG.exception("telling where the tape is failed")  # the mix goes on

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
