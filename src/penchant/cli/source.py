"""From the options of a command line to data, splits and methods."""

import json
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from penchant.cli import options
from penchant.core import Json, UnknownName, UsageError, Watcher

if TYPE_CHECKING:
    from penchant.data import Dataset, Method, Split
    from penchant.indexing import Scheme
    from penchant.language import LanguageModel

SPLITS = ("time", "last", "ratio", "cold-users", "cold-items")


def open_data(
    data: str,
    *,
    items: Path | None = None,
    people: Path | None = None,
    mapping: Sequence[str] | None = None,
    watch: Watcher | None = None,
) -> "Dataset":
    """A log file, a data set folder, or a public data set by name; in this order.

    What a log's columns were taken for is told to ``watch``.
    """
    from penchant.data import DATASETS, guess, load, read, read_dataset, read_mapping

    path = Path(data)
    if path.is_dir():
        return read_dataset(path)
    if path.is_file():
        roles = read_mapping(mapping, options.MAPPED)
        if watch is not None:
            watch.note(str(guess(path, mapping=roles)))
        return read(path, items=items, people=people, mapping=roles)
    if data not in DATASETS and ("/" in data or "." in data):
        raise UsageError(f"no file {data!r}, and no data set of that name; look at `data list`")
    return load(data, watch=watch)


def split_data(data: "Dataset", by: str, seed: int = 0) -> "Split":
    """One of :data:`SPLITS` with its usual sizes."""
    from penchant import data as verbs

    if by not in SPLITS:
        raise UnknownName("split", by, SPLITS)
    if by == "last":
        return verbs.leave_last_out(data)
    if by == "time":
        return verbs.split_time(data)
    if by == "ratio":
        return verbs.split_ratio(data)
    cold = verbs.split_cold_users if by == "cold-users" else verbs.split_cold_items
    return cold(data, seed=seed)


def build_method(name: str, settings: Sequence[str] | None) -> "Method":
    """A method from its name and ``option=value`` settings; values are TOML, dots go inside.

    What is not set keeps the method's own default, also inside a table of options.
    """
    from penchant.models import read_method, write_method

    method: Method = _built("method", name, settings, read_method, write_method)
    return method


def build_scheme(name: str, settings: Sequence[str] | None) -> "Scheme":
    """A scheme from its name and settings, as :func:`build_method` reads them."""
    from penchant.core import read_options, write_options
    from penchant.indexing import KINDS, SCHEME

    def read(value: Json, *, where: str = "") -> Json:
        return read_options(value, SCHEME, KINDS, where=where)

    scheme: Scheme = _built(
        "scheme", name, settings, read, lambda value: write_options(value, KINDS)
    )
    return scheme


def build_language_model(name: str, settings: Sequence[str] | None) -> "LanguageModel":
    """A language model from its name and settings, as :func:`build_method` reads them."""
    from penchant.core import read_options, write_options
    from penchant.language import LANGUAGE_MODEL

    def read(value: Json, *, where: str = "") -> Json:
        return read_options(value, LANGUAGE_MODEL, (LANGUAGE_MODEL,), where=where)

    model: LanguageModel = _built(
        "lm", name, settings, read, lambda value: write_options(value, (LANGUAGE_MODEL,))
    )
    return model


def _built(
    tag: str,
    name: str,
    settings: Sequence[str] | None,
    read: Callable[..., Json],
    write: Callable[[Json], Json],
) -> Json:
    from penchant.models import options_with

    given: dict[str, Json] = {tag: name}
    for setting in settings or ():
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting}: wanted OPTION=VALUE, such as levels=4")
        _put(given, key.strip().split("."), _value(value.strip()), setting)
    try:
        defaults = write(read(name))
    except UnknownName:
        raise
    except UsageError:  # an option without a default: then all must be said
        defaults = {}
    return read(options_with(defaults, given), where="--set")


def _value(text: str) -> Json:
    """TOML, or JSON where it is a table or a list; a bare word is itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        if text.startswith(("{", "[")):
            return _read_json(text)
        return None if text == "none" else text


def _read_json(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"--set: neither TOML nor JSON ({error}): {text}") from error


def _put(table: dict[str, Json], path: list[str], value: Json, setting: str) -> None:
    """Puts a value in its table; beside other options a bare name is a table's tag."""
    *outer, last = path
    for key in outer:
        inner = _tagged(key, table.get(key, {}))
        if not isinstance(inner, dict):
            raise UsageError(f"--set {setting}: {key} is {inner!r}, and no table of options")
        table[key] = inner
        table = inner
    before = table.get(last)
    named = _tagged(last, value) if isinstance(before, dict) else value
    if isinstance(before, dict) and isinstance(named, dict):
        value = {**before, **named}
    table[last] = value


def _tagged(key: str, value: Json) -> Json:
    """``"llmrank"`` as ``{"method": "llmrank"}``; what names nothing as it is."""
    from penchant.models import KINDS

    tags = [kind.tag for kind in KINDS if isinstance(value, str) and value in kind.table]
    if not tags:
        return value
    # A name of two kinds, such as an encoder and a language model that are remote.
    return {key if key in tags else tags[0]: value}
