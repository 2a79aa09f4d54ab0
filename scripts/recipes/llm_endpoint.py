"""An OpenAI-compatible chat endpoint: one question, one answer, patience in between.

What may pass is asked again: 408, 409, 425, 429, 5xx, a connection that fails or stalls, a body that is no answer.
What would be the same for every request (401, 403, 404, a redirect) stops the run. The key is sent in one header,
and is taken out of everything that a server sends back.
"""

from __future__ import annotations

import email.utils
import json
import random
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from bilan.incidents import BilanError, Incident

AGAIN = {408, 409, 425, 429}
"""Client errors that may pass; all of 500 and above may too."""

LONGEST_WAIT = 60.0
"""Seconds between two attempts at most. A server that asks for more is asked again after this."""

LARGEST = 16_000_000
"""Bytes of an answer beyond which it is none."""


class Unanswered(Exception):
    """One request had no answer after all attempts, or was refused; the message says why."""


@dataclass(frozen=True)
class Answer:
    """``text``: the model's words. ``attempts``: how often it was asked. The rest is as the server reports it."""

    text: str
    model: Any
    finish_reason: Any
    usage: Any
    fingerprint: Any
    attempts: int


@dataclass
class Endpoint:
    """Where to ask. A context manager; may be asked from many threads. ``timeout`` and ``backoff`` in seconds.

    ``stop``: set it, and waits end and nothing more is asked. Raises BilanError: B809 without httpx, B822 for a
    URL or key that cannot be used.
    """

    base_url: str
    key: str | None = None
    timeout: float = 120.0
    retries: int = 5
    backoff: float = 1.0
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        try:
            import httpx
        except ImportError:
            message = "httpx is not installed"
            raise BilanError(Incident("B809", message, "pip install 'bilan[recipes]'")) from None
        try:
            url = httpx.URL(self.base_url)
        except httpx.InvalidURL:
            url = httpx.URL("")
        if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
            mend = (
                "give it as http://127.0.0.1:8080/v1; a key goes into an environment variable (--api-key-env)"
            )
            raise BilanError(Incident("B822", "the base URL is none, or carries more than a path", mend))
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key is not None:
            if not self.key or not self.key.isascii() or not self.key.isprintable() or " " in self.key:
                message = "the key is empty or has characters that no header carries"
                raise BilanError(Incident("B822", message, "set the environment variable to the key alone"))
            headers["Authorization"] = f"Bearer {self.key}"
        self._url = self.base_url.rstrip("/") + "/chat/completions"
        self._client = httpx.Client(headers=headers, timeout=self.timeout, limits=httpx.Limits())
        self._failures = (httpx.TransportError, httpx.DecodingError)

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, body: dict[str, Any]) -> Answer:
        """The answer to one request. Raises Unanswered, or BilanError (B822) for what no request will get past."""
        sent = json.dumps(body, ensure_ascii=False).encode()
        for attempt in range(1, self.retries + 2):
            if self.stop.is_set():
                raise Unanswered("stopped before it was answered")
            wait = None
            try:
                status, headers, got = self._post(sent)
            except self._failures as error:
                failure = f"{type(error).__name__}: {self._clean(str(error)) or 'no answer'}"
            else:
                if status == 200:
                    found = _answer(got, headers.get("content-type", "none"), attempt)
                    if isinstance(found, Answer):
                        return found
                    failure = found
                else:
                    failure = f"HTTP {status}: {_excerpt(got)}"
                    wait = _seconds(headers.get("retry-after"))
                    self._refused(status, failure)
            if attempt <= self.retries:
                self.stop.wait(_pause(attempt, self.backoff, wait))
        raise Unanswered(f"no answer in {self.retries + 1} attempts; the last: {failure}")

    def _post(self, sent: bytes) -> tuple[int, Any, str]:
        """Status, headers and body. The timeout holds for the whole answer, so that a trickle ends too."""
        import httpx

        until = time.monotonic() + self.timeout
        with self._client.stream("POST", self._url, content=sent) as reply:
            parts, size = [], 0
            for part in reply.iter_bytes():
                parts.append(part)
                size += len(part)
                if time.monotonic() > until:
                    raise httpx.ReadTimeout(f"the answer was not whole after {self.timeout:g} s")
                if size > LARGEST:
                    raise httpx.ReadError(f"the answer is longer than {LARGEST:,} bytes")
            return reply.status_code, reply.headers, self._clean(b"".join(parts).decode("utf-8", "replace"))

    def _refused(self, status: int, failure: str) -> None:
        if status in (401, 403, 404) or 300 <= status < 400:
            mend = (
                "check --base-url, --model and the key; the path /chat/completions is added to the base URL"
            )
            raise BilanError(Incident("B822", f"the endpoint refuses: {failure}", mend))
        if status < 500 and status not in AGAIN:
            raise Unanswered(failure)

    def _clean(self, text: str) -> str:
        return text.replace(self.key, "[key]") if self.key else text


def _answer(body: str, kind: str, attempts: int) -> Answer | str:
    """The answer in a body, or why it is none."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return f"the body is no JSON (content type {kind}): {_excerpt(body)}"
    choices = document.get("choices") if isinstance(document, dict) else None
    first: Any = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    if not isinstance(message, dict):
        return f"the body has no choices with a message: {_excerpt(body)}"
    return Answer(
        _words(message),
        document.get("model"),
        first.get("finish_reason"),
        document.get("usage"),
        document.get("system_fingerprint"),
        attempts,
    )


def _words(message: dict[str, Any]) -> str:
    """The text of a message: content as a string or in parts, else the words of a refusal, else nothing."""
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    for words in (content, message.get("refusal")):
        if isinstance(words, str) and words:
            return words
    return ""


def _excerpt(body: str) -> str:
    words = " ".join(body.split())
    return (words[:200] + "…" if len(words) > 200 else words) or "empty"


def _seconds(retry_after: str | None) -> float | None:
    """What Retry-After asks for: seconds, or a date; None for neither."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _pause(attempt: int, backoff: float, asked: float | None) -> float:
    """Seconds before the next attempt: what the server asks for, else doubling, with jitter, and bounded."""
    if asked is not None and asked == asked:
        return min(asked, LONGEST_WAIT)
    return min(backoff * 2.0 ** min(attempt - 1, 30), LONGEST_WAIT) * random.uniform(0.5, 1.0)
