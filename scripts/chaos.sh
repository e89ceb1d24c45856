#!/usr/bin/env bash
# Exactly once under faults, in release builds; arguments go to the verifier (tests/chaos). Runs in which nothing is sabotaged use the
# program as it ships; forced aborts need a build that knows them.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo >/dev/null || PATH=$HOME/.cargo/bin:$PATH
target=${CARGO_TARGET_DIR:-target}
scripts/needs.sh build
cargo build --locked --release
mkdir -p "$target/chaos"
# The next build puts another program in its place.
cp "$target/release/exdate" "$target/chaos/exdate"
shipped=$(cd "$target/chaos" && pwd)/exdate
scripts/with-kafka.sh cargo test --locked --release --features sabotage --test chaos -- --program "$shipped" "$@"
