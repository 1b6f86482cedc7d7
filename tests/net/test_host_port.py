"""Laws of a host and a port in one text: read as people write it, and written as it is read."""

import pytest

from studiod.net.host_port import joined, numeric, split


@pytest.mark.parametrize(
    ("text", "port", "found"),
    [
        ("127.0.0.1:9001", None, ("127.0.0.1", 9001)), ("tablet.lan:1", None, ("tablet.lan", 1)),
        ("[::1]:9001", None, ("::1", 9001)), ("[fe80::7%eth0]:65535", None, ("fe80::7%eth0", 65535)),
        ("::1", 9000, ("::1", 9000)), ("[::1]", 9000, ("::1", 9000)), ("localhost", 9000, ("localhost", 9000)),
        ("[::1]:9001", 9000, ("::1", 9001)), ("10.0.0.7:1", 9000, ("10.0.0.7", 1)),
        ("fe80::1:9001", 9, ("fe80::1:9001", 9)),
    ],
)  # fmt: skip
def test_a_place_is_read_as_people_write_it(text: str, port: int | None, found: tuple[str, int]) -> None:
    assert split(text, port) == found
    assert split(joined(*found)) == found


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("::1:9001", None), ("::1", None), ("[::1]", None), ("[::1", 9), ("[10.0.0.7]:9", None), ("[x]:9", 9),
        ("host", None), ("host:", None), ("host:", 9), (":9001", None), ("", None), ("", 9), ("h:0", None),
        ("h:65536", None), ("h:-1", None), ("h:٣", None), ("h:9 ", None), ("[::1]:", 9), ("h", 70000),
    ],
)  # fmt: skip
def test_what_is_no_place_is_refused_with_an_example(text: str, port: int | None) -> None:
    with pytest.raises(ValueError, match=r'host:port, such as .* or "\[fe80::7%eth0\]:9001" for IPv6'):
        split(text, port)


def test_one_machine_has_one_number() -> None:
    assert numeric("::ffff:10.0.0.7") == numeric("10.0.0.7") is not None
    assert numeric("tablet.lan") is None
