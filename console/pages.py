"""Every page in one thread, from the first middleware to the last: our views are synchronous, and each step
between event loop and thread costs as much as a query.

The threads stay, and with them their connections to SQLite. Only static files take Django's own way, because
what serves them is asynchronous.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import IO, Any, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import close_old_connections
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

STATIC_FILES = "servestatic.middleware.ServeStaticMiddleware"
THREADS = 40

_threads = ThreadPoolExecutor(THREADS, "page")


class Pages(ASGIHandler):
    """Django without static files."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002 - one thread for all
        every = settings.MIDDLEWARE
        settings.MIDDLEWARE = [name for name in every if name != STATIC_FILES]
        try:
            super().load_middleware(is_async=False)
        finally:
            settings.MIDDLEWARE = every

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Read the body, answer in a thread, send; a response that streams ends when its reader leaves."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        answer = partial(copy_context().run, self.answer, scope, body)
        response = await asyncio.get_running_loop().run_in_executor(_threads, answer)
        if not response.streaming:
            await self.send_response(response, send)
            return
        sending = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, leaving):
                task.cancel()
            ended, _ = await asyncio.gather(sending, leaving, return_exceptions=True)
            await sync_to_async(response.close)()
        if isinstance(ended, Exception):
            raise ended

    def answer(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:
        """The response to one request, with everything closed that it no longer needs."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body)
        response: Any = refused if request is None else self.get_response(request)
        response._handler_class = self.__class__
        if response.streaming:
            close_old_connections()
        else:
            response.close()
            body.close()
        return cast("HttpResponseBase", response)
