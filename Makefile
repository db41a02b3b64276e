# The two commands of the README are `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.12 >/dev/null && python3.12 -c '' 2>/dev/null && echo python3.12 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
SPEED ?= 1
LOCK := uv pip compile --universal --generate-hashes --no-header --no-annotate -q pyproject.toml --python-version 3.11

.PHONY: demo test ready compose-test faults kills soak lint bench influxd setup test-servers lock schema

demo: setup ## run a whole utility on this machine (FRESH=1 starts over, SPEED=1..60)
	@exec $(BIN)/waterhub demo $(if $(FRESH),--fresh) --speed $(SPEED)

test: ready ## everything the tests need, then all of them, six files at a time
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 6 --dist loadfile --no-loadscope-reorder

ready: setup test-servers $(VENV)/.compiled

# else each of the six workers compiles every test file anew, and each process that a test starts what it imports
$(VENV)/.compiled: export PYTHONDONTWRITEBYTECODE =
$(VENV)/.compiled: $(VENV)/.ready $(wildcard $(shell git ls-files '*.py' 2>/dev/null))
	$(BIN)/python -m compileall -q alarms api bench collectors core hub public_portal response simulators tests
	-find tests -name 'test_*.py' | sort | xargs -n 150 -P 4 $(BIN)/pytest --collect-only -qq >/dev/null
	touch $@

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml scripts/setup.sh
	@scripts/setup.sh "$(PYTHON)" "$(VENV)"

test-servers:
	@scripts/test-servers.sh

compose-test: setup test-servers ## docker-compose.yml brought up for real, by podman as root (about 6 minutes)
	$(BIN)/python -m pytest tests/compose/walk.py

faults: setup test-servers ## the fault matrix in its long form (hours)
	WATERHUB_FAULTS=long CI=true $(BIN)/python -m pytest tests/faults --timeout 7200

kills: setup ## the whole hub killed 100 times between incident and message (half an hour; WATERHUB_KILLS=10 fewer)
	CI=true $(BIN)/python -m pytest -s tests/faults/whole_hub_killed.py

soak: setup ## a wall, a desk and a citizen's page in browsers for half an hour (WATERHUB_SOAK_MINUTES=1440 a day)
	CI=true $(BIN)/python -m pytest -s tests/screens/soak.py

lint: setup ## what CI asks before the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m hub schema | diff -u configs/schema.json - || (echo "configs/schema.json is old: make schema"; exit 1)
	$(BIN)/waterhub check configs/demo

bench: setup ## every figure the README states, in short form
	$(BIN)/python -m bench all --short

influxd: ## a real InfluxDB 2.7.12 for the tests, built once (about 5 minutes; needs Go and Rust)
	@tests/servers/influxd/build.sh

schema: setup
	$(BIN)/python -m hub schema > configs/schema.json

lock: ## pin dependencies again, with hashes: for development, and (-run) for the container
	$(LOCK) --group dev -o requirements.lock
	$(LOCK) --group build -c requirements.lock -o requirements-run.lock
