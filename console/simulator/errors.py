"""Refusals in the shapes that Azure uses for them.

Shapes: Azure OpenAI v1 spec of 2026-01-28 (`AzureErrorResponse`), wrapped in `{"error": …}` as on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

INVALID = "invalid_request_error"


class Refusal(Exception):
    """An answer other than success; raised anywhere below the guard, sent by the guard."""

    def __init__(
        self, status: int, body: Mapping[str, object], headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})

    def response(self) -> Response:
        return JSONResponse(dict(self.body), status_code=self.status, headers=self.headers)


class Instead(Exception):
    """A ready response that takes the place of the normal one (faults)."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def refused(
    status: int, code: str | None, message: str, *, headers: Mapping[str, str] | None = None
) -> Refusal:
    """A refusal by the gateway: only `code` and `message`."""
    return Refusal(status, {"error": {"code": code, "message": message}}, headers)


def invalid(code: str | None, message: str, *, param: str | None = None, status: int = 400) -> Refusal:
    """A refusal by the model service: names the parameter that is wrong."""
    return Refusal(status, {"error": {"message": message, "type": INVALID, "param": param, "code": code}})


def path_not_found() -> Refusal:
    return refused(404, "404", "Resource not found")


def deployment_not_found() -> Refusal:
    return refused(
        404,
        "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within the "
        "last 5 minutes, please wait a moment and try again.",
    )


def not_found(noun: str, identifier: str, *, param: str | None = "id") -> Refusal:
    return invalid("not_found", f"{noun} with id '{identifier}' not found.", param=param, status=404)


def operation_not_supported(operation: str, model: str) -> Refusal:
    return refused(
        400,
        "OperationNotSupported",
        f"The {operation} operation does not work with the specified model, {model}. "
        "Please choose different model and try again.",
    )
