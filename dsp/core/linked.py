"""A compiled function that others call: as code to be linked with theirs; a way in from Python only when it is used.

numba gives each kind of a function machine code of its own, a wrapper for Python and one for C, and keeps all of that
in the cache: most of the work, of which nothing is used where only compiled code calls, since whoever calls is compiled
anew with the code of all that it calls.  And it compiles a function anew for each constant that it is called with.
Here a caller gets the code alone, for the type of a constant; the compiler puts constants in where that is of use.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from numba.core import compiler, types, typing
from numba.core.caching import NullCache
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher

from dsp.core.kept import Kept

MADE: Counter[str] = Counter()  # kinds that this process has compiled, by module and name
HEARD: list[Callable[[str], None]] = []  # told the name of each
BEFORE: list[Callable[[], None]] = []  # what is called before one is made that Python calls


def called(function: Any) -> str:
    """Module and name, such as dsp.svf.run."""
    return f"{function.__module__}.{function.__qualname__}"


class Code(JITCodeLibrary):
    """Code that is linked into a caller's, and never to an address of its own."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        return 0


class Function(CPUDispatcher):
    """Called from Python it is what numba makes; for a compiled caller it is `Code`.  codes: of each kind; kept:
    whether what Python calls stays in the cache, which is looked for when it is called first."""

    kept = False

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.codes: dict[tuple[types.Type, ...], compiler.CompileResult] = {}

    def get_call_template(self, args: Any, kws: Any) -> tuple[Any, Any, Any, dict[str, Any]]:
        """For a compiled caller: see numba's own."""
        signature, given = self._compiler.fold_argument_types(args, kws)
        kind = tuple(types.unliteral(one) for one in given)
        name = self.py_func.__name__
        made = typing.make_concrete_template(f"CallTemplate({name})", key=name, signatures=[self._code(kind).signature])
        return made, signature, kind, {}

    def get_overload(self, sig: Any) -> object:
        """What the caller's code finds it by."""
        return self._code(tuple(sig)).entry_point

    @property
    def nopython_signatures(self) -> list[Any]:
        return [code.signature for code in self.codes.values()]

    def _code(self, kind: tuple[types.Type, ...]) -> compiler.CompileResult:
        if (known := self.codes.get(kind)) is not None:
            return known
        with global_compiler_lock:
            flags = compiler.Flags()
            self.targetdescr.options.parse_as_flags(flags, self.targetoptions)
            flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
            context, library = self.targetctx, Code(self.targetctx.codegen(), self.py_func.__qualname__)
            made = compiler.compile_extra(self.typingctx, context, self.py_func, kind, None, flags, {}, library)
            made = self.codes[kind] = made._replace(entry_point=(self, kind))
            context.insert_user_function(made.entry_point, made.fndesc, [made.library])
        note(self.py_func)
        return made

    def compile(self, sig: Any) -> Any:
        """For a call from Python: see numba's own."""
        if self.kept and isinstance(self._cache, NullCache):
            self._cache = Kept(self.py_func)
        for ahead in BEFORE:
            ahead()
        misses = sum(self._cache_misses.values())
        try:
            return super().compile(sig)
        finally:
            if sum(self._cache_misses.values()) > misses:
                note(self.py_func)


def note(function: Any) -> None:
    """One more kind of a function is compiled."""
    MADE[called(function)] += 1
    for hear in HEARD:
        hear(called(function))
