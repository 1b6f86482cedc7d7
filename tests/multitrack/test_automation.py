"""Moves against the transport: written by whatever changes the desk, played back on their samples, live as offline."""

import os

import numpy as np
import pytest

from studiod.host.offline import Offline
from studiod.memory.scene_format import read_moves
from studiod.multitrack.automation import Automation
from studiod.multitrack.automation_commands import AutomationWords
from studiod.multitrack.automation_lane import Lane
from studiod.multitrack.machine import Machine
from studiod.registry.param import Refusal
from studiod.registry.registry import Console, Registry
from studiod.store.store import Store

CONSOLE = Console(inputs=2, outputs=2, channels=2, buses=2)
REGISTRY = Registry(CONSOLE)
BLOCK = 480  # 10 ms: as often as the desk's loop ticks
RATE_HZ = 48_000


class Studio:
    """A desk, its machine and its automation, run block by block without a clock."""

    def __init__(self, folder=None, store=None):
        self.one = Offline(CONSOLE, {"output/1/source": "ch/1", "output/2/source": "ch/2"}, multitrack=True)
        self.desk = self.one.desk
        self.machine = Machine(self.desk, self.one.rack, folder)
        self.automation = Automation(self.desk, self.machine, store or Store(None))
        AutomationWords(self.desk, self.automation, folder)
        self.played = []

    def run(self, seconds, moves=()):
        """Run; moves: (at s from now, path, value)."""
        waiting = sorted(moves)
        for at in np.arange(round(seconds * 100)) / 100:
            while waiting and waiting[0][0] <= at:
                _, path, value = waiting.pop(0)
                self.desk.set(path, value, "hand")
            self.automation.tick(self.one.frame)
            self.played.append(self.one.run(np.full((BLOCK, 2), 0.5, np.float32)))

    def roll(self, seconds, moves=(), at_s=0.0):
        """From a place: play, run, stop.  The frames from the start of the music on."""
        self.desk.set("transport/position", at_s)
        self.run(0.1)
        self.desk.set("transport/state", "play")
        first = self.machine.transport.newest.frame
        begin = self.one.frame
        self.played.clear()
        self.run(seconds, moves)
        self.desk.set("transport/state", "stop")
        self.run(0.1)
        return np.concatenate(self.played)[first - begin :]

    def lane(self, path="ch/1/fader"):
        lane = self.automation.lanes.get(path, Lane())
        return [(round(at / RATE_HZ, 2), value) for at, value in zip(lane.at, lane.values, strict=True)]


@pytest.fixture
def studio(tmp_path):
    one = Studio(tmp_path)
    yield one
    os.close(one.one.rack.fd)


RIDE = [(0.3, "ch/1/fader", -10.0), (0.35, "ch/1/fader", -6.0), (0.4, "ch/1/fader", 0.0)]


def test_nothing_is_written_while_the_music_stands_or_the_strip_only_reads(studio):
    studio.desk.set("ch/1/automation", "touch")
    studio.run(0.5, RIDE)
    studio.desk.set("ch/1/automation", "read")
    studio.roll(0.6, RIDE)
    studio.desk.change([("ch/1/automation", "latch"), ("automation/mode", "off")])
    studio.roll(0.6, RIDE)
    assert studio.automation.lanes == {}


def test_a_ride_is_written_where_it_was_made_and_only_of_its_strip(studio):
    studio.desk.set("ch/1/automation", "latch")
    studio.roll(1.0, [*RIDE, (0.5, "ch/2/fader", -3.0), (0.5, "output/1/trim", -3.0), (0.5, "ch/1/name", "Kick")])
    # 50 ms: from the button to the music
    assert studio.lane() == [(0.25, -10.0), (0.3, -6.0), (0.35, 0.0)]
    assert set(studio.automation.lanes) == {"ch/1/fader"}


def test_the_moves_play_back_on_their_samples_and_a_render_of_their_file_gives_the_same_bits(studio, tmp_path):
    studio.desk.set("ch/1/automation", "latch")
    studio.roll(1.0, [*RIDE, (0.6, "ch/1/mute", 1), (0.7, "ch/1/mute", 0)])
    studio.desk.set("ch/1/automation", "read")
    studio.desk.set("ch/1/fader", -40.0)
    live = studio.roll(1.0)
    assert np.abs(np.diff(np.abs(live[:, 0]))).max() > 0.0
    ((_, file, count),) = studio.desk.do("moves/save", "me", "ride")
    assert count == 5
    begins = {path: lane.values[0] for path, lane in studio.automation.lanes.items()}
    fresh = Offline(CONSOLE, {"output/1/source": "ch/1", "output/2/source": "ch/2"} | begins)
    offline = fresh.moved(np.full((len(live), 2), 0.5, np.float32), read_moves(file))
    os.close(fresh.rack.fd)
    np.testing.assert_array_equal(live[:40_000], offline[:40_000])


def test_a_jump_puts_everything_where_it_was_at_that_place(studio):
    studio.desk.set("ch/1/automation", "latch")
    studio.roll(1.0, RIDE)
    studio.desk.set("ch/1/automation", "read")
    for at, value in ((0.0, -10.0), (0.32, -6.0), (5.0, 0.0), (0.1, -10.0)):
        studio.desk.set("transport/position", at)
        assert studio.desk.get("ch/1/fader") == value


def written(studio):
    """A lane of -20 at 0.25 s and -10 at 0.75 s."""
    studio.desk.set("ch/1/automation", "latch")
    studio.roll(1.2, [(0.3, "ch/1/fader", -20.0), (0.8, "ch/1/fader", -10.0)])
    assert studio.lane() == [(0.25, -20.0), (0.75, -10.0)]


def test_touch_writes_while_the_hand_is_on_it_and_then_what_stood_there_goes_on(studio):
    written(studio)
    studio.desk.set("ch/1/automation", "touch")
    studio.roll(2.0, [(0.4, "ch/1/fader", -5.0)])  # the hand rests at 0.35 s: for half a second, over the old -10
    lane = studio.lane()
    assert lane[:2] == [(0.25, -20.0), (0.35, -5.0)]
    assert lane[2][1] == -10.0
    assert 0.85 <= lane[2][0] <= 0.88
    assert studio.desk.get("ch/1/fader") == -10.0


def test_a_finger_that_stays_down_keeps_writing(studio):
    written(studio)
    studio.desk.set("ch/1/automation", "touch")
    studio.desk.touch("ch/1/fader", True, "hand")
    studio.roll(1.5, [(0.4, "ch/1/fader", -5.0)])
    assert studio.lane()[:2] == [(0.25, -20.0), (0.35, -5.0)]
    assert studio.lane()[2] == (1.5, -10.0)  # where the music stopped: what stood there


def test_latch_writes_until_the_music_stops(studio):
    written(studio)
    studio.roll(1.2, [(0.4, "ch/1/fader", -5.0)])
    assert studio.lane() == [(0.25, -20.0), (0.35, -5.0)]


def test_trim_shifts_what_is_there(studio):
    written(studio)
    studio.desk.set("ch/1/automation", "trim")
    studio.roll(1.5, [(0.4, "ch/1/fader", -17.0)])  # 3 dB up from -20
    assert studio.lane() == [(0.25, -20.0), (0.35, -17.0), (0.75, -7.0)]


def test_a_switch_that_is_trimmed_is_latched(studio):
    studio.desk.set("ch/1/automation", "latch")
    studio.roll(1.2, [(0.3, "ch/1/mute", 1), (0.8, "ch/1/mute", 0)])
    studio.desk.set("ch/1/automation", "trim")
    studio.roll(1.2, [(0.4, "ch/1/mute", 0)])
    assert studio.lane("ch/1/mute") == [(0.25, 1), (0.35, 0)]


def test_a_strip_that_is_off_plays_nothing(studio):
    written(studio)
    studio.desk.change([("ch/1/automation", "off"), ("ch/1/fader", -33.0)])
    studio.roll(1.2)
    assert studio.desk.get("ch/1/fader") == -33.0


def test_moves_survive_a_restart_and_can_be_cleared(tmp_path):
    store = Store(tmp_path)
    first = Studio(None, store)
    written(first)
    store.close()
    store = Store(tmp_path)
    second = Studio(None, store)
    assert second.lane() == [(0.25, -20.0), (0.75, -10.0)]
    assert list(second.desk.do("moves/list", "me")) == [("moves/list", "ch/1/fader", 2), ("moves/list/end", 1)]
    assert list(second.desk.do("moves/clear", "me", "/ch/*/fader")) == [("moves/clear", "/ch/*/fader", 1)]
    assert second.automation.lanes == {}
    store.close()
    assert Store(tmp_path).records == {}


def test_a_loop_begins_anew_with_what_stands_at_its_beginning(studio):
    written(studio)
    studio.desk.set("ch/1/automation", "read")
    studio.desk.change([("transport/loop/on", 1), ("transport/loop/in", 0.25), ("transport/loop/out", 1.0)])
    heard = []
    studio.desk.listen(lambda origin, news: heard.append(news.get("ch/1/fader")) if "ch/1/fader" in news else None)
    studio.roll(2.4)
    assert heard[-4:] == [-10.0, -20.0, -10.0, -20.0] or heard[-4:] == [-20.0, -10.0, -20.0, -10.0]


@pytest.mark.parametrize(("words", "said"), [
    (("moves/clear", "zz/1"), "no path matches"),
    (("moves/clear",), "the pattern is missing"),
    (("moves/save", "../x"), "not a file's name"),
    (("moves/list", "x"), "more words than it takes"),
])  # fmt: skip
def test_what_cannot_be_done_is_told(studio, words, said):
    with pytest.raises(Refusal, match=said):
        studio.desk.do(words[0], "me", *words[1:])


def test_without_a_state_directory_nothing_is_saved():
    one = Studio(None)
    with pytest.raises(Refusal, match="no state directory"):
        one.desk.do("moves/save", "me", "x")


def test_moves_are_saved_whole_beside_whatever_has_their_name(tmp_path):
    """A FIFO of that name is replaced, not written into; one that is saved again stays what it was until then."""
    one = Studio(tmp_path)
    written(one)
    (tmp_path / "moves").mkdir()
    os.mkfifo(tmp_path / "moves" / "ride.jsonl")
    for _ in range(2):
        ((_, file, count),) = one.desk.do("moves/save", "me", "ride")
        assert (file, count) == (str(tmp_path / "moves" / "ride.jsonl"), len(read_moves(file)))
    assert [file.name for file in (tmp_path / "moves").iterdir()] == ["ride.jsonl"]


def test_a_disk_that_takes_no_moves_is_told(tmp_path):
    one = Studio(tmp_path)
    (tmp_path / "moves").write_text("in the way")
    with pytest.raises(Refusal, match=r"moves/save: cannot be written: .*got 'ride'; free the disk"):
        one.desk.do("moves/save", "me", "ride")


def test_moves_are_written_by_an_errand_that_never_looks_at_the_desk(tmp_path):
    one = Studio(tmp_path)
    written(one)
    deed = one.desk.prepare("moves/save", "me", "ride")
    errand = deed.act(deed)
    assert not (tmp_path / "moves").exists()
    one.desk.do("moves/clear", "me", "**")
    count = errand.work()
    assert count == len(read_moves(tmp_path / "moves" / "ride.jsonl")) == 2
    assert list(errand.then(count)) == [("moves/save", str(tmp_path / "moves" / "ride.jsonl"), 2)]
