//! Workers, breaker, HTTP, signals: start, supervise, drain.
