//! Bytes of an upload to typed signals, findings and thumbnails
