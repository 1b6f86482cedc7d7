"""Fixtures: a JACK server without hardware, and daemons on free ports.

The cache of compiled code is the user's own: it is warm already.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

import servers
from studiod.store import store

store.CLOSE_S = 60.0  # a stop waits a second for the disk; here others keep it busy, and no test is about that second
hypothesis.settings.register_profile("house", deadline=None)  # timings never go into tests
hypothesis.settings.load_profile("house")


SLOW = frozenset(Path(__file__).with_name("slow.txt").read_text("utf-8").split())  # written by tests/bench/slow.py
LIVE = frozenset(("daemon", "make_daemon", "jack_server"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a JACK server, what starts a daemon or a browser, and what takes over an eighth of a second."""
    for item in items:
        used = frozenset(getattr(item, "fixturenames", ()))
        if "jack_server" in used:
            item.add_marker(pytest.mark.alone)
        if used & LIVE or item.path.parent.name in ("live", "page"):
            item.add_marker(pytest.mark.live)
        if item.nodeid.partition("[")[0] in SLOW:
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A test that passed when it was tried again is told with what failed first."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.write_sep("_", f"TRIED AGAIN {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


@pytest.fixture
def jack_server(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[servers.JackServer]:
    """A JACK dummy server that this process and its children find by themselves.

    Other than 48 kHz, 64 frames, 32 × 32, asynchronous:
    `@pytest.mark.parametrize("jack_server", [{"sync": True, "channels": 8}], indirect=True)`.
    """
    with servers.jack_server(tmp_path, **getattr(request, "param", {})) as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def make_daemon(tmp_path: Path) -> Iterator[Callable[..., servers.Daemon]]:
    """make_daemon({"console": {"channels": 3}}): a daemon, ready unless start=False, ended with the test."""
    made: list[servers.Daemon] = []

    def make(settings: dict[str, dict[str, Any]] | None = None, *, start: bool = True, **more: Any) -> servers.Daemon:
        daemon = servers.Daemon(tmp_path / f"daemon-{len(made) + 1}", settings, **more)
        made.append(daemon)
        return daemon.start() if start else daemon

    yield make
    for daemon in reversed(made):
        daemon.close()


@pytest.fixture
def daemon(make_daemon: Callable[..., servers.Daemon]) -> servers.Daemon:
    """A daemon on the virtual interface with rest settings, ready."""
    return make_daemon()
