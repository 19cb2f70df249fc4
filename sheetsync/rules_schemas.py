"""The JSON Schemas that let an editor check and complete rules/*.yaml while somebody types.

They are made from the models that the worker itself checks with:

    python -m sheetsync.rules_schemas rules/schema

Never: read by the worker, whose own checks go further.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sheetsync.rules_file import MODELS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """The text of each schema by the stem of its rules file."""
    return {stem: _text(stem) for stem in MODELS}


def _text(stem: str) -> str:
    schema: dict[str, Any] = {"$schema": DIALECT, **MODELS[stem].model_json_schema()}
    if stem.startswith("matching"):
        schema = _off_for_null(schema)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _off_for_null(node: Any) -> Any:
    """A limit that is switched off is None to the code, and written `off`; a blank is refused."""
    if isinstance(node, dict):
        if node == {"type": "null"}:
            return {"const": "off"}
        return {key: _off_for_null(value) for key, value in node.items()}
    return [_off_for_null(value) for value in node] if isinstance(node, list) else node


def write_schemas(folder: Path) -> None:
    """Write the schema of every rules file into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in schemas().items():
        (folder / f"{stem}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1] if len(sys.argv) > 1 else "rules/schema"))
