"""Where exceptions become messages and exit codes: 0, 1 failed, 2 usage, 3 data, 130 stopped."""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

from penchant.core.errors import MissingExtra, PenchantError

P = ParamSpec("P")
LANGUAGE_MODELS = {"safetensors", "sentence_transformers", "tokenizers", "torch", "transformers"}
"""Packages of the extra ``lm``."""


def verb(command: Callable[P, None]) -> Callable[P, None]:
    """A command whose errors are said in a few lines, without a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except PenchantError as error:
            say_error(str(error))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            say_error("interrupted; nothing half-written is left behind")
            raise typer.Exit(130) from error
        except ModuleNotFoundError as error:
            if error.name not in LANGUAGE_MODELS:
                raise
            say_error(str(MissingExtra(str(error.name), extra="lm")))
            raise typer.Exit(MissingExtra.exit_code) from error

    return run


def say_error(message: str) -> None:
    """Three lines at most of what went wrong, on standard error."""
    lines = message.strip().splitlines() or ["failed without a message"]
    shown = lines if len(lines) <= 3 else [*lines[:2], f"{lines[2]} …"]
    sys.stderr.write("error: " + "\n".join(shown) + "\n")
