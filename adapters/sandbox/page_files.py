"""The page's own files. Law: they come from one folder (the table of emoji from the adapters'), and the browser is told
to take nothing from anywhere else.
"""

from pathlib import Path

from starlette.responses import FileResponse, RedirectResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.emoji import TABLE

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
)


class PageFiles:
    """The address without its last slash leads to the one with it, which the page's relative addresses start from."""

    def __init__(self, folder: Path) -> None:
        self._files = StaticFiles(directory=folder, html=True, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self._app(scope)(scope, receive, with_headers)

    def _app(self, scope: Scope) -> ASGIApp:
        base = scope.get("root_path", "")
        if base and scope["path"] == base:
            return RedirectResponse(f"{base}/")
        return FileResponse(TABLE) if scope["path"] == f"{base}/{TABLE.name}" else self._files


def page_files() -> PageFiles:
    return PageFiles(Path(__file__).parent / "page")
