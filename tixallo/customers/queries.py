"""The reads of customers and companies."""

from collections.abc import Mapping
from functools import cache

from tixallo.customers.shapes import COMPANY, CUSTOMER, CUSTOMER_WITH_COMPANY
from tixallo.kit.paging import Listing, Place, page
from tixallo.kit.sql import Statement

# unscoped: a listing adds the condition on the workspace
_CUSTOMERS = Listing(CUSTOMER, "customers_customer c", "c")
# unscoped: a listing adds the condition on the workspace
_COMPANIES = Listing(COMPANY, "customers_company o", "o")
_CONDITIONS = {"email": "c.email_key = ?", "company_id": "c.company_id = ?"}


def list_customers(workspace_id: str, filters: Mapping[str, str], after: Place | None, limit: int) -> bytes:
    """Return a page of the workspace's customers, newest first."""
    values = [workspace_id, *(value.lower() for value in filters.values())]
    return page(_customers(tuple(filters), after is not None), values, after, limit)


def list_companies(workspace_id: str, after: Place | None, limit: int) -> bytes:
    """Return a page of the workspace's companies, newest first."""
    return page(_companies(after is not None), [workspace_id], after, limit)


def customer(workspace_id: str, customer_id: str) -> str | None:
    """Return the JSON of a customer with their company."""
    row = _CUSTOMER.one(workspace_id, customer_id)
    return None if row is None else str(row[0])


def company(workspace_id: str, company_id: str) -> str | None:
    """Return the JSON of a company."""
    row = _COMPANY.one(workspace_id, company_id)
    return None if row is None else str(row[0])


@cache
def _customers(names: tuple[str, ...], after: bool) -> Statement:
    conditions = [_CONDITIONS[name] for name in names]
    return Statement(lambda dialect: _CUSTOMERS.text(dialect, conditions, after), hot=True)


@cache
def _companies(after: bool) -> Statement:
    return Statement(lambda dialect: _COMPANIES.text(dialect, [], after), hot=True)


_CUSTOMER = Statement(
    lambda dialect: (
        f"SELECT {dialect.finished(CUSTOMER_WITH_COMPANY.sql(dialect))} FROM customers_customer c "
        "LEFT JOIN customers_company o ON o.id = c.company_id WHERE c.workspace_id = ? AND c.id = ?"
    ),
    hot=True,
)
_COMPANY = Statement(
    lambda dialect: (
        f"SELECT {dialect.finished(COMPANY.sql(dialect))} FROM customers_company o "
        "WHERE o.workspace_id = ? AND o.id = ?"
    ),
    hot=True,
)
