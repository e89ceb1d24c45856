//! What follows of a row from its line in the table.

use super::{Grammar, Label, Template};

impl Label {
    /// Place in printed order, from 0.
    pub fn order(self) -> usize {
        self as usize
    }

    /// Whether the row exists only where the holder may choose.
    pub fn is_election(self) -> bool {
        !self.templates().contains(&Template::Ef001)
    }

    /// Whether text before the label may belong to it. What no event holds takes none.
    pub fn takes_before(self) -> bool {
        let words = self.grammar().is_text() || self.grammar() == Grammar::DividendType;
        words && !self.path().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::model::{Form, Language, Text};

    #[test]
    fn labels_stand_in_printed_order_below_their_sections() {
        for (order, label) in Label::ALL.iter().enumerate() {
            assert_eq!(label.order(), order);
            assert!(label.section().is_none_or(|section| section < *label), "{label:?}");
        }
    }

    #[test]
    fn what_an_event_holds_is_a_field_of_the_form() {
        let form = Form::blank(Template::Ef001, Language::En, Text::default());
        for label in Label::ALL {
            assert_eq!(form.row(*label).is_some(), !label.path().is_empty(), "{label:?}");
        }
    }

    #[test]
    fn every_row_of_the_plain_form_has_both_languages() {
        for label in Label::ALL {
            let [english, chinese] =
                [Language::En, Language::ZhHant].map(|language| !label.wordings(language).is_empty());
            assert!(chinese || *label == Label::Instrument, "{label:?}");
            assert_eq!(english, !label.is_election(), "{label:?}");
        }
    }
}
