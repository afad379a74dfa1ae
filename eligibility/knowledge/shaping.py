"""Puts a file into its shape, and says for each key that does not fit where it stands and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from eligibility.errors import KnowledgeError
from eligibility.knowledge.refusals import Refusals
from eligibility.knowledge.yaml_source import Document

__all__ = ["shaped"]

Model = TypeVar("Model", bound=BaseModel)


def shaped(model: type[Model], document: Document, refusals: Refusals) -> Model | None:
    """The document in its shape; None when it does not fit and the refusals are collected."""
    try:
        return model.model_validate(document.content)
    except ValidationError as problem:
        errors = problem.errors(include_url=False)
    for error in errors:
        with refusals:
            raise _refusal(model, document, error)
    return None


def _refusal(model: type[BaseModel], document: Document, error: Mapping[str, Any]) -> KnowledgeError:
    path = tuple(error["loc"])
    if error["type"] == "extra_forbidden":
        return document.error(
            path, f"the key {path[-1]!r} is not known.", "See knowledge/README.md.", ", ".join(_keys(model, path[:-1]))
        )
    where = ".".join(str(p) for p in path) or "the file"
    given = error["input"]
    shown = f" (found {given!r})" if isinstance(given, str | int | Decimal) else ""
    return document.error(path, f"{where}: {error['msg']}{shown}.", "See knowledge/README.md.")


def _keys(model: type[BaseModel], path: Sequence[str | int]) -> Sequence[str]:
    """The keys that are known at a place: those of the part that stands there."""
    for step in path:
        if isinstance(step, str) and step in model.model_fields:
            parts = _parts(model.model_fields[step].annotation)
            if parts:
                model = parts[0]
    return list(model.model_fields)


def _parts(annotation: Any) -> list[type[BaseModel]]:
    """The shapes inside an annotation such as `list[RuleFile]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [part for inner in get_args(annotation) for part in _parts(inner)]
