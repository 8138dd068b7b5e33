//! A schema of its own in a PostgreSQL for each data folder of a test.

use std::path::Path;

/// The URL of the schema for a data folder, on the server of `url`, which has no `?`.
///
/// ```
/// use std::path::Path;
/// let url = |folder| basira_testkit::schema_url("postgres://a@localhost/b", Path::new(folder));
/// assert!(url("/tmp/x/data").starts_with("postgres://a@localhost/b?schema=t_"));
/// assert_ne!(url("/tmp/x/data"), url("/tmp/y/data"));
/// ```
pub fn schema_url(url: &str, folder: &Path) -> String {
    // FNV-1a, 64 bits: folders of tests have random names, which are to give others here.
    let hash = folder
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{url}?schema=t_{hash:016x}")
}
