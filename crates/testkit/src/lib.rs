//! Generated benign media and edits, for tests and benches only
