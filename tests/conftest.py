"""Google's discovery documents, held against every call that any test makes of the local server."""

from __future__ import annotations

from collections.abc import Iterator

import jsonschema
import orjson
import pytest
from localsheets import discovery_schema

from sheetsync.localsheets import server as server_module


@pytest.fixture(scope="session", autouse=True)
def every_call() -> Iterator[list[str]]:
    """What broke the contract since it was last asked; servers of other processes are not seen."""
    carry_out = server_module.perform
    broken: list[str] = []

    def checked(world, entry, route):
        answer = carry_out(world, entry, route)
        try:
            check(route, entry.body, answer)
        except jsonschema.ValidationError as error:
            broken.append(f"{route.id}: {error}")
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server_module, "perform", checked)
        yield broken


@pytest.fixture(autouse=True)
def contract(every_call: list[str]) -> Iterator[list[str]]:
    """Every accepted request and every answer keeps to Google's documents."""
    yield every_call
    broken = list(every_call)
    every_call.clear()
    assert broken == []


def check(route, body, answer) -> None:
    """Hold one call against the document of its method."""
    if route.method is None:
        return
    document = "drive.v3" if route.is_drive else "sheets.v4"
    if route.method.request and body and not route.is_drive:
        sent = discovery_schema.without_nulls(orjson.loads(body))
        discovery_schema.checker(document, route.method.request)(sent)
    if isinstance(answer, dict) and route.method.response:
        discovery_schema.checker(document, route.method.response)(
            orjson.loads(orjson.dumps(answer))
        )
