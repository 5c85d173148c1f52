"""The blocking connections: httpx over its own pool, on sockets that only ever go to checked addresses."""

import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx

from .clock import Clock
from .errors import ConnectTimeout, TlsError
from .resolve import Resolver

__all__ = ["PooledTransport", "open_socket", "unreachable", "untrusted"]


class PooledTransport(httpx.BaseTransport):
    """An httpx transport over httpcore's pool, which keeps the connections of each origin apart.

    The `timeout` extension of a request holds our Clock, so that every read and write ends by the wall clock.
    """

    def __init__(self, resolver: Resolver, context: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=50,
            keepalive_expiry=15.0,
            http1=True,
            http2=False,
            network_backend=_Backend(resolver),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore.NetworkBackend):
    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Any = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        clock: Clock = timeout
        return _Stream(open_socket(self._resolver, host, port, by=clock.at))


class _Stream(httpcore.NetworkStream):
    """One connection. `timeout` is the Clock of the call that uses it at the moment."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        clock: Clock = timeout
        self._sock.settimeout(clock.remaining())
        try:
            return self._sock.recv(max_bytes)
        except TimeoutError:
            raise clock.error() from None
        except OSError as error:
            raise httpcore.ReadError(str(error)) from None

    def write(self, buffer: bytes, timeout: Any = None) -> None:
        clock: Clock = timeout
        clock.connected()
        while buffer:
            self._sock.settimeout(clock.remaining())
            try:
                buffer = buffer[self._sock.send(buffer) :]
            except TimeoutError:
                raise clock.error() from None
            except OSError as error:
                raise httpcore.WriteError(str(error)) from None

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: Any = None
    ) -> httpcore.NetworkStream:
        clock: Clock = timeout
        return _Stream(secure(self._sock, ssl_context, server_hostname or "", by=clock.at))

    def close(self) -> None:
        self._sock.close()

    def get_extra_info(self, info: str) -> Any:
        return _is_readable(self._sock) if info == "is_readable" else None


def open_socket(resolver: Resolver, host: str, port: int, *, by: float) -> socket.socket:
    """A TCP connection to a permitted address of the host, made before the monotonic time `by`.

    Raises BlockedByPolicy or ConnectTimeout.
    """
    addresses = resolver.addresses(host, port, seconds=by - time.monotonic())
    for number, address in enumerate(addresses):
        share = (by - time.monotonic()) / (len(addresses) - number)
        try:
            sock = socket.create_connection((address, port), timeout=max(share, 0.001))
        except OSError:
            continue
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    raise unreachable(host, port)


def secure(sock: socket.socket, context: ssl.SSLContext, name: str, *, by: float) -> ssl.SSLSocket:
    """TLS on a connection, with the certificate checked against `name`. Raises TlsError or ConnectTimeout."""
    try:
        sock.settimeout(max(by - time.monotonic(), 0.001))
        return context.wrap_socket(sock, server_hostname=name)
    except TimeoutError:
        sock.close()
        raise ConnectTimeout(f"{name} did not complete the TLS handshake in time.", sent=False) from None
    except OSError as error:
        sock.close()
        raise untrusted(name, error) from None
    except BaseException:
        sock.close()
        raise


def unreachable(host: str, port: int) -> ConnectTimeout:
    """The error for a host of which no permitted address took the connection."""
    return ConnectTimeout(f"{host} did not take a connection on port {port}. Nothing was sent.", sent=False)


def untrusted(host: str, error: BaseException | None) -> TlsError:
    """The error for a failed handshake, with the library's reason in its detail."""
    reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or "handshake failed"
    return TlsError(
        f"No secure connection to {host} could be made. Nothing was sent.", detail=str(reason), sent=False
    )


def _is_readable(sock: socket.socket) -> bool:
    """Whether an idle connection has something to read, which can only be its end.

    TLS has no peek; reading is fine, because a connection with an unexpected byte is not used again.
    """
    sock.settimeout(0)
    try:
        sock.recv(1, *([] if isinstance(sock, ssl.SSLSocket) else [socket.MSG_PEEK]))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    return True
