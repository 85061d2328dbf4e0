"""Where exceptions become messages and exit codes: 0, 1 failed, 2 usage, 3 data, 130 stopped."""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

from penchant.cli import options

P = ParamSpec("P")
LANGUAGE_MODELS = {"safetensors", "sentence_transformers", "tokenizers", "torch", "transformers"}
"""Packages of the extra ``lm``."""


def verb(command: Callable[P, None]) -> Callable[P, None]:
    """A command whose errors are said in a few lines, without a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (Exception, KeyboardInterrupt) as error:
            said = _said(error)
            if said is None:
                raise
            say_error(said[0])
            raise typer.Exit(said[1]) from error

    return run


def say_error(message: str) -> None:
    """Three lines at most of what went wrong, on standard error."""
    lines = message.strip().splitlines() or ["failed without a message"]
    shown = lines if len(lines) <= 3 else [*lines[:2], f"{lines[2]} …"]
    sys.stderr.write("error: " + "\n".join(shown) + "\n")


def _said(error: BaseException) -> tuple[str, int] | None:
    """Message and exit code of what people can mend; ``None`` for the rest."""
    # The core needs numpy, and help should not wait for that.
    from penchant.core import DataError, MissingExtra, PenchantError

    if isinstance(error, DataError):
        from penchant.data import hint_as_text

        told = str(error).removesuffix(error.hint) + hint_as_text(error.hint, options.MAPPED)
        return told, error.exit_code
    if isinstance(error, PenchantError):
        return str(error), error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return "interrupted; nothing half-written is left behind", 130
    if isinstance(error, ModuleNotFoundError) and error.name in LANGUAGE_MODELS:
        return str(MissingExtra(str(error.name), extra="lm")), MissingExtra.exit_code
    return None
