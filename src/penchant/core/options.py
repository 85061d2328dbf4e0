"""Options are the fields of frozen dataclasses: written to tagged JSON and read back strictly."""

import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, get_args, get_origin

from penchant.core.errors import SpecError, UnknownName, did_you_mean
from penchant.core.state import Json


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value that a spec can name, with the one table of what there is.

    ``table`` maps a name to ``module:Class`` below ``package``. In JSON a value of the kind
    is an object
    whose ``tag`` holds the name and whose other keys are the options.
    """

    tag: str
    package: str
    table: Mapping[str, str]
    protocol: type
    """Fields annotated with this type hold any value of the kind."""

    def load(self, name: str) -> type:
        """The class behind a name."""
        if name not in self.table:
            raise UnknownName(self.tag, name, self.table)
        module, _, attribute = self.table[name].partition(":")
        loaded: type = getattr(import_module(f"{self.package}.{module}"), attribute)
        return loaded

    def find(self, value: object) -> str | None:
        """The name under which a value's class stands in the table, ``None`` if it does not."""
        target = f"{type(value).__module__}:{type(value).__qualname__}"
        return next(
            (name for name, at in self.table.items() if f"{self.package}.{at}" == target), None
        )

    def name_of(self, value: object) -> str:
        """Like :meth:`find`, and refuses what does not stand in the table."""
        name = self.find(value)
        if name is None:
            raise UnknownName(self.tag, type(value).__qualname__, self.table)
        return name


def write_options(value: object, kinds: Sequence[Kind]) -> Json:
    """A dataclass of options as JSON; values of a kind carry its tag."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {
            f.name: write_options(getattr(value, f.name), kinds) for f in dataclasses.fields(value)
        }
        tags = {kind.tag: name for kind in kinds if (name := kind.find(value))}
        return {**tags, **fields}
    if isinstance(value, tuple | list):
        return [write_options(item, kinds) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value


def read_options(value: Json, kind: Kind, kinds: Sequence[Kind], *, where: str = "") -> Any:
    """A tagged JSON object as the dataclass that it names.

    Args:
        value: ``{tag: name, option: …}``, or the bare name.
        kind: What is wanted.
        kinds: All kinds that may stand inside it.
        where: Where the JSON comes from, for messages: ``spec.toml, [method]``.

    Raises:
        UnknownName: There is nothing of that name.
        SpecError: An option is misspelt, missing or of the wrong type.
    """
    if isinstance(value, str):
        value = {kind.tag: value}
    if not isinstance(value, Mapping) or kind.tag not in value:
        raise SpecError(f"{_at(where)}wanted a table with '{kind.tag} = …', got {value!r}")
    name = value[kind.tag]
    if not isinstance(name, str) or name not in kind.table:
        raise UnknownName(kind.tag, name, kind.table, where=where)
    options = {key: item for key, item in value.items() if key != kind.tag}
    return read_fields(kind.load(name), options, kinds, where=where)


def read_fields(
    cls: type, options: Mapping[str, Json], kinds: Sequence[Kind], *, where: str = ""
) -> Any:
    """A plain JSON object as the given dataclass; unknown keys are refused with a suggestion."""
    hints = typing.get_type_hints(cls)
    known = {f.name for f in dataclasses.fields(cls) if f.init}
    for key in options:
        if key not in known:
            at = f" ({where})" if where else ""
            near = did_you_mean(key, known)
            raise SpecError(
                f"{cls.__name__} has no option {key!r}{at}{near} Known: {', '.join(sorted(known))}"
            )
    read = {
        key: _read(item, hints[key], kinds, f"{where} {key}".strip())
        for key, item in options.items()
    }
    missing = [
        repr(f.name) for f in dataclasses.fields(cls) if _is_needed(f) and f.name not in read
    ]
    if missing:
        told = " and ".join(missing)
        raise SpecError(f"{_at(where)}{cls.__name__} needs {told}: no default can stand for that")
    try:
        return cls(**read)
    except (TypeError, ValueError) as error:
        raise SpecError(f"{_at(where)}{cls.__name__}: {error}") from error


def _is_needed(field: dataclasses.Field[Any]) -> bool:  # Any: whatever the field holds
    none = dataclasses.MISSING
    return field.init and field.default is none and field.default_factory is none


def _read(value: Json, hint: Any, kinds: Sequence[Kind], where: str) -> Any:
    for kind in kinds:
        if hint is kind.protocol:
            return read_options(value, kind, kinds, where=where)
    origin = get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _read_union(value, get_args(hint), kinds, where)
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise SpecError(f"{_at(where)}wanted a table of options, got {value!r}")
        return read_fields(typing.cast(type, hint), value, kinds, where=where)
    if origin is tuple:
        return _read_tuple(value, get_args(hint), kinds, where)
    return _read_leaf(value, hint, where)


def _read_union(value: Json, hints: Sequence[Any], kinds: Sequence[Kind], where: str) -> Any:
    if value is None and type(None) in hints:
        return None
    error: Exception = SpecError(f"{_at(where)}nothing fits {value!r}")
    for hint in hints:
        if hint is not type(None):
            try:
                return _read(value, hint, kinds, where)
            except SpecError as failed:
                error = failed
    raise error


def _read_tuple(value: Json, hints: Sequence[Any], kinds: Sequence[Kind], where: str) -> Any:
    if not isinstance(value, list | tuple):
        form = f" such as {json.dumps(value.split(','))}" if isinstance(value, str) else ""
        raise SpecError(f"{_at(where)}wanted a list{form}, got {value!r}")
    each = [hints[0]] * len(value) if len(hints) == 2 and hints[1] is ... else list(hints)
    if len(each) != len(value):
        raise SpecError(f"{_at(where)}wanted {len(each)} values, got {value!r}")
    return tuple(_read(item, hint, kinds, where) for item, hint in zip(value, each, strict=True))


def _read_leaf(value: Json, hint: Any, where: str) -> Any:
    from pydantic import TypeAdapter, ValidationError  # pydantic takes 0.1 s to import

    if hint is float and value in ("inf", "-inf", "nan"):
        return float(value)
    try:
        return TypeAdapter(hint).validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        wanted = error.errors()[0]["msg"]
        raise SpecError(f"{_at(where)}{value!r}: {wanted[0].lower()}{wanted[1:]}") from error


def _at(where: str) -> str:
    return f"{where}: " if where else ""
