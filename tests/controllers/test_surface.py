"""Maps of surfaces: the shipped ones fit the console, and a faulty one is told in full."""

from pathlib import Path

import pytest

from controllers import surface
from studiod.params import Console, Registry


def write(folder: Path, text: str) -> Path:
    file = folder / "mine.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("file", sorted(surface.SHIPPED.glob("*.toml")), ids=lambda file: file.stem)
def test_a_shipped_map_fits_the_console(file: Path) -> None:
    assert surface.read(file, Registry(Console())).ports


def test_the_nanokontrol2_says_what_its_maker_says() -> None:
    device = surface.read(surface.find("nanokontrol2"), Registry(Console()))
    paths = {c.message.number: c.at(0) for c in device.controls if c.message.kind == "cc"}
    for n in range(8):
        assert paths[n] == f"ch/{n + 1}/fader"
        assert paths[16 + n] == f"ch/{n + 1}/pan"
        assert paths[48 + n] == f"ch/{n + 1}/mute"
    assert {c.message.number: c.bank for c in device.controls if c.bank} == {58: -8, 59: 8, 61: -1, 62: 1}
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
    with pytest.raises(surface.SurfaceError) as told:
        surface.read(file, Registry(Console()))
    text = str(told.value)
    for line in (
        f"{file}: chanel: expected a key of",
        "(nearest is channel); came 1",
        "ports: expected a list of regular expressions",
        "rate_hz: expected a rate of 1..1000 Hz; came 0",
        "control 'slider': cc: expected numbers 0..127: 5, \"0-7\" or [1, 4, 7]; came '0-200'",
        "control 'mute': mode: expected absolute or toggle or momentary or relative (nearest is toggle); came 'togle'",
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
    with pytest.raises(surface.SurfaceError, match="expected"):
        surface.read(write(tmp_path, text))


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(surface.SurfaceError, match=r"mine\.toml: cannot be read"):
        surface.read(write(tmp_path, "= ="))


def test_the_users_own_map_comes_first_and_a_wrong_name_gets_the_nearest(tmp_path: Path) -> None:
    own = write(tmp_path, "")
    assert surface.find("mine", [tmp_path, surface.SHIPPED]) == own
    assert surface.find("nanokontrol2", [tmp_path, surface.SHIPPED]).parent == surface.SHIPPED
    with pytest.raises(surface.SurfaceError, match="nearest is nanokontrol2"):
        surface.find("nanocontrol2", [tmp_path, surface.SHIPPED])
    with pytest.raises(surface.SurfaceError, match="no map named"):
        surface.find("../secret", [tmp_path])


@pytest.mark.parametrize(
    ("value", "found"),
    [(5, [5]), ("0-3", [0, 1, 2, 3]), ([1, "4-5"], [1, 4, 5]), (True, None), (128, None), ("x", None), ([], None)],
)
def test_numbers_are_one_a_span_or_a_list(value: object, found: list[int] | None) -> None:
    assert surface.numbers(value) == found


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
    with pytest.raises(surface.SurfaceError) as told:
        surface.read(file, Registry(Console()))
    text = str(told.value)
    for line in (
        "control 'fader': cc14: expected numbers 0..31: 5, \"0-7\" or [1, 4, 7]; its LSB is 32 further on; came '0-40'",
        "control 'wide': nrpn: expected numbers 0..16382",
        "control 'bend': channel: expected none beside pitch_bend, whose numbers are the channels; came 2",
        "control 'bend': pitch_bend: expected MIDI channels 1..16",
        "control 'endless': encoding: expected one of signed_bit, signed_bit_reversed, twos_complement, offset_binary",
        "control 'endless': step: expected a part of the travel of 0.0001..1; came 2",
        "control 'endless': acceleration: expected a power of 1..3; came 0",
        "control 'coded': encoding: expected signed_bit or signed_bit_reversed or twos_complement or offset_binary "
        "(nearest is twos_complement); came 'two_complement'",
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
