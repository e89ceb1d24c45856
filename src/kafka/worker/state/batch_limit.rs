//! How many records a batch may have: fewer for a while, when one among them is refused and nobody says which.

/// The present limit, and the configured one.
#[derive(Debug)]
pub(crate) struct BatchLimit {
    records: usize,
    most: usize,
}

impl BatchLimit {
    /// `most` is the configured number.
    pub(crate) fn new(most: usize) -> BatchLimit {
        BatchLimit { records: most, most }
    }

    /// Records that a batch may have at present.
    pub(crate) fn records(&self) -> usize {
        self.records
    }

    /// A batch of so many records holds one that is refused: half of it at a time.
    pub(crate) fn halve(&mut self, records: usize) {
        self.records = (records / 2).max(1);
    }

    /// A batch is committed: twice as many may be tried.
    pub(crate) fn grow(&mut self) {
        self.records = (self.records * 2).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_record_is_closed_in_upon_and_the_limit_grows_back() {
        let mut limit = BatchLimit::new(10);
        let halves = [9, 4, 2, 1].map(|records| {
            limit.halve(records);
            limit.records()
        });
        assert_eq!(halves, [4, 2, 1, 1], "never none");
        let grown = [(); 5].map(|()| {
            limit.grow();
            limit.records()
        });
        assert_eq!(grown, [2, 4, 8, 10, 10]);
    }
}
