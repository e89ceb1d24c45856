//! Whether a broker turns a client away for good: who logs in wrongly, or comes with the wrong certificates, will not get in by trying again.
//!
//! librdkafka tells these apart from a broker that is down only in part by its codes. A certificate that the broker refuses arrives, under TLS 1.3,
//! as a failure to receive. A connection that is closed in the middle of a handshake says nothing: a broker behind a proxy that restarts looks the same.

use rdkafka::error::RDKafkaErrorCode as Code;

use super::error_codes::ErrorClass;

/// Why a client is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthFailure {
    /// The user, the password, or the way to log in.
    Login,
    /// This side does not trust the broker's certificate.
    BrokersCertificate,
    /// The broker does not trust this side's certificate, or misses it.
    OwnCertificate,
    /// No TLS, for another reason.
    Handshake,
}

impl AuthFailure {
    /// What a failed connection says; `None` when it may be a matter of time.
    pub(crate) fn of(code: Code, reason: &str) -> Option<AuthFailure> {
        if ErrorClass::of(code) == Some(ErrorClass::LoginRefused) {
            return Some(AuthFailure::Login);
        }
        match code {
            Code::SSL if reason.contains("certificate verify failed") => Some(AuthFailure::BrokersCertificate),
            Code::SSL | Code::BrokerTransportFailure => match alert(reason) {
                Some(41..=46 | 48 | 49 | 116) => Some(AuthFailure::OwnCertificate),
                Some(40 | 47 | 70 | 71) => Some(AuthFailure::Handshake),
                _ => (code == Code::SSL).then_some(AuthFailure::Handshake),
            },
            _ => None,
        }
    }

    /// A few words for it.
    pub(crate) fn found(self) -> &'static str {
        match self {
            AuthFailure::Login => "login refused",
            AuthFailure::BrokersCertificate => "the broker's certificate is not trusted",
            AuthFailure::OwnCertificate => "the broker wants a certificate that it trusts",
            AuthFailure::Handshake => "TLS refused",
        }
    }

    /// What to do; all of these are properties of librdkafka.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            AuthFailure::Login => {
                "check security.protocol, sasl.mechanism, sasl.username and sasl.password in [kafka.properties]"
            }
            AuthFailure::BrokersCertificate => {
                "check that ssl.ca.location in [kafka.properties] holds the authority that signed it, and that it names the host in kafka.bootstrap_servers"
            }
            AuthFailure::OwnCertificate => {
                "check ssl.keystore.location, or ssl.certificate.location and ssl.key.location, in [kafka.properties]"
            }
            AuthFailure::Handshake => "check security.protocol and the ssl.* settings in [kafka.properties]",
        }
    }
}

/// The number of the alert that the other side sent (RFC 8446, section 6): `... SSL alert number 42 (after ...`.
fn alert(reason: &str) -> Option<u8> {
    let (_, number) = reason.split_once("SSL alert number ")?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_client_says_is_told_apart() {
        let alert =
            |number: u8| format!("Receive failed: ssl3_read_bytes: alert: SSL alert number {number} (after 0ms)");
        let unverified =
            "SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker certificate";
        let no_tls = "SSL handshake failed: error:0A00010B:SSL routines::wrong version number";
        let closed = "SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker listener?";
        for (code, reason, entry) in [
            (Code::Authentication, "SASL authentication error", Some(AuthFailure::Login)),
            (Code::UnsupportedSASLMechanism, "", Some(AuthFailure::Login)),
            (Code::SSL, unverified, Some(AuthFailure::BrokersCertificate)),
            (Code::SSL, no_tls, Some(AuthFailure::Handshake)),
            (Code::BrokerTransportFailure, &alert(42), Some(AuthFailure::OwnCertificate)),
            (Code::BrokerTransportFailure, &alert(116), Some(AuthFailure::OwnCertificate)),
            (Code::BrokerTransportFailure, &alert(70), Some(AuthFailure::Handshake)),
            // An internal error of the broker, and a connection that was closed, pass.
            (Code::BrokerTransportFailure, &alert(80), None),
            (Code::BrokerTransportFailure, closed, None),
            (Code::BrokerTransportFailure, "Connect to ipv4#127.0.0.1:1 failed: Connection refused", None),
            (Code::AllBrokersDown, "1/1 brokers are down", None),
        ] {
            assert_eq!(AuthFailure::of(code, reason), entry, "{code:?} {reason}");
        }
    }
}
