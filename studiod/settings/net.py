"""Settings of what listens on a network: addresses and ports, and the table of the web port."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from studiod.settings.paths import FilePath
from studiod.settings.table import Table

Port = Annotated[int, Field(ge=1, le=65535)]


def _address(text: str) -> str:
    """An address to listen on: a number, or a host's name."""
    if not re.fullmatch(r"[0-9A-Za-z.:_%-]+", text):
        raise ValueError('an address such as "127.0.0.1", or "0.0.0.0" for every network')
    return text


def _origin(text: str) -> str:
    if not re.fullmatch(r"https?://[0-9A-Za-z.\-:\[\]]+", text):
        raise ValueError('an origin such as "https://panel.example" or "http://192.168.1.9:3000"')
    return text


Address = Annotated[str, AfterValidator(_address)]
Origin = Annotated[str, AfterValidator(_origin)]


class Http(Table):
    listen: Address = "127.0.0.1"
    port: Port = 8080
    hosts: list[Address] = []  # names that this machine is called by besides
    origins: list[Origin] = []  # pages of others that may ask
    certificate: FilePath = ""
    key: FilePath = ""
    announce: bool = True  # by mDNS, on networks that are listened on
    connections: int = Field(default=192, ge=8, le=4096)  # of the network, and as many of this machine
    connections_of_host: int = Field(default=32, ge=4, le=1024)
    idle_s: float = Field(default=75.0, ge=5, le=3600)
