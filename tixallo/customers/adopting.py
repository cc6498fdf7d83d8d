"""Making the customers of a claimed domain the company's: the first of them with the claim, the others in parts later.

A company can claim a domain that tens of thousands write from. All in one change would keep everybody else from writing
for seconds.
"""

from tixallo.customers import finding
from tixallo.customers.finding import Known
from tixallo.customers.models import CompanyDomain
from tixallo.kit import due, sql
from tixallo.kit.sql import Statement
from tixallo.workspaces.changes import SYSTEM, Change, change

# So many customers become a company's in one change.
AT_ONCE = 1_000


def adopt(opened: Change, company_id: str, domain: str) -> None:
    """Make the customers of a claimed domain who have no company the company's; those beyond `AT_ONCE` later."""
    if _adopt(opened, company_id, domain) == AT_ONCE:
        due.enqueue("customers.adopt", company_id)


@due.kind("customers.adopt")
def adopt_rest(company_id: str) -> None:
    """Go on with the domains that the company still claims, a part in each change."""
    # unscoped: a due row names the company alone
    claims = CompanyDomain.objects.filter(company_id=company_id).order_by("domain")
    for claim in list(claims):
        while _adopt_part(claim) == AT_ONCE:
            pass


def _adopt_part(claim: CompanyDomain) -> int:
    with change(claim.workspace_id, SYSTEM) as opened:
        if not CompanyDomain.objects.filter(id=claim.id, workspace_id=claim.workspace_id).exists():
            return 0
        return _adopt(opened, claim.company_id, claim.domain)


def _adopt(opened: Change, company_id: str, domain: str) -> int:
    at = sql.moment(opened.now)
    rows = _ADOPT.rows(company_id, at, opened.workspace_id, opened.workspace_id, domain, AT_ONCE)
    # They come in no order, and stand in the log as they came to the workspace.
    for row in sorted(rows, key=lambda row: str(row[0])):
        known = Known(str(row[0]), row[1], row[2])
        changes = {"company_id": [None, company_id]}
        opened.record("customer.updated", finding.subject(known), {**finding.payload(known), "changes": changes})
    return len(rows)


_ADOPT = Statement(
    lambda dialect: (
        f"UPDATE customers_customer SET company_id = ?, updated_at = ? WHERE {dialect.unindexed('workspace_id')} = ? "
        "AND id IN (SELECT c.id FROM customers_customer c WHERE c.workspace_id = ? AND c.domain = ? "
        "AND c.company_id IS NULL LIMIT ?) RETURNING id, name, email"
    )
)
