//! The one path: decode, fingerprint, match, report
