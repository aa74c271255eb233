# `make help` lists what there is. Tools are installed, pinned, into .tools, which
# git ignores; .make holds the scripts.
SHELL := /bin/bash
.DEFAULT_GOAL := help
lint := .tools/bin/golangci-lint

FUZZ_SECONDS ?= 10
BENCH ?= .
LOAD_SECONDS ?= 120
ARGS ?=

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## serve HTTP on 127.0.0.1:8080 with ./data (ARGS='--addr … --data …'); needs Go only
	@exec dist/evercart serve $(ARGS)

.PHONY: build
build: ## build dist/evercart; needs Go only
	@[ -x dist/evercart ] || echo "building dist/evercart: a minute or two the first time"
	@go build -o dist/evercart ./bootstrap/cmd/evercart

.PHONY: aws-local
aws-local: ## run everything on local servers of AWS's APIs until Ctrl-C (Linux; Java, Node.js, Python)
	@.make/awslocal.sh

.PHONY: test
test: ## run every test (EVERCART_TEST_REQUIRE=all: nothing may be left out or skipped)
	@.make/test.sh

.PHONY: test-short
test-short: ## run the tests that end within seconds, from Go's cache where nothing changed
	go test -short ./...

.PHONY: check
check: static test ## everything that a commit must pass: static, then test

.PHONY: static
static: fmt-check vet lint lint-bites architecture tidy-check vuln terraform ## all of check but the tests

.PHONY: fmt-check
fmt-check: tools ## fail where fmt would change a file
	$(lint) fmt --diff

.PHONY: fmt
fmt: tools ## format all Go files
	$(lint) fmt

.PHONY: vet
vet: ## go vet
	go vet ./... ./.make/package ./.make/testreport ./.make/benchtable ./.make/awslocal

.PHONY: lint
lint: tools ## golangci-lint
	$(lint) run ./... ./.make/package ./.make/testreport ./.make/benchtable ./.make/awslocal

.PHONY: lint-bites
lint-bites: tools ## prove that each linter rule reports its violation
	.make/lint-bites.sh

.PHONY: architecture
architecture: ## the house rules of architecture_test.go
	go test .

.PHONY: vuln
vuln: ## known vulnerabilities, where their database can be reached
	@.make/vuln.sh

.PHONY: tidy-check
tidy-check: ## fail where go mod tidy would change go.mod or go.sum
	go mod tidy -diff

.PHONY: terraform
terraform: ## format, validity, tests and plans of terraform/, with tflint and checkov
	@.make/terraform.sh

.PHONY: package
package: ## the Lambda functions' packages, dist/functions/*.zip; the same commit gives the same bytes
	@.make/package.sh

.PHONY: deploy
deploy: package ## put Evercart on AWS: packages, plan, apply (VARS=file of values, BACKEND=file of an S3 backend, YES=1: do not ask)
	@.make/deploy.sh deploy

.PHONY: destroy
destroy: ## take down all on AWS but the tables, the archive and their key
	@.make/deploy.sh destroy

.PHONY: bench
bench: ## run the benchmarks one by one and print the table of budgets (BENCH=regexp)
	@set -o pipefail; go test -p 1 -run '^$$' -bench '$(BENCH)' -benchmem -timeout 60m ./... | grep --line-buffered -v '^?\|^ok\|^PASS' | go run ./.make/benchtable

.PHONY: load
load: build ## drive serve over HTTP for minutes (LOAD_SECONDS=120): speed, latencies, memory, overload
	@cd .make/load && go run . -binary $(CURDIR)/dist/evercart -seconds $(LOAD_SECONDS)

.PHONY: fuzz
fuzz: ## fuzz every Fuzz target for FUZZ_SECONDS (10) each
	.make/fuzz.sh $(FUZZ_SECONDS)

.PHONY: corpus
corpus: ## keep some of what fuzzing found here in testdata/fuzz, where a target has few
	.make/corpus.sh

.PHONY: prove
prove: ## run the long proofs (ARGS='linearity …': some of them); hours
	.make/prove.sh $(ARGS)

.PHONY: tools
tools:
	@.make/lint.sh

.PHONY: clean
clean: ## remove what was built and installed here; data stays
	rm -rf dist .tools
