#!/usr/bin/env bash
# What this tree and an earlier revision make of the same documents: `compare.sh REVISION [ARGUMENTS of tests/compare]`.
# Without a folder among the arguments: the corpus.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v cargo >/dev/null || PATH=$HOME/.cargo/bin:$PATH
[ -n "${1:-}" ] || { echo "which revision? make compare BASE=main" >&2; exit 2; }
base=$(git rev-parse --verify --quiet "$1^{commit}") || { echo "no such revision: $1" >&2; exit 2; }
shift
[ $# -gt 0 ] || set -- --variants 60 tests/forms
scripts/needs.sh build
mkdir -p "${CARGO_TARGET_DIR:-target}/compare"
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
built=$target/compare/exdate-$base
if ! [ -x "$built" ]; then
    tree=$target/compare/tree
    rm -rf "$tree"
    mkdir "$tree"
    git archive "$base" | tar -x -C "$tree"
    # In one target folder with the present tree: the dependencies are built once.
    (cd "$tree" && CARGO_TARGET_DIR=$target cargo build --locked --bin exdate)
    mv "$target/debug/exdate" "$built"
    rm -rf "$tree"
fi
cargo test --locked --test compare -- --base "$built" "$@"
