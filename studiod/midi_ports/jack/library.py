"""The machine's own libjack, and the machine code that it calls (ring.ll, period.ll)."""

import ctypes
import ctypes.util
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite.binding

MADE = ("put", "get", "store", "period", "changed", "renamed", "ended")
_NEEDS = (
    "jack_port_get_buffer",
    "jack_midi_get_event_count",
    "jack_midi_event_get",
    "jack_midi_clear_buffer",
    "jack_midi_event_reserve",
    "jack_get_time",
)
_POINTER, _TEXT, _INT, _LONG = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_ulong
_CALLS: dict[str, tuple[Any, ...]] = {  # name: what it gives back, what it takes
    "jack_client_open": (_POINTER, _TEXT, _INT, _POINTER),
    "jack_set_process_callback": (_INT, _POINTER, _POINTER, _POINTER),
    "jack_set_port_registration_callback": (_INT, _POINTER, _POINTER, _POINTER),
    "jack_set_port_rename_callback": (_INT, _POINTER, _POINTER, _POINTER),
    "jack_on_shutdown": (None, _POINTER, _POINTER, _POINTER),
    "jack_activate": (_INT, _POINTER),
    "jack_client_close": (_INT, _POINTER),
    "jack_port_register": (_POINTER, _POINTER, _TEXT, _TEXT, _LONG, _LONG),
    "jack_port_unregister": (_INT, _POINTER, _POINTER),
    "jack_port_name": (_TEXT, _POINTER),
    "jack_port_by_name": (_POINTER, _POINTER, _TEXT),
    "jack_port_by_id": (_POINTER, _POINTER, ctypes.c_uint32),
    "jack_connect": (_INT, _POINTER, _TEXT, _TEXT),
    "jack_get_ports": (ctypes.POINTER(_TEXT), _POINTER, _TEXT, _TEXT, _LONG),
    "jack_free": (None, _POINTER),
}


@cache
def library() -> "Library":
    """Once a process: a server is looked for again and again.

    Raises OSError without a libjack, AttributeError where it is too old.
    """
    return Library()


def _library() -> Any:
    try:
        return ctypes.CDLL("libjack.so.0")
    except OSError:  # not Linux; asking there takes a while
        return ctypes.CDLL(ctypes.util.find_library("jack") or "libjack.so.0")


def _address(library: Any, name: str) -> int:
    return int(ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0)


class Library:
    """libjack's calls by name, and the addresses of the machine code."""

    def __init__(self) -> None:
        self.jack = _library()
        for name, (back, *takes) in _CALLS.items():
            call = getattr(self.jack, name)
            call.restype, call.argtypes = back, takes
        self._engine = self._compiled()
        self.made = {name: self._engine.get_function_address(name) for name in MADE}
        word = ctypes.c_int64
        self.put = ctypes.CFUNCTYPE(word, word, _TEXT, word, word)(self.made["put"])
        self.get = ctypes.CFUNCTYPE(word, word, word)(self.made["get"])
        self.store = ctypes.CFUNCTYPE(word, word, word)(self.made["store"])

    def _compiled(self) -> Any:
        llvm = llvmlite.binding
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        for name in _NEEDS:
            llvm.add_symbol(name, _address(self.jack, name))
        llvm.add_symbol("write", _address(ctypes.CDLL(None), "write"))
        text = "".join(Path(__file__).with_name(f"{name}.ll").read_text("utf-8") for name in ("ring", "period"))
        engine = llvm.create_mcjit_compiler(
            llvm.parse_assembly(text), llvm.Target.from_default_triple().create_target_machine(opt=2)
        )
        engine.finalize_object()
        return engine
