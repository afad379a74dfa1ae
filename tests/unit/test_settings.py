"""A deployment's settings: typed, refused as a whole, and rules served only as somebody answers for them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from eligibility import wording
from server.settings import SettingsError, for_this_site, read_settings
from tests.fact_patients import KNOWLEDGE

EXAMPLE = Path(__file__).resolve().parents[2] / "hepatica.example.toml"
SIGNED = f"""
[knowledge.sign_off]
by = "A. Signatory"
role = "head of the tumour board"
site = "the test site"
on = 2026-11-22
version = "{KNOWLEDGE.version}"
sha256 = "{KNOWLEDGE.sha256}"
"""


def settings_file(folder: Path, text: str) -> Path:
    """A settings file with this text."""
    file = folder / "hepatica.toml"
    file.write_text(text, "utf-8")
    return file


def refusal(folder: Path, text: str) -> str:
    """What is said of settings that cannot be used."""
    with pytest.raises(SettingsError) as refused:
        for_this_site(KNOWLEDGE, read_settings(settings_file(folder, text)).knowledge)
    return str(refused.value)


def test_the_example_can_be_used_as_it_stands() -> None:
    site = read_settings(EXAMPLE)
    assert for_this_site(KNOWLEDGE, site.knowledge) is KNOWLEDGE
    assert ("127.0.0.1", 8080, "http://127.0.0.1:8080") == (site.server.host, site.server.port, site.server.public_base)


def test_the_example_names_every_setting() -> None:
    text = EXAMPLE.read_text("utf-8")
    site = read_settings(EXAMPLE)
    sections = {"server": site.server, "knowledge": site.knowledge}
    names = [*sections, *(name for section in sections.values() for name in type(section).model_fields)]
    assert [] == [name for name in [*names, "by", "role", "site", "on", "version", "sha256"] if name not in text]


def test_unsigned_rules_need_a_choice(tmp_path: Path) -> None:
    said = refusal(tmp_path, "")
    assert "Nobody has signed these rules off" in said
    assert "knowledge.evaluation_only = true" in said
    assert KNOWLEDGE.sha256 in said


def test_a_sign_off_of_these_rules_is_shown_with_name_role_site_and_day(tmp_path: Path) -> None:
    signed = for_this_site(KNOWLEDGE, read_settings(settings_file(tmp_path, SIGNED)).knowledge)
    assert signed.sign_off is not None
    assert date(2026, 11, 22) == signed.sign_off.on
    assert "Signed off by A. Signatory, head of the tumour board, 22 Nov 2026, for the test site." in (
        wording.review_words(signed)
    )


@pytest.mark.parametrize("mine", [KNOWLEDGE.version, KNOWLEDGE.sha256])
def test_a_sign_off_of_other_rules_does_not_count(tmp_path: Path, mine: str) -> None:
    other = ("0" if mine[0] != "0" else "1") + mine[1:]
    said = refusal(tmp_path, SIGNED.replace(mine, other))
    assert other in said
    assert mine in said
    assert "hepatica knowledge verdicts" in said


def test_signed_and_evaluation_only_contradict_each_other(tmp_path: Path) -> None:
    assert "contradict" in refusal(tmp_path, f"[knowledge]\nevaluation_only = true\n{SIGNED}")


def test_every_mistake_is_listed_at_once(tmp_path: Path) -> None:
    text = (
        '[server]\nhost = "0.0.0.0"\nport = "8080"\npublic_base = "ftp://x"\ncolour = 1\n[knowledge]\noverlay = " "\n'
    )
    said = refusal(tmp_path, text)
    wrong = ("server.host", "server.port", "server.public_base", "server.colour is not a setting", "knowledge.overlay")
    assert [] == [setting for setting in wrong if setting not in said]


@pytest.mark.parametrize("missing", ["by", "role", "site", "on", "version", "sha256"])
def test_a_sign_off_names_who_for_whom_when_and_what(tmp_path: Path, missing: str) -> None:
    kept = "\n".join(line for line in SIGNED.splitlines() if not line.startswith(f"{missing} ="))
    assert f"knowledge.sign_off.{missing} is missing." in refusal(tmp_path, kept)


def test_only_loopback_is_served_while_callers_cannot_be_verified(tmp_path: Path) -> None:
    assert "only loopback" in refusal(tmp_path, '[server]\nhost = "192.0.2.1"\n')
    assert "only loopback" in refusal(tmp_path, '[server]\nhost = "hospital.example"\n')


@pytest.mark.parametrize("text", ["[server", "= 1", "[knowledge]\nevaluation_only = yes"])
def test_what_is_not_toml_is_said_in_a_sentence(tmp_path: Path, text: str) -> None:
    assert "is not TOML" in refusal(tmp_path, text)


def test_a_file_that_is_not_there_or_not_text_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read_settings(tmp_path / "missing.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings(tmp_path / "binary.toml")
