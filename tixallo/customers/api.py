"""Customers and companies at the machines' door."""

from tixallo.customers import editing, queries
from tixallo.customers.inputs import CompanyEdits, CustomerEdits, CustomerFilter, NewCompany, NewCustomer
from tixallo.customers.shapes import COMPANY, CUSTOMER, CUSTOMER_WITH_COMPANY
from tixallo.kit.paging import Page
from tixallo.workspaces.changes import Change
from tixallo.workspaces.operations import About, Call, Nothing, one, reads, writes

_IN_USE = "Email address is in use"
_CLAIMED = "Domain is claimed by another company"


@reads(About("listCustomers", CUSTOMER, many=True), CustomerFilter)
def list_customers(call: Call, query: CustomerFilter) -> bytes:
    """List customers, newest first."""
    filters = query.model_dump(exclude={"limit", "cursor"}, exclude_none=True)
    return queries.list_customers(call.workspace_id, filters, query.cursor, query.limit)


@reads(About("getCustomer", CUSTOMER_WITH_COMPANY), Nothing)
def get_customer(call: Call, query: Nothing, id: str) -> bytes:
    """Get a customer with their company."""
    return one(queries.customer(call.workspace_id, id))


@writes(About("createCustomer", CUSTOMER_WITH_COMPANY, status=201, clashes=(_IN_USE,)), NewCustomer)
def create_customer(call: Call, change: Change, body: NewCustomer) -> bytes:
    """Create a customer."""
    made = editing.create_customer(change, **body.model_dump(exclude_unset=True))
    return one(queries.customer(call.workspace_id, made))


@writes(
    About("updateCustomer", CUSTOMER_WITH_COMPANY, clashes=(_IN_USE,)),
    CustomerEdits,
    of=get_customer,
)
def update_customer(call: Call, change: Change, body: CustomerEdits, id: str) -> bytes:
    """Change a customer."""
    editing.edit_customer(change, id, body.model_dump(exclude_unset=True))
    return one(queries.customer(call.workspace_id, id))


@reads(About("listCompanies", COMPANY, many=True), Page)
def list_companies(call: Call, query: Page) -> bytes:
    """List companies, newest first."""
    return queries.list_companies(call.workspace_id, query.cursor, query.limit)


@reads(About("getCompany", COMPANY), Nothing)
def get_company(call: Call, query: Nothing, id: str) -> bytes:
    """Get a company."""
    return one(queries.company(call.workspace_id, id))


@writes(About("createCompany", COMPANY, status=201, clashes=(_CLAIMED,)), NewCompany)
def create_company(call: Call, change: Change, body: NewCompany) -> bytes:
    """Create a company."""
    return one(queries.company(call.workspace_id, editing.create_company(change, **body.model_dump())))


@writes(About("updateCompany", COMPANY, clashes=(_CLAIMED,)), CompanyEdits, of=get_company)
def update_company(call: Call, change: Change, body: CompanyEdits, id: str) -> bytes:
    """Change a company."""
    editing.edit_company(change, id, body.model_dump(exclude_unset=True))
    return one(queries.company(call.workspace_id, id))
