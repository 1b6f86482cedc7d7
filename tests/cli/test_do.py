"""`studiod do` and the commands of the same kind beside a real daemon: done, and answered in its own lines."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from test_values import Run

import servers
from studiod.cli.do import meant, readings
from studiod.cli.main import main, parser
from studiod.cli.talk_words import DOES
from studiod.errors import Fault
from studiod.net.osc_codec import encode
from wrong_daemon import WrongDaemon

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Daemon]:
    with servers.Daemon(tmp_path_factory.mktemp("desk"), {"console": {"channels": 3, "buses": 2}}).start() as one:
        yield one


@pytest.fixture
def run(daemon: servers.Daemon, capsys: Said) -> Run:
    return Run(daemon, capsys)


def test_what_was_set_from_the_command_line_is_undone_there(run: Run) -> None:
    run("set", "ch/1/fader", "-20")
    run("set", "ch/[1-3]/fader", "-6")
    code, (line,), _ = run("undo")
    assert (code, line.split()[0]) == (0, "undo")
    assert run("get", "ch/*/fader")[1] == ["ch/1/fader -20.0 dB", "ch/2/fader -90.0 dB", "ch/3/fader -90.0 dB"]
    assert run("redo")[0] == 0
    assert run("get", "ch/3/fader")[1] == ["-6.0"]
    log = run("log", "5")[1]
    assert all("studiod@127.0.0.1" in line for line in log[:-1])
    assert log[-1].startswith("log/end ")


def test_commands_are_done_and_answered_line_by_line(run: Run) -> None:
    assert run("do", "scene/store", "Verse")[1][0].startswith("scene/store Verse ")
    assert run("do", "scene", "store", "5")[1][0].startswith("scene/store 5 "), "a name may look like a number"
    names = [line.split()[1] for line in run("do", "/scene/list")[1]]
    assert names == ["5", "Verse", "2"]
    run("set", "ch/1/fader", "-33")
    assert run("do", "scene/recall/Verse")[1] == ["scene/recall Verse 1 0"]
    assert run("copy", "ch/1", "ch/2", "eq")[0] == 0
    assert run("preset", "store", "Warm", "ch/1/eq")[1][0].startswith("preset/store Warm ")
    listed = json.loads(run("preset", "list", "--json")[1][0])
    assert [line[0] for line in listed] == ["preset/list", "preset/list/end"]
    assert run("take", "list")[1][-1].startswith("take/list/end")
    assert run("do", "meters/reset") == (0, [], []), "what has no answer has none"
    assert any(line.startswith("status/device virtual") for line in run("do", "status")[1])


def test_a_take_is_opened_by_a_path_as_the_shell_stands(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sf.write(str(tmp_path / "a.wav"), np.zeros(480), 48_000)
    monkeypatch.chdir(tmp_path)
    assert run("take", "open", "a.wav")[1][0].startswith(f"take/open {tmp_path}/a.wav ")
    assert "b.wav: cannot read this file: there is no such file" in run("take", "open", "b.wav")[2][0]


def test_a_measurement_is_answered_with_what_it_found(run: Run) -> None:
    """The virtual interface has no cable; over one: tests/live/test_overdub.py."""
    code, out, (told,) = run("do", "recorder/measure", "1", "2")
    assert (code, out) == (1, [])
    assert told.startswith("recorder/measure: no sweep came back from output 1 to input 2; is the cable in")
    assert run("get", "recorder/alarm")[1] == [told]
    (told,) = run("do", "recorder/measure", "99", "2")[2]
    assert "the output is out of range" in told


def test_a_log_of_an_undo_names_the_path_that_its_step_named(run: Run) -> None:
    run("set", "ch/[1-3]/pan", "25")
    assert run("undo")[1][0].split()[1] == "ch/1/pan"
    assert run("redo")[1][0].split()[1] == "ch/1/pan"
    lines = run("log", "3")[1][:-1]
    assert ["ch/1/pan" in line.split() for line in lines] == [True] * 3


@pytest.mark.parametrize(("first_s", "last_s"), [("0", "0"), ("2.99", "3"), ("4", "3"), ("1", "1.01")])
def test_a_loop_that_is_none_is_an_alarm_while_it_is_on(run: Run, first_s: str, last_s: str) -> None:
    for path, value in (("in", first_s), ("out", last_s), ("on", "1")):
        assert run("set", f"transport/loop/{path}", value)[0] == 0
    told = (
        f"transport/loop from {first_s} to {last_s} s is too short, and does nothing: set in at least 20 ms before out"
    )
    assert told in run("get", "status/alarm")[1][0]
    run("set", "transport/loop/out", "9")
    assert "loop" not in "".join(run("get", "status/alarm")[1])
    run("set", "transport/loop/on", "0")


def test_where_the_daemon_is_may_stand_before_a_word_or_behind_it(daemon: servers.Daemon, capsys: Said) -> None:
    port = ["--port", str(daemon.osc_port), "--host", daemon.host]
    for words in (
        ["scene", *port, "list", "--json"],
        ["scene", "list", *port, "--json"],
        ["scene", "--json", "list", *port],
    ):
        assert main(words) == 0
        json.loads(capsys.readouterr().out)


def test_a_take_of_nothing_is_refused_to_who_asks(run: Run) -> None:
    code, out, told = run("set", "recorder/state", "record")
    assert (code, out) == (1, [])
    assert told == ["recorder/state: no track is armed; set ch/N/arm to 1"]
    assert run("set", "ch/1/arm", "1")[0] == run("set", "recorder/state", "record")[0] == 0
    run("set", "recorder/state", "stop")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("do", "/typo"), 2, "typo: no such command; nearest is "),
        (("do", "scene/recal", "Verse"), 2, "scene/recal: no such command; nearest is scene/recall;"),
        (("take", "lod", "1"), 2, "take/lod: no such command; nearest is take/load;"),
        (("do", "ch/1/fader", "-6"), 2, "and `studiod set` sets values"),
        (("do", "subscribe", "/**"), 2, "subscribe: no such command"),
        (("do", "scene/recall", "Nowhere"), 1, "no scene of that name"),
        (("copy", "ch/1"), 1, "copy: "),
        (("preset", "recall", "Nothing", "ch/2"), 1, "no preset of that name"),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    found, out, (told,) = run(*words)
    assert (found, out) == (code, [])
    assert said in told


def test_a_table_has_the_names_of_its_columns_on_a_terminal_and_nowhere_else(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("A", "B"):
        run("do", "marker/add", name, "1.5")
    piped = run("do", "marker/list")[1]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run("do", "marker/list")[1] == ["marker/list NAME SECONDS", *piped]
    assert piped == ["marker/list A 1.5", "marker/list B 1.5", "marker/list/end 2"]
    run("do", "marker/delete", "B")
    assert run("do", "marker/list")[1] == ["marker/list A 1.5", "marker/list/end 1"], "one line is no table"
    assert run("do", "marker/list", "--json")[1] == ['[["marker/list", "A", 1.5], ["marker/list/end", 1]]']


def test_the_help_of_do_lists_every_command_with_what_it_takes(capsys: Said) -> None:
    with pytest.raises(SystemExit):
        main(["do", "--help"])
    told = capsys.readouterr().out
    for word in DOES:
        assert f"\n  {word} " in told
    assert "  scene/recall scene [fade] [scope] [safe]  bring a scene back" in told
    with pytest.raises(SystemExit):
        main(["take", "--help"])
    told = capsys.readouterr().out
    assert "  take/load take [add]  a take into the player" in told
    assert "scene/recall" not in told


def test_every_command_of_the_desk_is_found_by_its_name() -> None:
    for word in DOES:
        assert meant([word]) == meant([f"/{word}"]) == (word, [])
        assert meant(word.split("/")) == (word, [])
    assert meant(["scene/recall/My Verse", "3"]) == ("scene/recall/My Verse", ["3"])
    with pytest.raises(Fault, match="nearest is undo"):
        meant(["unod"])


def test_a_word_may_be_a_number_or_a_name() -> None:
    assert list(readings(["5", "-3"])) == [(5, -3), ("5", -3), ("5", "-3")]


def test_a_program_that_only_talks_is_no_desk(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studiod.client.client.PATIENCE_S", 0.3)
    with WrongDaemon(lambda _: [encode("/other", k) for k in range(50)]) as wrong:
        assert main(["do", "undo", "--port", str(wrong.port)]) == 1
    assert "is studiod running there?" in capsys.readouterr().err


def _parsers() -> Iterator[tuple[str, object]]:
    """Every command, and the commands below one."""
    for action in parser()._actions:
        for name, made in (action.choices or {}).items() if isinstance(action.choices, dict) else ():
            yield name, made
            for below in made._actions:
                if isinstance(below.choices, dict):
                    yield from ((f"{name} {word}", one) for word, one in below.choices.items())


def test_the_help_of_every_command_teaches_by_an_example_that_it_takes() -> None:
    import shlex

    seen = dict(_parsers())
    assert len(seen) > 25
    for name, made in seen.items():
        example = made.epilog.partition("example: studiod ")[2]  # type: ignore[attr-defined]
        assert example.startswith(name), name
        parser().parse_args(shlex.split(example.partition(";")[0].partition(",")[0]))


@pytest.mark.parametrize(
    "words", [("take", "load"), ("take", "delete"), ("do", "cue/go"), ("do", "cue/next"), ("undo",), ("log",)]
)
@pytest.mark.parametrize("nothing", ["0", "0.0", "-0"])
def test_a_lone_zero_is_refused_since_here_are_no_buttons(run: Run, words: tuple[str, ...], nothing: str) -> None:
    code, out, (told,) = run(*words, nothing)
    assert (code, out) == (2, [])
    assert f": a lone {nothing} lets go of a button, and does nothing; expected " in told
    assert run("do", "locate", "0")[0] == 0, "where a number from 0 on is meant, it is that number"


def test_what_is_done_to_scenes_is_told_and_so_is_that_there_are_none(daemon: servers.Daemon, capsys: Said) -> None:
    run = Run(daemon, capsys)
    for line in json.loads(run("scene", "list", "--json")[1][0]):
        run("scene", "delete", line["name"])
    assert run("scene", "list") == (0, [], ["no scene is stored; `studiod scene store NAME` makes one"])
    assert run("scene", "list", "--json") == (0, ["[]"], [])
    run("scene", "store", "A")
    assert run("scene", "rename", "A", "B") == (0, ["A: now B"], [])
    assert run("scene", "delete", "B") == (0, ["B: deleted"], [])
    run("scene", "store", "A")
    assert run("scene", "rename", "A", "B", "--json") == (0, ['{"name": "B"}'], [])
    assert run("scene", "delete", "B", "--json") == (0, ['{"name": "B"}'], [])
