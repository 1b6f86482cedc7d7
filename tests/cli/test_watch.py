"""`studiod watch` beside the real daemon: what is, what changes, and how it ends."""

import contextlib
import itertools
import json
import signal
import subprocess
import sys
import threading
import time

import pytest

import servers
from studiod.cli.main import main
from studiod.client.client import ask, watch
from studiod.net.osc_codec import decode, encode
from wrong_daemon import WrongDaemon


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    """For all tests of this file: each looks at channels of its own."""
    with servers.Daemon(tmp_path_factory.mktemp("desk"), {"console": {"channels": 4}}).start() as one:
        yield one


class Watch:
    """`studiod watch` as a child process."""

    def __init__(self, port, *words):
        command = [sys.executable, "-m", "studiod", "watch", *words, "--port", str(port)]
        self.process = subprocess.Popen(
            command, cwd=servers.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        self.thread = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")))
        self.thread.start()

    def says(self, line, within_s=10.0):
        end_s = time.monotonic() + within_s
        while line not in [said.strip() for said in self.lines.copy()] and time.monotonic() < end_s:
            time.sleep(0.02)
        return line in [said.strip() for said in self.lines.copy()]

    def end(self):
        self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(5)
        finally:
            self.process.kill()
            self.thread.join()
            stderr = self.process.stderr.read()
            for pipe in (self.process.stdout, self.process.stderr):
                pipe.close()
        return status, stderr


def test_it_prints_what_is_and_every_change_until_ctrl_c(daemon):
    plain, lines = Watch(daemon.osc_port, "ch/[12]/fader"), Watch(daemon.osc_port, "/ch/1/*", "--json")
    try:
        assert plain.says("ch/1/fader -90.0 dB")
        assert plain.says("ch/2/fader -90.0 dB")
        assert lines.says('{"ch/1/mute": 0}')
        ask("127.0.0.1", daemon.osc_port, "ch/1/fader", "-6")
        assert plain.says("ch/1/fader -6.0 dB")
        assert lines.says('{"ch/1/fader": -6.0}')
        ask("127.0.0.1", daemon.osc_port, "ch/1/name", "Bo Ö")
        assert lines.says(json.dumps({"ch/1/name": "Bo Ö"}))
    finally:
        ends = plain.end(), lines.end()
    assert ends == ((0, ""), (0, ""))
    assert sorted(plain.lines) == ["ch/1/fader -6.0 dB\n", "ch/1/fader -90.0 dB\n", "ch/2/fader -90.0 dB\n"]


def test_a_renewed_lease_goes_on_and_tells_nothing_twice(daemon, monkeypatch):
    monkeypatch.setattr("studiod.client.client.LEASE_S", 0.6)
    monkeypatch.setattr("studiod.client.client.RENEW_S", 0.3)
    news = watch("127.0.0.1", daemon.osc_port, "ch/4/fader")
    assert next(news) == ("ch/4/fader", -90.0)
    timer = threading.Timer(1.5, ask, ("127.0.0.1", daemon.osc_port, "ch/4/fader", "-6"))
    timer.start()
    assert next(news) == ("ch/4/fader", -6.0)
    timer.join()
    news.close()


@pytest.mark.parametrize("pattern", ["ch/1/fader", "zz/*"])
def test_it_fails_with_a_reason(daemon, pattern):
    port = daemon.osc_port if pattern == "zz/*" else servers.free_udp_port()
    done = subprocess.run(
        [sys.executable, "-m", "studiod", "watch", pattern, "--port", str(port)],
        cwd=servers.ROOT, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert ("no path matches" if pattern == "zz/*" else "is studiod running there?") in done.stderr


def test_changes_alone_leave_out_what_stands_and_nothing_else():
    """Also what changes while all that stands is on its way, and what a renewed lease brings."""

    def answer(packet):
        ((address, words),) = decode(packet)[0]
        if address == "/subscribe":
            yield from (encode("/ch/1/mute", 0), encode("/ch/2/mute", 0), encode("/ch/1/mute", 1))
            yield encode("/ch/3/mute", 1)
            yield from (encode("/snapshot/end", words[0], 3), encode("/alive", 1))
            yield from (encode("/ch/3/mute", 1), encode("/ch/2/mute", 1), encode("/ch/4/mute", 0))

    for changes, told in (
        (True, [("ch/1/mute", 1), ("ch/2/mute", 1), ("ch/4/mute", 0)]),
        (False, [("ch/1/mute", 0), ("ch/2/mute", 0), ("ch/1/mute", 1), ("ch/3/mute", 1), ("ch/2/mute", 1)]),
    ):
        with WrongDaemon(answer) as desk, contextlib.closing(watch("127.0.0.1", desk.port, "ch/*", changes)) as news:
            assert list(itertools.islice(news, len(told))) == told


@pytest.mark.parametrize(("words", "said"), [(("--once", "--changes"), "not allowed with"), (("a", "b"), "b")])
def test_words_that_exclude_each_other_are_bad_usage(words, said, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["watch", *words])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
