#!/usr/bin/env bash
# Runs a command that needs a broker: the one that KAFKA_BOOTSTRAP_SERVERS names, else Apache Kafka from Maven Central (the
# command starts it itself), else the apache/kafka image. With none of the three it says what to provide
# and exits with 1, or with 77 when ALLOW_NO_KAFKA=1 accepts that nothing was run.
set -uo pipefail
cd "$(dirname "$0")/.."

container=

end_container() {
    [ -z "$container" ] || docker rm -f "$container" >/dev/null
}
trap end_container EXIT

start_container() {
    local port=${KAFKA_PORT:-39092} name=exdate-test-kafka-$$
    # It ends by itself, should nobody be left to end it.
    docker run -d --rm --name "$name" --entrypoint timeout -p "127.0.0.1:$port:$port" \
        -e KAFKA_NODE_ID=1 -e KAFKA_PROCESS_ROLES=broker,controller -e KAFKA_CONTROLLER_QUORUM_VOTERS=1@localhost:9093 \
        -e "KAFKA_LISTENERS=PLAINTEXT://:$port,CONTROLLER://:9093" -e "KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://127.0.0.1:$port" \
        -e KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER -e KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT \
        -e KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1 -e KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=1 \
        -e KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=1 -e KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS=0 -e KAFKA_AUTO_CREATE_TOPICS_ENABLE=false \
        apache/kafka:4.3.0 3600 /etc/kafka/docker/run >/dev/null || return 1
    container=$name
    echo "broker: the image apache/kafka in container $name"
    for _ in $(seq 120); do
        docker exec "$name" /opt/kafka/bin/kafka-topics.sh --bootstrap-server "127.0.0.1:$port" --list >/dev/null 2>&1 \
            && export KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$port && return 0
        sleep 1
    done
    echo "the container did not serve within two minutes" >&2
    return 1
}

if [ -n "${KAFKA_BOOTSTRAP_SERVERS:-}" ]; then
    echo "broker: KAFKA_BOOTSTRAP_SERVERS=$KAFKA_BOOTSTRAP_SERVERS"
elif scripts/kafka.sh; then
    echo "broker: Apache Kafka from Maven Central, started by the tests"
elif docker info >/dev/null 2>&1 && start_container; then
    :
else
    echo "no broker: install Java 17 and Maven, or start Docker, or set KAFKA_BOOTSTRAP_SERVERS=host:port" >&2
    [ "${ALLOW_NO_KAFKA:-}" = 1 ] || exit 1
    echo "NOT RUN, as ALLOW_NO_KAFKA=1 allows: $*"
    exit 77
fi
"$@"
