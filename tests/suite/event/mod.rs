//! Forms given their meaning: values, what is absent and why, identity, and what stops a form.

mod absent;
mod checks;
mod golden;
mod money;
mod properties;

use exdate::event::{DividendEvent, normalise};
use exdate::finding::{Code, Finding};
use exdate::form::Form;
use exdate::message::Rules;

use crate::printed;

/// The event of a form; the test fails when there is none.
fn event(form: &Form<'_>) -> DividendEvent {
    *publish(form).0
}

/// The event of a form and its warnings; the test fails when there is none.
fn publish(form: &Form<'_>) -> (Box<DividendEvent>, Vec<Finding>) {
    normalise(&printed::document(), form, Vec::new(), &Rules::default()).expect("a form that is published")
}

/// All findings of a form, published or not.
fn findings(form: &Form<'_>) -> Vec<Finding> {
    match normalise(&printed::document(), form, Vec::new(), &Rules::default()) {
        Ok((_, findings)) | Err(findings) => findings,
    }
}

/// All finding codes of a form, published or not, in order.
fn codes(form: &Form<'_>) -> Vec<Code> {
    findings(form).iter().map(|finding| finding.code).collect()
}
