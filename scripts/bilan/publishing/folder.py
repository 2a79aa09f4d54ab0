"""A folder of versions: DIR/vX.Y.Z, each copied beside its place and renamed into it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from bilan import releases
from bilan.incidents import BilanError, Incident
from bilan.publishing import proof
from bilan.publishing.plan import Plan
from bilan.publishing.targets import Seen, raced


class FolderTarget:
    """Folders for versions. Whatever else lies there is left alone."""

    steps = "copies the files to {tag} beside the versions there, and renames the folder into place"

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, str(folder)

    def look(self, plan: Plan) -> Seen:
        if self.folder.exists() and not self.folder.is_dir():
            raise BilanError(Incident("B843", "this is no folder", "give another --to", file=self.name))
        there = {path.name: "" for path in self.folder.glob("v*")}
        return Seen(versions=tuple(tag[1:] for tag in releases.version_tags(there)))

    def publish(self, plan: Plan, seen: Seen) -> str:
        """A killed run leaves a hidden folder .vX.Y.Z.*, never a version. Raises BilanError: B803, B841."""
        try:
            return self._publish(plan)
        except OSError as error:
            message = f"cannot be written: {error.strerror or error}; nothing was published"
            mend = "mend permissions or free some space, then publish again"
            raise BilanError(Incident("B803", message, mend, file=self.name)) from error

    def _publish(self, plan: Plan) -> str:
        place = self.folder / plan.tag
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{plan.tag}.", dir=self.folder))
        try:
            for one in plan.files:
                _copy(plan.build / one.path, beside / one.path)
            proof.compare(plan, beside, self.name)  # the build may have changed since the plan was made
            beside.chmod(0o755)
            if place.exists():  # a rename would replace an empty folder
                raise raced(self.name)
            try:
                os.rename(beside, place)
            except OSError:
                if place.exists():
                    raise raced(self.name) from None
                raise
            _flush(self.folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        return str(place)

    def fetch(self, plan: Plan, into: Path) -> Path:
        place = self.folder / plan.tag
        if not place.is_dir():
            message = f"there is no {plan.tag}"
            raise BilanError(Incident("B843", message, "publish it first", file=self.name))
        return place


def _copy(source: Path, target: Path) -> None:
    """Copies a file and flushes it to disk: after the rename the version must be whole, whatever happens."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(source, "rb") as original, open(target, "wb") as copy:
        shutil.copyfileobj(original, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())


def _flush(folder: Path) -> None:
    """Makes a rename last; systems that cannot open folders see to it themselves."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
