"""The requests that botocore writes of every call that schedules may name, one JSON line each.

Takes the table of calls as its argument. Every member of an input is given, down to where a shape contains itself.
"""

import datetime
import json
import re
import sys

import botocore.model
import botocore.serialize
import botocore.session

TIME_TEXT = "2026-03-01T05:48:46Z"
TIME = datetime.datetime(2026, 3, 1, 5, 48, 46, tzinfo=datetime.timezone.utc)
TEXT = "a b/ü&"
PLAIN = {"blob": (TEXT, TEXT.encode()), "timestamp": (TIME_TEXT, TIME), "boolean": (True, True)}
NUMBERS = {"integer": 7, "long": 7, "float": 1.5, "double": 1.5}


def upper_first(name):
    return name[0].upper() + name[1:]


def sample(shape, above):
    """An input as a schedule gives it, and the same for botocore."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        document = {"Any": {"Thing": [1, "x"]}}
        return document, document
    if kind in PLAIN:
        return PLAIN[kind]
    if kind in NUMBERS:
        return NUMBERS[kind], NUMBERS[kind]
    is_deep = above.count(shape.name) >= 2
    inner = above + [shape.name]
    if kind == "structure":
        given, params = {}, {}
        members = [] if is_deep else list(shape.members.items())
        for name, member in members[:1] if shape.metadata.get("union") else members:
            given[upper_first(name)], params[name] = sample(member, inner)
        return given, params
    if kind == "list":
        value = None if is_deep else sample(shape.member, inner)
        return ([], []) if value is None else ([value[0]] * 2, [value[1]] * 2)
    if kind == "map":
        value = None if is_deep else sample(shape.value, inner)
        return ({}, {}) if value is None else ({"someKey": value[0]}, {"someKey": value[1]})
    text = shape.enum[0] if shape.enum else TEXT
    return text, text


def text_of(body):
    return body.decode("utf-8") if isinstance(body, bytes) else body


def main(table):
    loader = botocore.session.get_session().get_component("data_loader")
    for name in loader.list_available_services("service-2"):
        raw = loader.load_service_model(name, "service-2")
        service = re.sub("[^a-z0-9]", "", raw["metadata"]["serviceId"].lower())
        if service not in table:
            continue
        model = botocore.model.ServiceModel(raw, name)
        serializer = botocore.serialize.create_serializer(table[service]["protocol"], include_validation=False)
        for action in table[service]["actions"].split():
            operation = model.operation_model(upper_first(action))
            shape = operation.input_shape
            given, params = sample(shape, []) if shape else ({}, {})
            request = serializer.serialize_to_request(params, operation)
            line = {
                "service": service,
                "action": action,
                "given": given,
                "method": request["method"],
                "path": request["url_path"],
                "query": request["query_string"],
                "headers": {key.lower(): str(value) for key, value in request["headers"].items()},
                "body": text_of(request["body"]),
            }
            print(json.dumps(line))


with open(sys.argv[1], encoding="utf-8") as file:
    main(json.load(file)["apis"])
