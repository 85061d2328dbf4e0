"""Values of tables as JSON has them."""

import math

Value = str | int | float | bool | list[str] | None


def plain(value: object) -> Value:
    """A value of a table: what JSON has no word for becomes text, and nan nothing."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [str(one) for one in value]
    return value if isinstance(value, str | int | bool | None) else str(value)
