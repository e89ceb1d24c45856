#!/usr/bin/env bash
# Finds what this machine lacks before a long build does: `needs.sh build` or `needs.sh kafka`.
# On Debian, as root, apt-get installs it, and a line says so before; with EXDATE_INSTALL=0, and elsewhere, one line
# names what is missing, and the exit code is 1.
set -euo pipefail

lacks() { # NAME PACKAGE
    names+=("$1")
    packages+=("$2")
}

has_header() { # HEADER PKG-CONFIG-NAME
    pkg-config --exists "$2" 2>/dev/null || echo "#include <$1>" | cc -E - >/dev/null 2>&1
}

java_is_17() {
    local version
    version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
    [ "${version:-0}" -ge 17 ]
}

look() {
    names=() packages=()
    case $1 in
    build)
        # librdkafka is built from its source, with TLS and compression from the system.
        command -v cc >/dev/null || lacks "a C compiler" gcc
        command -v make >/dev/null || lacks make make
        command -v pkg-config >/dev/null || lacks pkg-config pkg-config
        [ -n "${OPENSSL_DIR:-}" ] || has_header openssl/ssl.h openssl || lacks "the headers of OpenSSL" libssl-dev
        has_header zlib.h zlib || lacks "the headers of zlib" zlib1g-dev
        ;;
    kafka)
        java_is_17 || lacks "Java 17 or newer" openjdk-17-jre-headless
        command -v mvn >/dev/null || lacks Maven maven
        ;;
    *)
        echo "needs.sh: build or kafka?" >&2
        exit 2
        ;;
    esac
}

joined() { # SEPARATOR WORDS...
    local separator=$1 text=$2
    shift 2
    for word in "$@"; do text+="$separator$word"; done
    echo "$text"
}

may_install() {
    [ "${EXDATE_INSTALL:-1}" != 0 ] && [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null
}

# rustup's own folder is often not yet on the path of the shell that installed it.
if [ "$1" = build ] && ! command -v cargo >/dev/null && ! [ -x "$HOME/.cargo/bin/cargo" ]; then
    echo "missing: cargo 1.92 or newer (https://rustup.rs)" >&2
    exit 1
fi

look "$1"
[ ${#names[@]} -eq 0 ] && exit 0
if may_install; then
    echo "missing: $(joined ", " "${names[@]}"); installing for the whole machine with apt-get: ${packages[*]} (EXDATE_INSTALL=0 refuses)"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } </dev/null >/dev/null || true
    look "$1"
    [ ${#names[@]} -eq 0 ] && exit 0
fi
echo "missing: $(joined ", " "${names[@]}") (Debian: apt-get install ${packages[*]})" >&2
exit 1
