//! A small stream of numbers that depends on its seed alone.
//!
//! Flows in: a seed. Flows out: numbers, the same on every machine and in every version, so that a
//! seed written in a report still means the same orders next year. Not for secrets. SplitMix64, as
//! published by Steele, Lea and Flood (2014).

/// The stream.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// A stream of its own for a seed and a name: adding a tenant moves no other tenant's data.
    pub fn new(seed: u64, name: &str) -> Self {
        let salt = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut dice = Self(seed ^ salt);
        dice.roll();
        dice
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included; `low` where they are the wrong way round.
    pub fn from_to(&mut self, low: u64, high: u64) -> u64 {
        low + self.roll() % high.saturating_sub(low).saturating_add(1)
    }

    /// Whether something happens that happens in so many of a hundred cases.
    pub fn percent(&mut self, of_hundred: u64) -> bool {
        self.from_to(1, 100) <= of_hundred
    }

    /// One of some; the default of the type where there are none.
    pub fn pick<T: Copy + Default>(&mut self, of: &[T]) -> T {
        let last = (of.len() as u64).saturating_sub(1);
        let at = usize::try_from(self.from_to(0, last)).unwrap_or(0);
        of.get(at).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn a_seed_means_the_same_for_ever() {
        let mut dice = Dice::new(1, "harbour-lane");
        let first: Vec<u64> = (0..4).map(|_| dice.from_to(1, 100)).collect();
        let mut again = Dice::new(1, "harbour-lane");
        assert_eq!(
            first,
            (0..4).map(|_| again.from_to(1, 100)).collect::<Vec<_>>()
        );
        let mut other = Dice::new(1, "blue-gum");
        assert_ne!(
            first,
            (0..4).map(|_| other.from_to(1, 100)).collect::<Vec<_>>()
        );
    }
}
