//! Counts the attributes of a tag as it comes. The tokenizer looks through all of a tag's attributes for each new one, so
//! that a tag with millions of them would take days.

/// Where in a tag (HTML Living Standard, 13.2.5.32 to 13.2.5.39, as far as attributes are told apart).
#[derive(Clone, Copy, Debug, Default)]
enum Place {
    #[default]
    Name,
    Before,
    Attribute,
    AfterAttribute,
    Equals,
    Quoted(u8),
    Plain,
    End,
}

/// The attributes of one tag, of which more bytes may come.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    place: Place,
    /// How many there were.
    pub(super) count: usize,
}

impl Attributes {
    /// Goes on over bytes of a tag, from after its `<`.
    pub(super) fn go_on(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let space = byte.is_ascii_whitespace();
            self.place = match (self.place, byte) {
                (Place::Quoted(mark), byte) if mark == *byte => Place::Before,
                (Place::Quoted(mark), _) => Place::Quoted(mark),
                (_, b'>') | (Place::End, _) => Place::End,
                (Place::Equals, b'"' | b'\'') => Place::Quoted(*byte),
                (Place::Equals, _) if space => Place::Equals,
                (Place::Equals, _) => Place::Plain,
                (Place::Plain, _) => {
                    if space {
                        Place::Before
                    } else {
                        Place::Plain
                    }
                }
                (Place::Attribute | Place::AfterAttribute, b'=') => Place::Equals,
                (Place::Attribute | Place::AfterAttribute, _) if space => Place::AfterAttribute,
                (Place::Attribute, b'/') => Place::Before,
                (Place::Attribute, _) => Place::Attribute,
                (Place::Name, _) => {
                    if space || *byte == b'/' {
                        Place::Before
                    } else {
                        Place::Name
                    }
                }
                (Place::Before | Place::AfterAttribute, b'/') => Place::Before,
                (Place::Before, _) if space => Place::Before,
                (Place::Before | Place::AfterAttribute, _) => {
                    self.count += 1;
                    Place::Attribute
                }
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Attributes;

    #[test]
    fn attributes_are_counted_however_they_are_parted() {
        for (tag, count) in [
            ("a href=x title='b > c' id", 3),
            ("img/src=a/b alt=\"x\"y=''z", 4),
            ("a", 0),
            ("a b = c d", 2),
            ("div a/b/c/d", 4),
            ("a x>y z", 1),
            ("a =x =y", 1),
        ] {
            let mut whole = Attributes::default();
            whole.go_on(tag.as_bytes());
            let mut pieces = Attributes::default();
            tag.bytes().for_each(|byte| pieces.go_on(&[byte]));
            assert_eq!((whole.count, pieces.count), (count, count), "{tag}");
        }
    }
}
