"""Google's discovery documents as JSON Schema: the tests' own reading of the contract.

The server has another reading of its own (`contract.py`); the two check each other.
"""

import functools
import importlib.resources
import json

import jsonschema

FORMATS = {
    "int32": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "uint32": {"type": "integer", "minimum": 0, "maximum": 2**32 - 1},
    "double": {"type": "number"},
    "float": {"type": "number"},
    "int64": {"type": "string", "pattern": r"^-?\d+$"},
}


@functools.cache
def document(name):
    folder = importlib.resources.files("googleapiclient.discovery_cache.documents")
    return json.loads((folder / f"{name}.json").read_bytes())


def convert(spec):
    """A discovery schema as a JSON Schema: closed, with nothing required."""
    if "$ref" in spec:
        made = {"$ref": f"#/definitions/{spec['$ref']}"}
    elif spec.get("format") in FORMATS:
        made = FORMATS[spec["format"]]
    elif "enum" in spec:
        made = {"enum": spec["enum"]}
    elif spec.get("type") == "array":
        made = {"type": "array", "items": convert(spec["items"])}
    elif "properties" in spec:
        properties = {k: convert(v) for k, v in spec["properties"].items()}
        made = {"type": "object", "properties": properties, "additionalProperties": False}
    elif spec.get("type") == "object":
        made = {
            "type": "object",
            "additionalProperties": convert(spec.get("additionalProperties", {})),
        }
    else:
        made = {"type": spec["type"]} if spec.get("type", "any") != "any" else {}
    return made


def needed(name, schema, found=None):
    """A schema and all that it refers to."""
    found = set() if found is None else found
    if schema not in found:
        found.add(schema)
        text = json.dumps(document(name)["schemas"][schema])
        for other in document(name)["schemas"]:
            if f'"$ref": "{other}"' in text:
                needed(name, other, found)
    return found


@functools.cache
def checker(name, schema):
    """A function that raises where a value does not keep to the schema."""
    schemas = document(name)["schemas"]
    definitions = {key: convert(schemas[key]) for key in needed(name, schema)}
    whole = {"definitions": definitions, "$ref": f"#/definitions/{schema}"}
    validator = jsonschema.Draft7Validator(whole)

    def check(value):
        error = next(validator.iter_errors(value), None)
        if error is not None:
            raise jsonschema.ValidationError(f"{error.json_path}: {error.message}")

    return check


def without_nulls(value):
    """Requests may name fields as null, which says nothing."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return [without_nulls(v) for v in value] if isinstance(value, list) else value
