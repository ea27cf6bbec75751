"""AWS's side for the tests: a moto server, boto3 calls to it, and botocore's word on requests and signatures.

Reads one JSON request a line and answers one JSON line each. The first line it writes tells where moto listens.
"""

import datetime
import json
import sys

import boto3
import botocore
import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import botocore.session
from botocore.config import Config
from moto.core.config import default_user_config
from moto.server import ThreadedMotoServer

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
session = botocore.session.get_session()


def plain(value):
    """What JSON cannot hold, as texts."""
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if hasattr(value, "read"):
        return value.read().decode("utf-8")
    raise TypeError(type(value))


def call(url, service, operation, params, region):
    """Calls an operation of moto by boto3."""
    client = boto3.client(service, endpoint_url=url, region_name=region, config=Config(s3={"addressing_style": "path"}), **KEYS)
    answer = getattr(client, operation)(**params)
    answer.pop("ResponseMetadata", None)
    return answer


def serialize(service, operation, params, region):
    """The request that botocore makes of a call, once it has checked the parameters against the published model."""
    client = session.create_client(
        service, region_name=region, endpoint_url="http://host.test", **KEYS
    )
    seen = {}

    def stop(request, **_):
        body = request.body or b""
        seen.update(
            method=request.method,
            url=request.url,
            headers={name.lower(): str(text, "utf-8") if isinstance(text, bytes) else text for name, text in request.headers.items()},
            body=body.decode("utf-8") if isinstance(body, bytes) else body,
        )
        return botocore.awsrequest.AWSResponse(request.url, 599, {}, None)

    client.meta.events.register("before-send", stop)
    model = session.get_service_model(service)
    name = next(name for name in model.operation_names if name == operation)
    try:
        getattr(client, botocore.xform_name(name))(**params)
    except botocore.exceptions.ParamValidationError:
        raise
    except Exception:
        # The answer is none: only the request matters.
        pass
    return seen


def sign(method, url, headers, body, service, region, access_key, secret, token):
    """The authorization that botocore would have written over the same request at the same time."""
    signed = {name: text for name, text in headers.items() if name != "authorization"}
    request = botocore.awsrequest.AWSRequest(method=method, url=url, headers=signed, data=body.encode("utf-8"))
    request.context["timestamp"] = headers["x-amz-date"]
    auth = botocore.auth.SigV4Auth(botocore.credentials.Credentials(access_key, secret, token), service, region)
    canonical = auth.canonical_request(request)
    signature = auth.signature(auth.string_to_sign(request, canonical), request)
    listed = auth.signed_headers(auth.headers_to_sign(request))
    return f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, SignedHeaders={listed}, Signature={signature}"


def main():
    # Jobs are kept, not run.
    default_user_config["batch"]["use_docker"] = False
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://%s:%s" % server.get_host_and_port()
    print(json.dumps({"url": url}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        kind = request.pop("kind")
        try:
            if kind == "call":
                answer = call(url, **request)
            elif kind == "serialize":
                answer = serialize(**request)
            else:
                answer = sign(**request)
            print(json.dumps({"answer": answer}, default=plain), flush=True)
        except Exception as error:  # told to the test that asked
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)


main()
