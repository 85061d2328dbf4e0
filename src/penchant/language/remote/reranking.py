"""Relevances from a rerank endpoint, in the shapes of Jina, Cohere and others."""

from collections.abc import Sequence
from typing import Any  # whatever the endpoint sent

import numpy as np
from numpy.typing import NDArray

from penchant.backbones.endpoint_errors import CallFailed
from penchant.core import PenchantError, Run
from penchant.language.remote.asking import Asking

PATHS = (("/rerank", False), ("/rerank", True), ("/v2/rerank", True))
"""Where such an endpoint may be: below the version, or below the root."""


def rerank_one(
    asking: Asking, question: str, documents: Sequence[str], run: Run
) -> NDArray[np.float32]:
    """(n_documents,) relevances; nan where the call failed.

    Raises:
        PenchantError: The endpoint orders no texts.
    """
    if not len(documents):
        return np.zeros(0, np.float32)
    body = {
        "model": asking.endpoint.address.model,
        "query": question,
        "documents": list(documents),
        "top_n": len(documents),
    }
    known = asking.learning.known.reranks
    for path, native in [one for one in PATHS if known in ("", _name(*one))]:
        try:
            relevances = asking.endpoint.ask(
                path, body, lambda answer: _read(answer, len(documents)), run, native=native
            )
        except CallFailed as failed:
            if failed.unsupported and not known:
                continue
            return np.full(len(documents), np.nan, np.float32)
        asking.learning.learn(reranks=_name(path, native))
        return relevances
    raise PenchantError(
        f"{asking.endpoint.address.base_url} orders no texts: it has no /rerank\n"
        "  hint: name an endpoint that has, or order with a model that writes"
    )


def _name(path: str, native: bool) -> str:
    return f"root{path}" if native else path


def _read(answer: Any, n: int) -> NDArray[np.float32]:
    """By the places that it tells; every place must be there once."""
    rows = answer
    if isinstance(answer, dict):
        rows = answer.get("results") or answer.get("data")
    relevances = np.full(n, np.nan, np.float32)
    try:
        for row in rows:
            told = row.get("relevance_score", row.get("score"))
            relevances[_place(row["index"], n)] = float(told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CallFailed("garbled", "no list of relevances", again=True) from error
    if np.isnan(relevances).any():
        raise CallFailed("garbled", "relevances of some texts only", again=True)
    return relevances


def _place(told: Any, n: int) -> int:
    if not isinstance(told, int) or not 0 <= told < n:
        raise ValueError(f"no text {told!r}")
    return told
