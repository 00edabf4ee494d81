"""The page that shows the API in a browser: every file of it is served from here, and none of it is written inline."""

from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, Router, get
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.params import FromPath

from api.problems import Problematic
from api.recording import COUNTED

FOLDER: Final = Path(__file__).with_name("swagger_ui")
"""Of the npm package swagger-ui-dist 5.35.0, unchanged, but for `start.js`, which is ours."""
FILES: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    "start.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
KEPT: Final = "public, max-age=3600"
PAGE: Final = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>smoe : description de l'API</title>
<link rel="icon" type="image/png" href="/schema/swagger/favicon-32x32.png">
<link rel="stylesheet" href="/schema/swagger/swagger-ui.css">
<script src="/schema/swagger/swagger-ui-bundle.js"></script>
<script src="/schema/swagger/start.js"></script>
</head>
<body><div id="swagger-ui"></div></body>
</html>
"""


@get("/swagger/{name:str}", sync_to_thread=True, include_in_schema=False, opt=COUNTED)
def file_of_page(name: FromPath[str]) -> Response[bytes]:
    """One of the files that the page names."""
    if name not in FILES:
        raise Problematic("not_found")
    content = (FOLDER / name).read_bytes()
    return Response(content, media_type=FILES[name], headers={"Cache-Control": KEPT})


class Page(OpenAPIRenderPlugin):
    """Shows the document with Swagger UI, within a policy that allows nothing inline and no other host."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The page; the document is fetched by it."""
        return PAGE.encode()

    def receive_router(self, router: Router) -> None:
        """Serve its files beside it."""
        router.register(file_of_page)
