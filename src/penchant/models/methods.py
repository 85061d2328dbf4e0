"""Methods as JSON and back, with every kind of value that may stand inside one."""

from penchant.core import Json, read_options, write_options
from penchant.data import Method
from penchant.language import LANGUAGE_MODEL
from penchant.recommenders import KINDS, METHOD

__all__ = ["KINDS", "asks_language_models", "read_method", "write_method"]


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


def asks_language_models(method: Method) -> bool:
    """Whether a language model stands anywhere in a method's options."""
    return _names_one(write_method(method))


def _names_one(value: Json) -> bool:
    if isinstance(value, dict):
        is_one = isinstance(value.get(LANGUAGE_MODEL.tag), str)
        return is_one or any(map(_names_one, value.values()))
    return isinstance(value, list) and any(map(_names_one, value))
