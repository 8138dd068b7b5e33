//! A worker's answer on its channel, and the answer itself, as the supervisor reads them.
#![no_main]

use decode::{decode, fuzzing, sandbox};
use libfuzzer_sys::fuzz_target;

fn seeds() -> Vec<Vec<u8>> {
    let answers = basira_fuzz::files().into_iter().map(|file| {
        let contents = decode(&file, &basira_fuzz::request()).contents;
        sandbox::encode(&contents)
    });
    let mut all: Vec<Vec<u8>> = answers.collect();
    // On the channel: a film in an archive, then the answer.
    let name = b"avi\na.avi \xe2\x80\xba file";
    let mut channel = vec![b'm'];
    channel.extend((name.len() as u32).to_le_bytes());
    channel.extend(name);
    channel.extend(3u64.to_le_bytes());
    channel.extend(b"aviaX\0\0\0");
    all.push(channel);
    all
}

fuzz_target!(init: basira_fuzz::plant(seeds), |bytes: &[u8]| {
    let request = basira_fuzz::request();
    if let Ok(contents) = sandbox::read(bytes, &request) {
        // What was believed can be said again.
        let again = sandbox::encode(&contents);
        assert_eq!(sandbox::read(&again, &request), Ok(contents));
    }
    fuzzing::channel(bytes, &request);
});
