"""What is told where a MIDI system cannot be reached."""

import pytest

from studiod.midi_ports import reach
from studiod.midi_ports.jack import client


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (OSError("libjack.so.0: cannot open shared object file"),
         "no JACK library (libjack.so.0: cannot open shared object file)"),
        (AttributeError("undefined symbol: jack_set_port_rename_callback"),
         "no JACK library (undefined symbol: jack_set_port_rename_callback)"),
        (client.NoServer(), "no JACK server"),
    ],
)  # fmt: skip
def test_without_a_libjack_or_a_server_it_is_said_which(
    monkeypatch: pytest.MonkeyPatch, fault: Exception, told: str
) -> None:
    def library() -> None:
        raise fault

    monkeypatch.setattr(client, "library", library)
    assert reach.reach("jack") == f"MIDI: {told}; surfaces wait until there is one"


def test_an_unknown_system_is_told_with_those_that_there_are() -> None:
    assert reach.reach("winmm") == 'MIDI: no api "winmm" here; expected auto, alsa, jack, coremidi'
