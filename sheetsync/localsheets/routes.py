"""From a URL to a method with its parameters.

Decides: which method a request means, and Google's refusal of parameters it does not know.
Never: carries anything out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from sheetsync.localsheets import contract, drive, methods, shared_drives, sharing, upload
from sheetsync.localsheets.contract import Method, snake
from sheetsync.localsheets.errors import GoogleError, bad_field
from sheetsync.localsheets.masks import invalid_mask, parse_mask
from sheetsync.localsheets.message_reader import read_message

Json = dict[str, Any]

READS = methods.READS | drive.READS | shared_drives.READS | sharing.READS
WRITES = methods.WRITES | drive.WRITES | shared_drives.WRITES | sharing.WRITES
UPLOAD = re.compile(r"/upload/drive/(?P<version>v[23])/files(?:/(?P<fileId>[^/]+))?\Z")
# Where Google puts the body of a method inside its request message.
BODY_FIELDS = {
    "sheets.spreadsheets.create": "spreadsheet",
    "sheets.spreadsheets.values.update": "data",
    "sheets.spreadsheets.values.append": "data",
}
# gspread sends Python's spelling.
BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method found for a URL."""

    id: str
    template: str
    params: Json
    method: Method | None

    @property
    def is_drive(self) -> bool:
        """Whether it belongs to Drive."""
        return self.id.startswith(("drive.", "upload."))

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.id in WRITES or self.id.startswith("upload.")


def find_route(verb: str, path: str) -> Route:
    """The route of a verb and an undecoded path, or a 404."""
    uploaded = UPLOAD.match(path)
    if uploaded and verb in ("POST", "PUT", "PATCH"):
        kind = "create" if uploaded["fileId"] is None else "replace"
        params = {k: v for k, v in uploaded.groupdict().items() if v is not None}
        template = "/upload/drive/v3/files" + ("/{fileId}" if kind == "replace" else "")
        return Route(id=f"upload.{kind}", template=template, params=params, method=None)
    document = "sheets.v4" if path.startswith("/v4/") else "drive.v3"
    for method in contract.methods(document):
        found = method.path.match(path) if method.verb == verb else None
        if found:
            params = {name: unquote(value) for name, value in found.groupdict().items()}
            return Route(id=method.id, template=method.template, params=params, method=method)
    raise GoogleError(404, f"The requested URL {path} was not found on this server.")


def read_params(route: Route, query: str) -> Json:
    """Path and query parameters, checked and converted."""
    document = "drive.v3" if route.is_drive else "sheets.v4"
    known = dict(contract.document(document)["parameters"])
    if route.method is not None:
        known |= route.method.parameters
    params = {name: _read(name, known.get(name, {}), text) for name, text in route.params.items()}
    for name, text in parse_qsl(query, keep_blank_values=True):
        spec = known.get(name)
        if spec is None:
            if not route.is_drive:
                raise bad_field(
                    "",
                    f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
                    f"parameter. Field '{name}' could not be found in request message.",
                )
            params[name] = text
            continue
        value = _read(name, spec, text)
        if spec.get("repeated"):
            params.setdefault(name, []).append(value)
        else:
            params[name] = value
    if params.get("fields"):
        _check_mask(route, params["fields"])
    return params


def _check_mask(route: Route, text: str) -> None:
    """Refuse a mask that names what the answer does not have."""
    if route.method is None or route.method.response is None:
        return
    document = "drive.v3" if route.is_drive else "sheets.v4"
    stray = contract.stray_field(document, route.method.response, parse_mask(text))
    if stray is None:
        return
    if route.is_drive:
        raise GoogleError(
            400, f"Invalid field selection {stray}", reason="invalidParameter", location="fields"
        )
    raise invalid_mask(stray)


def _read(name: str, spec: Json, text: str) -> Any:
    kind = spec.get("type")
    if kind == "boolean":
        value = BOOLEANS.get(text.casefold())
        if value is None:
            raise bad_field(
                snake(name), f"Invalid value at '{snake(name)}' (TYPE_BOOL), \"{text}\""
            )
        return value
    if kind == "integer":
        number = int(text) if re.fullmatch(r"-?[0-9]{1,10}", text) else None
        lowest, highest = int(spec.get("minimum", -(2**31))), int(spec.get("maximum", 2**31 - 1))
        if number is None or not lowest <= number <= highest:
            raise bad_field(
                snake(name), f"Invalid value at '{snake(name)}' (TYPE_INT32), \"{text}\""
            )
        return number
    if "enum" in spec and text not in spec["enum"] and name != "alt":
        host = f"type.googleapis.com/google.apps.sheets.v4.{name[:1].upper()}{name[1:]}"
        raise bad_field(snake(name), f"Invalid value at '{snake(name)}' ({host}), \"{text}\"")
    return text


def read_body(route: Route, body: bytes) -> Any:
    """The JSON body, checked against the contract."""
    if route.id.startswith("upload."):
        return body
    if route.method is None or route.method.request is None:
        return None
    if not body.strip():
        return {}
    try:
        loaded = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad_field("", "Invalid JSON payload received. Unexpected token.") from None
    document = "drive.v3" if route.is_drive else "sheets.v4"
    start = BODY_FIELDS.get(route.id, "")
    return read_message(document, route.method.request, loaded, start)


def carry(route: Route) -> Any:
    """The function behind a route, or a 400 that names the method."""
    if route.id == "upload.create":
        return upload.create_with_content
    if route.id == "upload.replace":
        return upload.replace_content
    found = READS.get(route.id) or WRITES.get(route.id)
    if found is None:
        raise GoogleError(400, f"The method {route.id} is not served by the local server.")
    return found
