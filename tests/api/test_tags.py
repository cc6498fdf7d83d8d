"""ETag and If-None-Match on every GET, and HEAD."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cast import Player

PATHS = (
    "/tickets",
    "/tickets/{ticket}",
    "/tickets/{ticket}/messages",
    "/customers",
    "/customers/{customer}",
    "/customers/{customer}/tickets",
    "/companies",
    "/companies/{company}",
    "/events",
    "/key",
    "/openapi.json",
)


@pytest.fixture(params=PATHS)
def path(request: pytest.FixtureRequest, shared_acme: Player) -> str:
    """Each readable path of a workspace that holds one of everything."""
    made = shared_acme.ticket(customer_email="carla@customer.example")
    company = shared_acme.post("/companies", {"name": "Customer Ltd"}).data
    shared_acme.message(made["id"])
    filled: str = request.param.format(ticket=made["id"], customer=made["customer_id"], company=company["id"])
    return filled


def test_a_read_has_a_tag_that_holds_while_nothing_changes(shared_acme: Player, path: str) -> None:
    first, second = shared_acme.get(path), shared_acme.get(path)
    assert first.status == 200
    assert first.tag == second.tag
    assert first.tag[0] == first.tag[-1] == '"'
    assert first.body == second.body


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '{},"other"', '"a" , W/{} , "b"', "*", " {} "])
def test_who_has_the_version_is_told_only_that(shared_acme: Player, path: str, form: str) -> None:
    tag = shared_acme.get(path).tag
    answer = shared_acme.get(path, headers={"If-None-Match": form.format(tag)})
    assert (answer.status, answer.body, answer.tag) == (304, b"", tag)


@pytest.mark.parametrize("form", ['"other"', "", "{bare}", '"{bare}x"', "w/{quoted}"])
def test_who_has_another_version_gets_this_one(shared_acme: Player, path: str, form: str) -> None:
    first = shared_acme.get(path)
    sent = form.format(bare=first.tag.strip('"'), quoted=first.tag)
    answer = shared_acme.get(path, headers={"If-None-Match": sent})
    assert (answer.status, answer.body) == (200, first.body)


def test_a_change_changes_the_tag(acme: Player) -> None:
    made = acme.ticket()
    company = acme.post("/companies", {"name": "Customer Ltd"}).data
    paths = [path.format(ticket=made["id"], customer=made["customer_id"], company=company["id"]) for path in PATHS[:-2]]
    tags = {path: acme.get(path).tag for path in paths}
    acme.message(made["id"])
    acme.patch(f"/tickets/{made['id']}", {"subject": "Changed"})
    acme.patch(f"/customers/{made['customer_id']}", {"name": "Changed"})
    acme.patch(f"/companies/{company['id']}", {"name": "Changed"})
    for path in paths:
        answer = acme.get(path, headers={"If-None-Match": tags[path]})
        assert (answer.status, answer.tag != tags[path]) == (200, True), path


def test_a_change_in_the_same_second_changes_the_tag(acme: Player) -> None:
    made = acme.ticket()
    tags = set()
    for priority in ("low", "high", "urgent"):
        acme.patch(f"/tickets/{made['id']}", {"priority": priority})
        tags.add(acme.get("/tickets").tag)
    assert len(tags) == 3


def test_whoever_has_changed_something_sees_it_at_once(acme: Player) -> None:
    def change_and_look(number: int) -> None:
        made = acme.ticket()["id"]
        for turn in range(5):
            subject = f"{number} {turn}"
            acme.patch(f"/tickets/{made}", {"subject": subject})
            assert acme.get(f"/tickets/{made}").data["subject"] == subject
            assert {each["id"]: each["subject"] for each in acme.get("/tickets", limit=50).data}[made] == subject

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(change_and_look, range(6)))


def test_head_is_get_without_the_body(shared_acme: Player, path: str) -> None:
    get, head = shared_acme.get(path), shared_acme.head(path)
    assert (head.status, head.body) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length"):
        assert head.headers[name] == get.headers[name], name
    assert head.headers["Content-Length"] == str(len(get.body))
    assert shared_acme.head(path, headers={"If-None-Match": get.tag}).status == 304


def test_head_is_refused_as_get_is(shared_acme: Player) -> None:
    for path, status in (("/tickets?limit=0", 400), ("/tickets/x", 404), ("/nothing", 404)):
        get, head = shared_acme.get(path), shared_acme.head(path)
        assert get.status == head.status == status
        assert head.headers["Content-Length"] == str(len(get.body))


def test_no_answer_to_a_change_has_a_tag(acme: Player) -> None:
    made = acme.ticket()
    tag = acme.get(f"/tickets/{made['id']}").tag
    for answer in (
        acme.post(f"/tickets/{made['id']}/messages", {"body": "x"}, headers={"If-None-Match": tag}),
        acme.patch(f"/tickets/{made['id']}", {"subject": "y"}, headers={"If-None-Match": "*"}),
    ):
        assert answer.status in {200, 201}
        assert "ETag" not in answer.headers
