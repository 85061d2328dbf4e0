"""Errors that people meet: what, where, what was wanted, what to do."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class PenchantError(Exception):
    """Anything that the reader of the message can mend.

    The command line exits with :attr:`exit_code`.
    """

    exit_code = 1

    def __reduce__(self) -> tuple[object, ...]:
        # Pickling an exception calls its class with its message alone: those with more arguments
        # would be lost on the way back from a worker process.
        return _again, (type(self), self.args, self.__dict__)


class UsageError(PenchantError, ValueError):
    """An argument that cannot be.

    A bad value, a name that does not exist, verbs that do not fit.
    """

    exit_code = 2


class UnknownName(UsageError):
    """A name that is in no table.

    >>> raise UnknownName("method", "sasrek", ["sasrec", "tiger"])
    Traceback (most recent call last):
    penchant.core.errors.UnknownName: no method 'sasrek'; did you mean 'sasrec'? Known:
    sasrec, tiger
    """

    def __init__(self, kind: str, name: object, known: Iterable[str], *, where: str = "") -> None:
        self.kind, self.name, self.known = kind, name, sorted(known)
        at = f" ({where})" if where else ""
        listed = ", ".join(self.known) or "none"
        super().__init__(f"no {kind} {name!r}{at}{did_you_mean(name, self.known)} Known: {listed}")


class SpecError(UsageError):
    """A spec, or the options of a method, that do not say what can be done."""


class MissingExtra(PenchantError, ImportError):
    """A package that only some uses need, and this one does."""

    exit_code = 2

    def __init__(self, package: str, *, extra: str) -> None:
        super().__init__(f"this needs {package}: pip install 'penchant[{extra}]'")


class DataError(PenchantError):
    """Data that cannot be read or cannot mean what was asked.

    The message names the place (``file:row:column``; Parquet: column and row group), the
    value, what was
    wanted, and what to do.
    """

    exit_code = 3

    def __init__(
        self,
        problem: str,
        *,
        file: str | Path | None = None,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        wanted: str = "",
        hint: str = "",
    ) -> None:
        self.problem, self.file, self.row, self.column, self.hint = problem, file, row, column, hint
        self.value, self.wanted = value, wanted
        place = ":".join(str(part) for part in (file, row, column) if part is not None)
        message = f"{place}: {problem}" if place else problem
        message = f"{message}; wanted {wanted}" if wanted else message
        super().__init__(f"{message}\n  hint: {hint}" if hint else message)


class StorageError(PenchantError, OSError):
    """A disk that is full, a folder that cannot be written, a file that is torn or altered."""


class AssetError(PenchantError):
    """A data set or model that could not be fetched whole from any of its sources."""


class Interrupted(PenchantError, KeyboardInterrupt):
    """Ctrl-C, after everything worth keeping was written."""

    exit_code = 130


class DeadlinePassed(PenchantError, TimeoutError):
    """The time given to the work ran out before it was done."""


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """``"; did you mean 'levels'?"`` for the nearest known name, ``"."`` when none is near."""
    near = get_close_matches(str(name), list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else "."


def _again(cls: type[PenchantError], args: tuple[object, ...], state: dict[str, object]) -> object:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error
