"""Who may ask the web port: names and addresses are parsed, and compared with those that this machine has."""

import socket

import pytest

from controllers.http.guard import Guard, forwarded, own_names, split_host

OWN = socket.gethostname().lower().partition(".")[0]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8080", "192.168.1.7:8080", "[::1]:8080", "[fe80::1]", "[fe80::1%eth0]:80", "localhost",
     "LOCALHOST:1", OWN, f"{OWN}.local:8080", "desk.example", "Desk.Example.:443"],
)  # fmt: skip
def test_addresses_own_names_and_those_of_the_settings_are_right(host: str) -> None:
    assert Guard(["desk.example"], []).called_right(host)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.1:8080.evil.example", "0x7f.1",
     "127.0.0.1@evil.example", "evil.example/127.0.0.1", "127.0.0.1,evil.example", "desk.example.evil.example", "[::1",
     "127.0.0.1%evil.example", "127.0.0.1%evil.example:8080", "[::1%;sandbox]", "[::1%\xff]", "[::1%\x0c]",
     "127.0.0.1%;x", "127.0.0.1:99999", "127.0.0.1:x", ":8080", "a" * 300, "2130706433", "127.1",
     "[127.0.0.1.evil.example]"],
)  # fmt: skip
def test_all_other_names_are_wrong(host: str) -> None:
    assert not Guard(["desk.example"], []).called_right(host)


@pytest.mark.parametrize(
    ("origin", "host", "right"),
    [
        (None, "127.0.0.1:8080", True),
        ("http://127.0.0.1:8080", "127.0.0.1:8080", True),
        ("http://LOCALHOST:8080", "localhost:8080", True),
        ("http://192.168.1.7", "192.168.1.7:80", True),
        ("http://[::1]:8080", "[::1]:8080", True),
        ("https://panel.example", "127.0.0.1:8080", True),
        ("https://panel.example/", "127.0.0.1:8080", True),
        ("https://127.0.0.1:8080", "127.0.0.1:8080", False),
        ("http://127.0.0.1:8081", "127.0.0.1:8080", False),
        ("http://127.0.0.1", "127.0.0.1:8080", False),
        ("http://localhost:8080", "127.0.0.1:8080", False),
        ("http://evil.example", "127.0.0.1:8080", False),
        ("http://127.0.0.1:8080.evil.example", "127.0.0.1:8080", False),
        ("http://panel.example", "127.0.0.1:8080", False),
        ("null", "127.0.0.1:8080", False),
        ("", "127.0.0.1:8080", False),
        ("http://[::1", "127.0.0.1:8080", False),
        ("file://", "127.0.0.1:8080", False),
    ],
)
def test_a_page_is_ours_by_scheme_name_and_port_or_named_by_the_settings(
    origin: str | None, host: str, right: bool
) -> None:
    assert Guard([], ["https://panel.example"]).from_here(origin, "http", host) is right


def test_a_rebound_name_is_wrong_though_its_page_has_the_same() -> None:
    guard = Guard([], [])
    assert guard.from_here("http://evil.example:8080", "http", "evil.example:8080"), "the two prove nothing"
    assert not guard.called_right("evil.example:8080")


def test_who_stands_behind_a_proxy_is_not_this_machine() -> None:
    for name in ("X-Forwarded-For", "x-forwarded-for", "Forwarded", "X-Forwarded-Proto", "X-Forwarded-Server", "Via",
                 "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"):  # fmt: skip
        assert forwarded({"Host": "127.0.0.1", name: ""}), name
    assert not forwarded({"Host": "127.0.0.1"})


def test_this_machine_is_called_by_its_own_names() -> None:
    assert {"localhost", OWN, f"{OWN}.local"} <= own_names()
    assert split_host("Desk:80") == ("desk", 80)
