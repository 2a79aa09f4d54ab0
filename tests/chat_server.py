"""A chat endpoint on the loopback, which answers with the targets of the corpus, or fails as it is told to."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


class Reply:
    """One request on its way: what it asks about, for the which time, and the means to answer it."""

    def __init__(self, handler: BaseHTTPRequestHandler, ident: str, turn: int, gold: str) -> None:
        self._handler = handler
        self.ident, self.turn, self.gold = ident, turn, gold

    def send(
        self, status: int, body: bytes, kind: str = "application/json", length: int = 0, pause: str = ""
    ) -> None:
        """``length``: bytes that are promised, if more than the body has; ``pause``: a Retry-After."""
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Content-Length", str(length or len(body)))
        self._handler.send_header("Location", "http://127.0.0.1:9/elsewhere")
        if pause:
            self._handler.send_header("Retry-After", pause)
        self._handler.end_headers()
        self._handler.wfile.write(body)
        self._handler.close_connection = bool(length)

    def more(self, body: bytes) -> None:
        self._handler.wfile.write(body)

    def json(self, status: int, document: Any, pause: str = "") -> None:
        self.send(status, json.dumps(document).encode(), pause=pause)

    def says(self, words: Any, finish: str = "stop") -> None:
        """The model answers."""
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        choice = {"index": 0, "message": {"role": "assistant", "content": words}, "finish_reason": finish}
        self.json(200, {"model": "loopback-1", "choices": [choice], "usage": usage})


Behaviour = Callable[[Reply], None]


def gold(reply: Reply) -> None:
    reply.says(reply.gold)


class ChatServer:
    """A context manager. ``requests``: (article, body, headers) in the order in which they came."""

    def __init__(self, behaviour: Behaviour, articles: dict[str, tuple[str, str]]) -> None:
        """``articles``: id → text, and the answer of a perfect model."""
        self.behaviour = behaviour
        self.requests: list[tuple[str, Json, Json]] = []
        self.most_at_once = 0
        turns: Counter[str] = Counter()
        lock = threading.Lock()
        server, running = self, [0]

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked = body["messages"][-1]["content"]
                ident = next(i for i, (text, _) in articles.items() if asked.endswith("\n" + text))
                with lock:
                    server.requests.append((ident, body, dict(self.headers)))
                    turns[ident] += 1
                    turn = turns[ident]
                    running[0] += 1
                    server.most_at_once = max(server.most_at_once, running[0])
                try:
                    if self.path == "/v1/chat/completions":
                        server.behaviour(Reply(self, ident, turn, articles[ident][1]))
                    else:
                        Reply(self, ident, turn, "").json(404, {"error": f"no path {self.path}"})
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the client did not wait
                finally:
                    with lock:
                        running[0] -= 1

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def asked(self) -> list[str]:
        return [ident for ident, _, _ in self.requests]

    def __enter__(self) -> ChatServer:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
