"""``--fetch``: public addresses only, politely, bounded in time and size. Servers are of the loopback; no network."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bilan.__main__ import main
from bilan.hydration import cache, fetch
from bilan.incidents import BilanError

PAGE = b"<!DOCTYPE html><html><body><p>A page.</p></body></html>"


class Site:
    """A loopback site: path → (status, headers, body or a function that writes one); what was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], Any]] = {
            "/page": (200, {"Content-Type": "text/html"}, PAGE)
        }
        self.asked: list[tuple[str, str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, self.headers["Host"], self.headers["User-Agent"]))
                status, headers, body = site.pages.get(self.path, (404, {}, b""))
                self.send_response(status)
                for key, value in headers.items():
                    self.send_header(key, value)
                self.end_headers()
                try:
                    if callable(body):
                        body(self.wfile)
                    else:
                        self.wfile.write(body)
                except OSError:
                    pass  # the client has gone

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path: str, host: str = "news.example") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site at news.example, which resolves to the loopback; the loopback alone counts as public."""
    pytest.importorskip("httpx")
    real = socket.getaddrinfo

    def lookup(host: Any, *args: Any, **options: Any) -> Any:
        where = {"news.example": "127.0.0.1", "inside.example": "10.0.0.7"}.get(host, host)
        return real(where, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(fetch, "public", lambda address: address == "127.0.0.1")
    one = Site()
    yield one
    one.server.shutdown()
    one.server.server_close()


def refused(url: str, **options: Any) -> str:
    with pytest.raises(BilanError) as caught:
        fetch.fetch(url, **options)
    (incident,) = caught.value.incidents
    assert incident.mend
    return f"{incident.code} {incident.message}"


# --- which addresses --------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert fetch.public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:93.184.215.14",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "no address",
    ],
)
def test_addresses_of_a_machine_or_a_network_are_not(address: str) -> None:
    assert not fetch.public(address)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1:8080/"]
)
def test_private_addresses_are_refused(url: str) -> None:
    pytest.importorskip("httpx")
    assert refused(url).startswith("B854")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://news.example/",
        "http:///page",
        "http://user:word@news.example/",
        "http://a:b/",
    ],
)
def test_other_addresses_than_plain_web_pages_are_refused(url: str) -> None:
    pytest.importorskip("httpx")
    assert refused(url).startswith("B854")


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("93.184.215.14", 80)), (2, 1, 6, "", ("192.168.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(BilanError, match="B854"):
        fetch.resolved("news.example", 80)


# --- a page -----------------------------------------------------------------------------------------------


def test_a_page_is_got_at_the_address_that_was_checked(site: Site) -> None:
    page = fetch.fetch(site.url("/page"))
    assert (page.content, page.html, page.url) == (PAGE, True, site.url("/page"))
    assert [path for path, _, _ in site.asked] == ["/robots.txt", "/page"]
    assert {host for _, host, _ in site.asked} == {f"news.example:{site.port}"}
    assert all(agent.startswith("bilan-hydrate/") for _, _, agent in site.asked)


def test_each_name_is_looked_up_once_a_request(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were it looked up again on connecting, the second answer could be another address (DNS rebinding)."""
    names = []
    before = socket.getaddrinfo

    def lookup(host: Any, *args: Any, **options: Any) -> Any:
        if host == "news.example":
            names.append(host)
        return before(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    fetch.fetch(site.url("/page"))
    assert len(names) == len(site.asked) == 2


def test_a_page_in_the_cache_is_not_fetched_again(site: Site, tmp_path: Path) -> None:
    first = fetch.fetch(site.url("/page"), tmp_path)
    assert fetch.fetch(site.url("/page"), tmp_path) == first
    assert len(site.asked) == 2


def test_redirects_are_followed_with_the_same_care(site: Site) -> None:
    site.pages["/old"] = (301, {"Location": "/page"}, b"")
    assert fetch.fetch(site.url("/old")).url == site.url("/page")


def test_a_redirect_to_a_private_address_is_refused(site: Site) -> None:
    site.pages["/in"] = (302, {"Location": f"http://inside.example:{site.port}/page"}, b"")
    assert refused(site.url("/in")).startswith("B854 inside.example is at 10.0.0.7")
    site.pages["/file"] = (302, {"Location": "file:///etc/passwd"}, b"")
    assert refused(site.url("/file")).startswith("B854")


def test_redirects_in_a_circle_end(site: Site) -> None:
    site.pages["/a"] = (302, {"Location": "/b"}, b"")
    site.pages["/b"] = (302, {"Location": "/a"}, b"")
    assert "redirected more than" in refused(site.url("/a"))
    assert len(site.asked) < 10


# --- politeness and bounds --------------------------------------------------------------------------------


def test_robots_txt_is_respected(site: Site) -> None:
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /page\n")
    assert "robots.txt" in refused(site.url("/page"))
    assert [path for path, _, _ in site.asked] == ["/robots.txt"]
    site.pages["/robots.txt"] = (
        200,
        {},
        b"User-agent: bilan-hydrate\nAllow: /\n\nUser-agent: *\nDisallow: /\n",
    )
    assert fetch.fetch(site.url("/page")).content == PAGE


def test_a_site_whose_robots_txt_fails_is_left_alone(site: Site) -> None:
    site.pages["/robots.txt"] = (503, {}, b"")
    assert "robots.txt" in refused(site.url("/page"))


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((404, {}, b""), "answers 404"),
        ((200, {"Content-Type": "application/pdf"}, b"%PDF"), "neither text nor a page"),
        ((200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"), "packed"),
        ((200, {"Content-Type": "text/html"}, b"x" * 5000), "more than 4,000 bytes"),
    ],
    ids=["not there", "a PDF", "packed", "huge"],
)
def test_what_is_no_fit_page_is_refused(site: Site, answer: Any, told: str) -> None:
    site.pages["/page"] = answer
    assert told in refused(site.url("/page"), size=4000)


def test_a_body_without_end_is_cut_off(site: Site) -> None:
    def endless(out: Any) -> None:
        while True:
            out.write(b"x" * 65536)

    site.pages["/page"] = (200, {"Content-Type": "text/html"}, endless)
    assert "bytes" in refused(site.url("/page"))


def test_a_body_that_drips_is_given_up(site: Site) -> None:
    def drip(out: Any) -> None:
        for _ in range(100):
            out.write(b"x")
            out.flush()
            time.sleep(0.05)

    site.pages["/page"] = (200, {"Content-Type": "text/html"}, drip)
    begun = time.monotonic()
    told = refused(site.url("/page"), seconds=0.4)
    assert "long" in told
    assert time.monotonic() - begun < 3


def test_a_site_that_never_answers_is_given_up(site: Site) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    try:
        told = refused(f"http://news.example:{silent.getsockname()[1]}/page", seconds=0.3)
        assert "longer than" in told
    finally:
        silent.close()


def test_a_closed_door_is_an_incident(site: Site) -> None:
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    assert refused(f"http://news.example:{port}/page").startswith("B855")


# --- the command ------------------------------------------------------------------------------------------


def test_the_command_fetches_only_when_asked_and_hydrates(
    site: Site,
    valid: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from bilan import jsonio
    from test_textform import WITHHELD_TEXT

    monkeypatch.setenv("BILAN_CACHE", str(tmp_path.parent / f"{tmp_path.name}-cache"))
    path = valid / "xx/2024-03-01-tessara/en-2.json"
    article = json.loads(path.read_bytes())
    article["record"]["url"] = site.url("/story.txt")
    path.write_bytes(jsonio.dumps(article))
    site.pages["/story.txt"] = (200, {"Content-Type": "text/plain"}, WITHHELD_TEXT.encode())
    assert main(["hydrate", "--status", "--corpus", str(valid)]) == 0
    assert site.asked == []
    assert main(["hydrate", "--fetch", "--corpus", str(valid)]) == 0
    assert f"{article['id']}  exact" in capsys.readouterr().out
    held = cache.kept(article["id"])
    assert held is not None
    assert (held["text"], held["source"]) == (WITHHELD_TEXT, site.url("/story.txt"))


def test_an_article_whose_record_names_no_page_is_an_incident(
    valid: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bilan import jsonio

    monkeypatch.setenv("BILAN_CACHE", str(tmp_path.parent / f"{tmp_path.name}-cache"))
    path = valid / "xx/2024-03-01-tessara/en-2.json"
    article = json.loads(path.read_bytes())
    article["record"]["url"] = None
    path.write_bytes(jsonio.dumps(article))
    assert main(["hydrate", "--fetch", "--corpus", str(valid)]) == 1
    assert "B854" in capsys.readouterr().err
