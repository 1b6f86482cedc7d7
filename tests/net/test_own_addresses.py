"""Which addresses of this machine another one could use."""

from types import SimpleNamespace

import pytest

from studiod.net.own_addresses import own_addresses


def test_addresses_that_others_reach_private_ones_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the system: no test machine has all of these."""
    told = ["127.0.0.1", ("::1", 0, 0), "8.8.4.4", "192.168.1.5", "169.254.3.4", ("fe80::1%eth0", 0, 4),
            ("fd00::2", 0, 0), "10.0.0.5", "192.168.1.5", "0.0.0.0"]  # fmt: skip
    adapters = [SimpleNamespace(ips=[SimpleNamespace(ip=ip) for ip in some]) for some in (told[:4], told[4:])]
    monkeypatch.setattr("ifaddr.get_adapters", lambda: adapters)
    assert own_addresses() == ["192.168.1.5", "10.0.0.5", "8.8.4.4"]
    assert own_addresses(v6=True) == ["192.168.1.5", "10.0.0.5", "8.8.4.4", "fd00::2"]


def test_this_machines_own_are_none_of_loopback() -> None:
    assert not [host for host in own_addresses(v6=True) if host.startswith(("127.", "::1", "fe80"))]
