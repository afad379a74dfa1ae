"""The rule book as a reviewer gets it: written by the command, read as files, and served by the running service."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient

from eligibility.assessment import ReasonKind
from eligibility.knowledge.load import read_knowledge
from eligibility.knowledge.model import Option, SignOff
from eligibility.wording import STATUS_WORDS, certainty_words
from server.app import Settings, create_app
from server.cli import main
from server.rulebook.book import Book
from server.rulebook.rendering import Form, Renderer
from tests.fact_patients import KNOWLEDGE
from tests.journeys.html_page import Element, Page
from tests.knowledge_copies import ABLATION, REAL, edit, small_copy

SERVED = "/about/rulebook/"
each_option = pytest.mark.parametrize("option", KNOWLEDGE.options, ids=lambda o: o.id)
each_gate = pytest.mark.parametrize("gate", sorted(KNOWLEDGE.gates))
each_fact = pytest.mark.parametrize("fact", list(KNOWLEDGE.catalogue))
each_score = pytest.mark.parametrize("score", KNOWLEDGE.scores, ids=lambda s: s.id)
each_source = pytest.mark.parametrize("source", KNOWLEDGE.sources.values(), ids=lambda s: s.id)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rule book of the knowledge that comes with the program, written once."""
    folder = tmp_path_factory.mktemp("book") / "rulebook"
    assert 0 == main(["knowledge", "rulebook", "--out", str(folder)])
    return folder


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(Settings("https://hepatica.example", open_demo=True)).test_client()


@cache
def parsed(path: Path) -> Page:
    return Page(path.read_text("utf-8"))


def page(book: Path, place: str) -> Page:
    return parsed(book / f"{place}.html")


def plain(text: str) -> str:
    """Text as it is compared: single blanks, and the signs of a book as the files write them."""
    return " ".join(text.replace("≤ ", "<=").replace("≥ ", ">=").replace(" <=", "<=").replace(" >=", ">=").split())


def holds(found: Page, text: str) -> bool:
    return plain(text).replace(" <=", "<=").replace(" >=", ">=").replace("<= ", "<=").replace(">= ", ">=") in plain(
        found.text
    ).replace("<= ", "<=").replace(">= ", ">=")


def ids(found: Page) -> set[str]:
    return {e.attributes["id"] for e in found.elements if "id" in e.attributes}


@cache
def ids_of(path: Path) -> frozenset[str]:
    return frozenset(ids(parsed(path)))


def links(found: Page) -> Iterator[Element]:
    return (e for e in found.elements if e.tag in ("a", "link") and "href" in e.attributes)


# -- every thing has its page -------------------------------------------------------------------------------------


@each_option
def test_an_option_has_its_page_with_every_line_of_its_rule(book: Path, option: Option) -> None:
    found = page(book, f"options/{option.id}")
    assert holds(found, option.name)
    notations = set(found.texts("code", class_="notation"))
    for rule in option.rules:
        reason = rule.outcomes[True]
        if reason.kind is ReasonKind.REQUIRED and reason.certainty is None:
            fact = reason.facts[0]
            assert any(e.attributes["href"] == f"../facts/{fact}.html" for e in links(found))
            continue
        assert reason.when in notations
        assert holds(found, reason.say)
        if reason.certainty is not None:
            assert certainty_words(reason.certainty) in found.text.lower()
        if reason.gate is not None:
            assert f"../gates/{reason.gate}.html" in {e.attributes["href"] for e in found.all("a")}


@each_option
def test_an_option_says_what_is_around_its_rule(book: Path, option: Option) -> None:
    found = page(book, f"options/{option.id}")
    for text in (option.evidence, option.tests, option.monitoring, option.controversies, *option.known_limits):
        assert text is None or holds(found, text)
    for intervention in option.interventions:
        assert intervention.say.lower() in found.text.lower()
        assert intervention.code is None or intervention.code in found.texts("code")
    for source in option.sources:
        assert KNOWLEDGE.sources[source].year in found.text
    assert f"options/{option.family.id}/{option.id}.yaml" in found.texts("code")
    assert holds(found, "Draft. No clinician has signed it off.")


@each_option
def test_an_option_shows_its_worked_examples_with_the_expected_answer(book: Path, option: Option) -> None:
    tables = page(book, f"options/{option.id}").html.split('class="grid examples"')
    rows = Page(f"<table {tables[1].split('</table>')[0]}</table>").all("tr", role="row")[1:] if tables[1:] else []
    assert len(option.examples) == len(rows)
    for example, row in zip(option.examples, rows, strict=True):
        assert plain(example.say) in plain(row.text)
        assert STATUS_WORDS[example.expect] in row.text
        for fact in example.needs:
            assert KNOWLEDGE.catalogue[fact].label.lower() in " ".join(row.text.lower().split())


@each_gate
def test_a_gate_has_its_page_with_every_line_of_its_file(book: Path, gate: str) -> None:
    found = page(book, f"gates/{gate}")
    content: dict[str, Any] = yaml.safe_load((REAL / "gates" / f"{gate}.yaml").read_text("utf-8"))
    notations = set(found.texts("code", class_="notation"))
    for key in ("contraindications", "downgrades", "cautions", "must_be_true"):
        for line in content.get(key, ()):
            assert " ".join(line["when"].split()) in notations
            assert "say" not in line or holds(found, line["say"])
    linked = {e.attributes["href"] for e in found.all("a")}
    assert {f"../facts/{fact}.html" for fact in content.get("requires", ())} <= linked
    assert {f"../sources/{source}.html" for source in content.get("sources", ())} <= linked
    assert {f"../options/{o.id}.html" for o in KNOWLEDGE.options if gate in o.gates} <= linked


@each_fact
def test_a_fact_has_its_page_with_its_use(book: Path, fact: str) -> None:
    found, definition = page(book, f"facts/{fact}"), KNOWLEDGE.catalogue[fact]
    assert holds(found, definition.meaning)
    assert holds(found, definition.ask)
    assert fact in found.texts("span", class_="code-name")[0]
    if not definition.type.numeric:
        assert set(definition.values) <= set(found.texts("code"))
    if len(definition.units) > 1:
        assert set(definition.units) <= set(found.texts("code"))
    linked = {e.attributes["href"] for e in found.all("a")}
    own = {
        f"../options/{o.id}.html"
        for o in KNOWLEDGE.options
        for rule in o.rules
        if rule.outcomes[True].gate is None and fact in rule.predicate.facts
    }
    assert own <= linked
    if definition.derived:
        assert "It is computed" in found.text


def test_a_fact_says_by_which_codes_it_is_read(book: Path) -> None:
    bilirubin = page(book, "facts/lab.bilirubin")
    assert {"1975-2", "14631-6", "bilirubin_total"} <= set(bilirubin.texts("code"))
    assert "divided by 17.1" in bilirubin.text
    assert "C22.0" in page(book, "facts/dx.primary").texts("code")
    assert "is entered by a clinician" in page(book, "facts/liver.r0_feasible").text


@each_score
def test_a_score_has_its_page_with_formula_and_examples(book: Path, score: Any) -> None:
    found = page(book, f"scores/{score.id}")
    for text in (score.title, *score.formula, *score.notes, *(e.say for e in score.examples)):
        assert holds(found, text)
    for row in score.table:
        assert all(cell.lower() in found.text.lower() for cell in row)


@each_source
def test_a_source_has_its_page_with_year_address_and_how_it_was_read(book: Path, source: Any) -> None:
    found = page(book, f"sources/{source.id}")
    assert holds(found, source.citation)
    assert source.year in found.text
    outside = {e.attributes["href"] for e in found.all("a", class_="outside")}
    assert ({source.url} if source.url else set()) == outside
    assert ("An excerpt of the page was read" if source.url else "Not re-read") in found.text


def test_every_drug_is_in_the_index_with_its_code(book: Path) -> None:
    drugs = parsed(book / "drugs" / "index.html")
    coded = {i.code for o in KNOWLEDGE.options for i in o.interventions if i.code is not None}
    assert coded
    assert coded <= set(drugs.texts("code"))


def test_every_option_is_in_every_index_of_options(book: Path) -> None:
    for index in ("index.html", "options/index.html", "modalities/index.html", "primaries/index.html"):
        listed = {
            posixpath.normpath(posixpath.join(posixpath.dirname(index), e.attributes["href"]))
            for e in parsed(book / index).all("a")
        }
        assert {f"options/{o.id}.html" for o in KNOWLEDGE.options} <= listed


def test_an_option_stands_under_the_primaries_its_scope_admits_and_no_others(book: Path) -> None:
    html = (book / "primaries" / "index.html").read_text("utf-8")
    lists = dict(re.findall(r'aria-labelledby="primary-(\w+)">(.*?)</section>', html, re.DOTALL))
    anywhere = [o for o in KNOWLEDGE.options if "drv.target_primary" not in o.scope.predicate.facts]
    assert all(f"options/{o.id}.html" in lists["any"] for o in anywhere)
    for option in KNOWLEDGE.options:
        if option not in anywhere:
            for code in ("colorectal", "nsclc", "hcc", "uveal_melanoma"):
                fits = option.scope.predicate.evaluate({"drv.target_primary": code}) is not False
                assert fits is (f'options/{option.id}.html"' in lists[code]), f"{option.id} {code}"


# -- the whole holds together -------------------------------------------------------------------------------------


def test_every_link_inside_the_book_leads_to_a_page_and_a_place_on_it(book: Path) -> None:
    lost = []
    for path in sorted(book.rglob("*.html")):
        found = parsed(path)
        assert [] == found.faults
        for link in links(found):
            target = link.attributes["href"]
            if target.startswith(("http://", "https://")):
                assert "noreferrer" in link.attributes["rel"]
                continue
            file, _, fragment = target.partition("#")
            there = (path.parent / file).resolve() if file else path
            if not there.is_file() or (fragment and fragment not in ids_of(there)):
                lost.append(f"{path.relative_to(book)}: {target}")
    assert [] == lost


def test_a_page_has_one_heading_landmarks_and_a_way_past_the_navigation(book: Path) -> None:
    for path in sorted(book.rglob("*.html")):
        found = parsed(path)
        assert 1 == len(found.all("h1")), path
        assert 1 == len(found.all("main"))
        assert 1 == len(found.all("header"))
        assert 1 == len(found.all("footer"))
        assert "#main" == found.all("a", class_="skip")[0].attributes["href"]
        assert "en" == found.all("html")[0].attributes["lang"]
        names = [e.attributes["id"] for e in found.elements if "id" in e.attributes]
        assert len(names) == len(set(names)), path
        levels = [int(e.tag[1]) for e in found.elements if re.fullmatch(r"h[1-6]", e.tag)]
        assert all(after <= before + 1 for before, after in pairwise(levels)), path


def test_pages_have_no_script_no_inline_style_and_load_nothing_from_elsewhere(book: Path) -> None:
    for path in sorted(book.rglob("*.html")):
        found = parsed(path)
        assert [] == found.all("script") + found.all("style") + found.all("iframe") + found.all("img")
        assert [] == [n for e in found.elements for n in e.attributes if n.startswith("on") or n == "style"]
        sheets = [e.attributes["href"] for e in found.all("link")]
        assert [posixpath.relpath("rulebook.css", path.parent.relative_to(book).as_posix())] == sheets
    assert "url(" not in (book / "rulebook.css").read_text("utf-8")
    assert "@import" not in (book / "rulebook.css").read_text("utf-8")


def test_every_page_names_the_version_the_fingerprint_and_that_nobody_signed_it_off(book: Path) -> None:
    for path in sorted(book.rglob("*.html")):
        text = " ".join(parsed(path).text.split())
        assert KNOWLEDGE.version in text
        assert KNOWLEDGE.sha256 in text
        assert "No clinician has signed these rules off." in text


def test_the_page_to_print_holds_the_whole_book(book: Path) -> None:
    whole = parsed(book / "print.html")
    places = ids(whole)
    assert {f"options-{o.id}" for o in KNOWLEDGE.options} <= places
    assert {f"gates-{g}" for g in KNOWLEDGE.gates} <= places
    assert {f"facts-{f}" for f in KNOWLEDGE.catalogue} <= places
    assert {f"scores-{s.id}" for s in KNOWLEDGE.scores} <= places
    assert {f"sources-{s}" for s in KNOWLEDGE.sources} <= places
    assert len(KNOWLEDGE.options) <= whole.text.count(f"fingerprint {KNOWLEDGE.sha256[:8]}")
    assert "break-before: page" in (book / "rulebook.css").read_text("utf-8")


def test_the_start_says_for_whom_what_it_is_not_and_how_to_read(book: Path) -> None:
    start = " ".join(parsed(book / "index.html").text.split())
    for sentence in (
        "For health professionals who treat adults with cancer in the liver", "It informs; it does not order",
        "Not for emergencies", "has not been validated", "No clinician has signed these rules off.",
        *STATUS_WORDS.values(), "Label, trial or guideline", "Project convention",
    ):  # fmt: skip
        assert sentence in start


def test_writing_it_again_changes_no_byte(book: Path, tmp_path: Path) -> None:
    assert 0 == main(["knowledge", "rulebook", "--out", str(tmp_path / "again")])
    for path in sorted(p for p in book.rglob("*") if p.is_file()):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(book)).read_bytes()


# -- writing ------------------------------------------------------------------------------------------------------


def test_markup_in_the_knowledge_is_shown_and_never_runs(tmp_path: Path) -> None:
    copy = small_copy(tmp_path)
    edit(
        copy,
        ABLATION,
        "name: 'Thermal ablation: radiofrequency or microwave'",
        "name: '<script>alert(1)</script> & co'",
    )
    assert 0 == main(["knowledge", "rulebook", "--folder", str(copy), "--out", str(tmp_path / "book")])
    for path in (tmp_path / "book").rglob("*.html"):
        assert "<script" not in path.read_text("utf-8")
    assert "<script>alert(1)</script> & co" in page(tmp_path / "book", "options/thermal-ablation").texts("h1")[0]


def test_pages_that_the_book_no_longer_has_are_removed_and_nothing_else(tmp_path: Path) -> None:
    copy, out = small_copy(tmp_path), tmp_path / "book"
    command = ["knowledge", "rulebook", "--folder", str(copy), "--out", str(out)]
    assert 0 == main(command)
    (out / "notes.txt").write_text("mine", "utf-8")
    (copy / "options/ablation-and-radiation/cryoablation.yaml").unlink()
    assert 0 == main(command)
    assert not (out / "options" / "cryoablation.html").exists()
    assert "mine" == (out / "notes.txt").read_text("utf-8")


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.doc").write_text("mine", "utf-8")
    assert 2 == main(["knowledge", "rulebook", "--out", str(tmp_path)])
    assert "holds no rule book" in capsys.readouterr().err
    assert ["thesis.doc"] == [p.name for p in tmp_path.iterdir()]


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "book").write_text("mine", "utf-8")
    assert 2 == main(["knowledge", "rulebook", "--out", str(tmp_path / "book")])
    assert "is a file" in capsys.readouterr().err


def test_a_list_of_files_that_points_elsewhere_removes_nothing(tmp_path: Path) -> None:
    copy, out = small_copy(tmp_path), tmp_path / "book"
    out.mkdir()
    (tmp_path / "precious.html").write_text("mine", "utf-8")
    (out / ".hepatica-rulebook").write_text(
        "../precious.html\n/etc/passwd.html\noptions/../../precious.html\n", "utf-8"
    )
    assert 0 == main(["knowledge", "rulebook", "--folder", str(copy), "--out", str(out)])
    assert "mine" == (tmp_path / "precious.html").read_text("utf-8")


def test_the_command_says_how_many_files_and_where_to_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy, out = small_copy(tmp_path), tmp_path / "book"
    assert 0 == main(["knowledge", "rulebook", "--folder", str(copy), "--out", str(out)])
    said = capsys.readouterr().out
    count = len([p for p in out.rglob("*") if p.is_file() and p.name != ".hepatica-rulebook"])
    assert said.startswith(f"{count} files, rules {KNOWLEDGE.version}")
    assert str(out / "index.html") in said


def test_an_edited_sentence_stands_in_the_next_writing(tmp_path: Path) -> None:
    copy = small_copy(tmp_path)
    edit(copy, ABLATION, "say: Margin reachable", "say: A margin of 5 mm can be reached")
    html = Renderer(Book(read_knowledge(copy)), Form.FILES).html("options/thermal-ablation")
    assert "A margin of 5 mm can be reached" in html


# -- served -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place",
    ["", "options/", "options/thermal-ablation", "gates/FP", "facts/lab.bilirubin", "scores/albi", "sources/S01"],
)
def test_a_page_is_served_with_the_protecting_headers(client: FlaskClient, place: str) -> None:
    answer = client.get(SERVED + place)
    assert 200 == answer.status_code
    assert "text/html; charset=utf-8" == answer.headers["Content-Type"]
    assert "nosniff" == answer.headers["X-Content-Type-Options"]
    assert "default-src 'none'; style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "no-store" == answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert [] == Page(answer.text).faults


def test_every_link_of_the_served_pages_leads_somewhere(client: FlaskClient) -> None:
    renderer = Renderer(Book(KNOWLEDGE), Form.SERVED)
    known = {SERVED + place for place in renderer.places} | {"/about/", SERVED + "rulebook.css"}
    for place in sorted(set(renderer.places) - {"print"}):
        for link in links(Page(renderer.html(place))):
            target = link.attributes["href"].partition("#")[0]
            if target and not target.startswith("http"):
                joined = posixpath.normpath(posixpath.join(posixpath.dirname(SERVED + place), target))
                assert joined + ("/" if target.endswith("/") else "") in known, f"{place}: {target}"
    for address in ("/about/", SERVED + "rulebook.css"):
        assert 200 == client.get(address).status_code


def test_the_about_page_leads_to_the_book_and_to_every_option_in_it(client: FlaskClient) -> None:
    linked = {e.attributes["href"] for e in Page(client.get("/about/").text).all("a")}
    assert {SERVED} | {f"{SERVED}options/{o.id}" for o in KNOWLEDGE.options} <= linked


@pytest.mark.parametrize(
    "place", ["nothing", "options/nothing", "options/thermal-ablation.html", "../app.py", "print/"]
)
def test_a_page_that_does_not_exist_is_refused(client: FlaskClient, place: str) -> None:
    assert 404 == client.get(SERVED + place).status_code


def test_an_index_without_its_slash_leads_to_the_index(client: FlaskClient) -> None:
    answer = client.get(SERVED + "options")
    assert (308, f"{SERVED}options/") == (answer.status_code, answer.headers["Location"])


def test_a_served_page_says_the_same_as_the_file(client: FlaskClient, book: Path) -> None:
    served = Page(client.get(f"{SERVED}options/thermal-ablation").text)
    assert served.texts("main") == page(book, "options/thermal-ablation").texts("main")


def test_a_sites_sign_off_replaces_the_draft_mark() -> None:
    signed = KNOWLEDGE.signed_off(SignOff("Dr A. Example", "liver surgeon", "Example Site", date(2026, 11, 22)))
    answer = create_app(Settings("https://hepatica.example", open_demo=True, knowledge=signed)).test_client()
    text = " ".join(Page(answer.get(SERVED).text).text.split())
    assert "Draft, evaluation only." not in text
    assert "Signed off by Dr A. Example" in text


def test_support_that_is_not_needed_is_said_to_be_not_applicable(book: Path) -> None:
    support = next(o for o in KNOWLEDGE.options if not o.cancer_directed)
    treatment = next(o for o in KNOWLEDGE.options if o.cancer_directed)
    assert "One that is not met makes it “not applicable”." in page(book, f"options/{support.id}").text
    assert "One that is not met makes it “not now”." in page(book, f"options/{treatment.id}").text
