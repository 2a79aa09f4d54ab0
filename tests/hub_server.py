"""The Hugging Face Hub's protocol on the loopback, in memory, as far as publishing and loading a dataset need it.

Written from what the installed ``huggingface_hub`` and ``datasets`` send. Parquet files go through LFS and are
served from another path by a redirect, as on the Hub. ``faults`` make it fail as it is told to.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Json = dict[str, Any]
Tree = dict[str, bytes]

TOKEN = "hf_loopback"
LARGE = (".parquet",)
"""Endings of the files that go through LFS."""


@dataclass
class Repository:
    """Commits by oid, in order; the last one is the head of main."""

    commits: dict[str, Tree] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def head(self) -> str:
        return list(self.commits)[-1]

    def commit(self, tree: Tree, message: str) -> str:
        seed = f"{len(self.commits)} {message} {sorted((k, hashlib.sha1(v).hexdigest()) for k, v in tree.items())}"
        oid = hashlib.sha1(seed.encode()).hexdigest()
        self.commits[oid], self.messages[oid] = tree, message
        return oid

    def resolve(self, revision: str) -> str | None:
        if revision == "main":
            return self.head
        return self.tags.get(revision, revision if revision in self.commits else None)


@dataclass
class Faults:
    """What goes wrong, until it is taken back: a request that is counted may go wrong ``times`` times."""

    cut_upload_after: int | None = None
    """Bytes of an upload to large storage after which the connection is cut."""
    cut_commit_after: int | None = None
    """Bytes of a commit after which the connection is cut."""
    cut_download_after: int | None = None
    """Bytes of a large file after which the connection is cut."""
    lose_answer: bool = False
    """The commit is made, but its answer is cut off."""
    down: bool = False
    """Every connection is cut at once."""
    then_down: bool = False
    """So it is after the next commit."""
    fail_tag: bool = False
    ignore: str = ""
    """A path that a .gitignore of the repository keeps out."""
    times: int = 1000
    before_commit: Callable[[Repository], object] | None = None
    """Somebody else is quicker."""
    before_tag: Callable[[Repository], object] | None = None

    def now(self, name: str) -> Any:
        """The setting of a fault, if it is due."""
        value = getattr(self, name)
        if value is None or value is False or self.times < 1:
            return None
        self.times -= 1
        return value


def git_oid(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def file_info(path: str, data: bytes) -> Json:
    info: Json = {"type": "file", "path": path, "size": len(data), "oid": git_oid(data)}
    if path.endswith(LARGE):
        digest = hashlib.sha256(data).hexdigest()
        pointer = (
            f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n".encode()
        )
        info["oid"] = git_oid(pointer)
        info["lfs"] = {"oid": digest, "size": len(data), "pointerSize": len(pointer)}
    return info


class Cut(Exception):
    """The connection ends here."""


class Answer(Exception):
    """An error that the Hub would report."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


class HubServer:
    """A context manager. ``requests``: (method, path) in the order in which they came."""

    def __init__(self, *repositories: str) -> None:
        self.repositories: dict[str, Repository] = {}
        self.large: dict[str, bytes] = {}
        self.faults = Faults()
        self.requests: list[tuple[str, str]] = []
        self.unknown: list[tuple[str, str]] = []
        self._lock = threading.Lock()
        for name in repositories:
            self.create(name)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.storage = f"http://localhost:{self._server.server_port}/large"
        """Another host, as the Hub's large storage is: only then do clients see the headers of the redirect."""

    def create(self, name: str) -> Repository:
        """A new repository with the file that the Hub puts into each."""
        repository = self.repositories[name] = Repository()
        attributes = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"
        repository.commit({".gitattributes": attributes}, "initial commit")
        return repository

    @property
    def writes(self) -> list[tuple[str, str]]:
        """The requests that change something."""
        reading = ("/paths-info/", "/validate-yaml")
        return [
            r for r in self.requests if r[0] not in ("GET", "HEAD") and not any(x in r[1] for x in reading)
        ]

    def __enter__(self) -> HubServer:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    # --- the routes; each returns the JSON of its answer ---------------------------------------------------

    def create_repo(self, body: bytes) -> Json:
        asked = json.loads(body)
        name = f"{asked['organization']}/{asked['name']}"
        if name in self.repositories:
            raise Answer(409, "You already created this dataset repo")
        self.create(name)
        return {"url": f"{self.url}/datasets/{name}", "name": name, "id": name}

    def validate_yaml(self, body: bytes) -> Json:
        return {"errors": [], "warnings": []}

    def repository(self, name: str) -> Repository:
        if name not in self.repositories:
            raise Answer(404, "Repository not found", "RepoNotFound")
        return self.repositories[name]

    def revision(self, name: str, revision: str) -> tuple[str, Tree]:
        repository = self.repository(name)
        oid = repository.resolve(unquote(revision))
        if oid is None:
            raise Answer(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return oid, repository.commits[oid]

    def info(self, name: str, revision: str = "main") -> Json:
        oid, tree = self.revision(name, revision)
        siblings = [{"rfilename": path} for path in tree]
        return {"_id": oid[:24], "id": name, "sha": oid, "private": False, "siblings": siblings, "tags": []}

    def refs(self, name: str) -> Json:
        repository = self.repository(name)
        main = {"name": "main", "ref": "refs/heads/main", "targetCommit": repository.head}
        tags = [
            {"name": tag, "ref": f"refs/tags/{tag}", "targetCommit": oid}
            for tag, oid in repository.tags.items()
        ]
        return {"branches": [main], "converts": [], "tags": tags}

    def tree(self, name: str, revision: str, folder: str = "", recursive: bool = False) -> list[Json]:
        _, tree = self.revision(name, revision)
        prefix = f"{folder}/" if folder else ""
        found: dict[str, Json] = {}
        for path, data in tree.items():
            if path.startswith(prefix):
                parts = path[len(prefix) :].split("/")
                for depth in range(1, len(parts) if recursive else min(len(parts), 2)):
                    above = prefix + "/".join(parts[:depth])
                    found[above] = {
                        "type": "directory",
                        "path": above,
                        "size": 0,
                        "oid": git_oid(above.encode()),
                    }
                if recursive or len(parts) == 1:
                    found[path] = file_info(path, data)
        if folder and not found:
            raise Answer(404, f"{folder} does not exist", "EntryNotFound")
        return list(found.values())

    def paths_info(self, name: str, revision: str, body: bytes) -> list[Json]:
        asked = parse_qs(body.decode())
        if body.startswith(b"{"):
            asked = json.loads(body)
        everything = {one["path"]: one for one in self.tree(name, revision, recursive=True)}
        return [everything[path] for path in asked.get("paths", []) if path in everything]

    def preupload(self, name: str, revision: str, body: bytes) -> Json:
        _, tree = self.revision(name, revision)
        known = {path: file_info(path, data)["oid"] for path, data in tree.items()}
        files = []
        for one in json.loads(body)["files"]:
            mode = "lfs" if one["path"].endswith(LARGE) else "regular"
            oid, ignored = known.get(one["path"]), one["path"] == self.faults.ignore
            files.append({"path": one["path"], "uploadMode": mode, "shouldIgnore": ignored, "oid": oid})
        return {"files": files}

    def lfs_batch(self, name: str, body: bytes) -> Json:
        self.repository(name)
        objects: list[Json] = []
        for one in json.loads(body)["objects"]:
            objects.append({"oid": one["oid"], "size": one["size"]})
            if one["oid"] not in self.large:
                objects[-1]["actions"] = {"upload": {"href": f"{self.storage}/{one['oid']}"}}
        return {"transfer": "basic", "objects": objects}

    def commit(self, name: str, revision: str, body: bytes) -> Json:
        repository = self.repository(name)
        if revision != "main":
            raise Answer(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        if quicker := self.faults.now("before_commit"):
            quicker(repository)
        with self._lock:
            lines = [json.loads(line) for line in body.splitlines()]
            header = lines[0]["value"]
            if header.get("parentCommit") not in (None, repository.head):
                raise Answer(412, "A commit has happened since. Please refresh and try again.")
            tree = dict(repository.commits[repository.head])
            for line in lines[1:]:
                value = line["value"]
                if line["key"] == "file":
                    tree[value["path"]] = base64.b64decode(value["content"])
                elif line["key"] == "lfsFile":
                    if value["oid"] not in self.large:
                        raise Answer(400, f"LFS object {value['oid']} was not uploaded")
                    tree[value["path"]] = self.large[value["oid"]]
                elif line["key"] == "deletedFile":
                    if tree.pop(value["path"], None) is None:
                        raise Answer(404, "A file with this name doesn't exist", "EntryNotFound")
                else:
                    raise Answer(400, f"unknown operation {line['key']}")
            oid = repository.commit(tree, header["summary"])
        self.faults.down = self.faults.then_down
        if self.faults.down or self.faults.now("lose_answer"):
            raise Cut
        return {"commitUrl": f"{self.url}/datasets/{name}/commit/{oid}", "commitOid": oid, "success": True}

    def tag(self, name: str, revision: str, body: bytes) -> Json:
        repository = self.repository(name)
        if self.faults.now("fail_tag"):
            raise Answer(500, "no tags today")
        if quicker := self.faults.now("before_tag"):
            quicker(repository)
        oid, _ = self.revision(name, revision)
        tag = json.loads(body)["tag"]
        if tag in repository.tags:
            raise Answer(409, "Tag reference exists already")
        repository.tags[tag] = oid
        return {}


_NAME = r"(?P<name>[^/]+/[^/]+)"
_ROUTES = {
    ("POST", r"/api/repos/create"): "create_repo",
    ("POST", r"/api/validate-yaml"): "validate_yaml",
    ("GET", rf"/api/datasets/{_NAME}/refs"): "refs",
    ("GET", rf"/api/datasets/{_NAME}/revision/(?P<revision>[^/]+)"): "info",
    ("GET", rf"/api/datasets/{_NAME}"): "info",
    ("GET", rf"/api/datasets/{_NAME}/tree/(?P<revision>[^/]+)(?:/(?P<folder>.+))?"): "tree",
    ("POST", rf"/api/datasets/{_NAME}/paths-info/(?P<revision>[^/]+)"): "paths_info",
    ("POST", rf"/api/datasets/{_NAME}/preupload/(?P<revision>[^/]+)"): "preupload",
    ("POST", rf"/datasets/{_NAME}\.git/info/lfs/objects/batch"): "lfs_batch",
    ("POST", rf"/api/datasets/{_NAME}/commit/(?P<revision>[^/]+)"): "commit",
    ("POST", rf"/api/datasets/{_NAME}/tag/(?P<revision>[^/]+)"): "tag",
}
_OPEN = {"refs", "info", "tree", "paths_info"}
"""Routes that need no token."""
_RESOLVE = re.compile(rf"/datasets/{_NAME}/resolve/(?P<revision>[^/]+)/(?P<path>.+)")


def _handler(hub: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or every answer waits 40 ms for the client's acknowledgement

        def answer(self) -> None:
            address = urlsplit(self.path)
            path = unquote(address.path)
            hub.requests.append((self.command, path))
            try:
                if hub.faults.down:
                    raise Cut
                if match := _RESOLVE.fullmatch(path):
                    self.resolve(**match.groupdict())
                elif match := re.fullmatch(r"/large/([0-9a-f]{64})", path):
                    self.large_file(match[1])
                else:
                    self.route(path, parse_qs(address.query))
            except Answer as error:
                headers = {"X-Error-Message": error.message, "X-Error-Code": error.code}
                self.send(error.status, json.dumps({"error": error.message}).encode(), headers)
            except (Cut, BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_HEAD = do_POST = do_PUT = answer

        def route(self, path: str, query: dict[str, list[str]]) -> None:
            found = ((name, re.fullmatch(p, path)) for (m, p), name in _ROUTES.items() if m == self.command)
            name, match = next((pair for pair in found if pair[1]), ("", None))
            body = self.read(hub.faults.cut_commit_after if name == "commit" else None)
            if match is None:
                hub.unknown.append((self.command, path))
                raise Answer(404, f"no such path: {path}")
            if name not in _OPEN and self.headers.get("authorization") != f"Bearer {TOKEN}":
                raise Answer(401, "Invalid credentials in Authorization header")
            arguments: Json = {key: value for key, value in match.groupdict().items() if value is not None}
            if self.command == "POST":
                arguments["body"] = body
            elif name == "tree":
                arguments["recursive"] = query.get("recursive", ["false"])[0].lower() in ("true", "1")
            self.send(200, json.dumps(getattr(hub, name)(**arguments)).encode())

        def read(self, cut_after: int | None = None) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            else:
                length = int(self.headers.get("Content-Length") or 0)
                if cut_after is not None and hub.faults.times > 0:
                    hub.faults.times -= 1
                    self.rfile.read(min(length, cut_after))
                    raise Cut
                body = self.rfile.read(length)
            return body

        def resolve(self, name: str, revision: str, path: str) -> None:
            oid, tree = hub.revision(name, revision)
            headers = {"X-Repo-Commit": oid}
            if path not in tree:
                headers |= {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found"}
                return self.send(404, b"Entry not found", headers)
            data, info = tree[path], file_info(path, tree[path])
            if "lfs" not in info:
                return self.ranged(data, {**headers, "ETag": f'"{info["oid"]}"'})
            digest = info["lfs"]["oid"]
            hub.large.setdefault(digest, data)
            headers |= {"X-Linked-Size": str(len(data)), "X-Linked-Etag": f'"{digest}"'}
            return self.send(302, b"", {**headers, "Location": f"{hub.storage}/{digest}"})

        def large_file(self, digest: str) -> None:
            if self.command != "PUT":
                return self.ranged(hub.large[digest], {"ETag": f'"{digest}"'}, hub.faults.cut_download_after)
            data = self.read(hub.faults.cut_upload_after)
            if hashlib.sha256(data).hexdigest() != digest:
                raise Answer(400, "the content has another hash")
            hub.large[digest] = data
            return self.send(200, b"")

        def ranged(self, data: bytes, headers: dict[str, str], cut_after: int | None = None) -> None:
            headers = {**headers, "Accept-Ranges": "bytes"}
            status, part = 200, data
            if match := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "")):
                start, end = int(match[1]), min(int(match[2] or len(data)), len(data) - 1)
                status, part = 206, data[start : end + 1]
                headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
            self.send(status, part, headers, cut_after)

        def send(
            self, status: int, body: bytes, headers: Json | None = None, cut_after: int | None = None
        ) -> None:
            self.send_response(status)
            for key, value in {**(headers or {}), "Content-Length": len(body)}.items():
                self.send_header(key, str(value))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body if cut_after is None else body[:cut_after])
                if cut_after is not None:
                    raise Cut

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler
