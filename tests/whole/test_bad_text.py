"""Files of settings, scenes and moves, whatever is in them, and numbers beyond all sizes: lines, no traceback."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as rules
from hypothesis import strategies as st

import servers
from captures import RATE_HZ, write_sound
from library_rig import REGISTRY, Rig
from studiod.cli.main import main
from studiod.errors import Fault
from studiod.host import preflight
from studiod.memory.scene_format import TOLD_MAX, read_moves, read_scene, refused
from studiod.settings.schema import Settings, SettingsError

Said = pytest.CaptureFixture[str]
LINE_MAX = 2000  # characters
NUMBERS = {"hex": "0x" + "f" * 5000, "digits": "9" * 5000, "negative": "-" + "9" * 5000, "float": "1e999"}
TABLES = {name: list(field.annotation.model_fields) for name, field in Settings.model_fields.items()}  # type: ignore[union-attr]
KEYS = [(table, key) for table, keys in TABLES.items() for key in [*keys, "x"]]
WORDS = [
    "~nosuchuser/x",
    "~",
    "\0",
    "x" * 300,
    "a/" * 3000,
    "127.0.0.1",
    "h:" + "9" * 5000,
    "h:65536",
    "\x1b[31m",
    "/**",
]
SCALARS = st.one_of(
    st.integers(), st.sampled_from([2**63, -(2**63) - 1, 16**400]), st.floats(), st.booleans(), st.sampled_from(WORDS),
    st.text(max_size=30),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=5), one, max_size=3), max_leaves=6
)
FREELY = rules(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def quoted(text: str) -> str:
    clean = re.sub("[\ud800-\udfff]", "?", text)
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml(value: object) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > 2**70:
        return hex(value)
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{quoted(key)} = {toml(inner)}' for key, inner in value.items())}}}"
    return quoted(value) if isinstance(value, str) else str(value)


def lines(fault: Fault) -> list[str]:
    said = str(fault).split("\n")
    assert 0 < len(said) < 100
    assert all(0 < len(line) <= LINE_MAX for line in said)
    return said


@FREELY
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
@example({("virtual", "play"): ["~nosuchuser/a.wav"], ("midi", "mtc"): {"fps": 16**400}})
@example({("osc", "client"): [{"address": "h:" + "9" * 5000, "hz": 16**400}]})
def test_any_settings_are_taken_or_their_faults_listed(tmp_path: Path, values: dict[tuple[str, str], object]) -> None:
    tables: dict[str, list[str]] = {}
    for (table, key), value in values.items():
        tables.setdefault(table, []).append(f"{key} = {toml(value)}")
    file = tmp_path / "studio.toml"
    file.write_text("\n".join("\n".join([f"[{name}]", *keys]) for name, keys in tables.items()), encoding="utf-8")
    said: list[str] = []
    try:
        preflight.load(file)
    except SettingsError as fault:
        said = lines(fault)
    assert all(line.startswith(f"{file}: ") for line in said)


@FREELY
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200) | st.from_regex(r"[\[\]a-z=\"'.0-9_{}\n -]+"))
@example("a = " + "9" * 5000)
@example("[values]\na = " + "9" * 5000)
@example("a = 1979-02-31")
@example("a." * 5000 + "b = 1")
def test_any_text_is_settings_and_a_scene_and_moves_or_a_fault(tmp_path: Path, text: str) -> None:
    file = tmp_path / "file"
    file.write_text(text, encoding="utf-8")
    for read in (preflight.load, read_scene, read_moves):
        try:
            read(file)
        except Fault as fault:
            lines(fault)


MOVES = st.fixed_dictionaries(
    {}, optional={"at": VALUES, "path": st.sampled_from(list(REGISTRY.params)) | VALUES, "value": VALUES}
)  # fmt: skip


@FREELY
@given(st.lists(MOVES | VALUES, max_size=4))
def test_any_moves_are_taken_or_refused(tmp_path: Path, found: list[object]) -> None:
    file = tmp_path / "moves.jsonl"
    file.write_text("\n".join(map(json.dumps, found)))
    rig = Rig()
    try:
        for line in refused(rig.desk, read_moves(file)):
            assert line.isprintable()
            assert len(line) <= LINE_MAX
    except Fault as fault:
        lines(fault)
    finally:
        rig.store.close()


def test_a_thousand_wrong_moves_are_told_by_a_few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file, rig = tmp_path / "moves.jsonl", Rig()
    file.write_text("\n".join(json.dumps({"at": k, "path": f"ch/1/fadr{k}", "value": 0}) for k in range(1000)))
    told = refused(rig.desk, read_moves(file))
    rig.store.close()
    assert len(told) == TOLD_MAX + 1
    assert "nearest is ch/1/fader" in told[0]
    assert told[-1] == f"and {1000 - TOLD_MAX} more like these"


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_a_number_beyond_all_sizes_is_one_line_everywhere(number: str, tmp_path: Path, capsys: Said) -> None:
    file = tmp_path / "file"
    sound = write_sound(tmp_path / "in.wav", np.zeros(RATE_HZ // 100))
    render = ["render", "--input", str(sound), "--output", f"main={tmp_path / 'out.wav'}"]
    jobs: list[tuple[str, list[str], set[int]]] = [
        (f"[console]\nchannels = {number}\n", ["run", "--config", str(file)], {2}),
        (f"[osc]\nclient = [{{ address = 'h:1', hz = {number} }}]\n", ["run", "--config", str(file)], {2}),
        (f"[values]\n'ch/1/fader' = {number}\n", [*render, "--scene", str(file)], {0, 2}),
        (f'{{"at": 0, "path": "ch/1/fader", "value": {number}}}', [*render, "--moves", str(file)], {2}),
        (f'{{"at": {number}, "path": "ch/1/fader", "value": 0}}', [*render, "--moves", str(file)], {2}),
    ]
    for text, words, codes in jobs:
        file.write_text(text)
        assert main(words) in codes, text[:60]
        said = capsys.readouterr().err.splitlines()
        said = [line for line in said if not line.startswith("without --scene")]
        assert len(said) == 1, said
        assert str(file) in said[0]
        assert len(said[0]) < 600


def test_numbers_beyond_all_sizes_are_refused_by_a_running_desk(daemon: servers.Daemon, capsys: Said) -> None:
    port = ("--port", str(daemon.osc_port))
    for number in [*NUMBERS.values(), "1e308", "-1e308", "nan", str(2**63), str(-(2**70)), "1e39", "0xfff", "5" * 300]:
        for path in ("ch/1/fader", "ch/1/mute", "ch/1/eq/1/type", "ch/1/source"):
            assert main(["set", path, number, *port]) == 1, (path, number[:20])
            (line,) = capsys.readouterr().err.splitlines()
            assert line.startswith(f"{path}: "), line
    assert main(["get", "ch/1/fader", *port]) == 0
    assert capsys.readouterr().out == "-90.0\n"


def test_a_home_that_does_not_exist_is_one_line_each(tmp_path: Path, capsys: Said) -> None:
    file = tmp_path / "studio.toml"
    file.write_text(
        '[virtual]\nplay = ["~nosuchuser/a.wav"]\nmoves = "~nosuchuser/m"\ncapture = "~nosuchuser"\n'
        'start_scene = "~nosuchuser/s.toml"\n[state]\ndirectory = "~nosuchuser/d"\n'
    )
    assert main(["run", "--config", str(file)]) == 2
    said = capsys.readouterr().err.splitlines()
    keys = ["virtual.play[1]", "virtual.capture", "virtual.moves", "virtual.start_scene", "state.directory"]
    assert sorted(line.split(": ")[1] for line in said) == sorted(keys)
    for line in said:
        assert "expected a path; there is no home for '~nosuchuser'; got " in line
    sound = write_sound(tmp_path / "in.wav", np.zeros(RATE_HZ // 100))
    render = ["render", "--input", str(sound), "--output", f"main={tmp_path / 'out.wav'}"]
    for words in (
        ["run", "--config", "~nosuchuser/studio.toml"], ["check", "--config", "~nosuchuser/studio.toml"],
        ["params", "--config", "~nosuchuser/studio.toml"], [*render, "--config", "~nosuchuser/studio.toml"],
        [*render, "--scene", "~nosuchuser/s.toml"], [*render, "--moves", "~nosuchuser/m.jsonl"],
        [*render[:3], "--output", "main=~nosuchuser/out.wav"], ["measure", "~nosuchuser/a.wav"],
        ["render", "--input", "~nosuchuser/a.wav", "--output", "main=x.wav"], ["scene", "import", "~nosuchuser/s"],
    ):  # fmt: skip
        assert main(words) == 2, words
        (line,) = capsys.readouterr().err.splitlines()
        assert "~nosuchuser" in line


def test_a_home_that_exists_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "studio.toml").write_text('[state]\ndirectory = "~/desk"\n[virtual]\ncapture = "mix.wav"\n')
    found = preflight.load("~/studio.toml")
    assert found.state.directory == str(tmp_path / "desk")
    assert found.virtual.capture == str(tmp_path / "mix.wav")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.0/8", "127.3.0.0/16", "::1"])
def test_a_rule_for_this_machine_is_refused(address: str, tmp_path: Path) -> None:
    file = tmp_path / "studio.toml"
    file.write_text(f'[[access.rules]]\naddress = "{address}"\nrole = "view"\n')
    with pytest.raises(SettingsError) as fault:
        preflight.load(file)
    (line,) = lines(fault.value)
    assert "access.rules[1].address: expected an address range of other machines, since this one has every" in line
