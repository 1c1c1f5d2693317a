"""Every kind of notice as its reader gets it: a subject, two parts, the link that works."""

from collections.abc import Mapping

import pytest
from django.conf import settings

from businesses.enums import NoticeKind
from businesses.models import Business, Customer, Notice
from businesses.notice_mails import notice_letter
from businesses.notices import Link, NoticeContents, queue_notice
from lib.tenancy import for_business
from lib.tokens import Purpose, token_for
from tests.factories import NOW

pytestmark = pytest.mark.django_db

WORDS: Mapping[NoticeKind, dict[str, str | int]] = {
    NoticeKind.TEAM_INVITATION: {"inviter": "Alice & Co", "role": "agent"},
    NoticeKind.REVIEW_PUBLISHED: {"stars": 2, "title": "Slow <but> kind", "name": "Dora", "slug": "acme"},
    NoticeKind.REVIEW_CONFIRM: {"name": "Dora", "stars": 4, "title": "Good tents", "days": 7},
    NoticeKind.REVIEW_REPLIED: {"name": "Dora", "title": "Slow", "reply": "Thank you.\nWe <b>listen</b>."},
}
LINKS = {
    NoticeKind.TEAM_INVITATION: ("join", Link(Purpose.JOIN_TEAM, "join_team", "row")),
    NoticeKind.REVIEW_PUBLISHED: ("edit", Link(Purpose.REVIEW_EDIT, "review_edit", "row", 3)),
    NoticeKind.REVIEW_CONFIRM: ("confirm", Link(Purpose.CONFIRM_REVIEW, "review_confirm", "row")),
    NoticeKind.REVIEW_REPLIED: ("edit", Link(Purpose.REVIEW_EDIT, "review_edit", "row", 3)),
}


def queued(business: Business, kind: NoticeKind, language: str = "en", customer: Customer | None = None) -> Notice:
    name, link = LINKS[kind]
    queue_notice(
        business=business,
        kind=kind,
        key=kind,
        to="dora@customer.example",
        language=language,
        customer=customer,
        contents=NoticeContents(words=WORDS[kind], links={name: link}),
        now=NOW,
    )
    return Notice.objects.select_related("business", "customer").get(kind=kind)


@pytest.mark.parametrize("kind", list(WORDS))
def test_each_kind_says_what_happened_and_carries_its_link(acme: Business, kind: NoticeKind) -> None:
    _, link = LINKS[kind]
    token = token_for(key=settings.LINK_KEY, purpose=link.purpose, row=link.row, generation=link.generation)
    with for_business(acme):
        letter = notice_letter(queued(acme, kind), now=NOW)
    assert "Acme" in letter.subject
    assert token in letter.html
    assert token in letter.text
    assert letter.unsubscribe_url == ""
    assert (letter.to, letter.sender_name, letter.written_at) == ("dora@customer.example", "Acme", NOW)


@pytest.mark.parametrize("kind", list(WORDS))
def test_each_kind_speaks_swedish(acme: Business, kind: NoticeKind) -> None:
    with for_business(acme):
        english = notice_letter(queued(acme, kind), now=NOW)
        Notice.objects.all().delete()
        swedish = notice_letter(queued(acme, kind, language="sv"), now=NOW)
    assert swedish.subject != english.subject
    assert 'lang="sv"' in swedish.html


def test_words_of_people_are_text_in_both_parts(acme: Business) -> None:
    with for_business(acme):
        letter = notice_letter(queued(acme, NoticeKind.REVIEW_REPLIED), now=NOW)
    assert "We &lt;b&gt;listen&lt;/b&gt;." in letter.html
    assert "> We <b>listen</b>." in letter.text


def test_a_customer_can_unsubscribe_from_what_they_can_do_without(acme: Business, dora: Customer) -> None:
    with for_business(acme):
        letter = notice_letter(queued(acme, NoticeKind.REVIEW_REPLIED, customer=dora), now=NOW)
        key = notice_letter(queued(acme, NoticeKind.REVIEW_PUBLISHED, customer=dora), now=NOW)
    assert letter.unsubscribe_url.startswith(f"{settings.CANDOR_URL}/u/")
    assert letter.unsubscribe_url in letter.text
    assert letter.to_name == "Dora Dahl"
    # Who stops the mails must not lose the key to their own review with them.
    assert key.unsubscribe_url == ""
    assert "No more mails" not in key.text + key.html
