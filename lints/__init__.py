"""This project's own lints: rules of the house that no tool at hand knows. `python -m lints` runs them."""
