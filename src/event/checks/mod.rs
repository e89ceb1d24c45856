//! What cannot be (errors) and what is suspicious (warnings), each check with its own code.
//!
//! A check applies only when its operands are stated and definite: what is missing, pending or unreadable has been noted
//! before, and never gives a second finding here. What the form prints is published as printed; no check corrects it.

mod consistency;
mod exchange;
mod iso4217;
mod order;
mod plausibility;
mod sessions;

use super::pointer::PaymentOptions;
use crate::document::Document;
use crate::finding::Finding;
use crate::form::Form;
use crate::message::Rules;

/// Runs every check.
pub(super) fn run(
    document: &Document<'_>,
    form: &Form<'_>,
    rules: &Rules,
    options: PaymentOptions,
    findings: &mut Vec<Finding>,
) {
    consistency::check(document, form, options, findings);
    exchange::check(form, options, findings);
    plausibility::check(form, options, findings);
    order::check(form, options, findings);
    sessions::check(form, rules, options, findings);
}
