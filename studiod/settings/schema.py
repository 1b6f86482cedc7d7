"""The settings of one machine (studio.toml): each key with its default and range; all faults told at once."""

import ipaddress
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, Field, ValidationError, model_validator

from studiod.errors import Fault
from studiod.net.host_port import split
from studiod.registry.param import Refusal, told
from studiod.registry.pattern import compiled
from studiod.settings.languages import brought, widened
from studiod.settings.midi import FPS, Midi, near_fps
from studiod.settings.net import Address, Http, Port
from studiod.settings.paths import FilePath, home, rooted
from studiod.settings.table import Table
from studiod.texts import plain

Rate = Literal[44100, 48000, 88200, 96000, 176400, 192000]
KEY_MAX = 60  # characters of a key that is told
BOUNDS = {"ge": "from", "gt": "above", "le": "to"}
ROLES = "none, view, mix, admin or bus:N"


class SettingsError(Fault, ValueError):
    """All that is wrong with a settings file, one fault a line."""


def _role(text: str) -> str:
    if not re.fullmatch(r"none|view|mix|admin|bus:([1-9]|1[0-6])", text):
        raise ValueError(f"{ROLES} (N from 1 to 16)")
    return text


def _host_port(text: str) -> str:
    split(text)
    return text


def _network(text: str) -> str:
    try:
        wanted = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError('an address range such as "192.168.1.0/24"') from None
    if wanted.is_loopback:
        raise ValueError("an address range of other machines, since this one has every right by itself")
    return text


def _token(text: str) -> str:
    if not re.fullmatch(r"[!-~]{16,64}", text):
        raise ValueError("16 to 64 letters, digits and signs without spaces, such as `openssl rand -hex 16` prints")
    return text


def _pattern(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError('an OSC pattern that starts with "/", such as "/ch/*/fader"')
    try:
        compiled(text.removeprefix("/turn")[1:])
    except Refusal as fault:
        raise ValueError(f"an OSC pattern that can be matched ({fault.reason})") from None
    return text


Role = Annotated[str, AfterValidator(_role)]


class Interface(Table):
    device: str = Field(default="virtual", min_length=1)  # or "default": the default output device, else virtual
    rate_hz: Rate = 48000
    block_frames: int = Field(default=64, ge=1, le=4096)
    inputs: int = Field(default=0, ge=0, le=128)
    outputs: int = Field(default=0, ge=0, le=128)


class Virtual(Table):
    play: list[FilePath] = []
    loop: bool = True
    capture: FilePath = ""
    moves: FilePath = ""
    start_scene: FilePath = ""


class ConsoleSize(Table):
    channels: int = Field(default=32, ge=1, le=128)
    returns: int = Field(default=4, ge=0, le=16)
    buses: int = Field(default=16, ge=1, le=16)
    matrices: int = Field(default=6, ge=0, le=16)
    dcas: int = Field(default=8, ge=0, le=16)
    mute_groups: int = Field(default=6, ge=0, le=16)
    surfaces: int = Field(default=4, ge=0, le=8)


class OscClient(Table):
    address: Annotated[str, AfterValidator(_host_port)]
    pattern: Annotated[str, AfterValidator(_pattern)] = "/**"
    hz: float = Field(default=30.0, gt=0, le=1000)
    echo: bool = False  # what apps of its own host without a name change is sent to it too
    broadcast: bool = False  # the address is that of a whole network


class Osc(Table):
    listen: Address = "127.0.0.1"
    port: Port = 9000
    client: list[OscClient] = []


class X32(Table):
    enabled: bool = False  # a table without this key means it, too
    listen: Address = "127.0.0.1"
    port: Port = 10023
    surface: int = Field(default=1, ge=1, le=8)  # the line-up that its selection is


class Rule(Table):
    role: Role
    address: Annotated[str, AfterValidator(_network)] | None = None
    token: Annotated[str, AfterValidator(_token)] = ""  # over HTTP and WebSocket; with an address: from there alone

    @model_validator(mode="after")
    def _someone(self) -> Self:
        if self.address is None and not self.token:
            raise ValueError("an address range or a token beside the role")
        return self


class Access(Table):
    lan: Role = "none"
    rules: list[Rule] = []


class State(Table):
    directory: FilePath = ""
    recordings: FilePath = ""


class Settings(Table):
    """Everything in studio.toml; file is where it came from ("" for the defaults)."""

    interface: Interface = Interface()
    virtual: Virtual = Virtual()
    console: ConsoleSize = ConsoleSize()
    osc: Osc = Osc()
    x32: X32 = X32()
    http: Http = Http()
    midi: Midi = Midi()
    access: Access = Access()
    state: State = State()
    _file: str = ""

    @property
    def file(self) -> str:
        return self._file


def load(path: str | Path | None) -> Settings:
    """The settings of a file, paths made absolute from its folder; None: the defaults.  Raises SettingsError."""
    if path is None:
        return Settings()
    file, data = read(path)
    try:
        settings = widened(Settings, data).model_validate(rooted(data, file.absolute().parent))
    except ValidationError as faults:
        raise SettingsError("\n".join(f"{file}: {_line(dict(fault), data)}" for fault in faults.errors())) from None
    settings._file = str(file.absolute())
    return settings


def read(path: str | Path) -> tuple[Path, dict[str, Any]]:
    """A settings file and what is in it, as TOML has it.  Raises SettingsError."""
    file = Path(home(str(path)))
    try:
        return file, tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        told = f"{file}: no such file; copy config/studio.toml there, or name another file"
    except UnicodeDecodeError as fault:
        told = f"{file}: not UTF-8 text (byte {fault.start}); save it as UTF-8"
    except OSError as fault:
        told = f"{file}: cannot be read: {fault.strerror}"
    except (ValueError, RecursionError) as fault:  # ValueError: also a number of thousands of digits, a NUL in a name
        told = f"{file}: not TOML: {plain(str(fault), 200)}"
    raise SettingsError(told)


def _key(loc: tuple[int | str, ...]) -> str:
    """console.channels, osc.client[2].hz (counted from 1)."""
    out = ""
    for part in loc:
        out += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if out else ''}{plain(part, KEY_MAX)}"
    return out


def _model(loc: tuple[int | str, ...]) -> type[Table]:
    """The table that a place lies in."""
    here: type[Table] = Settings
    for part in loc:
        if isinstance(part, str) and part in here.model_fields:
            kind = here.model_fields[part].annotation
            args = [arg for arg in getattr(kind, "__args__", ()) if isinstance(arg, type)]
            kind = args[0] if args else kind
            if isinstance(kind, type) and issubclass(kind, Table):
                here = kind
        elif here is Settings and isinstance(part, str):
            here = brought(part) or here
    return here


def _line(fault: dict[str, Any], data: dict[str, Any]) -> str:
    """One fault: key, what was expected, what came, the nearest name."""
    loc, kind = fault["loc"], fault["type"]
    key = _key(loc)
    if kind == "extra_forbidden":
        names = list(_model(loc[:-1]).model_fields)
        what = "no such table" if len(loc) == 1 and isinstance(fault["input"], dict) else "no such key"
        close = get_close_matches(str(loc[-1]).lower()[:60], names, 1, 0.5)
        hint = f"; nearest is {_key((*loc[:-1], close[0]))}" if close else ""
        return f"{key}: {what}; expected one of {' '.join(names)}{hint}"
    if kind == "missing":
        return f"{key}: missing; expected {_expected(loc)}"
    got = fault["input"]
    secret = "token" in loc
    expected = str(fault["ctx"]["error"]) if kind == "value_error" else _expected(loc)
    nearest = _nearest(loc, got)
    return f"{key}: expected {expected}; got {'something else' if secret else _came(got)}{nearest}"


def _came(value: Any) -> str:
    """What came, as the file wrote it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    return f'"{plain(value, KEY_MAX)}"' if isinstance(value, str) else told(value)


def _limits(loc: tuple[int | str, ...]) -> dict[str, Any]:
    field = _model(loc[:-1]).model_fields.get(str(loc[-1]))
    out: dict[str, Any] = {}
    for bound in field.metadata if field else ():
        out |= {name: getattr(bound, name) for name in ("ge", "gt", "le") if hasattr(bound, name)}
    return out


def _expected(loc: tuple[int | str, ...]) -> str:
    """What a key takes, from its own declaration."""
    if isinstance(loc[-1], int):
        inside = _model(loc)
        return "a table" if inside is not _model(loc[:-2]) else "a string"
    field = _model(loc[:-1]).model_fields.get(loc[-1])
    kind = field.annotation if field else None
    if kind == Rate:
        return "one of " + " ".join(str(rate) for rate in get_args(Rate)) + " Hz"
    if loc[-1] == "fps":
        return "one of " + " ".join(f'"{fps}"' for fps in FPS)
    if kind is bool:
        return "true or false"
    if kind in (int, float):
        limits, noun = _limits(loc), "a whole number" if kind is int else "a number"
        bounds = [f"{word} {limits[name]}" for name, word in BOUNDS.items() if name in limits]
        unit = " frames" if loc[-1] == "block_frames" else " Hz" if loc[-1] == "hz" else ""
        return " ".join([noun, *bounds]) + unit
    if getattr(kind, "__origin__", None) is Literal:
        return "one of " + " ".join(map(str, get_args(kind)))
    if kind is str:
        return "a string" + (" that is not empty" if loc[-1] in ("device", "api", "name") else "")
    return "a list" if getattr(kind, "__origin__", None) is list else "a table"


def _nearest(loc: tuple[int | str, ...], got: Any) -> str:
    """The nearest number that would have been taken."""
    if loc[-1] == "fps":
        return f'; nearest is "{near_fps(got)}"'
    if isinstance(got, bool) or not isinstance(got, (int, float)):
        return ""
    if loc[-1] == "rate_hz":
        return f"; nearest is {min(get_args(Rate), key=lambda rate: abs(rate - got))}"
    limits = _limits(loc)
    if "le" in limits and got > limits["le"]:
        return f"; nearest is {limits['le']}"
    return f"; nearest is {limits['ge']}" if "ge" in limits and got < limits["ge"] else ""
