"""A company that claims a large domain gets its customers in parts."""

import pytest

from tests.cast import COMMAND, assemble, revision
from tixallo.customers import adopting, editing, finding
from tixallo.customers.models import Customer
from tixallo.kit.models import Due
from tixallo.workspaces.changes import change

pytestmark = pytest.mark.django_db


def test_customers_of_a_large_domain_become_the_companys_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adopting, "AT_ONCE", 2)
    acme, globex = assemble(), assemble("Globex")
    with change(globex.id, COMMAND) as opened:
        finding.find_or_create(opened, email="c@large.example")
    with change(acme.id, COMMAND) as opened:
        for number in range(7):
            finding.find_or_create(opened, email=f"c{number}@large.example")
        made = editing.create_company(opened, name="Large", domains=["large.example"])
    theirs = Customer.objects.filter(company_id=made)
    assert theirs.count() == 2
    assert Due.objects.filter(kind="customers.adopt", key=made).exists()
    before = revision(acme.id)
    adopting.adopt_rest(made)
    assert theirs.count() == 7
    assert revision(acme.id) == before + 3
    # A second run finds nothing, and one whose claim has been given up takes nobody in.
    adopting.adopt_rest(made)
    with change(acme.id, COMMAND) as opened:
        editing.edit_company(opened, made, {"domains": []})
        finding.find_or_create(opened, email="later@large.example")
    adopting.adopt_rest(made)
    assert theirs.count() == 7
    assert revision(acme.id) == before + 4


def test_a_small_domain_leaves_nothing_for_later() -> None:
    acme = assemble()
    with change(acme.id, COMMAND) as opened:
        finding.find_or_create(opened, email="c@small.example")
        made = editing.create_company(opened, name="Small", domains=["small.example"])
    assert Customer.objects.filter(company_id=made).count() == 1
    assert not Due.objects.filter(kind="customers.adopt", key=made).exists()
