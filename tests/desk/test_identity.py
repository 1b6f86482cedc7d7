"""Laws of identities: each origin has one, made in one place, and no name can be taken for something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studiod.desk.identity import Identities, author, named, place_of, said_by, socket

HOSTS = ("127.0.0.1", "10.0.0.7", "::1", "fe80::7%eth0")


@pytest.mark.parametrize("wire", ["", "tcp"])
@pytest.mark.parametrize("host", HOSTS)
def test_a_socket_without_a_lease_is_its_host_whatever_its_port(host: str, wire: str) -> None:
    ports = [socket(host, port, wire) for port in (1, 9000, 65535)]
    assert len({said_by(origin).id for origin in ports}) == 1
    assert [place_of(origin) for origin in ports] == [(host, port, wire) for port in (1, 9000, 65535)]
    assert said_by(ports[0]).host == host
    assert said_by(said_by(ports[0]).id).id == said_by(ports[0]).id


def test_one_machine_is_one_host_over_both_kinds_of_addresses() -> None:
    assert said_by("osc:[::ffff:10.0.0.7]:9").id == said_by("osc:10.0.0.7:9").id == "osc:10.0.0.7"


@given(
    st.text(max_size=40) | st.sampled_from(["a for osc:127.0.0.1:9", "x@10.0.0.1", "mix/pad", "%20", "undo for b"]),
    st.sampled_from(HOSTS), st.sampled_from(["mix", "bus:1", "admin"]),
)  # fmt: skip
def test_a_name_is_one_identity_and_cannot_be_taken_for_more(name: str, host: str, role: str) -> None:
    origin = named(role, host, name) if name.isprintable() else named(role, host, "x")
    who = said_by(origin)
    assert (who.id, who.role, who.host) == (origin, role, host)
    assert who.name in (name, "x")
    assert place_of(origin) is None
    assert author(f"recall A for {origin}") == author(origin) == origin
    assert Identities().voice(f"undo for {origin}") == f"undo for {origin}"


def test_a_name_belongs_to_its_host_and_its_role() -> None:
    ids = {named(role, host, "pad") for role in ("view", "mix") for host in HOSTS}
    assert len(ids) == 2 * len(HOSTS)


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ("", "studiod"), ("midi:nanokontrol2", "midi:nanokontrol2"), ("nrpn", "nrpn"), ("mmc", "mmc"),
        ("automation", "automation"), ("osc:10.0.0.7:9", "osc:10.0.0.7"),
        (named("mix", "10.0.0.7", "FoH pad"), "FoH pad@10.0.0.7"), (named("mix", "::1", "pad"), "pad@[::1]"),
    ],
)  # fmt: skip
def test_every_tongue_has_an_identity_that_people_can_read(origin: str, told: str) -> None:
    who = Identities().of(f"undo for {origin}" if origin else "")
    assert str(who) == told
    assert who.tongue == (origin.partition(":")[0] or "desk")
