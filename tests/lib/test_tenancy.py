"""Stories of the tenant border: each lock is shown alone."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from businesses.models import Business, Customer
from lib.tenancy import current_scope, for_business, for_public, for_scores, for_service
from lib.tenancy_guard import OutsideScope
from surveys.models import Survey
from tests.factories import NOW, make_customer

pytestmark = pytest.mark.django_db


def names(model: type[Customer] = Customer) -> list[str]:
    """The e-mail addresses of all customers that the open scope can see."""
    return sorted(model.objects.values_list("email", flat=True))


def test_a_tenant_sees_its_own_rows_although_nobody_filters(acme: Business, globex: Business) -> None:
    make_customer(acme, "dora@customer.example")
    make_customer(globex, "erik@customer.example")
    with for_business(acme):
        assert names() == ["dora@customer.example"]
    with for_business(globex):
        assert names() == ["erik@customer.example"]
    with for_service("a test"):
        assert names() == ["dora@customer.example", "erik@customer.example"]


def test_without_a_scope_there_is_nothing_and_a_developer_is_warned(dora: Customer) -> None:
    with pytest.warns(OutsideScope, match="businesses_customer was asked outside of a scope"):
        assert names() == []


def test_a_row_cannot_be_written_for_another_tenant(acme: Business, globex: Business) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), for_business(acme):
        Customer.objects.create(business=globex, email="x@customer.example", unsubscribe_hash="x", created_at=NOW)


def test_a_key_cannot_point_at_another_tenants_row(acme: Business, globex: Business) -> None:
    with for_business(globex):
        survey = Survey.objects.create(
            business=globex,
            name="CSAT",
            kind="csat",
            scale_points=5,
            formula="top2",
            trigger="ticket",
            created_at=NOW,
        )
    with pytest.raises(IntegrityError, match="survey_text_survey_key"), for_business(acme):
        acme.surveytext_set.create(survey_id=survey.pk, language="en")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_scopes_nest_and_the_outer_one_comes_back(acme: Business, globex: Business) -> None:
    make_customer(acme, "dora@customer.example")
    make_customer(globex, "erik@customer.example")
    with for_business(acme):
        with for_service("a test"):
            assert len(names()) == 2
        assert names() == ["dora@customer.example"]
        with pytest.raises(LookupError), for_business(globex):
            raise LookupError
        assert names() == ["dora@customer.example"]
    assert current_scope() is None


def test_the_public_reads_no_customer_and_writes_nothing(dora: Customer, acme: Business) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), for_public():
        names()
    with pytest.raises(DatabaseError, match="permission denied"), for_public():
        Business.objects.filter(pk=acme.pk).update(name="Mine")
    with for_public():
        assert Business.objects.get(pk=acme.pk).name == "Acme"


def test_the_score_reads_no_business(acme: Business) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), for_scores():
        Business.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_scope_ends_with_its_transaction_and_leaks_to_nobody(acme: Business) -> None:
    with for_business(acme) as now:
        assert now.tzinfo is not None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('candor.business', true)")
        assert cursor.fetchone() == ("candor_app", "")
