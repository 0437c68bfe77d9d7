"""The frontend's document names the server's address; everything else passes untouched."""

import pytest
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pages.shared.origin import TAG, NamesTheOrigin, look_route, origin_route

DOCUMENT = b"<html><head><title>x</title></head><body>" + "ä".encode() * 100 + b"</body></html>"
ASKS = {"accept": "text/html,*/*"}


@pytest.fixture
def client() -> TestClient:
    async def whole(_request):
        return Response(DOCUMENT, media_type="text/html")

    async def pieces(_request):
        return StreamingResponse(iter([DOCUMENT[:20], DOCUMENT[20:]]), media_type="text/html")

    async def other(_request):
        return Response(DOCUMENT, media_type="text/plain")

    app = Starlette(
        routes=[
            origin_route(),
            look_route(),
            Route("/", whole),
            Route("/person", whole),
            Route("/pieces", pieces),
            Route("/o", other),
        ]
    )
    app.add_middleware(NamesTheOrigin)
    return TestClient(app)


@pytest.mark.parametrize("path", ["/", "/person", "/pieces"])
def test_a_document_names_the_base_once_and_is_whole(client, path):
    answer = client.get(path, headers=ASKS)
    assert answer.content == DOCUMENT.replace(b"<head>", TAG)
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(("path", "headers"), [("/o", ASKS), ("/person", {"accept": "*/*"})])
def test_what_is_no_document_passes_untouched(client, path, headers):
    assert client.get(path, headers=headers).content == DOCUMENT


@pytest.mark.parametrize(
    ("ending", "kind", "says"), [(".js", "text/javascript", "BACKEND_BASE_URL"), (".css", "text/css", "padding")]
)
def test_what_the_tag_names_is_served_beside_every_page(client, ending, kind, says):
    (address,) = [words.decode() for words in TAG.split(b'"') if words.decode().endswith(ending)]
    answer = client.get(address.removeprefix("."))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert says in answer.text
