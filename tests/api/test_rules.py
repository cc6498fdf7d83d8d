"""Rules that hold for every request."""

from tests.cast import Player


def test_a_ticket_is_created_and_read(acme: Player, globex: Player) -> None:
    made = acme.ticket()
    assert acme.get(f"/tickets/{made['id']}").data["subject"] == made["subject"]
    assert globex.get(f"/tickets/{made['id']}").status == 404
    assert [one["id"] for one in acme.get("/tickets").data] == [made["id"]]
