"""A hub of the test's own on this machine: the size first, then the files, whole and as they were offered."""

import json
import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from textrec_core.__main__ import main
from textrec_core.errors import DataError
from textrec_core.text import folders, hub

WEIGHTS = b"\x08\x00\x00\x00\x00\x00\x00\x00{}      " * 200_000
FILES = {
    "config.json": b'{"model_type": "roberta"}', "tokenizer.json": b"{}", hub.WEIGHTS: WEIGHTS,
    "pytorch_model.bin": b"never", "own.py": b"never", "onnx/model.onnx": b"never",
}  # fmt: skip


class Hub(BaseHTTPRequestHandler):
    """Answers what the fixture's server holds, and notes what it was asked."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        content = self.server.content.get(self.path.split("?")[0])
        self.send_response(404 if content is None else 200)
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_words: object) -> None:
        """Quiet."""


def listing(files: dict[str, bytes], stated: bool = True, **changes: object) -> bytes:
    siblings = [
        {"rfilename": name, "size": len(content), "lfs": {"sha256": sha256(content).hexdigest()} if stated else None}
        for name, content in files.items()
    ]
    return json.dumps({"sha": "abc", "siblings": siblings, **changes}).encode()


@pytest.fixture
def served(tmp_path, monkeypatch):
    """The server; its ``content`` may be spoilt."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.asked = []
    server.content = {
        "/api/models/owner/model": listing(FILES),
        **{f"/owner/model/resolve/abc/{name}": content for name, content in FILES.items()},
    }
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    monkeypatch.setenv(hub.ENDPOINT, f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv(folders.ONLINE, "1")
    monkeypatch.setenv(folders.MODELS_FOLDER, str(tmp_path / "models"))
    monkeypatch.setenv("no_proxy", "*")
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def models(tmp_path: Path) -> list[str]:
    return sorted(path.relative_to(tmp_path / "models").as_posix() for path in (tmp_path / "models").rglob("*.*"))


def test_the_size_is_said_before_anything_is_fetched(served, tmp_path):
    found = hub.offer("owner/model")
    assert found.size == sum(len(FILES[name]) for name in ("config.json", "tokenizer.json", hub.WEIGHTS))
    assert found.words == f"owner/model would be fetched from 127.0.0.1:{served.server_port}: 3 MB in 3 files."
    assert served.asked == ["/api/models/owner/model?blobs=true"]
    assert models(tmp_path) == []


def test_what_is_accepted_arrives_whole_with_progress_and_is_then_a_folder_like_any_other(served, tmp_path):
    told = []
    hub.fetch(hub.offer("owner/model"), lambda share, words: told.append((share, words)))
    assert models(tmp_path) == [f"owner/model/{name}" for name in ("config.json", hub.WEIGHTS, "tokenizer.json")]
    assert (tmp_path / "models/owner/model" / hub.WEIGHTS).read_bytes() == WEIGHTS
    assert [share for share, _words in told] == sorted(share for share, _words in told)
    assert told[-1] == (1.0, "3 of 3 MB of owner/model")
    assert folders.offered() == ["built-in", "owner/model"]
    assert folders.find("owner/model")[1] == "model"
    assert not any("bin" in asked or "own.py" in asked or "onnx" in asked for asked in served.asked)


@pytest.mark.parametrize(
    ("content", "stated"),
    [(WEIGHTS[:-1], True), (WEIGHTS + b"x", True), (WEIGHTS[:-1] + b"x", True), (b"", True), (WEIGHTS[:-1], False), (WEIGHTS + b"x", False)],
)  # fmt: skip
def test_what_does_not_arrive_as_offered_leaves_nothing(served, tmp_path, content, stated):
    """By its digest, and where the hub states none by its size."""
    served.content["/api/models/owner/model"] = listing(FILES, stated)
    found = hub.offer("owner/model")
    served.content[f"/owner/model/resolve/abc/{hub.WEIGHTS}"] = content
    with pytest.raises(DataError, match="did not arrive as it was offered"):
        hub.fetch(found)
    assert models(tmp_path) == []


def test_a_model_that_asks_to_run_code_is_refused_before_its_weights_are_fetched(served, tmp_path):
    config = b'{"auto_map": {"AutoModel": "own.Model"}}'
    served.content["/api/models/owner/model"] = listing({hub.WEIGHTS: WEIGHTS, "config.json": config})
    served.content["/owner/model/resolve/abc/config.json"] = config
    with pytest.raises(DataError, match="run code of its own"):
        hub.fetch(hub.offer("owner/model"))
    assert models(tmp_path) == []
    assert not any(hub.WEIGHTS in asked for asked in served.asked)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "gave no list"), (b"<html>", "gave no list"), (b"[]", "gave no list"), (b'{"siblings": 3}', "gave no list"),
        (listing({"pytorch_model.bin": b"x", "config.json": b"{}"}), "no single file of safetensors"),
        (json.dumps({"siblings": [{"rfilename": hub.WEIGHTS}]}).encode(), "does not say how large"),
        (json.dumps({"siblings": [{"rfilename": hub.WEIGHTS, "size": 10**12}]}).encode(), "1000.0 GB"),
        (json.dumps({"siblings": [{"rfilename": "../" + hub.WEIGHTS, "size": 1}, 7, None]}).encode(), "no single file"),
    ],
)  # fmt: skip
def test_an_offer_that_makes_no_sense_is_refused_in_words(served, answer, words):
    served.content["/api/models/owner/model"] = answer
    with pytest.raises(DataError, match=words):
        hub.offer("owner/model")


def test_no_more_of_a_list_is_read_than_any_honest_one_has(served, monkeypatch):
    monkeypatch.setattr(hub, "LARGEST_LIST", 100)
    with pytest.raises(DataError, match="gave no list"):
        hub.offer("owner/model")


@pytest.mark.parametrize("name", ["../x", "a/b/c", "http://x/y", "", "a b", "-x", "a\0", "x/..", ".."])
def test_what_is_no_hub_name_is_never_asked_for(served, name):
    with pytest.raises(DataError, match="no hub name"):
        hub.offer(name)
    assert served.asked == []


def test_a_model_nobody_has_and_a_hub_that_is_not_there_are_said(served, monkeypatch):
    with pytest.raises(DataError, match="has no model 'owner/none'"):
        hub.offer("owner/none")
    monkeypatch.setenv(hub.ENDPOINT, "http://127.0.0.1:9")
    with pytest.raises(DataError, match="cannot be reached") as caught:
        hub.offer("owner/model")
    assert "built-in reads without it" in caught.value.hint


def test_nothing_is_asked_where_fetching_is_switched_off(served, monkeypatch):
    found = hub.offer("owner/model")
    monkeypatch.delenv(folders.ONLINE)
    with pytest.raises(DataError, match="switched off"):
        hub.offer("owner/model")
    with pytest.raises(DataError, match="cannot be fetched here"):
        hub.fetch(found)
    assert len(served.asked) == 1


def test_a_models_folder_that_cannot_be_written_is_said(served, tmp_path):
    (tmp_path / "models").write_text("in the way")
    with pytest.raises(DataError, match="could not be written"):
        hub.fetch(hub.offer("owner/model"))


def test_from_the_command_line_the_size_comes_first_and_yes_fetches(served, tmp_path, capsys):
    assert main(["fetch", "--encoder", "owner/model", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["fetched"] is False
    assert facts["bytes"] > len(WEIGHTS)
    assert models(tmp_path) == []
    assert main(["fetch", "--encoder", "owner/model", "--yes"]) == 0
    assert models(tmp_path)


def test_a_list_that_breaks_off_is_said(served, monkeypatch):
    broken = lambda *_args, **_named: Broken()  # noqa: E731
    monkeypatch.setattr(hub, "urlopen", broken)
    with pytest.raises(DataError, match="cannot be reached"):
        hub.offer("owner/model")


class Broken:
    """An answer whose line is cut while it is read."""

    def read(self, _most: int = -1) -> bytes:
        raise ConnectionResetError

    def __enter__(self) -> "Broken":
        return self

    def __exit__(self, *_problem: object) -> None:
        """Closed."""
