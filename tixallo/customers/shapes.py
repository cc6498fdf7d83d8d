"""What the API answers of customers and companies."""

from tixallo.kit.shapes import TEXT, Field, Shape, column, identifier, nullable, time

COMPANY = Shape(
    "Company",
    (
        identifier("id", "o.id"),
        column("name", "o.name"),
        Field("domains", lambda dialect: dialect.json("o.domains"), {"type": "array", "items": TEXT}),
        time("created_at", "o.created_at"),
        time("updated_at", "o.updated_at"),
    ),
)

CUSTOMER = Shape(
    "Customer",
    (
        identifier("id", "c.id"),
        column("name", "c.name"),
        column("email", "c.email"),
        identifier("company_id", "c.company_id", null=True),
        time("created_at", "c.created_at"),
        time("updated_at", "c.updated_at"),
    ),
)

CUSTOMER_WITH_COMPANY = Shape(
    "CustomerWithCompany",
    (
        *CUSTOMER.fields,
        Field(
            "company",
            lambda dialect: f"CASE WHEN o.id IS NULL THEN NULL ELSE {COMPANY.sql(dialect)} END",
            nullable({"$ref": "#/components/schemas/Company"}),
        ),
    ),
    parts=(COMPANY,),
)
