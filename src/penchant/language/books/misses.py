"""Why a replay has no answer: what is nearest in the books, and what differs."""

import json
import sqlite3
from pathlib import Path

from penchant.language.books.calls import Call


def explain_miss(connection: sqlite3.Connection, call: Call, file: Path | None) -> str:
    """One line: what was asked, what is there instead, what to do."""
    where = file.name if file else "the books"
    what = f"{where} has no such call of {call.model} ({call.verb}"
    what += f", {_short(call.template)})" if call.template else ")"
    return f"{what}: {_difference(connection, call)}; record again, or ask with --calls cache"


def _difference(connection: sqlite3.Connection, call: Call) -> str:
    (total,) = connection.execute("SELECT count(*) FROM calls WHERE kept").fetchone()
    if not total:
        return "it holds no calls at all"
    rows = connection.execute(
        "SELECT DISTINCT verb, model, fingerprint, template, how FROM calls "
        "WHERE kept AND asked = ? LIMIT 20",
        (call.asked,),
    ).fetchall()
    if rows:
        return min((_differences(row, call) for row in rows), key=len)
    return _other_template(connection, call)


def _differences(row: tuple[str, str, str, str, str], call: Call) -> str:
    verb, model, fingerprint, template, how = row
    parts = []
    if verb != call.verb:
        parts.append(f"it was asked to {verb}")
    if fingerprint != call.fingerprint:
        parts.append(f"it was asked of another model ({model}, {fingerprint[:12]})")
    if template != call.template:
        parts.append(f"with the prompt {_short(template)}, now {_short(call.template)}")
    if verb == call.verb and how != call.how:
        parts += _settings(json.loads(how), json.loads(call.how))
    return "the same was asked, but " + ", ".join(parts)


def _settings(before: dict[str, object], now: dict[str, object]) -> list[str]:
    differ = [name for name in now if before.get(name) != now[name]]
    shown = ("max_tokens", "sampling")
    return [
        f"{name} was {before.get(name)}, now {now[name]}" if name in shown else f"another {name}"
        for name in differ
    ]


def _other_template(connection: sqlite3.Connection, call: Call) -> str:
    if call.template:
        rows = connection.execute("SELECT DISTINCT template FROM calls WHERE kept").fetchall()
        held = sorted(template for (template,) in rows if template)
        if call.template in held:
            return "the same prompt was filled with other words"
        name = call.template.partition("@")[0]
        others = [template for template in held if template.partition("@")[0] == name]
        if others:
            return f"it was recorded with another version of the prompt, {_short(others[-1])}"
        return f"it was recorded with other prompts ({', '.join(map(_short, held[:3])) or 'none'})"
    return "nothing like it was asked"


def _short(template: str) -> str:
    """``rank@1 (a1b2c3d4)``."""
    name, _, digest = template.partition("#")
    return f"{name} ({digest[:8]})" if digest else name or "none by name"
