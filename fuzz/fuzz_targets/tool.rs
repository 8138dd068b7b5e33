//! What FFprobe and FFmpeg say, as the supervisor and the worker read it.
#![no_main]

use decode::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: basira_fuzz::plant(|| vec![
        b"stream|codec_type=video|width=640|height=360|duration=12.5|disposition:attached_pic=0\n\
          stream|codec_type=audio|duration=N/A|disposition:attached_pic=0\nformat|duration=12.600000\n"
            .to_vec(),
        b"frame:0    pts:40      pts_time:0.04\nt=1\nframe:1    pts:1040    pts_time:1.04\nt=1\n".to_vec(),
    ]),
    |bytes: &[u8]| fuzzing::tool(bytes, &basira_fuzz::request())
);
