"""Nothing of a stranger is run, fetched or taken as markup, and the server speaks to this machine alone."""

import ast
import asyncio
import tomllib

import pytest

from tests.source import CORE, PAGES, PRODUCT, ROOT, dotted, each, imports, tree


@each(PRODUCT)
def test_nothing_of_a_stranger_is_ever_run(path):
    """No pickle, no eval, no loader that runs what it reads, and no markup taken as it comes."""
    module = tree(path)
    for name, statement in imports(module):
        first = name.split(".")[0]
        assert first not in {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}, (
            f"line {statement.lineno}: {name}"
        )
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            where = f"line {node.lineno}: {called}"
            assert called not in {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}, where
            assert called not in {"yaml.load", "torch.load", "pd.read_pickle", "pandas.read_pickle"}, where
            assert called not in {"st.html", "st.components.v1.html"}, where
            for option in node.keywords:
                on = not (isinstance(option.value, ast.Constant) and option.value.value is False)
                if option.arg in {"trust_remote_code", "allow_pickle", "unsafe_allow_html", "shell"}:
                    assert not on, f"{where}({option.arg}=)"
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in {"trust_remote_code", "allow_pickle"}:
                    assert isinstance(value, ast.Constant), f"line {node.lineno}: {key.value}"
                    assert value.value is False, f"line {node.lineno}: {key.value}"


@each(PAGES)
def test_no_column_of_a_table_fetches_or_links(path):
    for node in ast.walk(tree(path)):
        assert getattr(node, "attr", "") not in {"LinkColumn", "ImageColumn"}, f"line {node.lineno}"


@each(CORE)
def test_loading_numbers_says_that_no_objects_are_meant(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and dotted(node.func) in {"np.load", "numpy.load"}:
            assert "allow_pickle" in {option.arg for option in node.keywords}, f"line {node.lineno}"


def config() -> dict:
    return tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("server", "address", "127.0.0.1"), ("server", "allowedHosts", ["localhost", "127.0.0.1"]),
        ("server", "enableXsrfProtection", True), ("server", "enableCORS", True), ("server", "fileWatcherType", "none"),
        ("server", "maxMessageSize", 50), ("server", "disconnectedSessionTTL", 60), ("server", "maxCacheDataSize", "1gb"),
        ("browser", "gatherUsageStats", False), ("client", "showErrorDetails", "none"), ("client", "showErrorLinks", False),
        ("client", "toolbarMode", "minimal"), ("client", "disableDataExport", True), ("runner", "postScriptGC", False),
    ],
)  # fmt: skip
def test_the_server_speaks_only_to_this_machine_and_tells_nobody(section, key, value):
    assert config()[section][key] == value


def test_an_upload_is_bounded_by_the_same_limit_everywhere():
    from textrec_core.limits import LIMITS, MEBI

    assert config()["server"]["maxUploadSize"] * MEBI == LIMITS.file_bytes <= 200 * MEBI


def test_nothing_is_configured_that_the_list_of_requirements_forbids():
    """No static serving of folders, no secrets, no address beyond this machine."""
    assert "enableStaticServing" not in config()["server"]
    assert "mapbox" not in config()


def test_every_answer_carries_the_security_headers():
    from pages.shared import headers

    sent = []

    async def answer(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"hello"})

    async def send(message):
        sent.append(message)

    wrapped = headers.MIDDLEWARE[0].cls(answer)
    asyncio.run(wrapped({"type": "http"}, None, send))
    found = dict(sent[0]["headers"])
    assert found[b"content-type"] == b"text/html"
    assert found[b"x-content-type-options"] == b"nosniff"
    assert found[b"referrer-policy"] == b"no-referrer"
    assert found[b"x-frame-options"] == b"DENY"
    assert found[b"content-security-policy"].decode() == headers.POLICY
    assert sent[1] == {"type": "http.response.body", "body": b"hello"}
    sent.clear()
    asyncio.run(wrapped({"type": "websocket"}, None, send))
    assert dict(sent[0]["headers"]) == {b"content-type": b"text/html"}, "only answers over HTTP have such headers"


def test_the_policy_lets_nothing_in_from_elsewhere():
    from pages.shared.headers import POLICY

    rules = {words[0]: set(words[1:]) for rule in POLICY.split(";") if (words := rule.split())}
    assert rules["default-src"] == rules["base-uri"] == {"'self'"}
    assert rules["object-src"] == rules["frame-ancestors"] == {"'none'"}
    assert "'unsafe-inline'" not in rules["script-src"]
    assert {"script-src", "style-src", "img-src", "font-src", "connect-src", "worker-src"} <= set(rules)
    for sources in rules.values():
        assert not any("http" in source or "*" in source or "." in source for source in sources)


def test_the_frame_puts_the_headers_around_every_request():
    calls = [
        node for node in ast.walk(tree(ROOT / "app.py")) if isinstance(node, ast.Call) and dotted(node.func) == "st.App"
    ]
    assert len(calls) == 1
    given = {option.arg: dotted(option.value) for option in calls[0].keywords}
    assert given["middleware"] == "headers.MIDDLEWARE"
    assert given["routes"] == "headers.ROUTES"


def test_a_visit_cannot_have_the_server_hold_more_than_its_budget():
    from pages.shared import budget as door

    passed, answered = [], []

    async def answer(scope, _receive, _send):
        passed.append(scope["path"])

    async def send(message):
        answered.append(message.get("status"))

    def put(path, length, method="PUT"):
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(b"content-length", length)] if length else [],
        }
        asyncio.run(budget(scope, None, send))

    budget = door.UploadBudget(answer, held={"full": 95, "free": 0}.__getitem__, most=100)
    put("/_stcore/upload_file/free/1", b"100")
    put("/_stcore/upload_file/full/1", b"5")
    assert (len(passed), answered) == (2, [])
    put("/_stcore/upload_file/full/2", b"6")
    put("/app/_stcore/upload_file/free/2", b"101")
    put("/_stcore/upload_file/free/3", b"")
    put("/_stcore/upload_file/free/4", b"-1")
    assert len(passed) == 2
    assert [status for status in answered if status] == [413, 413, 411, 411]
    put("/_stcore/upload_file/full/2", b"6", "DELETE")
    put("/_stcore/health", b"6000")
    assert len(passed) == 4
    assert not budget.coming
    assert door.BUDGET < 3 * 200 * 1024 * 1024
