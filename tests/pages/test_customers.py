"""The pages of customers, companies and saved replies: who opens them, how they find, and what they refuse."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.cast import COMMAND, Troupe, assemble
from tests.pages.conftest import browser_of
from tests.pages.inbox_stage import opened, text
from tixallo.customers import editing, listing
from tixallo.customers.models import Company, Customer
from tixallo.kit.ids import new_id
from tixallo.tickets import saving
from tixallo.tickets.models import SavedReply
from tixallo.workspaces.changes import change

pytestmark = pytest.mark.django_db

LISTS = ("customers", "companies", "replies")
MALFORMED = ("x", "0", "None", "%00", "A" * 300, "00000000-0000-7000-8000-00000000000G")


def customer(troupe: Troupe, email: str, **fields: Any) -> str:
    with change(troupe.id, COMMAND) as going:
        return editing.create_customer(going, email=email, **fields)


def company(troupe: Troupe, name: str, *domains: str) -> str:
    with change(troupe.id, COMMAND) as going:
        return editing.create_company(going, name=name, domains=domains)


def saved_reply(troupe: Troupe, name: str, body: str = "Hello {customer}") -> str:
    with change(troupe.id, COMMAND) as going:
        return saving.create_saved_reply(going, name=name, body=body)


def things(troupe: Troupe) -> list[str]:
    """The paths of one of each kind, and of the forms about it."""
    one, two = customer(troupe, "carla@customer.example"), company(troupe, "Customer Ltd")
    three = saved_reply(troupe, "Refund")
    found = [f"customers/{one}", f"customers/{one}/edit", f"companies/{two}", f"companies/{two}/edit"]
    return [*found, f"replies/{three}"]


def names(browser: Client, troupe: Troupe, path: str, **query: str) -> list[str]:
    """The names in the rows of a list."""
    answer = browser.get(f"/w/{troupe.slug}/{path}", query)
    assert answer.status_code == 200, answer.status_code
    return re.findall(r"<a data-row-link [^>]*>([^<]*)</a>", answer.content.decode())


# ---- Who


@pytest.mark.parametrize("role", ["owner", "admin", "agent"])
def test_every_role_works_with_customers_companies_and_saved_replies(acme: Troupe, role: str) -> None:
    browser = browser_of(getattr(acme, role).id)
    for path in [*LISTS, *(f"{path}/new" for path in LISTS), *things(acme)]:
        assert browser.get(f"/w/{acme.slug}/{path}").status_code == 200, path


def test_another_workspace_s_are_not_there(acme: Troupe) -> None:
    globex = assemble("Globex")
    stranger = browser_of(globex.owner.id)
    for path in things(acme):
        here = stranger.get(f"/w/{globex.slug}/{path}")
        missing = stranger.get(f"/w/{globex.slug}/{re.sub('/[0-9a-f-]{36}', '/' + new_id(), path)}")
        assert (here.status_code, missing.status_code) == (404, 404), path
        assert stranger.get(f"/w/{acme.slug}/{path}").status_code == 404, path
        form = {"name": "Taken", "email": "taken@globex.example", "body": "Taken", "domains": ""}
        assert stranger.post(f"/w/{globex.slug}/{path}", form).status_code in {404, 405}, path
    assert stranger.post(f"/w/{globex.slug}/replies/{SavedReply.objects.get().id}/delete").status_code == 404
    assert (Customer.objects.get().name, Company.objects.get().name) == ("carla", "Customer Ltd")
    assert SavedReply.objects.get().name == "Refund"
    for path in LISTS:
        assert names(stranger, globex, path) == []


@pytest.mark.parametrize("malformed", MALFORMED)
def test_a_malformed_id_names_nothing(acme: Troupe, agent: Client, malformed: str) -> None:
    for path in ("customers/{}", "customers/{}/edit", "companies/{}", "companies/{}/edit", "replies/{}"):
        address = f"/w/{acme.slug}/{path.format(malformed)}"
        assert agent.get(address).status_code == 404, address
    assert agent.post(f"/w/{acme.slug}/replies/{malformed}/delete").status_code == 404


def test_a_foreign_company_cannot_be_chosen(acme: Troupe, agent: Client) -> None:
    foreign = company(assemble("Globex"), "Globex Ltd", "globex.example")
    form = {"name": "Carla", "email": "carla@customer.example", "company_id": foreign}
    answer = agent.post(f"/w/{acme.slug}/customers/new", form)
    assert answer.status_code == 422
    assert "Globex Ltd" not in answer.content.decode()
    assert not Customer.objects.filter(workspace_id=acme.id).exists()


# ---- Lists


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("carla", ["Carla Costa"]),
        ("CARLA C", ["Carla Costa"]),
        ("ops@", ["Otto Öhler"]),
        ("Billing@Globex.example", ["Billing"]),
        ("globex.example", ["Billing", "Carla Costa"]),
        ("@globex.example", ["Billing", "Carla Costa"]),
        ("otto ö", ["Otto Öhler"]),
        ("äg", ["Ägidius"]),
        ("ÄGIDIUS", ["Ägidius"]),
        ("costa", []),
        ("%", []),
        ("_", []),
        ("\x00carla", ["Carla Costa"]),
        ("  ", ["Ägidius", "Otto Öhler", "Billing", "Carla Costa"]),
    ],
)
def test_customers_are_found_by_name_address_and_domain(
    acme: Troupe, agent: Client, asked: str, found: list[str]
) -> None:
    customer(acme, "carla@globex.example", name="Carla Costa")
    customer(acme, "billing@globex.example", name="Billing")
    customer(acme, "ops@initech.example", name="Otto Öhler")
    customer(acme, "a@initrode.example", name="Ägidius")
    customer(assemble("Globex"), "carla@globex.example", name="Carla of another")
    assert names(agent, acme, "customers", q=asked) == found


def test_companies_are_found_by_name_and_domain(acme: Troupe, agent: Client) -> None:
    company(acme, "Globex", "globex.example", "globex-mail.example")
    company(acme, "Über Ltd", "ueber.example")
    for asked in ("glob", "GLOBEX", "globex-mail.example"):
        assert names(agent, acme, "companies", q=asked) == ["Globex"], asked
    assert names(agent, acme, "companies", q="über") == ["Über Ltd"]
    assert names(agent, acme, "companies", q="ltd") == []
    assert names(agent, acme, "companies") == ["Über Ltd", "Globex"]


def test_an_empty_list_says_what_will_be_there(acme: Troupe, agent: Client) -> None:
    for path, said in (("customers", "No customers yet"), ("companies", "No companies yet"), ("replies", "No ")):
        assert said in text(agent.get(f"/w/{acme.slug}/{path}").content.decode())
    assert "begins like this" in text(agent.get(f"/w/{acme.slug}/customers?q=nobody").content.decode())


@pytest.mark.parametrize("path", ["customers", "companies"])
def test_a_long_list_goes_on_where_it_stopped(
    acme: Troupe, agent: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ROWS", 3)
    for number in range(8):
        if path == "customers":
            customer(acme, f"c{number}@customer.example", name=f"Carla {number}")
        else:
            company(acme, f"Carla {number}")
    # Some made at the same moment, as an import would.
    model: Any = Customer if path == "customers" else Company
    moment = model.objects.order_by("created_at")[2].created_at - timedelta(hours=1)
    model.objects.filter(name__in=[f"Carla {number}" for number in range(2, 7)]).update(created_at=moment)

    seen: list[str] = []
    query = "?q=Carla"
    while query:
        page = agent.get(f"/w/{acme.slug}/{path}{query}").content.decode()
        seen += re.findall(r"<a data-row-link [^>]*>([^<]*)</a>", page)
        more = re.search(r'<p class="more"><a class="button" href="(\?[^"]*)"', page)
        query = more[1].replace("&amp;", "&") if more else ""
        assert len(seen) <= 8
    assert sorted(seen) == [f"Carla {number}" for number in range(8)]
    assert seen[0] == "Carla 7"


@pytest.mark.parametrize("path", ["customers", "companies"])
def test_a_cursor_that_is_none_is_refused(acme: Troupe, agent: Client, path: str) -> None:
    for cursor in ("x", "AAAA", "%00", "A" * 300):
        assert agent.get(f"/w/{acme.slug}/{path}?after={cursor}").status_code == 400


@pytest.mark.parametrize("path", ["customers", "companies", "replies"])
def test_a_list_asks_the_database_equally_often_however_long(
    acme: Troupe, agent: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    def fill(start: int) -> None:
        for number in range(start, start + 10):
            if path == "customers":
                customer(acme, f"c{number}@c{number}.example", company_id=company(acme, f"Company {number}"))
            elif path == "companies":
                company(acme, f"Company {number}", f"c{number}.example")
            else:
                saved_reply(acme, f"Reply {number}")

    fill(0)
    agent.get(f"/w/{acme.slug}/{path}")
    with django_assert_max_num_queries(20) as first:
        agent.get(f"/w/{acme.slug}/{path}")
    fill(10)
    with django_assert_max_num_queries(len(first.captured_queries)):
        agent.get(f"/w/{acme.slug}/{path}")


# ---- Customers


def test_a_customer_is_made_and_changed(acme: Troupe, agent: Client) -> None:
    globex = company(acme, "Globex", "globex.example")
    answer = agent.post(f"/w/{acme.slug}/customers/new", {"name": "Carla", "email": "Carla@Globex.example"})
    made = Customer.objects.get(workspace_id=acme.id)
    assert (answer.status_code, answer["Location"]) == (302, f"/w/{acme.slug}/customers/{made.id}")
    # The company of the address's domain.
    assert (made.name, made.email, made.company_id) == ("Carla", "Carla@Globex.example", globex)

    form = {"name": "Carla Costa", "email": "carla@globex.example", "company_id": ""}
    answer = agent.post(f"/w/{acme.slug}/customers/{made.id}/edit", form)
    made.refresh_from_db()
    assert answer["Location"] == f"/w/{acme.slug}/customers/{made.id}"
    assert (made.name, made.email) == ("Carla Costa", "carla@globex.example")
    assert made.company is None
    assert "Saved." in agent.get(answer["Location"]).content.decode()


def test_a_company_behind_those_that_can_be_chosen_stays_the_customers(acme: Troupe, agent: Client) -> None:
    Company.objects.bulk_create(Company(workspace_id=acme.id, name=f"Company {number:03}") for number in range(500))
    last = company(acme, "Zebra Ltd")
    carla = customer(acme, "carla@customer.example", company_id=last)
    address = f"/w/{acme.slug}/customers/{carla}/edit"
    chosen = re.search(r'<option value="([^"]*)" selected>([^<]*)<', agent.get(address).content.decode())
    assert chosen
    assert chosen.groups() == (last, "Zebra Ltd")
    form = {"name": "Carla Costa", "email": "carla@customer.example", "company_id": last}
    assert agent.post(address, form).status_code == 302
    made = Customer.objects.get(id=carla)
    assert (made.name, made.company_id) == ("Carla Costa", last)


def test_an_address_in_use_leads_to_its_owner(acme: Troupe, agent: Client) -> None:
    owner = customer(acme, "carla@customer.example", name="Carla <Costa>")
    other = customer(acme, "otto@customer.example", name="Otto")
    form = {"name": "Carla again", "email": "CARLA@customer.example"}
    for path in ("customers/new", f"customers/{other}/edit"):
        answer = agent.post(f"/w/{acme.slug}/{path}", form)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "This address belongs to Carla &lt;Costa&gt;." in page
        said = page.partition('id="id_email_error"')[2].partition("</div>")[0]
        assert f'<a href="/w/{acme.slug}/customers/{owner}">Open Carla &lt;Costa&gt;</a>' in said
        assert 'value="Carla again"' in page
    assert Customer.objects.filter(workspace_id=acme.id).count() == 2
    # One's own, in another case, is free; and another workspace's says nothing here.
    assert agent.post(f"/w/{acme.slug}/customers/{owner}/edit", form).status_code == 302
    globex = assemble("Globex")
    assert browser_of(globex.agent.id).post(f"/w/{globex.slug}/customers/new", form).status_code == 302


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "email": "carla@customer.example"},
        {"name": "Carla", "email": ""},
        {"name": "Carla", "email": "carla"},
        {"name": "Carla\x00", "email": "carla@customer.example"},
        {"name": "C" * 1000, "email": "carla@customer.example"},
        {"name": "Carla", "email": f"{'c' * 300}@customer.example"},
        {"name": "Carla", "email": "carla@customer.example", "company_id": "x"},
    ],
)
def test_a_customer_that_is_none_is_refused(acme: Troupe, agent: Client, form: dict[str, str]) -> None:
    answer = agent.post(f"/w/{acme.slug}/customers/new", form)
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not Customer.objects.filter(workspace_id=acme.id).exists()


def test_a_customer_s_page_shows_their_tickets_open_ones_first(acme: Troupe, agent: Client) -> None:
    first = opened(acme, "Export stops", customer_name="Carla")
    opened(acme, "Login fails", status="resolved")
    opened(acme, "Invoice is wrong", assignee_id=acme.agent.id)
    opened(acme, "Somebody else's", customer_email="otto@customer.example")

    assert names(agent, acme, f"customers/{first.customer_id}") == ["Export stops", "Invoice is wrong", "Login fails"]
    page = agent.get(f"/w/{acme.slug}/customers/{first.customer_id}").content.decode()
    assert f'href="/w/{acme.slug}/tickets/new?email=carla%40customer.example"' in page
    begun = agent.get(f"/w/{acme.slug}/tickets/new?email=carla%40customer.example").content.decode()
    assert 'value="carla@customer.example"' in begun


# ---- Companies


def test_a_company_is_made_and_changed_with_its_domains(acme: Troupe, agent: Client) -> None:
    carla = customer(acme, "carla@globex.example")
    form = {"name": "Globex", "domains": "Globex.example, globex-mail.example\nglobex.example"}
    answer = agent.post(f"/w/{acme.slug}/companies/new", form)
    made = Company.objects.get(workspace_id=acme.id)
    assert answer["Location"] == f"/w/{acme.slug}/companies/{made.id}"
    assert made.domain_list() == ["globex-mail.example", "globex.example"]
    assert Customer.objects.get(id=carla).company_id == made.id
    page = agent.get(answer["Location"]).content.decode()
    assert "globex-mail.example, globex.example" in page
    assert f'href="/w/{acme.slug}/customers/{carla}"' in page

    agent.post(f"/w/{acme.slug}/companies/{made.id}/edit", {"name": "Globex Ltd", "domains": "globex.example"})
    made.refresh_from_db()
    assert (made.name, made.domain_list()) == ("Globex Ltd", ["globex.example"])
    # Given up, so that another may claim it.
    answer = agent.post(f"/w/{acme.slug}/companies/new", {"name": "Mail", "domains": "globex-mail.example"})
    assert answer.status_code == 302


def test_a_customer_who_moves_to_a_claimed_domain_becomes_the_companys(acme: Troupe, agent: Client) -> None:
    globex = company(acme, "Globex", "globex.example")
    carla = customer(acme, "carla@customer.example")
    form = {"name": "Carla", "email": "carla@globex.example", "company_id": ""}
    assert agent.post(f"/w/{acme.slug}/customers/{carla}/edit", form).status_code == 302
    assert Customer.objects.get(id=carla).company_id == globex


def test_a_claimed_domain_leads_to_the_company_that_has_it(acme: Troupe, agent: Client) -> None:
    globex = company(acme, "Globex", "globex.example")
    other = company(acme, "Initech")
    for path in ("companies/new", f"companies/{other}/edit"):
        form = {"name": "Initech", "domains": "initech.example\nglobex.example"}
        answer = agent.post(f"/w/{acme.slug}/{path}", form)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "globex.example belongs to Globex." in page
        assert f'href="/w/{acme.slug}/companies/{globex}"' in page
    assert Company.objects.get(id=other).domain_list() == []


@pytest.mark.parametrize("domains", ["globex", "a@b.example", "-x.example", "http://x.example", "x" * 300 + ".example"])
def test_what_is_no_domain_is_refused(acme: Troupe, agent: Client, domains: str) -> None:
    answer = agent.post(f"/w/{acme.slug}/companies/new", {"name": "Globex", "domains": domains})
    assert answer.status_code == 422
    assert "is not a domain." in answer.content.decode()


def test_a_company_cannot_claim_more_domains_than_fit(acme: Troupe, agent: Client) -> None:
    domains = "\n".join(f"c{number}.example" for number in range(51))
    answer = agent.post(f"/w/{acme.slug}/companies/new", {"name": "Globex", "domains": domains})
    assert (answer.status_code, "At most 50 domains." in answer.content.decode()) == (422, True)


def test_a_company_s_page_shows_the_tickets_of_its_customers(acme: Troupe, agent: Client) -> None:
    globex = company(acme, "Globex", "globex.example")
    opened(acme, "Invoice is wrong", customer_email="billing@globex.example", customer_name="Billing")
    opened(acme, "Export stops", customer_email="ops@globex.example")
    opened(acme, "Somebody else's")
    assert sorted(names(agent, acme, f"companies/{globex}")) == ["Export stops", "Invoice is wrong"]
    assert "#1 · Billing" in agent.get(f"/w/{acme.slug}/companies/{globex}").content.decode()


# ---- Saved replies


def test_a_saved_reply_is_written_changed_and_deleted(acme: Troupe, agent: Client) -> None:
    address = f"/w/{acme.slug}/replies"
    answer = agent.post(f"{address}/new", {"name": "Refund", "body": "Dear {customer},\r\nyour money is back."})
    assert (answer.status_code, answer["Location"]) == (302, address)
    made = SavedReply.objects.get(workspace_id=acme.id)
    assert made.body == "Dear {customer},\nyour money is back."
    assert names(agent, acme, "replies") == ["Refund"]

    agent.post(f"{address}/{made.id}", {"name": "Refunded", "body": "It is back, {customer}."})
    made.refresh_from_db()
    assert (made.name, made.body) == ("Refunded", "It is back, {customer}.")

    assert agent.get(f"{address}/{made.id}/delete").status_code == 200
    assert agent.post(f"{address}/{made.id}/delete").status_code == 302
    assert not SavedReply.objects.filter(workspace_id=acme.id).exists()


def test_a_name_names_one_saved_reply(acme: Troupe, agent: Client) -> None:
    saved_reply(acme, "Refund")
    other = saved_reply(acme, "Welcome")
    for path in ("replies/new", f"replies/{other}"):
        answer = agent.post(f"/w/{acme.slug}/{path}", {"name": "Refund", "body": "My long text"})
        assert answer.status_code == 422
        assert "A saved reply has this name." in answer.content.decode()
        assert "My long text" in answer.content.decode()


@pytest.mark.parametrize(
    "form", [{"name": "", "body": "x"}, {"name": "x", "body": ""}, {"name": "x" * 999, "body": "x"}]
)
def test_a_saved_reply_that_is_none_is_refused(acme: Troupe, agent: Client, form: dict[str, str]) -> None:
    assert agent.post(f"/w/{acme.slug}/replies/new", form).status_code == 422
    assert not SavedReply.objects.exists()


def test_what_people_write_is_shown_as_they_wrote_it(acme: Troupe, agent: Client) -> None:
    script = "<script>alert(1)</script>"
    carla = customer(acme, "carla@customer.example", name=script, company_id=company(acme, script))
    saved_reply(acme, script, script)
    for path in [*LISTS, f"customers/{carla}", f"customers/{carla}/edit"]:
        page = agent.get(f"/w/{acme.slug}/{path}").content.decode()
        assert "<script>alert" not in page, path
        assert "&lt;script&gt;alert(1)" in page, path
