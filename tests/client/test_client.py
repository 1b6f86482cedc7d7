"""`studiod get` and `set` against the real daemon: values that look like options, texts that look like numbers."""

import socket
import threading

from studiod.cli.main import main
from studiod.net.osc_codec import encode


def test_values_of_every_kind_are_set_from_the_command_line(daemon, capsys) -> None:
    port = str(daemon.osc_port)

    def run(*words: str) -> tuple[int, str, str]:
        code = main([*words])
        out = capsys.readouterr()
        return code, out.out.strip(), out.err.strip()

    assert run("set", "ch/1/fader", "-6", "--port", port) == (0, "-6.0", "")
    assert run("set", "--port", port, "ch/1/fader", "-inf") == (0, "-90.0", "")
    assert run("set", "ch/1/eq/1/freq", "1e3", "--port", port) == (0, "1000.0", "")
    assert run("set", "ch/1/name", "5", "--port", port) == (0, "5", "")
    assert run("set", "ch/1/eq/1/type", "notch", "--port", port) == (0, "notch", "")
    code, out, err = run("set", "ch/1/fader", "99", "--port", port)
    assert (code, out) == (1, "")
    assert "-90 to 10 dB" in err
    assert "99" in err
    assert run("get", "ch/1/fader", "--port", port) == (0, "-90.0", "")
    code, _, err = run("set", "ch/1/fadr", "1", "--port", port)
    assert code == 1
    assert "nearest is ch/1/fader" in err


def test_a_refusal_that_comes_once_is_told_and_not_called_silence(capsys, monkeypatch) -> None:
    """A host without a role hears one refusal a second: the question after the value gets none."""
    monkeypatch.setattr("studiod.client.client.PATIENCE_S", 0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as desk:
        desk.bind(("127.0.0.1", 0))
        answer = threading.Thread(
            target=lambda: desk.sendto(encode("/error", "/ch/1/fader", "needs the role view"), desk.recvfrom(2000)[1])
        )
        answer.start()
        assert main(["set", "ch/1/fader", "-6", "--port", str(desk.getsockname()[1])]) == 1
        answer.join()
    assert capsys.readouterr().err == "needs the role view\n"
