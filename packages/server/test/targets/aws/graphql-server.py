"""A GraphQL server: graphql-core behind the standard library's HTTP server. It keeps orders, and gives them back."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer

from graphql import build_schema, graphql_sync

SCHEMA = build_schema(
    """
    type Order { id: ID!, customer: String }
    type Query { orders: [Order!]! }
    type Mutation { add(id: ID!, customer: String): Order, refuse: Order }
    """
)


class Orders:
    def __init__(self):
        self.kept = []

    def orders(self, _info):
        return self.kept

    def add(self, _info, id, customer=None):
        self.kept.append({"id": id, "customer": customer})
        return self.kept[-1]

    def refuse(self, _info):
        raise ValueError("no orders today")


ROOT = Orders()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        result = graphql_sync(
            SCHEMA, asked["query"], root_value=ROOT, variable_values=asked.get("variables")
        )
        body = json.dumps(result.formatted).encode()
        self.send_response(200 if self.path == "/graphql" else 404)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
