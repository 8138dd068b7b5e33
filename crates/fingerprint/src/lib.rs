//! Pixels and bytes to signals: PDQ, windows, refinement, digests
