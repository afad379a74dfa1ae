"""`hepatica.toml`: what a deployment decides, typed, and refused as a whole with every error listed at once."""

from __future__ import annotations

import tomllib
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from eligibility.errors import HepaticaError
from eligibility.knowledge.model import KnowledgeBase, SignOff

__all__ = ["SettingsError", "SiteSettings", "for_this_site", "read_settings"]


class SettingsError(HepaticaError):
    """The settings cannot be used; one line for each thing to mend."""


def _one_line(text: str) -> str:
    if not text.strip() or len(text.splitlines()) != 1:
        raise ValueError("has to be one line of text")
    return text.strip()


def _loopback(host: str) -> str:
    try:
        local = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise ValueError("callers cannot be verified in this version, so only loopback such as 127.0.0.1 is served")
    return host


def _web_address(address: str) -> str:
    if not address.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
        raise ValueError("has to begin with https:// (http:// on loopback only)")
    return address.rstrip("/")


Line = Annotated[str, AfterValidator(_one_line)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ServerSection(_Section):
    """`[server]`: where the service listens, and the address that clients use."""

    host: Annotated[str, AfterValidator(_loopback)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    public_base: Annotated[str, AfterValidator(_web_address)] = "http://127.0.0.1:8080"


class SignOffSection(_Section):
    """`[knowledge.sign_off]`: who took responsibility at this site for which version of the rules."""

    by: Line
    role: Line
    site: Line
    on: date
    version: Line
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class KnowledgeSection(_Section):
    """`[knowledge]`: whether the rules are signed off here or only evaluated, and the site's own codes."""

    evaluation_only: bool = False
    overlay: Line | None = None
    sign_off: SignOffSection | None = None


class SiteSettings(_Section):
    """The whole file."""

    server: ServerSection = ServerSection()
    knowledge: KnowledgeSection = KnowledgeSection()


def read_settings(file: Path) -> SiteSettings:
    """The settings of a file. Raises SettingsError naming every setting that is wrong, what it is, and the mend."""
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except OSError as problem:
        raise SettingsError(f"{file}: {problem.strerror or 'could not be read'}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file} is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as problem:
        raise SettingsError(f"{file} is not TOML: {problem}.") from None
    try:
        return SiteSettings.model_validate(given)
    except ValidationError as problem:
        found = [_sentence(error) for error in problem.errors(include_url=False)]
        raise SettingsError(f"{file}: " + " ".join(found)) from None


def _sentence(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "the file"
    if error["type"] == "extra_forbidden":
        return f"{where} is not a setting: remove it, or see hepatica.example.toml for those there are."
    if error["type"] == "missing":
        return f"{where} is missing."
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: {said[:1].lower()}{said[1:]}."


def for_this_site(knowledge: KnowledgeBase, settings: KnowledgeSection) -> KnowledgeBase:
    """The rules as this site may serve them: signed off by it, or as a draft for evaluation only.

    Raises SettingsError when they are neither, or when the sign-off is of other rules than these.
    """
    signed = settings.sign_off
    rules = f"version {knowledge.version}, sha256 {knowledge.sha256}"
    if signed is None:
        if settings.evaluation_only:
            return knowledge
        raise SettingsError(
            f"Nobody has signed these rules off for this site ({rules}). Record who did, when, and for which version "
            "under [knowledge.sign_off]; or set knowledge.evaluation_only = true, which marks every card and page."
        )
    if settings.evaluation_only:
        raise SettingsError("knowledge.evaluation_only and [knowledge.sign_off] contradict each other: remove one.")
    if (signed.version, signed.sha256) != (knowledge.version, knowledge.sha256):
        raise SettingsError(
            f"The sign-off is of version {signed.version}, sha256 {signed.sha256}; the rules here are {rules}. Review "
            "what changed (hepatica knowledge verdicts) and record a new sign-off; or set knowledge.evaluation_only."
        )
    return knowledge.signed_off(SignOff(signed.by, signed.role, signed.site, signed.on))
