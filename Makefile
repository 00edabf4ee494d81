PYTHON ?= python3
VENV := .venv/bin
PACKAGES := domain ledger projections reactions documents api cli verifier

.DEFAULT_GOAL := help
.PHONY: help run test check fuzz mutation bench docs lock clean runtime tools

help: ## afficher cette aide
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: runtime ## installer, démarrer et servir (PORT, SMOE_DATA_DIR, DATABASE_URL, REDIS_URL)
	@exec $(VENV)/python -m cli run

test: tools ## exécuter tous les tests, sur de vrais PostgreSQL et Valkey (ARGS="-k mot")
	@exec $(VENV)/python -m pytest -q $(ARGS)

check: tools ## style, types, sens des dépendances, paquets figés et vulnérabilités connues
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python -m tools.dependencies

fuzz: tools ## envoyer 100 000 requêtes mal formées à un service réel (ARGS="--requests 5000 --seed 2")
	@$(VENV)/python -m tests.fuzzing.campaign $(ARGS)

mutation: tools ## faire une à une les fautes possibles dans règles et délais, les voir vues (ARGS="--resume")
	@$(VENV)/python -m tools.mutation $(ARGS)

bench: runtime ## mesurer les chiffres que cite la documentation, vers benchmarks/out (ARGS=--quick : en quelques minutes)
	@set -e; mkdir -p benchmarks/out; \
	for file in $$(grep -l '^if __name__ == "__main__"' benchmarks/*.py); do \
		name=$$(basename "$$file" .py); echo "== $$name"; \
		$(VENV)/python -m "benchmarks.$$name" --json "benchmarks/out/$$name.json" $(ARGS); done

docs: runtime ## régénérer les pages tirées du code
	@$(VENV)/python -m tools.docs

lock: tools ## recalculer les versions et empreintes figées
	$(VENV)/python -m pip install --quiet uv
	$(VENV)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		-o requirements.lock
	$(VENV)/uv pip compile pyproject.toml --extra dev --extra otel --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url -c requirements.lock -o requirements-dev.lock

clean: ## supprimer l'environnement et les caches (pas les données de .smoe)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find $(PACKAGES) tests features tools -name __pycache__ -type d -prune -exec rm -rf {} +

runtime:
	@$(PYTHON) tools/bootstrap.py requirements.lock

tools:
	@$(PYTHON) tools/bootstrap.py requirements-dev.lock
