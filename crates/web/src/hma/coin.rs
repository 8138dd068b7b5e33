//! The coin that decides whether a bank with a ratio is looked at: with a seed always the same, and the one that HMA tosses.
//!
//! HMA takes the first number of CPython's `random.Random(seed)`: the Mersenne Twister MT19937 (Matsumoto and Nishimura
//! 1998), set by `init_by_array` from the words of the seed and its SHA-512. Clients rely on the same seed having the same
//! outcome, also after a move from HMA.

use sha2::{Digest, Sha512};

/// Words of the twister's state.
const WORDS: usize = 624;
/// How far away the word is that each is mixed with.
const MIDDLE: usize = 397;

/// The coin of a seed, from 0 to below 1.
pub(crate) fn seeded(seed: &str) -> f64 {
    let state = state_of(&words(seed));
    let [high, low] = [0, 1].map(|at| tempered(twisted(&state, at)));
    fraction(high >> 5, low >> 6)
}

/// A coin by chance.
pub(crate) fn by_chance() -> Result<f64, getrandom::Error> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)?;
    let [a, b, c, d, e, f, g, h] = bytes;
    Ok(fraction(
        u32::from_be_bytes([a, b, c, d]) >> 5,
        u32::from_be_bytes([e, f, g, h]) >> 6,
    ))
}

/// 27 and 26 bits, as a fraction of 2^53.
fn fraction(high: u32, low: u32) -> f64 {
    (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
}

/// The seed and its SHA-512 as one big number, in words, the lowest first; without zeros at its high end.
fn words(seed: &str) -> Vec<u32> {
    let mut bytes = seed.as_bytes().to_vec();
    bytes.extend_from_slice(&Sha512::digest(seed));
    let word = |bytes: &[u8]| bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    let mut words: Vec<u32> = bytes.rchunks(4).map(word).collect();
    while words.len() > 1 && words.last() == Some(&0) {
        words.pop();
    }
    words
}

fn state_of(key: &[u32]) -> [u32; WORDS] {
    let mut state = [0u32; WORDS];
    state[0] = 19_650_218;
    for at in 1..WORDS {
        let before = state[at - 1];
        state[at] = (before ^ before >> 30)
            .wrapping_mul(1_812_433_253)
            .wrapping_add(at as u32);
    }
    let mut at = 1;
    let advance = |state: &mut [u32; WORDS], at: usize| match at + 1 {
        WORDS => {
            state[0] = state[WORDS - 1];
            1
        }
        next => next,
    };
    let places = (0..key.len()).cycle().take(key.len().max(WORDS));
    for place in places {
        let before = state[at - 1];
        state[at] = (state[at] ^ (before ^ before >> 30).wrapping_mul(1_664_525))
            .wrapping_add(key[place])
            .wrapping_add(place as u32);
        at = advance(&mut state, at);
    }
    for _ in 1..WORDS {
        let before = state[at - 1];
        state[at] = (state[at] ^ (before ^ before >> 30).wrapping_mul(1_566_083_941)).wrapping_sub(at as u32);
        at = advance(&mut state, at);
    }
    state[0] = 1 << 31;
    state
}

/// The next word at a place near the beginning, where all that it is mixed with is still the old state.
fn twisted(state: &[u32; WORDS], at: usize) -> u32 {
    let joined = state[at] & 1 << 31 | state[at + 1] & !(1 << 31);
    let odd = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
    state[at + MIDDLE] ^ joined >> 1 ^ odd
}

fn tempered(mut word: u32) -> u32 {
    word ^= word >> 11;
    word ^= word << 7 & 0x9d2c_5680;
    word ^= word << 15 & 0xefc6_0000;
    word ^ word >> 18
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coin_of_a_seed_is_that_of_cpython() {
        let short = [0.36169, 0.47825, 0.55585, 0.86775, 0.16001, 0.35259];
        for (seed, want) in short.iter().enumerate() {
            let coin = seeded(&seed.to_string());
            assert!((coin - want).abs() < 5e-6, "{seed}: {coin}");
        }
        assert_eq!(seeded("abc"), 0.7720246314157545);
        assert_eq!(seeded("content-123"), 0.9523770924322945);
    }

    #[test]
    fn any_seed_has_its_coin() {
        let long = "x".repeat(10_000);
        for (seed, want) in [
            ("", 0.9602256525641875),
            ("\0", 0.761237843064138),
            ("\0\0\0\0\0\0\0\0", 0.3583439227484151),
            ("ﷺ", 0.021287613494997637),
            (long.as_str(), 0.41066896114900076),
        ] {
            assert_eq!(seeded(seed), want, "{seed:?}");
        }
        assert!((0.0..1.0).contains(&by_chance().unwrap()));
    }
}
