//! The nouns as text: what is read is written as it was, or in one way that is read alike.
#![no_main]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use model::{BankName, EntryId, Method, PartName, Place, Region, Segment, Signal, SignalType};

fn again<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(
            value
                .to_string()
                .parse::<T>()
                .expect("what was written can be read"),
            value
        );
    }
}

fuzz_target!(
    init: basira_fuzz::plant(|| {
        ["pdq:window[.12,0,.88,1]→refined@20", "pdq:full@12", "album.zip › clip.mp4 › film", "frame:3", "chess", "md5"]
            .map(|text| text.as_bytes().to_vec())
            .to_vec()
    }),
    |text: &str| {
        again::<Method>(text);
        again::<Region>(text);
        again::<Segment>(text);
        again::<SignalType>(text);
        again::<BankName>(text);
        again::<EntryId>(text);
        if let Some(name) = PartName::parse(text) {
            assert_eq!(name.as_str(), text);
            let (place, leaf) = name.split();
            assert_eq!(place.part(leaf), name);
        }
        if let Some(place) = Place::item().member(text) {
            let name = place.part(model::Leaf::File);
            assert_eq!(PartName::parse(name.as_str()), Some(name));
        }
        for kind in SignalType::ALL {
            let _ = Signal::parse(kind, text);
        }
    }
);
