//! The shell around the path: the only folder that knows rdkafka.
