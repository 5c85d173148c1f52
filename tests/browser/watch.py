"""Whatever a browser complains about while a test looks at a page."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

LISTENER = """
document.addEventListener('securitypolicyviolation', (event) => {
  console.error(`Content Security Policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`)
})
"""
LEFT = "net::ERR_ABORTED"  # the page itself hung up, because it was left
REPLACED = "htmx:afterRequest", "htmx:sendAbort"  # what htmx says of a request that a newer one replaced


class Watch:
    """Collects errors of the console, of scripts, of requests and of the Content Security Policy."""

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self.excuses: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.add_init_script(LISTENER)
        context.on("console", self.heard)
        context.on("weberror", self.broke)
        context.on("requestfailed", self.failed)

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert") and message.text.partition(",")[0] not in REPLACED:
            place = message.location.get("url", "")
            self.troubles.append(f"{message.type}: {message.text} ({place})")

    def broke(self, error: WebError) -> None:
        self.troubles.append(f"script: {error.error.stack or error.error.message}")

    def failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self.troubles.append(f"request: {request.failure} ({request.url})")

    def excuse(self, part: str) -> None:
        """Expect complaints that contain `part`: the test provokes them."""
        self.excuses.append(part)

    def unexcused(self) -> list[str]:
        return [one for one in self.troubles if not any(part in one for part in self.excuses)]
