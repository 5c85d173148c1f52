"""Batches as code, in the order of the calls: the requests are written, their file is sent, the batch is asked for."""

import json
from dataclasses import replace
from pathlib import PurePath

from console.batching.work import NewBatch
from console.jsonl import Purpose, Template
from console.models import Connection
from console.once import unmarked
from console.views import code_calls, file_code
from console.views.code import Sample, setup
from console.views.code_calls import Variable, literal

BUILDING = r"""import csv
import json
import re


def filled(value, cells):
    if isinstance(value, str):
        return re.sub(r"\{\{\s*([^{}]*?)\s*\}\}", lambda found: cells[found[1]], value)
    if isinstance(value, list):
        return [filled(one, cells) for one in value]
    if isinstance(value, dict):
        return {key: filled(one, cells) for key, one in value.items()}
    return value


"""


def starting(connection: Connection, file_name: str, wanted: NewBatch) -> list[Sample]:
    """The file is sent, then the batch of it is asked for once it is processed: Azure refuses it before."""
    body = unmarked(wanted.body("file-…"))
    python = code_calls.python("batches.create", [], {}, {**body, "input_file_id": Variable("file.id")})
    looking = code_calls.curl(connection, "GET", "/files/file-…", None)
    creating = [
        f"client.files.wait_for_processing(file.id)\n{python}",
        f"# until its status is processed\n{looking}\n\n"
        f"{code_calls.curl(connection, 'POST', '/batches', body)}",
    ]
    sending = file_code.sending(connection, file_name, Purpose.BATCH.upload)
    return [replace(one, text=f"{one.text}\n\n{more}") for one, more in zip(sending, creating, strict=True)]


def building(connection: Connection, csv_name: str, template: Template, wanted: NewBatch) -> list[Sample]:
    """The template is filled with each row of a CSV, then `starting`; in a shell the lines are only described."""
    name = f"{PurePath(csv_name).stem}.jsonl"
    python, curl = starting(connection, name, wanted)
    begin = setup(connection)
    line = {
        "custom_id": template.custom_id or "row-1",
        "method": "POST",
        "url": template.endpoint,
        "body": {"model": template.model, **template.body},
    }
    described = (
        f"# {json.dumps(name)}: a line for each row of {json.dumps(csv_name)}, its cells in the {{{{columns}}}}\n"
        f"# {json.dumps(line, ensure_ascii=False)}\n\n"
    )
    return [
        replace(
            python,
            text=begin + BUILDING + writing(csv_name, name, template) + python.text.removeprefix(begin),
        ),
        replace(curl, text=described + curl.text),
    ]


def writing(csv_name: str, name: str, template: Template) -> str:
    identifier = f"filled({literal(template.custom_id)}, cells)" if template.custom_id else 'f"row-{number}"'
    opened = f'open({literal(csv_name)}, newline="", encoding="utf-8-sig")'
    return (
        f"template = {literal(template.body, 0)}\n"
        f'with {opened} as rows, open({literal(name)}, "w", encoding="utf-8") as lines:\n'
        '    separator = max(",;\\t", key=rows.readline().count)\n'
        "    rows.seek(0)\n"
        "    for number, cells in enumerate(csv.DictReader(rows, delimiter=separator), start=1):\n"
        f'        body = {{"model": {literal(template.model)}, **filled(template, cells)}}\n'
        f"        line = {{\n"
        f'            "custom_id": {identifier},\n'
        '            "method": "POST",\n'
        f'            "url": {literal(template.endpoint)},\n'
        '            "body": body,\n'
        "        }\n"
        '        lines.write(json.dumps(line, ensure_ascii=False) + "\\n")\n\n'
    )
