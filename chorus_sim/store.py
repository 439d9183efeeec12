# Copyright 2026 The demat contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The state in a file, so that a demo that is stopped goes on where it was."""

import base64
import json
import os
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

from . import documents
from .directory import Service, Structure
from .records import Account, Flow, Invoice, Settings, Step


def save(platform, file):
    """Write the state; the file is whole at every moment."""
    with platform.lock:
        text = json.dumps(_pack(platform), default=_plain, ensure_ascii=False)
    part = Path(f"{file}.part")
    part.touch(mode=0o600)
    part.write_text(text, encoding="utf-8")
    os.replace(part, file)


def load(platform, file):
    """Read a state that was saved; without a file nothing changes."""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except FileNotFoundError:
        return
    with platform.lock:
        _unpack(platform, json.loads(text, object_hook=_moments))


def _plain(value):
    if isinstance(value, datetime):
        return {"$at": value.isoformat()}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    raise TypeError(f"cannot be saved: {value!r}")


def _moments(values):
    if "$at" in values:
        return datetime.fromisoformat(values["$at"])
    if "$day" in values:
        return date.fromisoformat(values["$day"])
    return values


def _pack(platform):
    return {
        "number": platform.last_number,
        "shift": platform.shift.total_seconds(),
        "settings": asdict(platform.settings),
        "accounts": [asdict(account) for account in platform.accounts],
        "calls": platform.calls,
        "files": list(platform.files.items()),
        "structures": [asdict(item) for item in platform.directory.all()],
        "flows": [_pack_flow(flow) for flow in platform.flows.values()],
        "invoices": [asdict(invoice) for invoice in platform.invoices.values()],
    }


def _pack_flow(flow):
    """The content only as long as its invoices are not integrated."""
    values = {name: value for name, value in vars(flow).items() if name != "documents"}
    content = b"" if flow.final else flow.content
    values["content"] = base64.b64encode(content).decode()
    values["numbers"] = [document.number for document in flow.documents]
    return values


def _unpack(platform, state):
    platform.last_number = state["number"]
    platform.shift = timedelta(seconds=state["shift"])
    platform.settings = Settings(**state["settings"])
    platform.accounts = [Account(**values) for values in state["accounts"]]
    platform.calls.update(state["calls"])
    platform.files.update(state["files"])
    for values in state["structures"]:
        services = [Service(**item) for item in values.pop("services")]
        platform.directory.put(Structure(services=services, **values))
    for values in state["flows"]:
        flow = _unpack_flow(values)
        platform.flows[flow.number] = flow
    for values in state["invoices"]:
        for name in ("steps", "actions"):
            values[name] = [Step(**step) for step in values[name]]
        platform.invoices[values["id"]] = Invoice(**values)


def _unpack_flow(values):
    numbers = values.pop("numbers")
    values["content"] = base64.b64decode(values["content"])
    flow = Flow(**values)
    if numbers:
        read = documents.read_flow(flow.name, flow.syntax, flow.content)
        flow.documents = [
            item
            for item in read
            if isinstance(item, documents.Document) and item.number in numbers
        ]
    return flow
