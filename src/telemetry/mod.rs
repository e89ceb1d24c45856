//! What operators see: metrics, logs, HTTP.
