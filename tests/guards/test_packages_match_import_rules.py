"""Every package obeys the import rules, because every list in pyproject.toml names every package."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_PART_OF_THE_PROGRAM = {"bench", "tests", "tools"}


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def contracts(project: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {contract["id"]: contract for contract in project["tool"]["importlinter"]["contracts"]}


@pytest.fixture(scope="module")
def packages() -> set[str]:
    return {folder.parent.name for folder in ROOT.glob("*/__init__.py")} - NOT_PART_OF_THE_PROGRAM


def test_every_package_is_under_the_import_rules(project: dict[str, Any], packages: set[str]) -> None:
    assert packages == set(project["tool"]["importlinter"]["root_packages"])


def test_every_package_but_the_sandbox_has_a_layer(
    contracts: dict[str, dict[str, Any]],
    packages: set[str],
) -> None:
    layers = {name.strip() for layer in contracts["inwards"]["layers"] for name in layer.split("|")}
    assert packages - {"sandbox_ehr"} == layers


def test_no_package_of_ours_knows_the_sandbox_nor_the_sandbox_one_of_ours(
    contracts: dict[str, dict[str, Any]],
    packages: set[str],
) -> None:
    ours = packages - {"sandbox_ehr"}
    assert ours == set(contracts["the-test-ehr-stands-alone"]["source_modules"])
    assert ours == set(contracts["the-test-ehr-shares-no-code"]["forbidden_modules"])


def test_every_package_is_checked_for_cycles(contracts: dict[str, dict[str, Any]], packages: set[str]) -> None:
    assert packages == set(contracts["no-cycles"]["ancestors"])


def test_every_package_is_installed(project: dict[str, Any], packages: set[str]) -> None:
    assert {f"{package}*" for package in packages} == set(project["tool"]["setuptools"]["packages"]["find"]["include"])


def test_every_package_is_type_checked(project: dict[str, Any], packages: set[str]) -> None:
    assert packages <= set(project["tool"]["mypy"]["files"])


def test_every_package_is_measured_for_coverage(project: dict[str, Any], packages: set[str]) -> None:
    assert packages == set(project["tool"]["coverage"]["run"]["source"])


def test_every_folder_of_python_is_a_package() -> None:
    homeless = {
        str(module.parent.relative_to(ROOT))
        for top in ROOT.glob("*/__init__.py")
        if top.parent.name not in NOT_PART_OF_THE_PROGRAM
        for module in top.parent.rglob("*.py")
        if not (module.parent / "__init__.py").is_file()
    }
    assert set() == homeless


def test_every_data_file_of_a_package_is_packed(project: dict[str, Any], packages: set[str]) -> None:
    packed = {
        pattern.removeprefix("**/*") for pattern in project["tool"]["setuptools"]["package-data"]["*"] if "*" in pattern
    }
    found = {
        file.suffix
        for package in packages
        for file in (ROOT / package).rglob("*")
        if file.is_file() and file.suffix not in {".py", ".pyc"} and file.name != "py.typed"
    }
    assert found <= packed
