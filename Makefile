# The commands of this project. Works with GNU make 3.81 (macOS) and later.
# `make` alone prints what there is.

GO     ?= go
PYTHON ?= python3

# Pinned tools; .ci/tool builds each once into bin/.
GOLANGCI_LINT_VERSION := v2.15.0
GOVULNCHECK_VERSION   := v1.9.0

VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X main.version=$(VERSION)
FUZZTIME ?= 30s
BENCH    ?= .

# The packages that are measured on corpora.
MEASURED := ./internal/clean ./internal/eval ./internal/lang ./internal/verify/...

# The race detector needs cgo; without a C compiler the tests run all the same, and say so.
RACE := $(shell test "$$($(GO) env CGO_ENABLED)" = 1 && command -v "$$($(GO) env CC)" >/dev/null 2>&1 && echo -race)

LINT = $(shell .ci/tool github.com/golangci/golangci-lint/v2/cmd/golangci-lint $(GOLANGCI_LINT_VERSION))
VULN = $(shell .ci/tool golang.org/x/vuln/cmd/govulncheck $(GOVULNCHECK_VERSION))

.DEFAULT_GOAL := help

.PHONY: help
help: ## Print this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | awk 'BEGIN {FS = ":.*## "} {printf "  %-19s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## Summarise the sample articles here and now: embedded NATS, a worker, a real model
	$(GO) run ./cmd/mujaz demo

.PHONY: test
test: venv ## Run all tests (MUJAZ_CORPORA=folder adds the measurements on corpora)
	@test -n "$(RACE)" || echo '!!! NO C COMPILER: the tests run WITHOUT the race detector'
	@test -n "$$MUJAZ_CORPORA" || echo 'MUJAZ_CORPORA is not set: tests that measure on corpora skip themselves'
	MUJAZ_CORPORA= MUJAZ_PYTHON='$(CURDIR)/.venv/bin/python' $(GO) test $(RACE) ./...
	@# Measuring has no use for the race detector, which makes it ten times slower.
	test -z "$$MUJAZ_CORPORA" || $(GO) test $(MEASURED)
	$(PYTHON) -m unittest discover -s scripts/localmodel

.PHONY: venv
venv: # .venv with the pinned Python client, for the tests of the wire contract
	@.ci/venv

.PHONY: lint
lint: lint-fixtures ## Lint everything, and prove that every rule fires
	$(LINT) config verify
	$(LINT) run ./...
	cd deploy/composecheck && $(LINT) run --config ../../.golangci.yml ./...

.PHONY: lint-fixtures
lint-fixtures: ## Prove that every lint rule fires on a planted violation
	MUJAZ_LINT_FIXTURES=1 MUJAZ_GOLANGCI_LINT='$(LINT)' $(GO) test -count=1 ./internal/lint

.PHONY: fmt
fmt: ## Format all Go files (gofumpt, three groups of imports)
	$(LINT) fmt ./...
	cd deploy/composecheck && $(LINT) fmt --config ../../.golangci.yml ./...

.PHONY: fmt-check
fmt-check: ## Show what `make fmt` would change; fail if anything
	$(LINT) fmt --diff ./...
	cd deploy/composecheck && $(LINT) fmt --diff --config ../../.golangci.yml ./...

.PHONY: check
check: fmt lint test ## Everything before a commit: fmt, lint, test

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (30s)
	.ci/fuzz $(FUZZTIME)

.PHONY: bench
bench: ## Run the micro-benchmarks (BENCH=regexp chooses)
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...

.PHONY: chaos
chaos: ## Kill, stop and cut a fleet, and prove that nothing is lost or paid twice (SCENARIO, SEED, SEEDS, JOBS)
	$(GO) build -o bin/ ./cmd/mujaz ./cmd/mujaz-chaos github.com/nats-io/nats-server/v2
	bin/mujaz-chaos $(SCENARIO) $(if $(SEED),--seed $(SEED)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(JOBS),--jobs $(JOBS))

.PHONY: bench-llm
bench-llm: build ## Measure how endpoints are used: limits a minute, unknown and changing capacity, outages (15 minutes)
	bin/mujaz bench --limits
	bin/mujaz bench --endpoint

.PHONY: redteam
redteam: ## Attack the pipeline with hostile articles, and print what stops them
	$(GO) test -count=1 ./internal/redteam
	@sed -n '/<!-- table -->/,/<!-- \/table -->/p' docs/redteam.md | sed '1d;$$d'

.PHONY: eval-near
eval-near: ## Measure what is taken for a near copy on MUJAZ_CORPORA (docs/near-copies.md)
	$(GO) test -count=1 -v -run Corpus ./internal/near

.PHONY: eval-checks
eval-checks: ## Measure the checks on MUJAZ_CORPORA (WRITE=docs/eval.md puts the table there)
	$(GO) run ./cmd/mujaz eval checks $(if $(WRITE),--write '$(WRITE)')

.PHONY: backfill-estimates
backfill-estimates: ## Hold the cost estimates of mujaz backfill plan against what is then spent, on MUJAZ_CORPORA (SEEDS=20; an hour)
	MUJAZ_ESTIMATE_SEEDS=$(or $(SEEDS),20) $(GO) test ./internal/backfill -run TestEstimates -count=1 -v -timeout 3h

.PHONY: cover
cover: venv ## Write coverage.out and print the total
	MUJAZ_PYTHON='$(CURDIR)/.venv/bin/python' $(GO) test -coverprofile=coverage.out -coverpkg=./... ./...
	@$(GO) tool cover -func=coverage.out | tail -n 1

.PHONY: golden
golden: ## Rewrite the golden files; read the diff before you commit it
	@found=$$(grep -rnoE --include='*_test.go' 'flag\.Bool\("update[a-z-]*"' . | \
		sed -E 's#^(.*)/[^/]+:[0-9]+:flag\.Bool\("(.*)"$$#\1 -\2#' | sort -u); \
	test -n "$$found" || { echo 'no package has golden files' >&2; exit 1; }; \
	echo "$$found" | while read -r dir flag; do echo "$(GO) test $$dir $$flag"; $(GO) test "$$dir" "$$flag" || exit 1; done

.PHONY: vuln
vuln: ## Look for known vulnerabilities (says so loudly when the database is out of reach)
	.ci/vuln $(VULN)

.PHONY: tidy
tidy: ## Tidy both modules
	$(GO) mod tidy
	cd deploy/composecheck && $(GO) mod tidy

.PHONY: tidy-check
tidy-check: ## Fail if `make tidy` would change anything, or a module is not what go.sum says
	$(GO) mod verify
	$(GO) mod tidy -diff
	cd deploy/composecheck && $(GO) mod tidy -diff

.PHONY: build
build: ## Build the static binary bin/mujaz
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/mujaz ./cmd/mujaz

.PHONY: version
version: # The version that `make build` writes into the binary, for scripts
	@echo '$(VERSION)'

.PHONY: docker-check
docker-check: build ## Check docker-compose.yml and Dockerfile without a Docker daemon
	bin/mujaz config --env-names > bin/env-names
	cd deploy/composecheck && $(GO) test -count=1 ./... && $(GO) run . -dir ../.. -env-names ../../bin/env-names

.PHONY: clean
clean: ## Remove what the other commands made, but for the local model
	rm -rf bin .venv coverage.out
