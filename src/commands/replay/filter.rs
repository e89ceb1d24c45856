//! Which records of a range are meant: all of them, unless the command line says less.

use std::collections::BTreeSet;

use crate::cli::Replay;
use crate::commands::trouble::Trouble;
use crate::record::Origin;
use crate::replay::{Class, Detail, Place};

/// What the command line leaves in.
pub(super) struct Filter {
    stock_codes: Vec<String>,
    templates: Vec<String>,
    codes: Vec<String>,
    changed_only: bool,
    places: Option<BTreeSet<Place>>,
}

impl Filter {
    pub(super) fn of(args: &Replay, input_topic: &str) -> Result<Filter, Trouble> {
        let places = args.records.as_ref().map(|path| {
            let text = std::fs::read_to_string(path).map_err(Trouble::with(path.display()))?;
            text.lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(|line| place(line, input_topic))
                .collect::<Result<_, _>>()
        });
        Ok(Filter {
            stock_codes: args.stock_code.clone(),
            templates: args.template.iter().map(|template| template.to_ascii_uppercase()).collect(),
            codes: args.code.iter().map(|code| code.as_str().to_owned()).collect(),
            changed_only: args.changed_only,
            places: places.transpose()?,
        })
    }

    /// Whether it takes the contents of a record to tell.
    pub(super) fn is_open(&self) -> bool {
        self.stock_codes.is_empty() && self.templates.is_empty() && self.codes.is_empty() && !self.changed_only
    }

    /// The places that are named, where some are.
    pub(super) fn places(&self) -> Option<&BTreeSet<Place>> {
        self.places.as_ref()
    }

    pub(super) fn has_place(&self, place: Place) -> bool {
        self.places.as_ref().is_none_or(|places| places.contains(&place))
    }

    pub(super) fn admits(&self, class: Class, detail: &Detail) -> bool {
        let one_of = |wanted: &[String], found: &Option<String>| {
            wanted.is_empty() || found.as_ref().is_some_and(|found| wanted.contains(found))
        };
        let has_code = || detail.codes.iter().chain(&detail.codes_before).any(|code| self.codes.contains(code));
        one_of(&self.stock_codes, &detail.stock_code)
            && one_of(&self.templates, &detail.template)
            && (self.codes.is_empty() || has_code())
            && (!self.changed_only || class == Class::Changed)
    }
}

/// `topic/partition@offset`, of the input topic.
fn place(line: &str, input_topic: &str) -> Result<Place, Trouble> {
    let wrong = |why: String| Trouble::File(line.to_owned(), std::io::Error::other(why));
    let origin: Origin = line.parse().map_err(|error| wrong(format!("{error}")))?;
    if origin.topic != input_topic {
        return Err(wrong(format!("expected a place in {input_topic}")));
    }
    Ok(Place { partition: origin.partition, offset: origin.offset })
}
