"""The daemon: puts desk, engine, runner and controllers together, and takes them down again."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

from dsp import gain
from dsp.core import glide
from studiod.aside import aside
from studiod.desk.desk import Desk
from studiod.engine.engine import Engine, size_of
from studiod.errors import Fault
from studiod.host.capture import Capture, read_files
from studiod.host.card_child import ahead
from studiod.host.card_process import CardProcess
from studiod.host.controllers import Tongues
from studiod.host.device_ask import Asking
from studiod.host.device_choice import pick_device
from studiod.host.library import Library
from studiod.host.offline import check, play
from studiod.host.reload import Reload
from studiod.host.runner import Runner
from studiod.memory.scene_format import Move, by_kind, read_moves, read_scene, short
from studiod.memory.shelf import Shelf
from studiod.multitrack.automation import Automation
from studiod.multitrack.automation_commands import AutomationWords
from studiod.multitrack.machine import Machine
from studiod.multitrack.markers import Markers
from studiod.multitrack.roundtrip import Roundtrip
from studiod.multitrack.takes import Takes
from studiod.process import garbage
from studiod.process.ending import Ending
from studiod.process.logs import kept
from studiod.process.pulse import Pulse
from studiod.realtime import layout as r
from studiod.realtime.outputs import OUT_FADE
from studiod.realtime.rack import Rack
from studiod.registry.registry import Console, Registry
from studiod.settings.schema import Settings
from studiod.store.store import Store
from studiod.user_folders import state as state_folder

LOG = logging.getLogger(__name__)
START_S = 0.05  # the start fade; files, moves and the capture begin when it is over
UNPLUG_S, QUIET_S = 0.3, 0.7  # of a stop, for the controllers, and for the fade and the interface
BEGIN_LINES = 6  # of a start, about what it could not take over
AHEAD_S = 2.0  # how far ahead moves are posted: neither a busy loop nor a freewheeling device may make them late


class Daemon:
    """Everything that runs while studiod runs."""

    def __init__(
        self,
        settings: Settings,
        folder: Path | None = None,
        say: Callable[[str], None] = print,
        ending: Ending | None = None,
        read: Callable[[], Settings] | None = None,
        asking: Asking | None = None,
        card: CardProcess | None = None,
    ) -> None:
        """folder: where the state is kept (None: nowhere); say: takes the lines of start and stop, and never waits;
        ending: of this process, where it is ours; read: the settings as they are written by then; asking, card: the
        list of interfaces and the process for one, where they are under way.  Raises FileFault, StartFault."""
        self.say, self.ending = say, ending or Ending()
        device, inputs, outputs = pick_device(settings, asking.found() if asking else None)
        rate_hz = settings.interface.rate_hz
        console = Console(inputs, outputs, rate_hz=rate_hz, **settings.console.model_dump())
        values = read_scene(settings.virtual.start_scene) if settings.virtual.start_scene else {}
        self.moves: list[Move] = read_moves(settings.virtual.moves) if settings.virtual.moves else []
        tape = read_files(settings.virtual.play, rate_hz)
        self.start_frame = round(START_S * rate_hz)
        self.rack = Rack.create(
            size_of(console), tape.shape[0], tape.shape[1], capture=bool(settings.virtual.capture), multitrack=True
        )
        self.rack.tape[:] = tape
        self.rack.words[[r.TAPE_START, r.TAPE_LOOP]] = self.start_frame, settings.virtual.loop
        first = ahead(self.rack, settings.interface, device, card)
        self.registry = Registry(console)
        self.engine = Engine(self.rack, self.registry, asleep=True)
        self.desk = Desk(self.registry, self.engine)
        check(self.desk, settings.virtual.moves, self.moves)
        self.store = Store(folder)
        for line in self.store.lines:
            LOG.error("%s", line)
        begins = settings.virtual.start_scene or str(self.store.file)
        faults = self.desk.load(values if settings.virtual.start_scene else self.store.state)
        for line in short(by_kind(faults), BEGIN_LINES):
            LOG.warning("%s: %s", begins, line)
        self.library = Library(self.desk, self.store)
        self.library.begin(from_file=bool(settings.virtual.start_scene))
        self.engine.settle(self.desk.values)
        glide.rest(self.rack.state(OUT_FADE), gain.GAIN, 0.0)
        self.engine.fade(1.0, self.start_frame)
        recordings = settings.state.recordings
        self.machine = Machine(self.desk, self.rack, folder, Path(recordings) if recordings else None)
        self.machine.alarms.add(lambda: self.store.alarm)
        self.automation = Automation(self.desk, self.machine, self.store)
        AutomationWords(self.desk, self.automation, folder)
        Takes(self.machine)
        Markers(self.machine, Shelf(self.store, "marker"))
        Roundtrip(self.machine, self.engine)
        self.desk.commands.whole()
        file = settings.virtual.capture
        self.capture = Capture(self.rack, file, self.start_frame, self._late_frames()) if file else None
        self.runner = Runner(self.engine, settings.interface, device, first)
        block_s = settings.interface.block_frames / rate_hz
        self.desk.period_s = lambda: max(block_s, self.runner.period_s)
        self.pulse = Pulse()
        self.pulse.show(self.desk)
        self.tongues = Tongues(self.desk, settings)
        self.machine.alarms.add(self.tongues.alarm)
        self.reload = Reload(settings, read, self.tongues.again)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def settings(self) -> Settings:
        return self.reload.settings

    def _late_frames(self) -> list[int]:
        """Of each output, by its source."""
        sources = (str(self.desk.values[f"output/{n}/source"]) for n in range(1, self.registry.console.outputs + 1))
        return [self.engine.late_frames(source) for source in sources]

    async def serve(self) -> None:
        """Run until SIGTERM or SIGINT; read the settings again at SIGHUP.  Raises StartFault."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()

        def tell(do: Callable[[], object]) -> Callable[[], object]:
            def told() -> None:
                with contextlib.suppress(RuntimeError):  # the loop has ended already
                    loop.call_soon_threadsafe(do)

            return told

        with self.ending.running(tell(over.set), tell(self.reload.ask), self.store.close):
            start, asked = asyncio.create_task(self._begin(over)), asyncio.create_task(over.wait())
            await asyncio.wait([start, asked], return_when=asyncio.FIRST_COMPLETED)
            if start.done() and not start.exception():
                await asked
            faults = [task.exception() for task in [start, *self._tasks] if task.done()]
            for task in (start, asked):
                task.cancel()
            last = await self._end()
            for fault in faults:
                if fault:
                    raise fault
        self._farewell(*last)

    async def _begin(self, over: asyncio.Event) -> None:
        """Start all that runs; over: set when one of them ends, which none should."""
        pulse = asyncio.create_task(self.pulse.run())
        self._tasks.append(pulse)
        self.runner.begin()
        await self.tongues.start()
        self._post_moves()
        if fault := await self.runner.start():
            LOG.error("interface.device: %s; playing on the virtual interface, trying it every second", fault)
        self._tasks += [
            asyncio.create_task(job)
            for job in (
                self.runner.watch(),
                self.desk.run(),
                self.library.fades.run(),
                self.library.autotrim.run(),
                self.machine.run(),
                self.automation.run(),
                self._moves(),
                garbage.run(),
            )
        ]
        for task in self._tasks:
            task.add_done_callback(lambda done: None if done.cancelled() or not done.exception() else over.set())
        self.engine.gauges.analyser.start()
        self.machine.start()
        garbage.settle()
        self._greet()

    async def _end(self) -> tuple[bool, bool, bool]:
        """Take it down: who can change the mix first, then the mix to the disk, and beside that what may hang.

        Whether the mix, the takes and the capture are whole on their disks.
        """
        ending, link = self.ending, self.tongues.link
        ending.begin()
        self.reload.close()
        await ending.bounded("the controllers", self.tongues.close(), UNPLUG_S)
        for task in self._tasks:
            task.cancel()
        await ending.bounded("the passes of the automation", self._lay_down())
        saving = asyncio.ensure_future(ending.bounded("the disk of the state", aside(ending.save)))
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=UNPLUG_S)
        quiet = [ending.bounded("the interface", self.runner.close(), QUIET_S)]
        if link is not None:
            quiet.append(ending.bounded("the MIDI ports", link.close(), QUIET_S))
        await asyncio.gather(*quiet)
        last = [ending.bounded("the recorder's disk", aside(self._taped))]
        last += [ending.bounded("the capture's disk", aside(self._captured))]
        taped, captured = await asyncio.gather(*last)
        return bool(await saving), bool(taped), bool(captured)

    async def _lay_down(self) -> None:
        self.automation.close()

    def _taped(self) -> bool:
        self.engine.gauges.analyser.close()
        self.machine.close()
        return True

    def _captured(self) -> bool:
        if self.capture is not None:
            self.capture.close()
        return True

    def _farewell(self, saved: bool, taped: bool, captured: bool) -> None:
        """The last line: where the mix is."""
        told = ["stopped"]
        if self.store.file is not None:
            told.append(f"the mix is {'saved in' if saved else 'NOT saved in'} {self.store.file}")
        if self.capture is not None:
            told.append(f"the capture is {'' if captured else 'NOT whole in '}{self.settings.virtual.capture}")
        if not taped:
            told.append(f"a take is NOT whole in {self.machine.folder}: its disk stands still")
        self.say("; ".join(told))

    def _greet(self) -> None:
        """Where it listens, what to try, and what it plays on."""
        for line in self.tongues.greeting():
            self.say(line)
        self.say(f"interface {self.engine.device}, {self.settings.interface.rate_hz} Hz")
        self.say("ready")

    async def _moves(self) -> None:
        """Post the moves file ahead of its frames; then wait for ever."""
        while self.moves:
            self._post_moves()
            await asyncio.sleep(0.05)
        await asyncio.Event().wait()

    def _post_moves(self) -> None:
        """Post the moves that are due soon.  Called once before the first frame runs, so that none can be late."""
        rate_hz = self.settings.interface.rate_hz
        reach_s = (self.rack.get(r.FRAME) - self.start_frame) / rate_hz + AHEAD_S
        due = [move for move in self.moves if move.at_s <= reach_s]
        self.moves = self.moves[len(due) :]
        play(self.desk, due, self.start_frame, rate_hz)


def run(
    settings: Settings,
    ending: Ending | None = None,
    read: Callable[[], Settings] | None = None,
    asking: Asking | None = None,
    card: CardProcess | None = None,
) -> int:
    """The daemon in the foreground; the exit code.  Whether anybody reads stderr changes nothing.

    ending, read, asking, card: see Daemon.
    """
    ending = ending or Ending()
    with kept() as logs:
        ending.say, ending.flush = logs.say, logs.end
        try:
            return _run(settings, logs.say, ending, read, asking, card)
        except Fault as fault:
            logs.say(str(fault))
            return fault.code
        except Exception:
            LOG.critical("studiod ends by a fault of its own; the mix up to it is saved", exc_info=True)
            return 1


def _run(
    settings: Settings,
    say: Callable[[str], None],
    ending: Ending,
    read: Callable[[], Settings] | None,
    asking: Asking | None,
    card: CardProcess | None,
) -> int:
    folder = state_folder(settings.state.directory)
    if settings.state.directory:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            say(f"state.directory: cannot write to {settings.state.directory}: {fault.strerror}; "
                "name a folder that this user may write to")  # fmt: skip
            return 2
    loop = asyncio.new_event_loop()  # asyncio.run would wait for threads that look names up
    try:
        loop.run_until_complete(Daemon(settings, folder, say, ending, read, asking, card).serve())
    finally:
        loop.close()
    return 0
