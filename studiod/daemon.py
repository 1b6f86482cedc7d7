"""The daemon: puts desk, engine, runner and controllers together, and takes them down again."""

import asyncio
import contextlib
import inspect
import logging
import signal
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import platformdirs

from dsp import gain, glide
from studiod import rack as r
from studiod.automation import Automation
from studiod.automation_words import AutomationWords
from studiod.desk import Desk
from studiod.engine import Engine, size_of
from studiod.interface import Found, called, choose
from studiod.library import Library
from studiod.listening import refused
from studiod.machine import Machine
from studiod.markers import Markers
from studiod.params import Console, Registry
from studiod.rack import Rack
from studiod.render import check, play
from studiod.roundtrip import Roundtrip
from studiod.runner import Runner, probe
from studiod.scene import FileFault, Move, read_moves, read_scene
from studiod.settings import Settings
from studiod.shelf import Shelf
from studiod.store import Store
from studiod.takes import Takes
from studiod.tape import Capture, read_files

LOG = logging.getLogger(__name__)
START_S = 0.05  # the start fade; files, moves and the capture begin when it is over
AHEAD_S = 2.0  # how far ahead moves are posted: neither a busy loop nor a freewheeling device may make them late
VIRTUAL_INPUTS, VIRTUAL_OUTPUTS = 32, 8
MOST_CHANNELS = 128


class StartFault(RuntimeError):
    """The daemon cannot start as it was told; the message says why and what to do."""


def pick_device(settings: Settings, found: Found | None = None) -> tuple[str, int, int, bool]:
    """The device to open, its inputs and outputs, and whether it has inputs at all.  found: what was listed already."""
    wanted = settings.interface.device
    name, inputs, outputs, duplex = "virtual", VIRTUAL_INPUTS, VIRTUAL_OUTPUTS, True
    if wanted != "virtual":
        found = probe() if found is None else found
        try:
            chosen = choose(found, wanted)
        except LookupError:
            if wanted == "default":
                LOG.warning("no audio output on this machine: playing on the virtual interface")
            else:
                name = wanted  # the runner says that it is not there, and tries it again
        else:
            name = called(found, chosen)
            inputs, outputs, duplex = max(chosen["inputs"], 1), chosen["outputs"], chosen["inputs"] > 0
    inputs = settings.interface.inputs or min(inputs, MOST_CHANNELS)
    outputs = settings.interface.outputs or min(outputs, MOST_CHANNELS)
    return name, inputs, outputs, duplex


class Daemon:
    """Everything that runs while studiod runs."""

    def __init__(self, settings: Settings, folder: Path | None = None) -> None:
        """folder: where the state is kept (None: nowhere).  Raises FileFault, StartFault."""
        self.settings = settings
        device, inputs, outputs, duplex = pick_device(settings)
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
        self.registry = Registry(console)
        self.engine = Engine(self.rack, self.registry)
        self.desk = Desk(self.registry, self.engine)
        self.desk.ahead_s += settings.interface.block_frames / rate_hz
        check(self.desk, settings.virtual.moves, self.moves)
        self.store = Store(folder)
        if self.store.fault:
            LOG.error("%s", self.store.fault)
        begins = settings.virtual.start_scene or str(self.store.file)
        for fault in self.desk.load(values if settings.virtual.start_scene else self.store.state):
            LOG.warning("%s: %s", begins, fault)
        self.library = Library(self.desk, self.store)
        self.library.begin(from_file=bool(settings.virtual.start_scene))
        self.engine.settle(self.desk.values)
        glide.rest(self.rack.state(r.OUT_FADE), gain.GAIN, 0.0)
        self.engine.fade(1.0, self.start_frame)
        self.machine = Machine(self.desk, self.rack, folder)
        self.automation = Automation(self.desk, self.machine, self.store)
        AutomationWords(self.desk, self.automation, folder)
        Takes(self.machine)
        Markers(self.machine, Shelf(self.store, "marker"))
        Roundtrip(self.machine, self.engine)
        self.capture = (
            Capture(self.rack, settings.virtual.capture, self.start_frame, self._late_frames())
            if settings.virtual.capture
            else None
        )
        self.runner = Runner(self.engine, settings.interface, device, duplex)
        self.controllers: list[Any] = []
        self.link: Any = None

    def _late_frames(self) -> list[int]:
        """Of each output, by its source."""
        sources = (str(self.desk.values[f"output/{n}/source"]) for n in range(1, self.registry.console.outputs + 1))
        return [self.engine.late_frames(source) for source in sources]

    async def serve(self) -> None:
        """Run until SIGTERM or SIGINT."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, over.set)
        await self._controllers()
        self._post_moves()
        if fault := await self.runner.start():
            LOG.error("interface.device: %s; playing on the virtual interface, trying it every second", fault)
        tasks = [
            asyncio.create_task(job)
            for job in (
                self.runner.watch(),
                self.desk.run(),
                self.library.fades.run(),
                self.machine.run(),
                self.automation.run(),
                self._moves(),
            )
        ]
        for task in tasks:
            task.add_done_callback(lambda done: None if done.cancelled() or not done.exception() else over.set())
        self.engine.gauges.analyser.start()
        self.machine.start()
        self._greet()
        await over.wait()
        faults = [task.exception() for task in tasks if task.done()]
        for controller in reversed(self.controllers):
            await controller.close()
        if self.link is not None:
            await self.link.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.runner.close()
        await asyncio.to_thread(self.machine.close)
        self.engine.gauges.analyser.close()
        saved = await asyncio.to_thread(self.store.close)
        if self.capture is not None:
            await asyncio.to_thread(self.capture.close)
        if any(faults):
            raise next(fault for fault in faults if fault)
        self._farewell(saved)

    async def _controllers(self) -> None:
        """Start every controller of the table of entry points by name."""
        midi = self.settings.midi
        if midi.wanted:
            from studiod.midi_link import Link

            self.link = Link(midi.api)
        wanted = {"osc", "midi", "sync"} if self.link is not None else {"osc"}
        for entry in sorted(entry_points(group="studiod.controllers"), key=lambda e: e.name):
            if entry.name not in wanted:
                continue
            start = entry.load()
            try:
                if "link" in inspect.signature(start).parameters:
                    if self.link is not None:
                        self.controllers.append(await start(self.desk, self.settings, self.link))
                else:
                    self.controllers.append(await start(self.desk, self.settings))
            except OSError as fault:
                raise StartFault(self._unheard(entry.name, fault)) from None
            except ValueError as fault:  # a file of its own that cannot be used, told by the controller
                raise StartFault(str(fault)) from None

    def _unheard(self, table: str, fault: OSError) -> str:
        """Why a controller cannot listen, with file and key."""
        place = getattr(self.settings, table)
        if not hasattr(place, "listen"):
            return f"{table}: {fault}"
        where = f"{self.settings.file}: " if self.settings.file else ""
        return where + "; ".join(refused(fault, table, place.listen, place.port))

    def _farewell(self, saved: bool) -> None:
        """The last line: where the mix is."""
        told = ["stopped"]
        if self.store.file is not None:
            told.append(f"the mix is {'saved in' if saved else 'NOT saved in'} {self.store.file}")
        if self.capture is not None:
            told.append(f"the capture is {self.settings.virtual.capture}")
        print("; ".join(told), file=sys.stderr, flush=True)

    def _greet(self) -> None:
        """Where it listens, and three lines to try."""
        for controller in self.controllers:
            address = getattr(controller, "address", None)
            if address:
                print(f"osc udp and tcp {address[0]}:{address[1]}", file=sys.stderr)
                host = "localhost" if address[0] == "0.0.0.0" else address[0]
                for words in ("/ch/9/fader f -6", "/ch/9/eq/3/gain f 4", "/main/mute i 1"):
                    print(f"  try: oscsend {host} {address[1]} {words}", file=sys.stderr)
        print(f"interface {self.engine.device}, {self.settings.interface.rate_hz} Hz", file=sys.stderr)
        print("ready", file=sys.stderr, flush=True)

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


def run(settings: Settings) -> int:
    """The daemon in the foreground; the exit code."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    folder = Path(settings.state.directory or platformdirs.user_state_path("studiod"))
    if settings.state.directory:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".writable").touch()
        except OSError as fault:
            print(f"state.directory: cannot write to {settings.state.directory}: {fault.strerror}; "
                  "name a folder that this user may write to", file=sys.stderr)  # fmt: skip
            return 2
    try:
        daemon = Daemon(settings, folder)
        asyncio.run(daemon.serve())
    except (FileFault, StartFault) as fault:
        print(fault, file=sys.stderr)
        return 2
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    return 0
