//! Where lines end in a text, and which of those places comes next after a byte.

/// Bytes of a block. Few lines end within one.
const BLOCK: usize = 64;

/// Places in a text, in order.
#[derive(Debug)]
pub(crate) struct LineIndex {
    places: Vec<u32>,
    /// For each block of the text, how many places stand before it: a table to begin at instead of a search.
    before: Vec<u32>,
}

impl LineIndex {
    /// Of a text of `length` bytes; `places` are byte offsets in it, in order.
    pub(crate) fn new(places: impl Iterator<Item = usize>, length: usize) -> LineIndex {
        let blocks = length / BLOCK + 1;
        let mut index = LineIndex { places: Vec::with_capacity(blocks + 32), before: Vec::with_capacity(blocks) };
        for place in places {
            index.count_up_to(place / BLOCK + 1);
            index.places.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        index.count_up_to(blocks);
        index
    }

    fn count_up_to(&mut self, blocks: usize) {
        let count = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        while self.before.len() < blocks {
            self.before.push(count);
        }
    }

    /// How many places stand before a byte.
    pub(crate) fn before(&self, at: usize) -> usize {
        let Some(&count) = self.before.get(at / BLOCK) else { return self.places.len() };
        let mut count = count as usize;
        while self.places.get(count).is_some_and(|&place| (place as usize) < at) {
            count += 1;
        }
        count
    }

    /// The place with so many before it.
    pub(crate) fn get(&self, index: usize) -> Option<usize> {
        self.places.get(index).map(|&place| place as usize)
    }

    /// The places from a byte on.
    pub(crate) fn since(&self, at: usize) -> impl Iterator<Item = usize> {
        self.places.get(self.before(at)..).unwrap_or_default().iter().map(|&place| place as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_if_one_by_one() {
        let places = [0, 5, 6, 63, 64, 65, 127, 128, 300, 301, 700];
        let index = LineIndex::new(places.into_iter(), 701);
        for at in 0..900 {
            let before = places.iter().filter(|place| **place < at).count();
            assert_eq!(index.before(at), before, "byte {at}");
            assert_eq!(index.since(at).collect::<Vec<_>>(), places.get(before..).unwrap_or_default(), "byte {at}");
        }
        assert_eq!((index.get(10), index.get(11)), (Some(700), None));
        assert_eq!(LineIndex::new(std::iter::empty(), 0).before(1), 0);
    }
}
