"""What a broken connection means: from the exceptions of httpx, httpcore and aiohttp to our own errors."""

import ssl

import aiohttp
import httpcore
import httpx

from .endpoint import Endpoint
from .errors import ConnectionLost, ConnectTimeout, ProtocolError, TooLarge, UpstreamError
from .sync_pool import unreachable, untrusted

__all__ = ["BROKEN", "clean"]

BROKEN = (
    httpx.HTTPError,
    httpx.StreamError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    aiohttp.ClientError,
)
"""Everything that a call through either pool may raise besides our own errors."""

LOST = ("disconnected", "peer closed", "not enough data", "payload is not completed", "connection closed")


def clean(error: Exception, endpoint: Endpoint) -> UpstreamError:
    """Our error for an exception, free of the frames and the objects of whatever raised it."""
    told = error if isinstance(error, UpstreamError) else _failure(error, endpoint.host, endpoint.port)
    told.__context__ = told.__cause__ = None
    return told.with_traceback(None)


def _failure(error: Exception, host: str, port: int) -> UpstreamError:
    cause = error.__cause__ if isinstance(error.__cause__, aiohttp.ClientError) else error
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return ConnectTimeout(f"{host} did not take a connection in time. Nothing was sent.", sent=False)
    if isinstance(cause, aiohttp.ClientConnectorError):
        tls = isinstance(cause, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError)
        return untrusted(host, _tls_reason(cause)) if tls else unreachable(host, port)
    text = str(cause).lower()
    if (
        isinstance(cause, aiohttp.http_exceptions.LineTooLong)
        or "too long" in text
        or "got more than" in text
    ):
        return TooLarge("The headers of the answer are larger than is allowed.")
    lost = (
        aiohttp.ClientOSError,
        aiohttp.ServerConnectionError,
        aiohttp.ClientPayloadError,
        aiohttp.ClientConnectionResetError,
        httpcore.NetworkError,
        httpx.NetworkError,
    )
    if isinstance(cause, lost) or any(word in text for word in LOST):
        return ConnectionLost()
    return ProtocolError("The answer is not valid HTTP.", detail=str(cause)[:200])


def _tls_reason(error: aiohttp.ClientError) -> BaseException | None:
    for candidate in (error, getattr(error, "certificate_error", None), getattr(error, "os_error", None)):
        if isinstance(candidate, ssl.SSLError):
            return candidate
    return None
