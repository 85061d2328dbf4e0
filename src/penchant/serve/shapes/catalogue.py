"""Items."""

from penchant.serve.shapes.words import Shape


class Item(Shape):
    """An item of the catalogue."""

    item_id: str
    title: str
    columns: dict[str, str | int | float | bool | list[str] | None]


class ItemPage(Shape):
    """Some items, and where the next begin."""

    items: list[Item]
    cursor: str | None
