"""Methods as JSON and back, with every kind of value that may stand inside one."""

from collections.abc import Mapping

from penchant.core import Json, UnknownName, UsageError, read_options, write_options
from penchant.data import Method
from penchant.language import LANGUAGE_MODEL
from penchant.recommenders import KINDS, METHOD

__all__ = [
    "KINDS",
    "asks_language_models",
    "method_with",
    "options_with",
    "read_method",
    "write_method",
]


def write_method(method: Method) -> Json:
    """A method as tagged JSON: ``{"method": "ease", "l2": 100.0}``."""
    return write_options(method, KINDS)


def read_method(value: Json, *, where: str = "") -> Method:
    """A method from its name, or from tagged JSON.

    Raises:
        UnknownName: There is no such method.
        SpecError: An option is misspelt or of the wrong type.
    """
    method: Method = read_options(value, METHOD, KINDS, where=where)
    return method


def method_with(name: str, options: Mapping[str, Json], *, where: str = "") -> Method:
    """A method with some options of its own; those inside a table that are not said are defaults.

    >>> method_with("sasrec", {"training": {"steps": 7}}).training.batch_size > 0
    True

    Raises:
        UnknownName: There is no such method.
        SpecError: An option is misspelt or of the wrong type.
    """
    try:
        defaults = write_method(read_method(name))
    except UnknownName:
        raise
    except UsageError:  # an option without a default: then all must be said
        defaults = {}
    return read_method(options_with(defaults, {**options, METHOD.tag: name}), where=where)


def options_with(defaults: Json, given: Json) -> Json:
    """What is given, and in every table what is not given of the defaults."""
    if not isinstance(defaults, dict) or not isinstance(given, dict):
        return given
    # Another encoder, another language model: the options of the default are not its own.
    for tag in {kind.tag for kind in KINDS} & set(given):
        if isinstance(defaults.get(tag), str) and given[tag] != defaults[tag]:
            return given
    return {**defaults, **{key: options_with(defaults.get(key), given[key]) for key in given}}


def asks_language_models(method: Method) -> bool:
    """Whether a language model stands anywhere in a method's options."""
    return _names_one(write_method(method))


def _names_one(value: Json) -> bool:
    if isinstance(value, dict):
        is_one = isinstance(value.get(LANGUAGE_MODEL.tag), str)
        return is_one or any(map(_names_one, value.values()))
    return isinstance(value, list) and any(map(_names_one, value))
