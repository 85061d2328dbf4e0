"""The model card: what a saved model is, for whoever finds its folder."""

import datetime as dt
import json

from penchant.models.model import Model


def model_card(model: Model) -> str:
    """A model's README in Markdown, from its record alone."""
    record = model.record
    name = record.method.get("method", "?") if isinstance(record.method, dict) else "?"
    newest = ""
    if record.last_time is not None:
        moment = dt.datetime.fromtimestamp(record.last_time / 1e6, tz=dt.UTC)
        newest = f", the newest of {moment:%Y-%m-%d}"
    metrics = "".join(f"| {key} | {value:.4f} |\n" for key, value in record.metrics.items())
    measured = f"\n## Measured\n\n| metric | value |\n| --- | --- |\n{metrics}" if metrics else ""
    options = json.dumps(record.method, indent=1, sort_keys=True)
    packages = "".join(f"* {key} {value}\n" for key, value in sorted(record.versions.items()))
    return f"""# {name} on {record.data}

A recommender fitted by Penchant. `penchant recommend --model FOLDER --user ID` asks it;
`penchant.load(FOLDER)` opens it in Python. Nothing in this folder is code.

## Learned from

{record.events:,} events{newest}; {record.people:,} people, {record.items:,} items.
Data fingerprint `{record.fingerprint}`.
{measured}
## Made with

Seed {record.seed}, {record.threads} threads, {record.device}, {record.fit_seconds:.1f} s.

```json
{options}
```

{packages}
## Know before use

* `people.parquet` and `histories.safetensors` hold personal data: who chose what. `Model.erase`
  removes people; what the weights learned from them stays until the next fit.
* It knows the items of `catalog.parquet` and no others, and tastes as they were when it was fitted.
* Popular items come first for people without a history.
"""
