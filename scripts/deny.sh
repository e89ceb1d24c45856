#!/usr/bin/env bash
# The dependencies, held to deny.toml: `deny.sh sources` (and licences, and bans), `deny.sh advisories` (known vulnerabilities;
# exit code 77 when their database cannot be had).
set -euo pipefail
cd "$(dirname "$0")/.."
if ! cargo deny --version >/dev/null 2>&1; then
    echo "installing cargo-deny from source (three minutes, once)"
    cargo install --quiet --locked cargo-deny@0.20.2
fi

sources() {
    cargo deny --locked check bans licenses sources
}

advisories() {
    local problem
    if ! problem=$(cargo deny fetch db 2>&1); then
        problem=$(grep -m 1 -oE "fatal: .*" <<<"$problem" || head -n 1 <<<"$problem")
        echo "ADVISORIES NOT CHECKED: their database cannot be fetched ($problem)"
        return 77
    fi
    cargo deny --locked check advisories
}

for part in "$@"; do "$part"; done
