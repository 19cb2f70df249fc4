"""The local server stands alone: it could be published on its own."""

import ast
import sys
from pathlib import Path

import sheetsync.localsheets

ROOM = Path(sheetsync.localsheets.__file__).parent
MAY = {
    "asyncio", "babel", "cryptography", "google", "googleapiclient", "openpyxl", "orjson",
    "starlette", "uvicorn",
}  # fmt: skip


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


def test_it_imports_nothing_of_ours():
    for path in ROOM.rglob("*.py"):
        for name in imports(path):
            top = name.partition(".")[0]
            if top == "sheetsync":
                assert name.startswith("sheetsync.localsheets"), (path.name, name)
            else:
                assert top in MAY or top in sys.stdlib_module_names, (path.name, name)


def test_modules_are_small():
    for path in ROOM.rglob("*.py"):
        assert len(path.read_text().splitlines()) <= 400, path.name
