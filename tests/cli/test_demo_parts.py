"""The parts of the demo that need no database: the month, the corpus, the people and identifiers."""

import re
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from tixallo.cli.demo import letters, people
from tixallo.cli.demo.identifiers import Identifiers
from tixallo.cli.demo.month import Month, in_office
from tixallo.cli.demo.slots import Slots
from tixallo.cli.demo.topics import languages
from tixallo.kit import clock
from tixallo.kit.ids import is_id
from tixallo.tickets.models import LONGEST_SUBJECT, LONGEST_TAG, PRIORITIES

pytestmark = pytest.mark.once

_END = datetime(2026, 3, 18, 11, 30, tzinfo=UTC)


def test_higher_shares_of_the_month_come_later_and_the_whole_is_thirty_days() -> None:
    month = Month(_END)
    times = [month.at(share / 10_000) for share in range(10_000)]
    assert times == sorted(set(times))
    assert times[0] == clock.microseconds(_END - timedelta(days=30))
    assert clock.microseconds(_END) - times[-1] < 3_600_000_000
    assert month.at(1.0) <= clock.microseconds(_END)


@pytest.mark.parametrize(
    ("asked", "earliest", "latest"),
    [
        ("2026-03-18T09:00", "2026-03-18T09:00", "2026-03-18T09:00"),
        ("2026-03-18T03:00", "2026-03-18T07:00", "2026-03-18T10:00"),
        ("2026-03-18T17:00", "2026-03-19T07:00", "2026-03-19T10:00"),
        ("2026-03-20T20:00", "2026-03-23T07:00", "2026-03-23T10:00"),
        ("2026-03-21T12:00", "2026-03-23T07:00", "2026-03-23T10:00"),
        ("2026-03-22T23:59", "2026-03-23T07:00", "2026-03-23T10:00"),
    ],
)
def test_answers_are_written_in_office_hours(asked: str, earliest: str, latest: str) -> None:
    asked_at, low, high = (
        clock.microseconds(datetime.fromisoformat(text).replace(tzinfo=UTC)) for text in (asked, earliest, latest)
    )
    for number in range(50):
        assert low <= in_office(asked_at, Random(number)) <= high


def test_every_sentence_of_the_corpus_can_be_filled_in() -> None:
    for language in languages():
        lists = list(language[2:])
        for topic in language.topics:
            lists += [topic.detail, *(sentences for case in topic.cases for sentences in case)]
        assert all(lists)
        for sentence in (sentence for sentences in lists for sentence in sentences):
            filled = sentence.format_map(Slots(Random(1), name="Ada Berg", first="Ada"))
            assert "{" not in filled
            assert filled == filled.strip()


def test_the_corpus_is_rich_and_its_topics_are_fit_to_be_tags() -> None:
    topics = [topic for language in languages() for topic in language.topics]
    assert len(topics) >= 15
    assert sum(len(topic.cases) for topic in topics) >= 60
    for topic in topics:
        assert topic.weight > 0
        assert len(topic.priorities) == len(PRIORITIES)
        assert sum(topic.priorities) > 0
        assert re.fullmatch(r"[a-z-]+", topic.tag)
        assert len(topic.tag) <= LONGEST_TAG
        for case in topic.cases:
            assert len(case.ending) == len(case.follow_up)
            assert len(case.opening) * len(case.request) * len(case.reply) >= 8
            for subject in case.subject:
                assert len(subject.format_map(Slots(Random(2)))) <= LONGEST_SUBJECT


def test_a_conversation_answers_what_was_asked_and_says_nothing_twice() -> None:
    endings = {
        ending: follow_up
        for language in languages()
        for topic in language.topics
        for case in topic.cases
        for follow_up, ending in zip(case.follow_up, case.ending, strict=True)
        if "{" not in follow_up + ending
    }
    found = 0
    for number in range(300):
        spoken = letters.matter(Random(number), people.Sample("Ada Berg", "ada.berg@mail.example"))
        assert spoken.subject()
        assert spoken.description().endswith("Ada Berg")
        said = [text for _ in range(2) for text in (spoken.ours("Nora Lind"), spoken.theirs())]
        reply, asked, answered, _ = (text.split("\n\n")[0 if place % 2 else 1] for place, text in enumerate(said))
        assert reply != answered
        if answered in endings:
            assert endings[answered] == asked
            found += 1
    assert found > 30


def test_companies_and_customers_have_addresses_of_their_own() -> None:
    companies = [people.company(number) for number in range(people.MOST_COMPANIES)]
    assert len({company.name for company in companies}) == len({each.address for each in companies}) == len(companies)
    addresses = {people.customer(number, 100).address for number in range(10_000)}
    assert len(addresses) > 8_500
    for address in addresses:
        assert re.fullmatch(r"[a-z]+\.[a-z]+@[a-z-]+\.example", address)


def test_identifiers_carry_the_time_asked_for() -> None:
    moment = clock.microseconds(_END)
    source = Identifiers()
    made = [source.at(moment) for _ in range(5_000)]
    assert len(set(made)) == len(made)
    for text in made:
        assert is_id(text)
        identifier = UUID(text)
        assert identifier.version == 7
        assert identifier.variant == "specified in RFC 4122"
        assert identifier.int >> 80 == moment // 1_000
