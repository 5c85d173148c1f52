"""The door itself: every request to an upstream goes out here, judged, bounded in time and size, and retried.

Redirects are never followed, proxies of the environment are never used, compression is never accepted.
"""

import asyncio
import os
import ssl
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy

import certifi
import httpx

from .answer import Answer, AsyncStreamAnswer, StreamAnswer
from .async_pool import WATCH, AsyncPool
from .auth import Auth
from .body import SizedBody
from .call import Call, encoded, headers_to_send
from .clock import Watch
from .endpoint import refusal
from .errors import UpstreamError
from .failures import BROKEN, clean
from .limits import MAX_ERROR_BYTES, READ, STREAM, CallClass
from .policy import Policy
from .resolve import Lookup, Resolver, system_lookup
from .retry import RetryBudget
from .sync_pool import PooledTransport

__all__ = ["Answer", "AsyncStreamAnswer", "Door", "SizedBody", "StreamAnswer", "close_door", "get_door"]

MAX_BUDGETS = 1000


class Door:
    """One per process: holds the pools of connections and the operator's policy.

    `url` is complete; `json` and `content` exclude each other; `headers` must be on the list in `call.py`.
    The methods raise UpstreamError for everything but an answer with a status from 200 to 299.
    """

    def __init__(
        self, policy: Policy, *, lookup: Lookup = system_lookup, context: ssl.SSLContext | None = None
    ) -> None:
        """`lookup` replaces the system's name resolution, `context` the trusted certificate authorities."""
        self.policy = policy
        self.context = context or trusting_context()
        self.resolver = Resolver(policy, lookup)
        self._async = AsyncPool(self.resolver, self.context)
        self._sync = httpx.Client(
            transport=PooledTransport(self.resolver, self.context),
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )
        self._sync.headers.clear()
        self._budgets: dict[str, RetryBudget] = {}

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        json: object = None,
        content: bytes | Iterable[bytes] | None = None,
        params: Mapping[str, str | int] | None = None,
        limits: CallClass = READ,
    ) -> Answer:
        """The whole answer to one request; reads are repeated as `retry.py` allows."""
        call = self._call(method, url, headers, auth, json, content, params, limits)
        while True:
            try:
                answer = self._open(call)
                try:
                    return Answer(
                        answer.status, answer.headers, answer.read(), answer.elapsed, answer.attempts
                    )
                finally:
                    answer.close()
            except (UpstreamError, *BROKEN) as error:
                told = clean(error, call.endpoint)
            self._prepare_next(call, told)

    def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        content: bytes | None,
        limits: CallClass = READ,
    ) -> Answer:
        """One request of the sign-in libraries, sent once, with their headers; only redirects are errors."""
        call = self._call(method, url, {}, None, None, content, None, limits)
        call.set_headers({**headers, "accept-encoding": "identity"})
        told: UpstreamError
        try:
            answer = self._open(call, any_status=True)
            try:
                return Answer(answer.status, answer.headers, answer.read(), answer.elapsed, 1)
            finally:
                answer.close()
        except (UpstreamError, *BROKEN) as error:
            told = clean(error, call.endpoint)
        raise told

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        json: object = None,
        content: bytes | Iterable[bytes] | None = None,
        params: Mapping[str, str | int] | None = None,
        limits: CallClass = STREAM,
    ) -> Iterator[StreamAnswer]:
        """An answer whose body is fetched as it is asked for; nothing is repeated once its head has come."""
        answer = self._opened(self._call(method, url, headers, auth, json, content, params, limits))
        try:
            yield answer
        finally:
            answer.close()

    async def arequest(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        json: object = None,
        content: bytes | None = None,
        params: Mapping[str, str | int] | None = None,
        limits: CallClass = READ,
    ) -> Answer:
        """`request` in a coroutine."""
        call = self._call(method, url, headers, auth, json, content, params, limits)
        while True:
            try:
                answer = await self._aopen(call)
                try:
                    body = await answer.read()
                    return Answer(answer.status, answer.headers, body, answer.elapsed, answer.attempts)
                finally:
                    await answer.aclose()
            except (UpstreamError, *BROKEN) as error:
                told = clean(error, call.endpoint)
            await self._aprepare_next(call, told)

    @asynccontextmanager
    async def astream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: Auth | None = None,
        json: object = None,
        content: bytes | None = None,
        params: Mapping[str, str | int] | None = None,
        limits: CallClass = STREAM,
    ) -> AsyncIterator[AsyncStreamAnswer]:
        """`stream` in a coroutine. With STREAM, call `answer.touch()` for every meaningful event."""
        answer = await self._aopened(self._call(method, url, headers, auth, json, content, params, limits))
        try:
            yield answer
        finally:
            await answer.aclose()

    def close(self) -> None:
        """Closes the blocking connections."""
        self._sync.close()

    async def aclose(self) -> None:
        """Closes the connections of the running loop."""
        await self._async.aclose()

    def _call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        auth: Auth | None,
        json: object,
        content: bytes | Iterable[bytes] | None,
        params: Mapping[str, str | int] | None,
        limits: CallClass,
    ) -> Call:
        target = _target(url, params)
        endpoint = self.policy.check_target(target)
        if auth is not None:
            auth.check(endpoint, listed=self.policy.is_listed(endpoint))
        if len(self._budgets) > MAX_BUDGETS:
            self._budgets.clear()
        budget = self._budgets.setdefault(endpoint.origin, RetryBudget())
        budget.called()
        sized = content if isinstance(content, SizedBody) else None
        sent_headers = headers_to_send(headers or {}, is_json=json is not None, body=sized)
        body = encoded(json) if json is not None else content
        model = str(json.get("model", ""))[:200] if isinstance(json, dict) else ""
        return Call(method.upper(), target, sent_headers, body, auth, limits, endpoint, model, budget)

    def _opened(self, call: Call) -> StreamAnswer:
        while True:
            try:
                return self._open(call)
            except (UpstreamError, *BROKEN) as error:
                told = clean(error, call.endpoint)
            self._prepare_next(call, told)

    async def _aopened(self, call: Call) -> AsyncStreamAnswer:
        while True:
            try:
                return await self._aopen(call)
            except (UpstreamError, *BROKEN) as error:
                told = clean(error, call.endpoint)
            await self._aprepare_next(call, told)

    def _open(self, call: Call, *, any_status: bool = False) -> StreamAnswer:
        """One attempt, as far as the head of a good answer."""
        credential = call.auth.headers() if call.auth is not None else {}
        headers, clock = call.begin_attempt(credential), call.clock
        timeout = {"connect": clock, "read": clock, "write": clock}
        request = self._sync.build_request(
            call.method, call.url, headers=headers, content=call.body(), extensions={"timeout": timeout}
        )
        response = self._sync.send(request, stream=True)
        try:
            answer = StreamAnswer(response, clock, call.endpoint, call.attempts, call.secrets())
            if 200 <= answer.status < 300 or (any_status and answer.status >= 400):
                return answer
            raise call.error(answer.status, answer.headers, _start(answer))
        except BaseException:
            response.close()
            raise

    async def _aopen(self, call: Call) -> AsyncStreamAnswer:
        """One attempt, as far as the head of a good answer."""
        credential = await call.auth.aheaders() if call.auth is not None else {}
        client = await self._async.client()
        headers, watch = call.begin_attempt(credential), Watch(call.clock)
        timeout = {"connect": None, "read": None, "write": None, "pool": None}
        request = client.build_request(
            call.method, call.url, headers=headers, content=call.content, extensions={"timeout": timeout}
        )
        mine = WATCH.set(watch)
        try:
            response = await watch.run(client.send(request, stream=True))
        except BaseException:
            watch.close()
            raise
        finally:
            WATCH.reset(mine)
        try:
            answer = AsyncStreamAnswer(
                response, call.clock, call.endpoint, call.attempts, call.secrets(), watch
            )
            if 200 <= answer.status < 300:
                return answer
            raise call.error(answer.status, answer.headers, await _astart(answer))
        except BaseException:
            watch.close()
            await response.aclose()
            raise

    def _prepare_next(self, call: Call, error: UpstreamError) -> None:
        """Waits until one more attempt may be made; raises the error when none may."""
        if call.wants_new_token(error) and call.auth is not None:
            call.auth.refresh(call.claims, rejected=call.rejected)
        else:
            time.sleep(call.delay_after(error))

    async def _aprepare_next(self, call: Call, error: UpstreamError) -> None:
        if call.wants_new_token(error) and call.auth is not None:
            await call.auth.arefresh(call.claims, rejected=call.rejected)
        else:
            await asyncio.sleep(call.delay_after(error))


def trusting_context() -> ssl.SSLContext:
    """The system's certificate authorities; those of `certifi` too where the system has none of its own."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


def _target(url: str, params: Mapping[str, str | int] | None) -> httpx.URL:
    try:
        target = httpx.URL(url)
        return target.copy_merge_params(params) if params else target
    except httpx.InvalidURL:
        raise refusal("The address of the request cannot be read.") from None


def _start(answer: StreamAnswer) -> bytes:
    """As much of an error's body as is worth reading; what breaks on the way is left out."""
    body = b""
    try:
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) >= MAX_ERROR_BYTES:
                break
    except UpstreamError:
        pass
    return body[:MAX_ERROR_BYTES]


async def _astart(answer: AsyncStreamAnswer) -> bytes:
    body = b""
    try:
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) >= MAX_ERROR_BYTES:
                break
    except UpstreamError:
        pass
    return body[:MAX_ERROR_BYTES]


_doors: dict[int, Door] = {}
_making = threading.Lock()


def get_door() -> Door:
    """The door of this process, with the policy of the environment; a forked process makes its own."""
    door = _doors.get(os.getpid())
    if door is None:
        with _making:
            door = _doors.setdefault(os.getpid(), Door(Policy.from_environment()))
    return door


def close_door() -> None:
    """Closes this process's door; the next `get_door()` reads the environment anew."""
    door = _doors.pop(os.getpid(), None)
    if door is not None:
        door.close()
