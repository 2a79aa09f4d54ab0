"""Gets a page when the user asks for it: public addresses only, as robots.txt allows, bounded in time and size.

An address is looked up once, checked, and connected to by its number, so that a name that resolves to another address a
moment later gains nothing. Every redirect goes through the same door. Proxies of the environment are not used: they
would look names up themselves.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from bilan import __version__, jsonio
from bilan.incidents import BilanError, Incident

if TYPE_CHECKING:
    import httpx

AGENT = f"bilan-hydrate/{__version__}"
MAX_BYTES = 8 * 1024 * 1024
ROBOTS_BYTES = 512 * 1024
SECONDS = 30.0
WAIT = 10.0
REDIRECTS = 5
BY_HAND = "open the page, save it, and give the file: bilan hydrate --from FILE"


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came: the address it was at in the end, its bytes, and whether it says that it is HTML."""

    url: str
    content: bytes
    html: bool


def public(address: str) -> bool:
    """Whether an IP address is one of the public internet; tunnels that carry another address in them are not."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (
        ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in ipaddress.ip_network("64:ff9b::/96")
    ):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def resolved(host: str, port: int) -> str:
    """An address of a host, all of whose addresses are public. Raises BilanError (B854) if one is not."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BilanError(Incident("B855", f"{host} cannot be looked up: {error}", BY_HAND)) from None
    addresses = [str(one[4][0]) for one in found]
    for address in addresses:
        if not public(address):
            raise BilanError(Incident("B854", f"{host} is at {address}, which is no public address", BY_HAND))
    return addresses[0]


def fetch(url: str, cache: Path | None = None, *, seconds: float = SECONDS, size: int = MAX_BYTES) -> Page:
    """A page, from the cache folder if it was fetched before. The whole takes no longer than ``seconds``.

    Raises BilanError: B809 without httpx, B854 for an address that is not fetched, B855 for one that cannot be.
    """
    place = None if cache is None else cache / f"{hashlib.sha256(url.encode()).hexdigest()}.json"
    if place is not None and (before := _kept(place, url)) is not None:
        return before
    page = _in_time(lambda stop: _walk(url, size, time.monotonic() + seconds, stop), url, seconds)
    if place is not None:
        meta = {"asked": url, "url": page.url, "html": page.html}
        jsonio.write_atomic(place.with_suffix(".page"), page.content)
        jsonio.write_atomic(place, jsonio.dumps(meta))
    return page


def _kept(place: Path, url: str) -> Page | None:
    try:
        meta = json.loads(place.read_bytes())
        content = place.with_suffix(".page").read_bytes()
    except (OSError, ValueError):
        return None
    return Page(meta["url"], content, meta["html"]) if meta.get("asked") == url else None


Stop = list[Callable[[], Any]]
"""What to call to end a request that takes too long."""


def _in_time(work: Callable[[Stop], Page], url: str, seconds: float) -> Page:
    """Runs the work beside, since a server can keep a request alive byte by byte without any single wait being long."""
    out: list[Page | BaseException] = []
    stop: Stop = []

    def run() -> None:
        try:
            out.append(work(stop))
        except BaseException as error:
            out.append(error)

    thread = threading.Thread(target=run, daemon=True, name="bilan-fetch")
    thread.start()
    thread.join(seconds + 0.5)
    if not out:
        for close in stop:
            close()
        raise BilanError(Incident("B855", f"{url} takes longer than {seconds:g} s", BY_HAND))
    if isinstance(out[0], BaseException):
        raise out[0]
    return out[0]


def _walk(url: str, size: int, until: float, stop: Stop) -> Page:
    try:
        import httpx
    except ImportError:
        message = "pages are fetched by httpx, which is not installed"
        raise BilanError(Incident("B809", message, "pip install 'bilan[hydrate]'")) from None
    rules: dict[str, Any] = {}
    with httpx.Client(trust_env=False, follow_redirects=False, timeout=WAIT) as client:
        stop.append(client.close)
        for _ in range(REDIRECTS + 1):
            if not _allowed(client, url, rules, until):
                raise BilanError(
                    Incident("B855", f"the robots.txt of its site does not allow {url}", BY_HAND)
                )
            status, headers, content = _get(client, url, size, until)
            if status not in (301, 302, 303, 307, 308) or "location" not in headers:
                break
            url = urljoin(url, headers["location"])
        else:
            raise BilanError(Incident("B855", f"{url}: redirected more than {REDIRECTS} times", BY_HAND))
    if status != 200:
        raise BilanError(Incident("B855", f"{url} answers {status}", BY_HAND))
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and not (kind.startswith("text/") or kind == "application/xhtml+xml"):
        raise BilanError(Incident("B855", f"{url} is {kind}, neither text nor a page", BY_HAND))
    return Page(url, content, kind != "text/plain")


def _allowed(client: httpx.Client, url: str, rules: dict[str, Any], until: float) -> bool:
    """Whether robots.txt lets us fetch it. None there: yes. No answer or an error of the server: no."""
    from urllib.robotparser import RobotFileParser

    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    if origin not in rules:
        where = f"{origin}/robots.txt"
        for _ in range(REDIRECTS + 1):
            status, headers, content = _get(client, where, ROBOTS_BYTES, until)
            if status not in (301, 302, 303, 307, 308) or "location" not in headers:
                break
            where = urljoin(where, headers["location"])
        if status == 200:
            rules[origin] = RobotFileParser()
            rules[origin].parse(content.decode("utf-8", errors="replace").splitlines())
        else:
            rules[origin] = 400 <= status < 500 and status != 429
    rule = rules[origin]
    return rule if isinstance(rule, bool) else bool(rule.can_fetch(AGENT, url))


def _get(client: httpx.Client, url: str, size: int, until: float) -> tuple[int, httpx.Headers, bytes]:
    """Status, headers and body of one request to the address that was checked."""
    import httpx

    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise BilanError(Incident("B854", f"{url} is no address", BY_HAND)) from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise BilanError(Incident("B854", f"{url} is no plain http or https address", BY_HAND))
    host = parts.hostname
    address = resolved(host, port)
    target = httpx.URL(url).copy_with(host=address)
    headers = {
        "Host": parts.netloc,
        "User-Agent": AGENT,
        "Accept": "text/html,application/xhtml+xml,text/plain",
        "Accept-Encoding": "identity",  # what is small when packed may be huge
    }
    try:
        request = client.build_request("GET", target, headers=headers, extensions={"sni_hostname": host})
        answer = client.send(request, stream=True)
        try:
            if answer.headers.get("content-encoding", "identity").lower() != "identity":
                raise BilanError(Incident("B855", f"{url} is packed, though asked not to be", BY_HAND))
            body = bytearray()
            for part in answer.iter_raw():
                body += part
                if len(body) > size:
                    raise BilanError(Incident("B855", f"{url} has more than {size:,} bytes", BY_HAND))
                if time.monotonic() > until:
                    raise BilanError(Incident("B855", f"{url} takes too long", BY_HAND))
            return answer.status_code, answer.headers, bytes(body)
        finally:
            answer.close()
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
        raise BilanError(
            Incident("B855", f"{url} cannot be fetched: {error or type(error).__name__}", BY_HAND)
        ) from None
