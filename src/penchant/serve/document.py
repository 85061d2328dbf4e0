"""Writes the OpenAPI document: ``python -m penchant.serve.document docs/api/openapi.json``."""

import json
import sys
from pathlib import Path

from penchant.serve.app import routes
from penchant.serve.openapi import document

if __name__ == "__main__":
    text = json.dumps(document(routes()), indent=1, ensure_ascii=False) + "\n"
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
