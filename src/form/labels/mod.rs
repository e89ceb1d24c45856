//! Which places of a text are the form's own labels: first every place that may be one, then the best sequence of them,
//! then the labels that are due and still missing.

mod candidate;
mod layout;
mod prefilter;
mod prefix_index;
mod recover;
mod score;
mod select;
mod tolerant;
mod vocabulary;

pub(crate) use candidate::{Candidate, Closes};
pub(crate) use layout::Layout;
pub(crate) use recover::{Recovered, recover};
pub(crate) use score::goes_on;
pub(crate) use select::{Selection, another_form, select};

use super::template::Heading;
use super::text::SourceText;
use vocabulary::Vocabulary;

/// More tabs than this, and the document may be tab-separated.
const FEW_TABS: usize = 4;

/// Every place below the title that may be a label, and the layout, told from where they stand.
///
/// The tab-separated layout has labels at line starts only; if it is not that, they may be anywhere.
pub(crate) fn find(source: &SourceText<'_>, heading: &Heading) -> (Vec<Candidate>, Layout) {
    let (vocabulary, from) = (Vocabulary::of(heading.language), heading.title.end);
    if memchr::memchr_iter(b'\t', source.text.as_bytes()).nth(FEW_TABS).is_some() {
        let candidates = candidate::at_line_starts(source, vocabulary, from);
        if Layout::of(&candidates) == Layout::Tabbed {
            return (candidates, Layout::Tabbed);
        }
    }
    let candidates = candidate::everywhere(source, vocabulary, from);
    let layout = Layout::of(&candidates);
    (candidates, layout)
}
