"""Filters on catalogue columns: ``year > 1990 and categories has 'Comedy'``.

A small typed language, read by recursive descent into a polars expression. Nothing that it can say
runs code, touches a file or asks for more than one pass over the catalogue::

    either     = both {"or" both}
    both       = negated {"and" negated}
    negated    = "not" negated | "(" either ")" | comparison
    comparison = column ("=" | "==" | "!=" | "<" | "<=" | ">" | ">=") value
               | column "has" value                     (a list holds it, a text contains it)
               | column ["not"] "in" "[" value {"," value} "]"
               | column "is" ["not"] "missing"
               | column                                 (a column of true and false)

What is missing is neither equal nor unequal to anything: such an item is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from penchant.core import did_you_mean
from penchant.data import Catalog
from penchant.models.where_words import FilterError, Token, read_words

MAX_DEPTH = 16
"""Brackets and negations inside one another."""

Value: TypeAlias = str | float | int | bool
Schema: TypeAlias = Mapping[str, pl.DataType]


def allowed_items(catalog: Catalog, where: str) -> NDArray[np.bool_]:
    """(n_items,) which items the filter lets through.

    Raises:
        FilterError: The filter cannot be read, or names a column that the catalogue has not.
    """
    expression = read_where(where, dict(catalog.table.schema))
    kept = catalog.table.select(kept=expression.fill_null(value=False)).to_series()
    return np.broadcast_to(kept.to_numpy(), len(catalog)).copy()


def read_where(text: str, schema: Schema) -> pl.Expr:
    """A filter as a polars expression of booleans over the columns of ``schema``."""
    reader = _Reader(text, schema, read_words(text))
    expression = reader.either(0)
    reader.take_end()
    return expression


def where_clauses(text: str, schema: Schema) -> list[tuple[str, pl.Expr, tuple[str, ...]]]:
    """The parts of a filter that all have to hold: text, expression, and columns asked about.

    A filter with "or" at its top is one part.

    >>> schema = {"year": pl.Int64(), "title": pl.String()}
    >>> parts = where_clauses("year > 1990 and (title has 'a' or year < 3)", schema)
    >>> [part[0] for part in parts]
    ['year > 1990', "(title has 'a' or year < 3)"]
    """
    read_where(text, schema)  # whatever is wrong with it is told of the whole
    tokens = read_words(text)
    cuts, depth = [-1], 0
    for at, token in enumerate(tokens):
        if token.kind == "sign":
            depth += (token.value in {"(", "["}) - (token.value in {")", "]"})
        if not depth and token.kind == "key" and token.value == "or":
            cuts = [-1]
            break
        if not depth and token.kind == "key" and token.value == "and":
            cuts.append(at)
    parts = []
    for begin, end in pairwise([*cuts, len(tokens) - 1]):
        said = text[tokens[begin + 1].at : tokens[end].at].strip()
        columns = [token.value for token in tokens[begin + 1 : end] if token.kind == "column"]
        parts.append((said, read_where(said, schema), tuple(dict.fromkeys(columns))))
    return parts


@dataclass(slots=True)
class _Reader:
    text: str
    schema: Schema
    tokens: list[Token]
    next: int = 0

    def either(self, depth: int) -> pl.Expr:
        expression = self.both(depth)
        while self.accept("key", "or"):
            expression |= self.both(depth)
        return expression

    def both(self, depth: int) -> pl.Expr:
        expression = self.negated(depth)
        while self.accept("key", "and"):
            expression &= self.negated(depth)
        return expression

    def negated(self, depth: int) -> pl.Expr:
        token = self.tokens[self.next]
        if depth > MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} brackets inside one another", token)
        if self.accept("key", "not"):
            return ~self.negated(depth + 1)
        if self.accept("sign", "("):
            expression = self.either(depth + 1)
            self.expect("sign", ")", "a closing bracket")
            return expression
        return self.comparison()

    def comparison(self) -> pl.Expr:
        column = self.column()
        token = self.tokens[self.next]
        negated = self.accept("key", "not")
        if self.accept("key", "in"):
            listed = self.is_in(column)
            return ~listed if negated else listed
        if negated:
            raise self.error("wanted 'in' after 'not'", self.tokens[self.next])
        if self.accept("key", "is"):
            negated = self.accept("key", "not")
            self.expect("key", "missing", "'missing'")
            null = pl.col(column.value).is_null()
            return ~null if negated else null
        if self.accept("key", "has"):
            return self.has(column)
        if token.kind == "sign" and token.value in _COMPARE:
            self.next += 1
            return self.compare(column, token)
        if self.schema[column.value] == pl.Boolean:
            return pl.col(column.value)
        raise self.error(
            f"wanted a comparison after {column.value!r}: = != < <= > >= has in is", token
        )

    def column(self) -> Token:
        token = self.tokens[self.next]
        if token.kind != "column":
            raise self.error(f"wanted a column of the catalogue, got {_shown(token)}", token)
        if token.value not in self.schema:
            near = did_you_mean(token.value, self.schema)
            known = ", ".join(self.schema)
            raise self.error(f"no column {token.value!r}{near} Known: {known}", token)
        self.next += 1
        return token

    def compare(self, column: Token, sign: Token) -> pl.Expr:
        dtype = self.schema[column.value]
        if isinstance(dtype, pl.List):
            raise self.error(f"{column.value!r} holds lists: ask with 'has'", sign)
        if dtype == pl.Boolean and sign.value not in {"=", "==", "!="}:
            raise self.error(f"{column.value!r} is true or false: only = and != compare it", sign)
        value = self.value(column, dtype)
        return _COMPARE[sign.value](pl.col(column.value), value)

    def has(self, column: Token) -> pl.Expr:
        dtype = self.schema[column.value]
        if isinstance(dtype, pl.List):
            return pl.col(column.value).list.contains(self.value(column, _dtype(dtype.inner)))
        if dtype == pl.String:
            value = self.value(column, dtype)
            return pl.col(column.value).str.contains(str(value), literal=True)
        raise self.error(
            f"{column.value!r} holds {_kind(dtype)}: 'has' asks lists and texts", column
        )

    def is_in(self, column: Token) -> pl.Expr:
        dtype = self.schema[column.value]
        if isinstance(dtype, pl.List):
            raise self.error(f"{column.value!r} holds lists: ask with 'has'", column)
        self.expect("sign", "[", "a list: ['a', 'b']")
        values = [self.value(column, dtype)]
        while self.accept("sign", ","):
            values.append(self.value(column, dtype))
        self.expect("sign", "]", "a closing ]")
        return pl.col(column.value).is_in(values)

    def value(self, column: Token, dtype: pl.DataType) -> Value:
        token = self.tokens[self.next]
        value = _read_value(token)
        if value is None:
            raise self.error(f"wanted a value for {column.value!r}, got {_shown(token)}", token)
        if not _fits(value, dtype):
            quote = ": put it in quotes" if dtype == pl.String else ""
            raise self.error(
                f"{column.value!r} holds {_kind(dtype)}, got {_shown(token)}{quote}", token
            )
        self.next += 1
        return value

    def accept(self, kind: str, value: str) -> bool:
        token = self.tokens[self.next]
        found = token.kind == kind and token.value == value
        self.next += found
        return found

    def expect(self, kind: str, value: str, wanted: str) -> None:
        if not self.accept(kind, value):
            token = self.tokens[self.next]
            raise self.error(f"wanted {wanted}, got {_shown(token)}", token)

    def take_end(self) -> None:
        token = self.tokens[self.next]
        if token.kind != "end":
            raise self.error(f"wanted 'and', 'or' or the end, got {_shown(token)}", token)

    def error(self, problem: str, token: Token) -> FilterError:
        return FilterError(problem, self.text, token.at)


_COMPARE = {
    "=": pl.Expr.eq,
    "==": pl.Expr.eq,
    "!=": pl.Expr.ne,
    "<": pl.Expr.lt,
    "<=": pl.Expr.le,
    ">": pl.Expr.gt,
    ">=": pl.Expr.ge,
}


def _read_value(token: Token) -> Value | None:
    if token.kind == "text":
        return token.value
    if token.kind == "number":
        return int(token.value) if token.value.lstrip("-").isdigit() else float(token.value)
    if token.kind == "key" and token.value in {"true", "false"}:
        return token.value == "true"
    return None


def _fits(value: Value, dtype: pl.DataType) -> bool:
    if isinstance(value, bool):
        return dtype == pl.Boolean
    if isinstance(value, str):
        return dtype in {pl.String, pl.Categorical} or isinstance(dtype, pl.Enum)
    return dtype.is_numeric()


def _kind(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.List):
        return "lists"
    if dtype == pl.Boolean:
        return "true and false"
    return "numbers" if dtype.is_numeric() else "text" if dtype == pl.String else str(dtype)


def _dtype(inner: object) -> pl.DataType:
    return inner if isinstance(inner, pl.DataType) else pl.String()


def _shown(token: Token) -> str:
    if token.kind == "end":
        return "the end"
    return f"the text {token.value!r}" if token.kind == "text" else repr(token.value)
