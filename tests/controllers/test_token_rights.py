"""Laws of rights by token: which role it gives to whom, and what a wrong one costs."""

from typing import Any

import pytest

from controllers.access import Rights, TooManyWrong, allowed
from controllers.wrong_tokens import MOST, PLACES_MAX, SHUT_S, WrongTokens
from library_rig import Rig
from studiod.desk.grants import Door
from studiod.registry.param import Refusal
from studiod.settings.schema import Access, Rule, Settings

SESAME, OTHER = "sesame-open-sesame", "0123456789abcdef"
LAN, HERE = "192.168.1.9", "127.0.0.1"


def settings(*rules: Rule, lan: str = "none") -> Settings:
    return Settings(access=Access(lan=lan, rules=list(rules)))


@pytest.fixture
def desk() -> Rig:
    made = Rig()
    made.library.tokens.doors.append(lambda: Door(("http://192.168.1.5:8080",)))
    return made


def give(desk: Rig, role: str, name: str = "Anna") -> str:
    return str(desk.do("token/new", role, name)[0][1]).partition("#t=")[2]


@pytest.mark.parametrize("host", [LAN, HERE, "8.8.8.8", "fe80::1%eth0", "::ffff:10.0.0.9"])
def test_a_tokens_role_replaces_the_addresss_on_loopback_too(desk: Rig, host: str) -> None:
    rights = Rights(desk.desk, settings(lan="mix"))
    for role in ("view", "bus:2", "mix", "admin"):
        assert rights.role_of(host, give(desk, role)) == role
    assert rights.role_of(host) == allowed(host, rights.settings)


def test_what_was_forwarded_is_not_this_machine(desk: Rig) -> None:
    rights = Rights(desk.desk, settings())
    assert (rights.role_of(HERE), rights.role_of(HERE, here=False)) == ("admin", "none")
    assert rights.role_of(HERE, give(desk, "view"), here=False) == "view"


def test_a_rule_with_a_token_is_for_who_shows_it_alone(desk: Rig) -> None:
    """With a range beside it, from there alone: an address by itself gets nothing from such a rule."""
    rights = Rights(
        desk.desk,
        settings(Rule(role="admin", address="192.168.1.0/24", token=SESAME), Rule(role="view", token=OTHER)),
    )
    assert rights.role_of(LAN) == "none"
    assert rights.role_of(LAN, SESAME) == "admin"
    assert rights.role_of("10.0.0.1", OTHER) == "view"
    with pytest.raises(Refusal, match="it gives no role here"):
        rights.role_of("10.0.0.1", SESAME)


def test_a_token_of_the_settings_ends_with_its_rule(desk: Rig) -> None:
    rights = Rights(desk.desk, settings(Rule(role="mix", token=SESAME)))
    grant = rights.grant(LAN, SESAME)
    assert SESAME not in repr(grant)
    assert rights.still(grant, LAN)
    rights.settings = settings(Rule(role="mix", token=OTHER), Rule(role="mix", address="192.168.1.0/24", token=SESAME))
    assert rights.still(grant, LAN)
    assert not rights.still(grant, "10.0.0.1")
    for rules in ([Rule(role="mix", token=OTHER)], [Rule(role="view", token=SESAME)], []):
        rights.settings = settings(*rules)
        assert not rights.still(grant, LAN)


def test_a_wrong_revoked_or_old_token_gives_nothing_and_is_not_repeated(desk: Rig) -> None:
    rights = Rights(desk.desk, settings(lan="mix"))
    tokens = desk.library.tokens
    revoked, old = give(desk, "mix", "Bert"), give(desk, "mix", "Cora")
    grants = [rights.grant(LAN, revoked), rights.grant(LAN, old)]
    desk.do("token/revoke", "Bert")
    now_s = tokens.wall() + 25 * 3600
    tokens.wall = lambda: now_s
    for token in (revoked, old, SESAME):
        with pytest.raises(Refusal) as refused:
            rights.role_of(HERE, token)
        assert token not in str(refused.value)
        assert "wrong, was revoked or is over" in str(refused.value)
    assert [rights.still(grant, LAN) for grant in grants] == [False, False]


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_after_five_wrong_ones_an_address_may_try_none_for_ten_seconds_and_this_machine_always(desk: Rig) -> None:
    rights, clock, right = Rights(desk.desk, settings()), Clock(), give(desk, "mix")
    rights._wrong = WrongTokens(clock)

    def tries(host: str, token: str, **more: Any) -> str:
        try:
            return rights.role_of(host, token, **more)
        except TooManyWrong:
            return "shut"
        except Refusal:
            return "wrong"

    assert [tries(LAN, f"x{k}") for k in range(MOST - 1)] == ["wrong"] * 4
    assert tries(LAN, right) == "mix"
    assert [tries(LAN, "x"), tries(LAN, "x"), tries(LAN, right)] == ["wrong", "shut", "shut"]
    assert tries("192.168.1.8", right) == "mix", "another address goes on"
    clock.now_s = SHUT_S - 0.01
    assert tries(LAN, right) == "shut"
    clock.now_s = SHUT_S
    assert tries(LAN, right) == "mix"
    assert [tries(LAN, "x") for _ in range(MOST + 1)] == ["wrong"] * MOST + ["shut"]
    assert [tries(HERE, "x") for _ in range(20)] == ["wrong"] * 20
    assert [tries(HERE, "x", here=False) for _ in range(6)] == ["wrong"] * 5 + ["shut"]
    assert rights.role_of(LAN) == "none", "who shows none is not asked"


def test_a_network_of_ipv6_counts_as_one_address_and_the_table_is_bounded() -> None:
    clock = Clock()
    wrong = WrongTokens(clock)
    for k in range(MOST):
        wrong.count(f"2001:db8::{k:x}")
    assert wrong.shut_s("2001:db8::ffff:1") == SHUT_S
    assert wrong.shut_s("2001:db8:0:1::1") == 0.0
    wrong.count("::ffff:10.0.0.1")
    for _ in range(MOST - 1):
        wrong.count("10.0.0.1")
    assert wrong.shut_s("10.0.0.1") == SHUT_S
    for k in range(2 * PLACES_MAX):
        wrong.count(f"10.{k >> 8}.{k & 255}.7")
    assert len(wrong._of) == PLACES_MAX
