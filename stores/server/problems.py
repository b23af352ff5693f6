"""Errors on their way over HTTP: each has its status, and the same name and words at the other end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from imlkit import errors
from imlkit.errors import ImlkitError

from .answers import Problem
from .upload_folder import TooLarge

__all__ = ["PROBLEMS", "answer_problems", "problem", "store_problem"]

log = logging.getLogger("imlkit")

_STATUS: Final[dict[type[ImlkitError], int]] = {
    TooLarge: 413,
    errors.LoginRequiredError: 401,
    errors.ForbiddenError: 403,
    errors.TooManyTriesError: 429,
    errors.NotFoundError: 404,
    errors.DuplicateIdError: 409,
    errors.QueryError: 422,
    errors.DataError: 422,
    errors.StoreFullError: 507,
    errors.StoreUnavailableError: 503,
    errors.StoreError: 422,
}

_HEADERS: Final = {
    401: {"WWW-Authenticate": "Bearer"},
    429: {"Retry-After": "60"},
    413: {"Connection": "close"},
}

_WORDS: Final = {
    400: "The request is no JSON.",
    401: "The server wants to know who asks: log in.",
    403: "Whoever asks may not do that.",
    404: "There is no such document or asset.",
    409: "Something else is there already.",
    413: "The request is too large.",
    421: "The server does not answer to that name.",
    422: "The request says what cannot be done.",
    429: "Logging in has failed too often.",
    503: "The store cannot be read or written.",
    507: "No space is left.",
}

# Referred to rather than given as a model: that would be made anew for each status of each operation.
_PROBLEM: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": words, "content": _PROBLEM} for status, words in _WORDS.items()
}
"""What any operation may answer."""


def problem(status: int, error: str, message: str, **headers: str) -> JSONResponse:
    """Return the answer that tells of an error."""
    return JSONResponse({"error": error, "message": message}, status, headers)


def store_problem(error: Exception) -> JSONResponse:
    """Return the answer that tells of a store's error."""
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 422)
    # The client knows the public ones.
    name = next(kind.__name__ for kind in type(error).__mro__ if kind.__name__ in errors.__all__)
    return problem(status, name, str(error), **_HEADERS.get(status, {}))


def answer_problems(app: FastAPI) -> None:
    """Let an app answer errors with their words, and say so in its description."""

    def of_store(request: Request, error: Exception) -> JSONResponse:
        return store_problem(error)

    def of_request(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        words = f"{where or 'the body'}: {first['msg']}"
        unreadable = first["type"] == "json_invalid"
        return problem(400 if unreadable else 422, "DataError", f"the request is not as described ({words})")

    def of_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return problem(error.status_code, "StoreError", str(error.detail), **(error.headers or {}))

    def unexpected(request: Request, error: Exception) -> JSONResponse:
        id = request.state.request_id
        log.error("request %s failed", id, exc_info=error)
        # This answer is given outside of all that would give it the header.
        words = f"the server failed: its log tells why, at request {id}"
        return problem(500, "StoreError", words, **{"X-Request-Id": id})

    handlers: dict[type[Exception], Callable[[Request, Exception], JSONResponse]] = {
        ImlkitError: of_store,
        RequestValidationError: of_request,
        HTTPException: of_http,
        Exception: unexpected,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    _describe(app)


def _describe(app: FastAPI) -> None:
    made = app.openapi

    def described() -> dict[str, Any]:
        schema = made()
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        return schema

    app.openapi = described  # type: ignore[method-assign]
