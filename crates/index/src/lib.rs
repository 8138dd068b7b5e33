//! Exact range search in 256-bit signals
