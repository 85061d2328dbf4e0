"""Methods as JSON and back, with every kind of value that may stand inside one."""

from penchant.core import Json, read_options, write_options
from penchant.data import Method
from penchant.recommenders import KINDS, METHOD

__all__ = ["KINDS", "read_method", "write_method"]


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
