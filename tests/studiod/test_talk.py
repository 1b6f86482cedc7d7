"""`studiod get` and `set` against the real daemon: values that look like options, texts that look like numbers."""

from studiod.main import main


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
