"""Laws of tokens: what is given, to whom, for how long, and what is kept of it."""

import contextlib
import json
import logging
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from library_rig import Rig
from studiod.desk.grants import Door, Grant
from studiod.desk.identity import Identity
from studiod.memory.tokens import HOURS_MOST, KIND, MOST, MOST_BY_OTHERS, Tokens, hashed
from studiod.registry import roles
from studiod.registry.param import Refusal
from studiod.store.store import FILE, Store

NOW = 1_800_000_000.0
HERE = Door(("http://192.168.1.5:8080", "http://10.0.0.5:8080"))


class Desk(Rig):
    """A desk that keeps tokens, at a time that stands still.  who: what is known of each sender, by its origin."""

    def __init__(self, folder: Path | None = None, now: float = NOW) -> None:
        super().__init__(folder)
        self.tokens: Tokens = self.library.tokens
        self.now_s = now
        self.tokens.wall = lambda: self.now_s
        self.tokens.doors.append(lambda: HERE)
        self.who: dict[str, Identity] = {}
        self.desk.identities.known["osc"] = lambda origin: self.who[origin]

    def sender(self, role: str, grant: Grant | None = None, at: str = "10.0.0.7") -> str:
        origin = f"osc:{role}{grant.id if grant else ''}@{at}"
        self.who[origin] = Identity(origin, "", role, at, "osc", grant)
        return origin

    def give(self, role: str = "mix", name: str = "Anna", *more: Any, by: str = "me") -> str:
        """A new token, itself."""
        lines = self.do("token/new", role, name, *more, by=by)
        assert lines[0][:2] == ("token/new/address", lines[0][1])
        return str(lines[0][1]).partition("#t=")[2]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_token_is_128_bits_told_once_and_found_by_itself_alone(desk: Desk) -> None:
    first, second = desk.do("token/new", "mix", "Anna", 12.0), desk.do("token/new", "mix", "Anna", 12.0)
    address, other, (word, id, name, role, ends) = first
    assert (word, name, role) == ("token/new", "Anna", "mix")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", ends)
    token = address[1].removeprefix("http://192.168.1.5:8080/#t=")
    assert re.fullmatch(r"[\w-]{22}", token), "16 bytes in base 64"
    assert other[1] == f"http://10.0.0.5:8080/#t={token}"
    assert token not in str(second)
    assert desk.tokens.find(token) == Grant(id, "mix", "Anna", NOW + 12 * 3600)
    for wrong in ("", token[:-1], token + "x", token.swapcase(), "x" * 10_000, "\ud800", id, hashed(token).hex()):
        assert desk.tokens.find(wrong) is None
    assert token not in str(desk.do("token/list"))


def test_its_code_is_a_picture_of_its_address(desk: Desk) -> None:
    """Drawn by segno: the same address gives the same picture, another one another."""
    (_, _, svg), (_, _, other), _ = desk.do("token/new", "view", "Anna")
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ')
    assert svg.endswith("</svg>")
    assert svg != other
    assert "script" not in svg


@pytest.mark.parametrize("role", ["view", "bus:1", "bus:3", "mix", "admin"])
def test_nobody_gives_more_than_he_has(desk: Desk, role: str) -> None:
    may = {"view": set(), "bus:1": {"bus:1", "view"}, "bus:3": {"bus:3", "view"}}
    may["mix"] = {"view", "mix", "bus:1", "bus:2", "bus:3", "bus:4"}
    may["admin"] = may["mix"] | {"admin"}
    given = set()
    for wanted in ("view", "bus:1", "bus:2", "bus:3", "bus:4", "mix", "admin"):
        with contextlib.suppress(Refusal):
            desk.give(wanted, by=desk.sender(role))
            given.add(wanted)
    assert given == may[role]
    with pytest.raises(Refusal, match="nobody gives more than he has, which is the role bus:1"):
        desk.give("mix", by=desk.sender("bus:1"))
    assert not any(roles.covers("none", one) or roles.covers("admin", "none") for one in may["admin"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("boss", "Anna"), "token/new: no such role; expected view, mix, admin, or bus:1 to bus:4"),
        (("mixer", "Anna"), "nearest is 'mix'"),
        (("bus:5", "Anna"), "no such role"),
        (("none", "Anna"), "no such role"),
        (("mix",), "the name is missing"),
        (("mix", ""), "the name has to be 1 to 64 characters"),
        (("mix", "x" * 33), "the name has to be at most 32 characters"),
        (("mix", "a\nb"), "none of them a control character"),
        (("mix", "Anna", 0.0), "how long is out of range (0.01 to 87600 h)"),
        (("mix", "Anna", HOURS_MOST + 1), "how long is out of range"),
        (("mix", "Anna", "soon"), "how long is not a number"),
        (("mix", "Anna", 1.0, 1.0), "more words than it takes"),
    ],
)
def test_what_cannot_be_given_is_refused_in_words(desk: Desk, words: tuple[Any, ...], told: str) -> None:
    with pytest.raises(Refusal) as refused:
        desk.do("token/new", *words)
    assert told in str(refused.value)
    assert desk.do("token/list") == [("token/list/end", 0)]


def test_without_a_door_no_token_is_made(desk: Desk) -> None:
    desk.tokens.doors.clear()
    with pytest.raises(Refusal, match="no door takes tokens: this desk listens on no"):
        desk.give()
    desk.tokens.doors.append(lambda: Door(("http://127.0.0.1:8080",), "http.listen reaches this machine alone"))
    lines = desk.do("token/new", "mix", "Anna")
    assert [line[0] for line in lines] == ["token/new/address", "token/new/shut", "token/new"]
    assert lines[1][1] == "http.listen reaches this machine alone"


def test_a_token_gives_nothing_once_it_is_over_or_revoked(desk: Desk) -> None:
    short, long, third = desk.give("mix", "Anna", 1.0), desk.give("mix", "Bert", 2.0), desk.give("mix", "Bert")
    grants = [found for token in (short, long, third) if (found := desk.tokens.find(token))]
    desk.now_s += 3599
    assert all(map(desk.tokens.holds, grants))
    desk.now_s += 1
    assert desk.tokens.find(short) is None
    assert [desk.tokens.holds(grant) for grant in grants] == [False, True, True]
    assert len(desk.do("token/list")) == 3
    lines = desk.do("token/revoke", "Bert")
    assert [line[0] for line in lines] == ["token/revoke/ended", "token/revoke/ended", "token/revoke"]
    assert lines[-1] == ("token/revoke", 2)
    assert (desk.tokens.find(long), desk.tokens.find(third)) == (None, None)
    assert not any(map(desk.tokens.holds, grants))


def test_one_is_revoked_by_its_id_its_name_or_itself_and_the_word_is_never_repeated(desk: Desk) -> None:
    tokens = [desk.give("mix", name) for name in ("Anna", "Bert", "Cora")]
    grant = desk.tokens.find(tokens[0])
    assert grant is not None
    for key in (grant.id, "Bert", tokens[2]):
        assert desk.do("token/revoke", key)[-1] == ("token/revoke", 1)
    other = desk.give("mix", "Dora")
    for wrong in (tokens[0], other[:-1], "Dor"):
        with pytest.raises(Refusal) as refused:
            desk.do("token/revoke", wrong)
        assert wrong not in str(refused.value).replace("'Dora'", "")
        assert "no token of that name or id" in str(refused.value)
    assert "nearest is 'Dora'" in str(refused.value)


def test_what_the_holder_of_a_token_gives_ends_with_his_own(desk: Desk) -> None:
    mine = desk.tokens.find(desk.give("mix", "Anna", 10.0))
    assert mine is not None
    me = desk.sender("mix", mine)
    with pytest.raises(Refusal, match=r"how long is out of range \(0\.01 to 10 h\)"):
        desk.give("bus:1", "Bert", 10.5, by=me)
    child = desk.tokens.find(desk.give("bus:1", "Bert", by=me))
    assert child is not None
    assert child.ends_unix_s <= mine.ends_unix_s
    grandchild = desk.give("bus:1", "Cora", by=desk.sender("bus:1", child))
    stranger = desk.give("bus:1", "Dora", by=desk.sender("mix"))
    assert desk.do("token/revoke", mine.id)[-1] == ("token/revoke", 3)
    assert desk.tokens.find(grandchild) is None
    assert desk.tokens.find(stranger) is not None


def test_one_that_was_asked_for_before_the_givers_own_was_revoked_is_not_given(desk: Desk) -> None:
    mine = desk.tokens.find(desk.give("mix", "Anna", 10.0))
    assert mine is not None
    later = desk.tokens.new(desk.sender("mix", mine), "mix", "Bert")  # in a packet with a time, or behind others
    desk.do("token/revoke", "Anna")
    with pytest.raises(Refusal, match=r"token/new: the giver's own token was revoked, or is over;.* ask an admin"):
        later.act(later)
    assert len(desk.tokens) == 0


def test_a_token_of_the_settings_gives_none_that_would_outlast_it(desk: Desk) -> None:
    settled = desk.sender("admin", Grant("rule:1", "admin"))
    with pytest.raises(Refusal, match="token/new: a token of the settings gives no others, for they would outlast it"):
        desk.give("view", "Bert", by=settled)
    assert len(desk.tokens) == 0


def test_a_giver_in_his_last_seconds_gives_none_that_outlasts_him(desk: Desk) -> None:
    mine = desk.tokens.find(desk.give("mix", "Anna", 0.01))
    assert mine is not None
    desk.now_s = mine.ends_unix_s - 0.5
    child = desk.tokens.find(desk.give("mix", "Bert", by=desk.sender("mix", mine)))
    assert child is not None
    assert child.ends_unix_s <= mine.ends_unix_s


def test_who_is_not_admin_sees_and_revokes_what_he_gave_and_no_more(desk: Desk) -> None:
    desk.give("admin", "Boss")
    mine = desk.tokens.find(desk.give("mix", "Anna"))
    me, other = desk.sender("mix", mine), desk.sender("mix", at="10.0.0.8")
    desk.give("view", "Bert", by=me)
    desk.give("view", "Cora", by=other)
    assert [line[2] for line in desk.do("token/list", by=me)[:-1]] == ["Bert"]
    assert [line[2] for line in desk.do("token/list", by=other)[:-1]] == ["Cora"]
    assert [line[2] for line in desk.do("token/list")[:-1]] == ["Boss", "Anna", "Bert", "Cora"]
    for name in ("Boss", "Anna", "Cora"):
        with pytest.raises(Refusal, match="no token of that name"):
            desk.do("token/revoke", name, by=me)
    assert desk.do("token/revoke", "Bert", by=me)[-1] == ("token/revoke", 1)


def test_who_speaks_from_the_same_host_by_another_right_sees_and_revokes_nothing_of_it(desk: Desk) -> None:
    """Such as who comes through a proxy on this machine, with a token in a header: both are this machine's address."""
    mine = desk.tokens.find(desk.give("bus:1", "Anna"))
    for origin, role, grant in (("osc:here", "admin", None), ("osc:behind", "bus:1", mine), ("osc:there", "mix", None)):
        desk.who[origin] = Identity("osc:127.0.0.1", "", role, "127.0.0.1", "osc", grant)
    desk.give("mix", "Bert", by="osc:here")
    desk.give("view", "Cora", by="osc:there")
    for origin, names in (("osc:behind", []), ("osc:there", ["Cora"]), ("osc:here", ["Anna", "Bert", "Cora"])):
        assert [line[2] for line in desk.do("token/list", by=origin)[:-1]] == names
    with pytest.raises(Refusal, match="no token of that name"):
        desk.do("token/revoke", "Bert", by="osc:behind")


def test_there_are_so_many_and_others_leave_room_for_admin(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studiod.memory.tokens.drawn", lambda url: "")
    for _ in range(MOST_BY_OTHERS):
        desk.give("view", "x", 1.0, by=desk.sender("mix"))
    with pytest.raises(Refusal, match=f"more than {MOST_BY_OTHERS} tokens given by others than admin"):
        desk.give("view", by=desk.sender("mix", at="10.0.0.8"))
    for _ in range(MOST - MOST_BY_OTHERS):
        desk.give("view", "x", 2.0)
    with pytest.raises(Refusal, match=f"more than {MOST} tokens"):
        desk.give("view")
    desk.now_s += 3600
    desk.give("view", by=desk.sender("mix"))
    assert len(desk.do("token/list")) == MOST - MOST_BY_OTHERS + 2


# -- what is kept ------------------------------------------------------------------------------------------------------


def again(desk: Desk, tmp_path: Path) -> Desk:
    assert desk.store.close()
    return Desk(tmp_path, desk.now_s)


def test_a_token_outlives_the_daemon_and_is_kept_as_a_hash(tmp_path: Path) -> None:
    desk = Desk(tmp_path, now=2_000_000_000.0)
    token, gone = desk.give("bus:2", "Ünï ⚡", 5.0), desk.give("mix", "Bert")
    for k in range(8):
        desk.now_s += 0.1
        desk.give("view", f"{k}", 5.0)
    desk.do("token/revoke", "Bert")
    found = desk.tokens.find(token)
    before = desk.do("token/list")
    desk = again(desk, tmp_path)
    assert desk.tokens.find(token) == found is not None
    assert desk.do("token/list") == before
    assert desk.tokens.find(gone) is None
    desk.store.close()
    for file in tmp_path.rglob("*"):
        assert token.encode() not in (file.read_bytes() if file.is_file() else b""), file


def test_a_token_that_is_over_is_not_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.give("mix", "Anna", 1.0)
    desk.now_s += 3600
    desk.do("token/list")
    desk = again(desk, tmp_path)
    assert not [kind for kind, _ in desk.store.records if kind == KIND]
    desk.store.close()


@pytest.mark.parametrize(
    "harm",
    [
        lambda head: head | {"role": "boss"}, lambda head: head | {"ends_unix_s": "later"}, lambda head: {},
        lambda head: head | {"name": "x" * 99}, lambda head: [], lambda head: head | {"made_unix_s": True},
        lambda head: head | {"name": "a\u202eb"}, lambda head: head | {"made_unix_s": float("nan")},
        lambda head: head | {"ends_unix_s": 1 << 60},
    ],
)  # fmt: skip
def test_a_damaged_record_costs_itself_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture, harm: Any) -> None:
    desk = Desk(tmp_path, now=2_000_000_000.0)
    token, other = desk.give("mix", "Anna"), desk.give("mix", "Bert")
    grant = desk.tokens.find(token)
    assert grant is not None
    records = dict(desk.store._memory._records)
    assert desk.store.close()
    (head, packed) = records[KIND, grant.id]  # type: ignore[misc]
    store = Store(tmp_path)
    store.put(KIND, grant.id, (json.dumps(harm(json.loads(head))), packed))  # type: ignore[arg-type]
    assert store.close()
    with caplog.at_level(logging.WARNING):
        desk = Desk(tmp_path, 2_000_000_000.0)
    assert desk.tokens.find(token) is None
    assert desk.tokens.find(other) is not None
    assert [record.message for record in caplog.records if "token" in record.message] == [
        f"token {grant.id} cannot be read, and gives nothing any more"
    ]
    desk.store.close()


def test_a_row_that_a_disk_has_changed_costs_itself_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path, now=2_000_000_000.0)
    token, other = desk.give("view", "Anna"), desk.give("mix", "Bert")
    grant = desk.tokens.find(token)
    assert grant is not None
    assert desk.store.close()
    with sqlite3.connect(tmp_path / FILE) as file:
        file.execute("UPDATE kept SET head = replace(head, '\"view\"', '\"admin\"') WHERE name = ?", (grant.id,))
    file.close()
    for backup in tmp_path.glob(f"{FILE}*backup*"):
        backup.unlink()
    desk = Desk(tmp_path, 2_000_000_000.0)
    found = desk.tokens.find(token)
    assert found is None or found.role == "view", "never what the disk made of it"
    assert desk.tokens.find(other) is not None
    desk.store.close()


def test_a_backup_holds_no_token_and_a_restore_touches_none(tmp_path: Path) -> None:
    desk = Desk(tmp_path, now=2_000_000_000.0)
    revoked = desk.give("mix", "Anna")
    desk.do("scene/store", "Verse")
    desk.do("backup", "Friday")
    desk.do("token/revoke", "Anna")
    newer = desk.give("mix", "Bert")
    desk.do("restore", "Friday")
    for _ in range(2):
        assert desk.tokens.find(revoked) is None
        assert desk.tokens.find(newer) is not None
        assert "Verse" in desk.library.scenes.shelf.heads
        desk = again(desk, tmp_path)
    desk.store.close()
