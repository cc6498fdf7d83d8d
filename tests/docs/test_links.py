"""Links between pages lead somewhere, and every guide is reached from the index."""

import pytest

from tests.docs.pages import ROOT, Page, everything, guides

pytestmark = pytest.mark.once


@pytest.mark.parametrize("page", everything(), ids=lambda page: page.path)
def test_links_lead_to_files_and_headings_that_exist(page: Page) -> None:
    for line, target in page.links():
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / page.path).parent / path if path else ROOT / page.path
        assert file.exists(), f"{page.path}:{line}: {target} names no file"
        if anchor:
            reached = Page(file.resolve().relative_to(ROOT).as_posix())
            assert anchor in reached.anchors(), f"{page.path}:{line}: {target} names no heading"


@pytest.mark.parametrize("page", everything(), ids=lambda page: page.path)
def test_a_page_has_one_title_and_no_heading_twice(page: Page) -> None:
    headings = [line for _, line in page.prose() if line.startswith("#")]
    assert sum(line.startswith("# ") for line in headings) == 1
    if page.path != "CHANGELOG.md":
        assert len(headings) == len(set(headings)), "two headings would share one anchor"


def test_the_index_names_every_page_of_the_documentation() -> None:
    index = Page("docs/README.md")
    named = {target.partition("#")[0] for _, target in index.links()}
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")} - {"README.md"}
    assert not {page for page in pages if page not in named}


def test_the_readme_leads_to_the_index() -> None:
    assert "docs/README.md" in {target for _, target in Page("README.md").links()}
    assert Page("docs/README.md") in guides()
