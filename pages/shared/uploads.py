"""What each visit has brought: files in a folder of its own that ends with the visit, and the data made of them."""

import threading
import weakref
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textrec_core.data.dataset import Dataset
from textrec_core.data.repair import Repairs
from textrec_core.data.sources import Source
from textrec_core.data.tables import Reading
from textrec_core.work.jobs import Job

ROLES_OF = {
    "interactions": ("user", "item", "weight", "time"),
    "items": ("item_id", "title", "text", "attributes"),
    "new": (),
}
VISITS_KEPT = 32
# The look at both files, what they come to, the choices, each once more for the way back.
JOBS_KEPT = 6


@dataclass(eq=False)
class Visit:
    """Files that are being made into data, the choices about them, what came of it, and the data in use."""

    own: Dataset | None = None
    files: dict[str, Source] = field(default_factory=dict)
    roles: dict[str, Any] = field(default_factory=dict)
    repairs: Repairs = field(default_factory=Repairs)
    jobs: OrderedDict[str, Job] = field(default_factory=OrderedDict)
    taken: Counter[str] = field(default_factory=Counter)
    uploaded: dict[str, str] = field(default_factory=dict)
    removed: Counter[str] = field(default_factory=Counter)
    version: int = 0
    _folder: TemporaryDirectory[str] | None = None

    def put(self, kind: str, name: str, content: bytes) -> None:
        """Take a file in the place of an earlier one; its name is only a label."""
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="textrec-", ignore_cleanup_errors=True)
        self.drop(kind)
        path = Path(self._folder.name) / f"{kind}-{self.taken[kind]}"
        path.write_bytes(content)
        self.files[kind] = Source(path, name)

    def drop(self, kind: str) -> None:
        """Forget a file and what was chosen for its columns."""
        self.taken[kind] += 1
        old = self.files.pop(kind, None)
        if old is not None:
            old.path.unlink(missing_ok=True)
        self.jobs.clear()
        others = {role: column for role, column in self.roles.items() if role not in ROLES_OF[kind]}
        self.choose(others, Repairs() if kind == "interactions" else self.repairs)

    def remove(self, kind: str) -> None:
        """Forget a file and begin with an empty uploader: a new key while another file is on its way would lose that one."""
        self.removed[kind] += 1
        self.drop(kind)

    def choose(self, roles: Mapping[str, Any], repairs: Repairs) -> None:
        """Put choices in the place of those that the page's widgets hold; ``version`` tells them apart."""
        self.roles, self.repairs = dict(roles), repairs
        self.version += 1

    def read_as(self, kind: str, how: Reading, share: float = 1.0) -> None:
        """Have a file read in another way."""
        read = replace(self.files[kind], how=how, share=share)
        if read != self.files[kind]:
            self.files[kind] = read
            self.version += 1

    def keep(self, key: str, job: Job) -> None:
        """Hold a job about the files, and with it what it found; the oldest go first."""
        self.jobs[key] = job
        while len(self.jobs) > JOBS_KEPT:
            self.jobs.popitem(last=False)

    def end(self) -> None:
        """Remove the files."""
        if self._folder is not None:
            self._folder.cleanup()


class Lease:
    """Held by a session of a visit; when the last of them is gone, so is what it brought."""


class Uploads:
    """Each visit's own files and data, held for that visit alone; the longest unused visit's go first."""

    def __init__(self, kept: int = VISITS_KEPT) -> None:
        # Entered again where a session's end is noticed while another visit is looked up in the same thread.
        self._lock = threading.RLock()
        self._visits: OrderedDict[str, Visit] = OrderedDict()
        self._leases: Counter[str] = Counter()
        self._most = kept

    def lease(self, visitor: str) -> Lease:
        """What the session holds, so that its end is noticed."""
        made = Lease()
        with self._lock:
            self._leases[visitor] += 1
        weakref.finalize(made, self._release, visitor)
        return made

    def _release(self, visitor: str) -> None:
        with self._lock:
            self._leases[visitor] -= 1
            last = self._leases[visitor] <= 0
            if last:
                del self._leases[visitor]
        if last:
            self.forget(visitor)

    def visit(self, visitor: str) -> Visit:
        """The visit of this name, begun where it is new."""
        with self._lock:
            found = self._visits.setdefault(visitor, Visit())
            self._visits.move_to_end(visitor)
            ended = [self._visits.popitem(last=False)[1] for _ in range(len(self._visits) - self._most)]
        for one in ended:
            one.end()
        return found

    def put(self, visitor: str, own: Dataset) -> None:
        """Make data the visit's own, in the place of what it had before."""
        self.visit(visitor).own = own

    def of(self, visitor: str) -> Dataset | None:
        """The visit's own data, if they are still held."""
        with self._lock:
            found = self._visits.get(visitor)
            if found is not None:
                self._visits.move_to_end(visitor)
        return None if found is None else found.own

    def forget(self, visitor: str) -> None:
        """Let go of everything a visit brought."""
        with self._lock:
            found = self._visits.pop(visitor, None)
        if found is not None:
            found.end()
