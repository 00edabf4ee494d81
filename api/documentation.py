"""The page that shows the API in a browser: every file of it is served from here, and none of it is written inline."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, Router, get
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.params import FromPath

from api.problems import Problematic
from api.recording import COUNTED

START: Final = "start.js"
STARTING: Final = """\
window.addEventListener("load", () => {
  window.ui = SwaggerUIBundle({
    url: "/schema/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis],
  });
});
"""
"""Of what runs in the page, the only part that is ours."""
SERVED: Final = {
    "swagger-ui-bundle.js": "text/javascript",
    START: "text/javascript",
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


def _folder() -> Path:
    """Where the package that brings Swagger UI keeps its files, which are all that is used of it."""
    found = find_spec("swagger_ui")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("swagger_ui")
    return Path(found.origin).parent / "static"


FOLDER: Final = _folder()


@get("/swagger/{name:str}", sync_to_thread=True, include_in_schema=False, opt=COUNTED)
def file_of_page(name: FromPath[str]) -> Response[bytes]:
    """One of the files that the page names."""
    if name not in SERVED:
        raise Problematic("not_found")
    content = STARTING.encode() if name == START else (FOLDER / name).read_bytes()
    return Response(content, media_type=SERVED[name], headers={"Cache-Control": KEPT})


class Page(OpenAPIRenderPlugin):
    """Shows the document with Swagger UI, within a policy that allows nothing inline and no other host."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The page; the document is fetched by it."""
        return PAGE.encode()

    def receive_router(self, router: Router) -> None:
        """Serve its files beside it."""
        router.register(file_of_page)
