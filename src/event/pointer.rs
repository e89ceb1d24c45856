//! JSON pointers of the event: where a row of the form stands in it, or a part of that row. They are made here alone.
//!
//! The table of rows has a path for each; some lead to a payment option whose place depends on what else the form offers.

use std::borrow::Cow;

use crate::finding::Finding;
use crate::form::{self, Form, Label, PerShare, Printed, Rate, Subject, Template, Value};

/// The event's own place for a row, or for a part of it; put together only when it is needed.
#[derive(Clone, Copy, Debug)]
pub struct Pointer(pub Label, pub &'static str);

impl From<Label> for Pointer {
    fn from(row: Label) -> Pointer {
        Pointer(row, "")
    }
}

/// Which payment options a form offers beside the default: their places in the event's list.
#[derive(Clone, Copy, Debug, Default)]
pub struct PaymentOptions {
    first: Option<usize>,
    second: Option<usize>,
    /// The shares stand behind all cash options.
    shares: Option<usize>,
}

/// A currency that may be chosen.
pub(super) struct Alternative<'f> {
    pub(super) amount: (Label, &'f Printed<'f, PerShare>),
    pub(super) rate: (Label, &'f Printed<'f, Rate>),
}

impl PaymentOptions {
    /// Those of a form.
    ///
    /// EF002 has at least one alternative, even where its rows were lost; one that is not applicable is none.
    pub fn of(form: &Form<'_>) -> PaymentOptions {
        let [first, second] = alternatives(form);
        let lost = form.template == Template::Ef002 && !first.is_printed() && !second.is_printed();
        let (first, second) = (lost || first.is_offered(), second.is_offered());
        let behind = 1 + usize::from(first);
        PaymentOptions {
            first: first.then_some(1),
            second: second.then_some(behind),
            shares: offers_shares(form).then_some(behind + usize::from(second)),
        }
    }

    /// Whether the holder may take shares.
    pub(super) fn has_shares(self) -> bool {
        self.shares.is_some()
    }

    /// The currencies that the holder may choose, in printed order.
    pub(super) fn alternatives<'f>(self, form: &'f Form<'_>) -> impl Iterator<Item = Alternative<'f>> {
        alternatives(form)
            .into_iter()
            .zip([self.first, self.second])
            .filter_map(|(option, place)| place.map(|_| option))
    }

    /// Where a row, or a part of it, stands in the event; for an option that the event does not have, the list of options.
    pub fn pointer(self, at: impl Into<Pointer>) -> Cow<'static, str> {
        let Pointer(row, part) = at.into();
        let path = row.path();
        match path.split_once('{').and_then(|(list, rest)| Some((list, rest.split_once('}')?))) {
            None if part.is_empty() => Cow::Borrowed(path),
            None => Cow::Owned([path, part].concat()),
            Some((list, (option, member))) => match self.place(option) {
                Some(place) => Cow::Owned(format!("{list}{place}{member}{part}")),
                None => Cow::Borrowed(list.trim_end_matches('/')),
            },
        }
    }

    /// The place of an option by its name in the table of rows.
    fn place(self, option: &str) -> Option<usize> {
        match option {
            "first" => self.first,
            "second" => self.second,
            "shares" => self.shares,
            _ => None,
        }
    }

    /// A finding of the reading, as one about a field of the event.
    pub fn locate(self, finding: form::Finding) -> Finding {
        finding.with_field(|subject| match subject {
            Subject::Document => Cow::Borrowed(""),
            Subject::FormCode => Cow::Borrowed("/source/form_code"),
            Subject::FormTitle => Cow::Borrowed("/source/form_title"),
            Subject::Row(row) => self.pointer(row),
        })
    }
}

fn alternatives<'f>(form: &'f Form<'_>) -> [Alternative<'f>; 2] {
    use Label::{FirstOption, FirstOptionRate, SecondOption, SecondOptionRate};
    [
        Alternative { amount: (FirstOption, &form.first_option), rate: (FirstOptionRate, &form.first_option_rate) },
        Alternative { amount: (SecondOption, &form.second_option), rate: (SecondOptionRate, &form.second_option_rate) },
    ]
}

impl Alternative<'_> {
    fn is_printed(&self) -> bool {
        !(matches!(self.amount.1.value, Value::NotStated) && matches!(self.rate.1.value, Value::NotStated))
    }

    fn is_offered(&self) -> bool {
        self.is_printed() && !matches!(self.amount.1.value, Value::NotApplicable)
    }
}

/// EF003 offers shares, even where its rows were lost, and so does any form that has one of them.
fn offers_shares(form: &Form<'_>) -> bool {
    let is_scrip = |row: &&Label| row.templates() == [Template::Ef003];
    let is_there = |row: &Label| form.row(*row).is_some_and(|row| row.line > 0);
    form.template == Template::Ef003 || Label::ALL.iter().filter(is_scrip).any(is_there)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Language;

    fn options(rows: &[Label]) -> PaymentOptions {
        let mut form = Form::blank(Template::Ef001, Language::En, "".into());
        for row in rows {
            match row {
                Label::FirstOption => form.first_option.value = Value::ToBeAnnounced,
                Label::SecondOption => form.second_option.value = Value::ToBeAnnounced,
                _ => form.certificate_date.line = 40,
            }
        }
        PaymentOptions::of(&form)
    }

    #[test]
    fn options_move_up_for_those_that_are_not_there() {
        use Label::{CertificateDate, FirstOption, SecondOption};
        for (offered, row, expected) in [
            (&[FirstOption, SecondOption, CertificateDate][..], SecondOption, "/payment_options/2"),
            (&[SecondOption], SecondOption, "/payment_options/1"),
            (&[SecondOption], FirstOption, "/payment_options"),
            (
                &[FirstOption, SecondOption, CertificateDate],
                CertificateDate,
                "/payment_options/3/scrip/certificate_date",
            ),
            (&[FirstOption, CertificateDate], CertificateDate, "/payment_options/2/scrip/certificate_date"),
            (&[CertificateDate], CertificateDate, "/payment_options/1/scrip/certificate_date"),
            (&[], Label::ExDate, "/dates/ex_date"),
        ] {
            assert_eq!(options(offered).pointer(row), expected, "{offered:?}");
        }
    }

    #[test]
    fn every_row_has_a_place_in_the_event_of_its_own_form() {
        for template in [Template::Ef001, Template::Ef002, Template::Ef003] {
            let mut form = Form::blank(template, Language::En, "".into());
            form.second_option.value = Value::ToBeAnnounced;
            form.first_option.value = Value::ToBeAnnounced;
            let options = PaymentOptions::of(&form);
            for row in Label::ALL.iter().filter(|row| row.templates().contains(&template)) {
                let pointer = options.pointer(*row);
                assert!(
                    pointer != "/payment_options" && !pointer.contains('{'),
                    "{row:?} names no option of {template:?}"
                );
            }
        }
    }
}
