#!/usr/bin/env bash
# Puts the jars of Apache Kafka into target/kafka/libs, once: from Maven Central, as scripts/kafka-pom.xml names them.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${CARGO_TARGET_DIR:-target}/kafka
scripts/needs.sh kafka
[ -d "$folder/libs" ] && [ ! scripts/kafka-pom.xml -nt "$folder/libs" ] && exit 0
echo "fetching Apache Kafka from Maven Central (60 MB, once)"
mkdir -p "$folder"
rm -rf "$folder/libs" "$folder/arriving"
mvn -q -B -f scripts/kafka-pom.xml dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$(cd "$folder" && pwd)/arriving" </dev/null
# Whole or not at all: an interrupted download is begun again.
mv "$folder/arriving" "$folder/libs"
touch "$folder/libs"
