//! Walking through a condition.

use super::{Node, Operand, Place, What};

impl Node {
    /// Calls back with the condition and every part of it, those of loops too.
    pub(crate) fn each<'n>(&'n self, found: &mut dyn FnMut(&'n Self)) {
        found(self);
        match &self.what {
            What::And(nodes) | What::Or(nodes) => nodes.iter().for_each(|node| node.each(found)),
            What::Not(node) => node.each(found),
            What::If(nodes) => nodes.iter().for_each(|node| node.each(found)),
            What::Loop { body, .. } => body.each(found),
            What::Compare(_, a, b) => {
                a.each(found);
                b.each(found);
            }
            What::OneOf(operand, _)
            | What::InTexts(operand, _)
            | What::Text(_, operand)
            | What::OlderThan(operand, _) => {
                operand.each(found);
            }
            What::Const(_) | What::Flag(_) | What::Has(_) | What::Let(_) => {}
        }
    }

    /// Whether any part of it asks for a place.
    pub(crate) fn asks_for(&self, place: Place) -> bool {
        let mut asks = false;
        self.each(&mut |node| {
            asks |= match &node.what {
                What::Flag(found) | What::Has(found) => *found == place,
                What::Compare(_, a, b) => a.is_at(place) || b.is_at(place),
                What::OneOf(operand, _) | What::Text(_, operand) | What::OlderThan(operand, _) => {
                    operand.is_at(place)
                }
                What::InTexts(operand, list) => *list == place || operand.is_at(place),
                _ => false,
            }
        });
        asks
    }
}

impl Operand {
    fn each<'n>(&'n self, found: &mut dyn FnMut(&'n Node)) {
        match self {
            Self::Truth(node) => node.each(found),
            Self::If(test, values) => {
                test.each(found);
                values.iter().for_each(|value| value.each(found));
            }
            _ => {}
        }
    }

    fn is_at(&self, place: Place) -> bool {
        match self {
            Self::Place(found) | Self::Size(found) => *found == place,
            Self::If(_, values) => values.iter().any(|value| value.is_at(place)),
            _ => false,
        }
    }
}
