# What a person types. Everything that takes more than a line stands in scripts/.

.PHONY: run test check bench screenshots lock clean

# A server at http://localhost:8000 with its data in data/. More options: make run ARGS="--port 9000"
run:
	@scripts/install run
	@exec .venv/bin/tixallo serve --data data $(ARGS)

# Everything that must hold before a change goes in: the checks, and the tests on both databases.
test:
	@scripts/test $(ARGS)

# Style, types, the direction of imports, and the rules in lints/.
check:
	@scripts/install dev
	@scripts/check

# The hot paths against their floors.
bench:
	@scripts/install dev
	@.venv/bin/python -m bench $(ARGS)

# The pictures in docs/screenshots/, of a server with sample data.
screenshots:
	@scripts/install dev
	@.venv/bin/python -m screenshots

# Raise the locked versions to the newest allowed. One package alone: make lock ARGS="Django"
lock:
	@scripts/install dev
	@scripts/lock $(ARGS)

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist *.egg-info
