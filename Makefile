.DEFAULT_GOAL := help
.PHONY: help demo test bench build format lint docs deny suite pure broker bounds bad-days chaos compare mutants kafka clean-kafka

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## See the whole service at work, on a broker inside the process (builds first; what the machine lacks is named, and on Debian as root installed)
	@scripts/needs.sh build
	@cargo run --locked -- demo

test: ## Every check: format, lint, docs, licences, unit, property, golden and broker tests
	@scripts/test.sh

bench: ## Time of a form; latency and throughput beside a bare transactional copy
	@scripts/needs.sh build
	@scripts/with-kafka.sh cargo bench --locked --bench '*'

build: ## The program, optimised: target/release/exdate
	@scripts/needs.sh build
	cargo build --locked --release

format: ## Rewrite the source as rustfmt wants it
	cargo fmt

lint: ## Clippy, for everything and for the pure half alone
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --lib --bins --test chaos --features sabotage -- -D warnings
	cargo clippy --locked --all-targets --no-default-features -- -D warnings

docs: ## The documentation of the library, in target/doc
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items

deny: ## Licences, sources and known vulnerabilities of the dependencies
	@scripts/deny.sh sources advisories || [ $$? = 77 ]

suite: ## Unit, property and golden tests: no broker, half a minute
	cargo test --locked --lib --bins --test suite

pure: ## The same for the pure half alone: no C library is built
	cargo test --locked --no-default-features --lib --test suite

broker: ## The tests on Apache Kafka (ONLY=name runs those whose name holds it)
	@scripts/with-kafka.sh cargo test --locked --test broker -- $(ONLY) || [ $$? = 77 ]

compare: ## What this tree and BASE=<revision> make of the same forms (ARGS="--variants 60 FOLDER"; without: the corpus)
	@scripts/compare.sh "$(BASE)" $(ARGS)

bounds: ## Peak memory and rate over a backlog (BACKLOG=1000000 filings of 2 kB: 5 GB of disk, until the next run)
	@BACKLOG=$${BACKLOG:-1000000} scripts/with-kafka.sh cargo test --locked --release --test broker -- bounds --nocapture --test-threads 1

bad-days: ## Write docs/bad-days.md: what a bad day does to the service, and where that is seen
	EXDATE_WRITE_BAD_DAYS=1 cargo test --locked --test suite -- bad_days

chaos: ## Exactly once under faults (ARGS="--seeds 20 --filings 100000 --table docs/chaos.md")
	@scripts/chaos.sh $(ARGS)

mutants: ## Mistakes of the delivery, each of which that verifier must catch (ARGS="--table docs/chaos.md")
	@scripts/needs.sh build
	@scripts/with-kafka.sh cargo test --locked --features sabotage --test chaos -- $(ARGS) --mutants

kafka: ## Fetch Apache Kafka for the tests, once, into target/kafka
	@scripts/kafka.sh

clean-kafka: ## Remove it, and what the broker tests have left
	rm -rf $${CARGO_TARGET_DIR:-target}/kafka $${CARGO_TARGET_DIR:-target}/tmp
