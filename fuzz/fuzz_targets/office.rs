//! XML of documents and drawings.
#![no_main]

use decode::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: basira_fuzz::plant(|| vec![
        b"<w:p><w:r><w:t>A &lt;B&gt;</w:t><w:tab/>C&#65;</w:r></w:p><!-- x --><![CDATA[y]]>".to_vec(),
        b"<!DOCTYPE x [<!ENTITY a \"b\">]><?xml version='1.0'?><text:p>&a;</text:p>".to_vec(),
    ]),
    |bytes: &[u8]| fuzzing::xml(bytes, &basira_fuzz::request())
);
