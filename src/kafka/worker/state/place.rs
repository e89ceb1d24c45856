//! Where reading goes on in a partition: where it was to, held against where the log begins and ends.

/// What a partition's log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The first offset that there still is.
    pub(crate) first: i64,
    /// The end of what is certain: what comes behind it may yet be aborted.
    pub(crate) end: i64,
}

/// Where reading goes on, and what that says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Where it was to.
    AsWanted(i64),
    /// Nothing was ever committed, or the group has forgotten it: at the first offset.
    Start(i64),
    /// The offsets up to `to` were deleted before they were read.
    Gap { from: i64, to: i64 },
    /// The log ends before the offset that was to be read next: it was cut off, or made anew.
    BeyondEnd { wanted: i64, end: i64 },
}

impl Place {
    /// `wanted` is the next offset to process, if one is known.
    pub(crate) fn of(wanted: Option<i64>, bounds: Bounds) -> Place {
        match wanted {
            None => Place::Start(bounds.first),
            Some(from) if from < bounds.first => Place::Gap { from, to: bounds.first },
            Some(wanted) if wanted > bounds.end => Place::BeyondEnd { wanted, end: bounds.end },
            Some(wanted) => Place::AsWanted(wanted),
        }
    }

    /// The offset to read next.
    pub(crate) fn offset(self) -> i64 {
        match self {
            Place::AsWanted(offset) | Place::Start(offset) => offset,
            Place::Gap { to, .. } => to,
            Place::BeyondEnd { end, .. } => end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_log_is_read_and_what_is_not_has_a_name() {
        let bounds = Bounds { first: 1_600, end: 2_000 };
        let cases = [
            (None, Place::Start(1_600), 1_600),
            (Some(1_000), Place::Gap { from: 1_000, to: 1_600 }, 1_600),
            (Some(1_600), Place::AsWanted(1_600), 1_600),
            (Some(2_000), Place::AsWanted(2_000), 2_000),
            (Some(2_001), Place::BeyondEnd { wanted: 2_001, end: 2_000 }, 2_000),
        ];
        for (wanted, place, offset) in cases {
            assert_eq!((Place::of(wanted, bounds), Place::of(wanted, bounds).offset()), (place, offset), "{wanted:?}");
        }
    }
}
