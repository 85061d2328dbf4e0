"""Lets tests of this folder share builders, which stand beside them."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def given(tmp_path):
    """Vectors of i0, i1 …, as an option of a scheme."""
    from penchant.indexing import GivenVectors, write_vectors

    def write(vectors):
        path = tmp_path / f"vectors-{len(list(tmp_path.iterdir()))}.parquet"
        write_vectors(path, [f"i{i}" for i in range(len(vectors))], vectors)
        return GivenVectors(path=str(path))

    return write
