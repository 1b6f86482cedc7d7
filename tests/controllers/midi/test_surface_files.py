"""Maps of surfaces: the shipped ones fit the console, and a faulty one is told in full."""

import json
import re
from pathlib import Path

import pytest

from controllers.midi import surface_files, surface_reader
from controllers.midi.messages import ENCODINGS
from controllers.midi.surface import MODES
from studiod.registry.commands import DESK
from studiod.registry.registry import Console, Registry

FILES = sorted(surface_files.SHIPPED.glob("*.toml"))
PLAIN = [file for file in FILES if surface_files.kind(file) == surface_files.PLAIN]


def write(folder: Path, text: str) -> Path:
    file = folder / "mine.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("file", PLAIN, ids=lambda file: file.stem)
def test_a_shipped_map_fits_the_console(file: Path) -> None:
    device = surface_files.read(file, Registry(Console()))
    assert device.ports
    assert device.warnings == ()


# What silences all outputs, or puts the whole desk back, at one press: it needs SHIFT, which no map can say yet.
SILENCES = ("output/mute", "monitor/mute", "desk/reset", "restore")


@pytest.mark.parametrize("file", PLAIN, ids=lambda file: file.stem)
def test_no_button_of_a_shipped_map_silences_all_outputs(file: Path) -> None:
    device = surface_files.read(file, Registry(Console()))
    assert not ({c.path for c in device.controls} | {c.do for c in device.controls}) & {*SILENCES}


def test_the_nanokontrol2_says_what_its_maker_says() -> None:
    device = surface_files.read(surface_files.find("nanokontrol2"), Registry(Console()))
    paths = {c.message.number: c.at(0) for c in device.controls if c.message.kind == "cc"}
    for n in range(8):
        assert paths[n] == f"ch/{n + 1}/fader"
        assert paths[16 + n] == f"ch/{n + 1}/pan"
        assert paths[32 + n] == f"ch/{n + 1}/solo"
        assert paths[48 + n] == f"ch/{n + 1}/mute"
        assert paths[64 + n] == f"ch/{n + 1}/arm"
    assert {c.message.number: c.bank for c in device.controls if c.bank} == {58: -8, 59: 8}
    transport = {c.message.number: (c.path, c.value) for c in device.controls if 41 <= c.message.number <= 46}
    assert transport == {
        41: ("transport/state", "play"), 42: ("transport/state", "stop"), 43: ("transport/position", 0.0),
        45: ("recorder/state", None), 46: ("transport/loop/on", None),
    }  # fmt: skip
    done = {c.message.number: (c.do, *c.words) for c in device.controls if c.do}
    assert done == {60: ("marker/add",), 61: ("locate", "previous"), 62: ("locate", "next")}
    lit = {c.message.number for c in device.controls if c.lamp}
    assert lit <= {*range(32, 40), *range(48, 56), *range(64, 72), *range(41, 47)}  # the others have no LED
    assert all(c.lamp.message == c.message for c in device.controls if c.lamp)


def test_every_fault_of_a_map_is_told_at_once(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """
        ports = ["nano["]
        chanel = 1
        rate_hz = 0
        [[control]]
        name = "slider"
        cc = "0-200"
        path = "ch/{n}/fader"
        [[control]]
        name = "mute"
        cc = 48
        path = "ch/{n}/mutt"
        mode = "togle"
        takeover = "pick-up"
        feedback = { cc = 48, on = 300 }
        [[control]]
        name = "again"
        cc = [48, 49]
        note = 3
        path = "ch/{n}/mute"
        [[control]]
        name = "knob"
        cc = 48
        path = "ch/{n}/pan"
        mode = "toggle"
        feedback = { cc = "1-2" }
        channel = 17
        """,
    )
    with pytest.raises(surface_files.SurfaceError) as told:
        surface_files.read(file, Registry(Console()))
    text = str(told.value)
    for line in (
        f"{file}: chanel: expected a key of",
        "(nearest is channel); came 1",
        "ports: expected a list of regular expressions",
        "rate_hz: expected a rate of 1..1000 Hz; came 0",
        "control 'slider': cc: expected numbers 0..127: 5, \"0-7\" or [1, 4, 7]; came '0-200'",
        "control 'mute': mode: expected absolute or toggle or momentary or set or relative (nearest is toggle); "
        "came 'togle'",
        "control 'mute': takeover: expected pickup or jump (nearest is pickup); came 'pick-up'",
        "control 'mute': feedback.on: expected a whole number 0..127; came 300",
        "control 'mute': path: expected a path of this console (nearest is ch/1/mute)",
        "control 'again': cc: expected one of cc, cc14, nrpn, note, pitch_bend, such as",
        "control 'knob': mode: expected a mode that suits ch/{n}/pan, a number; came 'toggle'",
        "control 'knob': channel: expected a whole number 1..16; came 17",
        "control 'knob': feedback: expected 1 numbers, as many as the control has; came 2",
        "control 'knob': cc: expected a message of its own; came \"48, which 'mute' has\"",
    ):
        assert line in text, text


@pytest.mark.parametrize(
    "text", ["", "control = 3", "[[control]]\ncc = 1", "[[control]]\ncc = 1\nbank = 1\npath = 'ch/1/pan'"]
)
def test_a_map_without_a_use_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(surface_files.SurfaceError, match="expected"):
        surface_files.read(write(tmp_path, text))


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(surface_files.SurfaceError, match=r"mine\.toml: cannot be read"):
        surface_files.read(write(tmp_path, "= ="))


def test_maps_are_looked_for_by_path_beside_the_settings_by_the_user_and_among_those_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    rack = tmp_path / "etc"
    settings = str(rack / "studio.toml")
    places = [rack / "surfaces", rack, tmp_path / "user/studiod/surfaces", surface_files.SHIPPED]
    assert surface_files.folders(settings) == places
    assert surface_files.folders() == places[2:]
    for place in reversed(places[:3]):  # each is found before those after it
        place.mkdir(parents=True, exist_ok=True)
        for name in ("mine", "nanokontrol2"):
            (place / f"{name}.toml").write_text("")
            assert surface_files.find(name, settings=settings) == place / f"{name}.toml"
    assert surface_files.find("mine.toml", settings=settings) == rack / "surfaces" / "mine.toml"
    (tmp_path / "else where.toml").write_text("")
    assert surface_files.find(str(tmp_path / "else where.toml"), settings=settings) == tmp_path / "else where.toml"
    assert surface_files.find("bcf2000", settings=settings).parent == surface_files.SHIPPED


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nanocontrol2", "no map named 'nanocontrol2' in {places}; nearest is nanokontrol2"),
        ("studio", "no map named 'studio' in {places}"),  # the settings themselves are none, and nothing is near
        ("../secret", "no map named '../secret' in {places}"),
        ("qqqq", "no map named 'qqqq' in {places}"),
        ("/nowhere/mine.toml", "/nowhere/mine.toml: no such file; expected a map, or a map's name without its folder"),
    ],
)
def test_a_map_that_is_not_there_is_told_with_all_places_and_the_nearest(name: str, words: str, tmp_path: Path) -> None:
    settings = tmp_path / "studio.toml"
    settings.write_text("")
    (tmp_path.parent / "secret.toml").write_text("")
    *first, last = map(str, surface_files.folders(str(settings)))
    with pytest.raises(surface_files.SurfaceError) as told:
        surface_files.find(name, settings=str(settings))
    expected = "midi.surfaces: " + words.format(places=f"{', '.join(first)} or {last}")
    assert str(told.value) == expected if words.endswith("{places}") else str(told.value).startswith(expected)


def test_without_a_home_the_user_has_no_maps(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_: str) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr("platformdirs.user_config_path", homeless)
    assert surface_files.folders() == [surface_files.SHIPPED]
    assert surface_files.find("bcf2000").parent == surface_files.SHIPPED


@pytest.mark.parametrize(
    ("value", "found"),
    [(5, [5]), ("0-3", [0, 1, 2, 3]), ([1, "4-5"], [1, 4, 5]), (True, None), (128, None), ("x", None), ([], None)],
)
def test_numbers_are_one_a_span_or_a_list(value: object, found: list[int] | None) -> None:
    assert surface_files.numbers(value) == found


def test_every_fault_of_the_finer_kinds_is_told_at_once(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """
        [[control]]
        name = "fader"
        cc14 = "0-40"
        path = "ch/{n}/fader"
        [[control]]
        name = "wide"
        nrpn = 16383
        path = "ch/1/fader"
        [[control]]
        name = "bend"
        pitch_bend = "0-8"
        channel = 2
        path = "ch/{n}/fader"
        [[control]]
        name = "endless"
        cc = 16
        path = "ch/1/pan"
        mode = "relative"
        step = 2
        acceleration = 0
        [[control]]
        name = "coded"
        cc = 17
        path = "ch/1/pan"
        mode = "relative"
        encoding = "two_complement"
        [[control]]
        name = "idle"
        cc = 18
        path = "ch/1/pan"
        step = 0.5
        [[control]]
        name = "button"
        pitch_bend = 3
        path = "ch/1/mute"
        mode = "toggle"
        [[control]]
        name = "turned"
        note = 3
        path = "ch/1/pan"
        mode = "relative"
        encoding = "signed_bit"
        [[control]]
        name = "felt"
        cc = "20-21"
        path = "ch/{n}/fader"
        touch = { note = 3, velocity = 1 }
        top = 200
        [[control]]
        name = "touchy"
        cc = 22
        path = "ch/1/fader"
        touch = 4
        feedback = { cc14 = 9, on = 20000, echo = 1 }
        [[control]]
        name = "pair"
        cc14 = 2
        path = "ch/1/trim"
        [[control]]
        name = "half"
        cc = 34
        path = "ch/2/trim"
        [[control]]
        name = "number"
        nrpn = 5
        path = "ch/3/trim"
        [[control]]
        name = "entry"
        cc = 38
        path = "ch/3/trim"
        [[control]]
        name = "shift"
        cc14 = 8
        bank = 8
        """,
    )
    with pytest.raises(surface_files.SurfaceError) as told:
        surface_files.read(file, Registry(Console()))
    text = str(told.value)
    for line in (
        "control 'fader': cc14: expected numbers 0..31: 5, \"0-7\" or [1, 4, 7]; its LSB is 32 further on; came '0-40'",
        "control 'wide': nrpn: expected numbers 0..16382",
        "control 'bend': channel: expected none beside pitch_bend, whose numbers are the channels; came 2",
        "control 'bend': pitch_bend: expected MIDI channels 1..16",
        "control 'endless': encoding: expected one of signed_bit, signed_bit_reversed, twos_complement, offset_binary",
        "control 'endless': step: expected a part of the travel of 0.0001..1; came 2",
        "control 'endless': acceleration: expected a power of 1..3; came 0",
        "control 'coded': encoding: expected signed_bit or signed_bit_reversed or twos_complement or offset_binary or "
        "ends or ends_reversed (nearest is twos_complement); came 'two_complement'",
        "control 'idle': step: expected no such key without mode = \"relative\"; came 0.5",
        "control 'button': mode: expected one that pitch_bend can have (cc and note can be toggle); came 'toggle'",
        "control 'turned': mode: expected one that note can have (cc can be relative); came 'relative'",
        "control 'felt': touch.velocity: expected a key of cc note channel",
        "control 'felt': touch: expected 2 numbers, as many as the control has; came 1",
        "control 'felt': top: expected a whole number 1..127; came 200",
        "control 'touchy': touch: expected a table, such as { note = \"104-111\" }; came 4",
        "control 'touchy': feedback.on: expected a whole number 0..16383; came 20000",
        "control 'touchy': feedback.echo: expected true or false; came 1",
        "control 'half': cc: expected a message of its own; came \"34, which 'pair' has\"",
        "control 'entry': cc: expected a number that NRPN on this channel does not need; came 38",
        "control 'shift': mode: expected one that cc14 can have",
    ):
        assert line in text, f"{line}\nis not in\n{text}"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ('cc = "0-7"\npath = "main/fader"', ["line 3: control 'a': 8 controls move one path, main/fader; each moves"]),
        (
            'cc = "0-7"\npath = "ch/{n}/pan"\n\n[[control]]\nname = "b"\nnote = "0-7"\npath = "ch/{n}/pan"',
            ["lines 3 and 8: control 'a' and 'b': 2 controls move one path, ch/1/pan (as of 7 more paths); each moves"],
        ),
        (
            'cc = "0-1"\npath = "ch/{n}/pan"\n[[control]]\nname = "b"\nnote = 1\npath = "ch/2/pan"',
            ["lines 3 and 7: control 'a' and 'b': 2 controls move one path, ch/2/pan; each moves"],
        ),
        (
            'cc14 = "0-1"\npath = "ch/1/fader"\n[[control]]\nname = "b"\nnrpn = [7, 9]\npath = "main/balance"',
            ["line 3: control 'a': 2 controls move one path, ch/1/fader;", "line 7: control 'b': 2 controls move one"],
        ),
        # meant: one button plays, another stops
        (
            'cc = 1\npath = "transport/state"\nvalue = "play"\n[[control]]\ncc = 2\npath = "transport/state"\n'
            'value = "stop"',
            [],
        ),
        ('cc = "0-7"\nbank = 8', []),
        ('note = "0-7"\ndo = "cue/go"\nwords = ["{n}"]', []),
    ],
)
def test_controls_that_move_one_path_are_told_with_file_and_lines(rows: str, told: list[str], tmp_path: Path) -> None:
    file = write(tmp_path, f'ports = ["x"]\n\n[[control]]\nname = "a"\n{rows}\n')
    warnings = surface_files.read(file, Registry(Console())).warnings
    assert len(warnings) == len(told)
    for warning, begin in zip(warnings, told, strict=True):
        assert warning.startswith(f"{file}: {begin}"), warning


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ('cc = 1\npath = "ch/1/pan"\nfine_first = true', "fine_first: expected no such key without cc14 or nrpn"),
        ('cc14 = 1\npath = "ch/1/pan"\nfine_first = 1', "fine_first: expected true or false; came 1"),
        ('cc = 1\ndo = "marker/ad"', "do: expected a command of the desk, such as marker/add (nearest is marker/add)"),
        ("cc = 1\ndo = 3", "do: expected a command of the desk, such as marker/add"),
        ('cc = 1\ndo = "undo"\nwords = "x"', "words: expected a list of texts and numbers, such as"),
        ('cc = 1\ndo = "undo"\nwords = [true]', "words: expected a list of texts and numbers, such as"),
        ('cc = 1\nbank = 8\nwords = ["x"]', "words: expected no such key without do"),
        ('cc = 1\ndo = "undo"\nbank = 8', "path: expected one of a path, such as"),
        ('cc14 = 1\ndo = "undo"', "mode: expected one that cc14 can have (cc and note can be toggle)"),
        ('cc = 1\npath = "ch/1/pan"\nmode = "set"', "value: expected a value beside mode = \"set\"; came 'nothing'"),
        ('cc = 1\npath = "ch/1/mute"\nmode = "toggle"\nvalue = 1', 'value: expected no such key without mode = "set"'),
        ('cc = 1\npath = "transport/state"\nvalue = "ply"', "value: expected "),
        ('cc = 1\npath = "ch/{n}/pan"\nvalue = 101', "value: expected a number from -100 to 100"),
        ('pitch_bend = 1\npath = "ch/1/pan"\nvalue = 0', "mode: expected one that pitch_bend can have (cc and note"),
    ],
)
def test_keys_of_buttons_and_halves_are_refused_in_words(rows: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(surface_files.SurfaceError) as told:
        surface_files.read(write(tmp_path, f'[[control]]\nname = "a"\n{rows}\n'), Registry(Console()))
    assert f"control 'a': {words}" in str(told.value), told.value


def test_the_tables_of_the_maps_name_every_key_and_encoding() -> None:
    text = (surface_files.SHIPPED / "README.md").read_text("utf-8")
    words = set(re.findall(r"`([a-z_0-9]+)`", text))
    assert {*surface_reader.TOP_KEYS, *surface_reader.KEYS} - {"name", "control"} <= words
    assert {*ENCODINGS, *MODES} <= words


def test_all_faults_of_one_control_are_told_at_once(tmp_path: Path) -> None:
    rows = """[[control]]
        name = "a"
        cc = "0-200"
        path = "ch/{n}/fade"
        feedback = { note = 300, on = 20000, ehco = 1 }
        touch = { cc = 1, chanel = 2 }
        colour = "red"
        """
    with pytest.raises(surface_files.SurfaceError) as told:
        surface_files.read(write(tmp_path, rows), Registry(Console()))
    found = [line.partition("control 'a': ")[2] for line in str(told.value).split("\n")]
    keys = {line.partition(":")[0] for line in found}
    wanted = {"cc", "path", "feedback.note", "feedback.on", "feedback.ehco", "touch.chanel", "colour"}
    assert (keys, len(found)) == (wanted, len(wanted)), found
    assert "path: expected a path of this console (nearest is ch/1/fader); came 'ch/{n}/fade'" in found
    with pytest.raises(surface_files.SurfaceError, match=r"(?s)at least one.*ch/1/fadr") as told:
        surface_files.read(write(tmp_path, 'control = [1, { cc = 1, path = "ch/1/fadr" }]'), Registry(Console()))


@pytest.mark.parametrize("do", [*DESK])
def test_the_words_of_a_button_are_checked_against_what_its_command_takes(do: str, tmp_path: Path) -> None:
    command = DESK[do]

    def faults(words: list[object]) -> str:
        file = write(tmp_path, f'[[control]]\nname = "a"\ncc = 1\ndo = "{do}"\nwords = {json.dumps(words)}\n')
        try:
            surface_files.read(file)
        except surface_files.SurfaceError as told:
            return str(told)
        return ""

    samples: list[object] = [*command.samples]
    assert faults(samples) == ""
    expected = f"control 'a': words: expected what {do} takes, {command.expects}; came "
    assert expected in faults([*samples, *[1] * (len(command.takes) - len(samples) + 1)])
    if needed := sum(not one.optional for one in command.takes):
        assert expected in faults(samples[: needed - 1])
    for k, one in enumerate(command.takes[: len(samples)]):
        wrong: dict[object, object] = {str: 3, int: "three", int | str: 2.5, float | int: "three"}
        if one.kind.types in wrong:
            assert expected in faults([*samples[:k], wrong[one.kind.types], *samples[k + 1 :]])


@pytest.mark.parametrize("do", ["ping", "meters/reset", "subscribe", "status"])
def test_a_word_of_osc_alone_is_no_command_of_a_button(do: str, tmp_path: Path) -> None:
    with pytest.raises(surface_files.SurfaceError, match=f"do: expected a command of the desk.*{do} is a word of OSC"):
        surface_files.read(write(tmp_path, f'[[control]]\ncc = 1\ndo = "{do}"\n'))


def test_a_button_of_a_row_has_its_place_as_a_number_and_numbers_may_be_texts(tmp_path: Path) -> None:
    for do, words in (("scene/recall", '["{n}", "3 s"]'), ("cue/move", '["{n}", "2"]'), ("take/load", "[1.0, 'on']")):
        read = surface_files.read(write(tmp_path, f'[[control]]\nnote = "0-7"\ndo = "{do}"\nwords = {words}\n'))
        assert len(read.controls) == 8
