"""A data set as a folder: Parquet files and ``dataset.json`` that says what is in them.

``dataset.json`` is JSON-LD after Croissant 1.0 (MLCommons), so other tools find files, columns and
sha256. ``user`` and ``item`` are row numbers, counted from 0, in people.parquet and items.parquet.
"""

import json
from pathlib import Path
from typing import Any

import polars as pl

from penchant.core import DataError, Json, StorageError, hash_file, sweep, write_folder
from penchant.data.ids import Ids
from penchant.data.words import EVENT_SCHEMA, Catalog, Dataset, People

FORMAT = 1
HEAD = "dataset.json"
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "penchant": "https://penchant.invalid/ns#",
    "conformsTo": "dct:conformsTo",
    "recordSet": "cr:recordSet",
    "field": "cr:field",
    "source": "cr:source",
    "extract": "cr:extract",
    "fileObject": "cr:fileObject",
    "column": "cr:column",
    "repeated": "cr:repeated",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
}


def write_dataset(
    data: Dataset, folder: str | Path, *, licence: str = "", about: str = "", source: str = ""
) -> Path:
    """Writes a data set, whole or not at all; a data set that stands there is replaced.

    Args:
        data: What to write.
        folder: Where; it becomes the data set's.
        licence: Under what terms it may be used.
        about: What it is, in a line.
        source: Where it comes from.

    Raises:
        StorageError: The folder holds something else, or cannot be written.
    """
    folder = Path(folder)
    if folder.exists() and not (folder / HEAD).is_file() and any(folder.iterdir()):
        raise StorageError(f"{folder} holds something else than a data set; name another folder")
    sweep(folder.parent)
    tables = {
        "events": data.events,
        "items": data.catalog.table,
        "people": data.people.table,
        **{f"tables/{name}": table for name, table in data.tables.items()},
    }
    with write_folder(folder) as temporary:
        (temporary / "tables").mkdir()
        for name, table in tables.items():
            table.write_parquet(temporary / f"{name}.parquet")
        head = {
            "@context": CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            "name": data.name,
            "description": about,
            "license": licence,
            "url": source,
            "penchant:format": FORMAT,
            "penchant:counts": {name: len(table) for name, table in tables.items()},
            "distribution": [_file(name, temporary) for name in tables],
            "recordSet": [_records(name, table) for name, table in tables.items()],
        }
        text = json.dumps(head, indent=1, ensure_ascii=False)
        (temporary / HEAD).write_text(text + "\n", encoding="utf-8")
    return folder


def read_dataset(folder: str | Path, *, check: bool = True) -> Dataset:
    """Reads what :func:`write_dataset` wrote.

    Args:
        folder: Of the data set.
        check: Compares the sha256 of every file.

    Raises:
        StorageError: A file is missing, torn or altered.
        DataError: The events speak of rows that are not there.
    """
    folder = Path(folder)
    head = _head(folder)
    tables = {}
    for file in head["distribution"]:
        path = folder / file["contentUrl"]
        if not path.is_file():
            raise StorageError(f"{path} is missing; write the data set again")
        if check and hash_file(path) != file["sha256"]:
            raise StorageError(f"{path} is torn or altered (its sha256 is another); write it again")
        tables[file["@id"]] = pl.read_parquet(path)
    events = tables.pop("events")
    items, people = tables.pop("items"), tables.pop("people")
    _check_rows(events, len(items), len(people), folder)
    more = {name.removeprefix("tables/"): table for name, table in tables.items()}
    return Dataset(
        Catalog(Ids(items["id"]), items), People(Ids(people["id"]), people), events, head["name"],
        more,
    )  # fmt: skip


def _head(folder: Path) -> dict[str, Json]:
    path = folder / HEAD
    try:
        head: dict[str, Json] = json.loads(path.read_text(encoding="utf-8"))
        known = head["penchant:format"] == FORMAT
        listed = {file["@id"] for file in head["distribution"]}
    except FileNotFoundError as error:
        raise StorageError(f"{folder} is no data set: it has no {HEAD}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{path} is not the head of a data set ({error}); write it again") from (
            error
        )
    if not known:
        raise StorageError(
            f"{path} has format {head['penchant:format']}, this version reads {FORMAT}; "
            "write the data set again, or use a newer penchant"
        )
    if not {"events", "items", "people"} <= listed:
        raise StorageError(f"{path} lists {sorted(listed)}: events, items and people are needed")
    return head


def _check_rows(events: pl.DataFrame, n_items: int, n_people: int, folder: Path) -> None:
    missing = [column for column in EVENT_SCHEMA if column not in events.columns]
    if missing:
        raise DataError(f"the events lack {', '.join(missing)}", file=folder / "events.parquet")
    for column, n in (("item", n_items), ("user", n_people)):
        wrong = events.filter(~pl.col(column).is_between(0, n - 1)).head(1)
        if len(wrong):
            raise DataError(
                f"row {wrong[column][0]} of {n:,}",
                file=folder / "events.parquet",
                column=column,
                hint="events.parquet belongs to another catalogue; write the data set again",
            )


def _file(name: str, folder: Path) -> dict[str, Any]:  # Any: JSON-LD
    path = folder / f"{name}.parquet"
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": f"{name}.parquet",
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": hash_file(path),
    }


def _records(name: str, table: pl.DataFrame) -> dict[str, Any]:  # Any: JSON-LD
    return {
        "@type": "cr:RecordSet",
        "@id": f"{name}/records",
        "name": name,
        "field": [_field(name, column, dtype) for column, dtype in table.schema.items()],
    }


def _field(name: str, column: str, dtype: pl.DataType) -> dict[str, Any]:  # Any: JSON-LD
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    types = ((pl.Boolean, "sc:Boolean"), (pl.Date, "sc:Date"), (pl.Datetime, "sc:DateTime"))
    kind = next((name for plain, name in types if inner == plain), None)
    if kind is None:
        whole = inner.is_integer()
        kind = "sc:Integer" if whole else "sc:Float" if inner.is_float() else "sc:Text"
    return {
        "@type": "cr:Field",
        "@id": f"{name}/records/{column}",
        "name": column,
        "dataType": kind,
        "repeated": isinstance(dtype, pl.List),
        "source": {"fileObject": {"@id": name}, "extract": {"column": column}},
    }
