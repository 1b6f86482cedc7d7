"""The table of roles, walked path by path and command by command over a whole desk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from controllers.access import Access, allowed
from controllers.osc.server import Osc
from studiod.host.daemon import Daemon
from studiod.registry import roles
from studiod.settings.schema import ConsoleSize, Settings

NAMES = ("view", "bus:1", "bus:4", "mix", "admin")


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """All commands of a running desk, without its wires."""
    console = ConsoleSize(channels=4, buses=6, returns=2, matrices=4)
    made = Daemon(Settings(console=console), tmp_path_factory.mktemp("state"))
    yield made
    made.store.close()


def expected(role: str, path: str, linked: bool) -> bool:
    """The contract in other words than the table's: whether a role may set a path."""
    if role == "admin":
        return True
    if role == "view":
        return False
    if role == "mix":
        return not re.match(r"(output|input|config)/", path)
    bus = int(role[4:])
    mine = {bus, bus + 1 if bus % 2 else bus - 1} if linked else {bus}
    send = re.fullmatch(r"(ch|return)/\d+/send/(\d+)/\w+", path)
    if send:
        return int(send[2]) in mine
    own = re.fullmatch(r"bus/(\d+)/(fader|mute|balance|eq/.+)", path)
    return bool(own) and int(own[1]) in mine


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("role", NAMES)
def test_every_path_asks_for_its_role(daemon: Daemon, role: str, linked: bool) -> None:
    for bus in (1, 3):
        daemon.desk.set(f"bus/{bus}/link", int(linked))
    access = Access(daemon.desk)
    counts = {True: 0, False: 0}
    for path in daemon.registry.params:
        may = access.lacks(role, path) == ""
        assert may is expected(role, path, linked), path
        counts[may] += 1
    if role.startswith("bus"):  # neither a matrix nor another bus: that many paths, counted by hand
        per_bus = (4 + 2) * 5 + 2 + 1 + 6 * 5
        assert counts[True] == per_bus * (2 if linked else 1) + (1 if linked else int(role == "bus:1"))


def test_every_word_and_command_has_a_row_and_every_row_a_word(daemon: Daemon) -> None:
    words = Osc(daemon.desk, Settings()).words
    said = set(words.words) | set(daemon.desk.commands)
    assert said - set(roles.COMMANDS) == set(), "new words need a row in studiod/registry/roles.py"
    assert set(roles.COMMANDS) - said == set(), "rows without a word: take them out"


def test_a_command_without_a_row_is_for_admin_alone(daemon: Daemon) -> None:
    access = Access(daemon.desk)
    assert [access.lacks_for(role, "brand/new") for role in NAMES] == ["admin"] * 4 + [""]


READS = {"ping", "info", "status", "iam", "echo", "subscribe", "subscribe/to", "unsubscribe", "meters/subscribe",
         "meters/subscribe/to", "meters/unsubscribe", "join", "clients"}  # fmt: skip


def may(role: str, word: str) -> bool:
    """The contract in other words: what reads is for all, what deletes scenes and takes or reaches files for admin."""
    if role == "admin":
        return True
    if word.startswith("token/"):  # what one gave; the list too, which names people
        return role != "view"
    if word in {*READS, "take/deleted"} or word.endswith(("/list", "/diff", "/export")):
        return True
    if word in ("undo", "redo", "gestures", "mix/copy", "fade"):
        return role != "view"
    if word in ("scene/delete", "take/delete", "take/restore", "take/empty", "take/open", "recorder/measure",
                "desk/reset", "backup", "restore"):  # fmt: skip
        return False
    return role == "mix"


@pytest.mark.parametrize("role", NAMES)
def test_every_command_asks_for_its_role(daemon: Daemon, role: str) -> None:
    access = Access(daemon.desk)
    for word in roles.COMMANDS:
        assert (access.lacks_for(role, word) == "") is may(role, word), word


def test_a_role_that_is_none_reaches_nothing() -> None:
    assert not any(roles.reaches("none", need) for need in ("view", "bus", "mix", "admin"))
    assert roles.reaches("none", "none")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.9.9.9"])
def test_this_machine_has_every_right(address: str) -> None:
    assert allowed(address, Settings()) == "admin"


@pytest.mark.parametrize("address", ["", "x", "10.0.0.256", "fe80::1%eth0", "1" * 5000, "8.8.8.8", "192.168.0.9"])
def test_without_a_rule_nobody_else_has_any(address: str) -> None:
    assert allowed(address, Settings()) == "none"


def test_the_manual_of_roles_says_what_the_table_says() -> None:
    text = (Path(__file__).parents[2] / "docs" / "security.md").read_text("utf-8")
    for word, role in roles.COMMANDS.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{role}"))
        assert f"`/{word}`" in row, f"docs/security.md: the row of {role} lacks /{word}"
