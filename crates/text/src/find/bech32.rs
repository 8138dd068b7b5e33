//! Segregated witness addresses: bech32 (BIP-173) for version 0 and bech32m (BIP-350) for those after it.

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const BECH32: u32 = 1;
const BECH32M: u32 = 0x2bc8_30a3;

fn polymod(values: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        let sum = ((sum & 0x01ff_ffff) << 5) ^ u32::from(value);
        GENERATOR
            .iter()
            .enumerate()
            .filter(|(bit, _)| (top >> bit) & 1 == 1)
            .fold(sum, |sum, (_, g)| sum ^ g)
    })
}

/// Whether a text is a segregated witness address whose human-readable part is `hrp`.
pub(super) fn segwit(written: &str, hrp: &str) -> bool {
    if written.len() > 90 || !written.is_ascii() {
        return false;
    }
    let (upper, lower) = (
        written.bytes().any(|b| b.is_ascii_uppercase()),
        written.bytes().any(|b| b.is_ascii_lowercase()),
    );
    if upper && lower {
        return false;
    }
    let written = written.to_ascii_lowercase();
    let Some((part, data)) = written.rsplit_once('1') else {
        return false;
    };
    if part != hrp || data.len() < 7 {
        return false;
    }
    let values: Option<Vec<u8>> = data
        .bytes()
        // The alphabet has 32 letters.
        .map(|letter| {
            ALPHABET
                .iter()
                .position(|known| *known == letter)
                .map(|at| at as u8)
        })
        .collect();
    let Some(values) = values else { return false };
    let expanded = hrp
        .bytes()
        .map(|b| b >> 5)
        .chain([0])
        .chain(hrp.bytes().map(|b| b & 31));
    let sum = polymod(expanded.chain(values.iter().copied()));
    let version = values[0];
    if sum != (if version == 0 { BECH32 } else { BECH32M }) || version > 16 {
        return false;
    }
    let program = &values[1..values.len() - 6];
    let (bytes, left) = (program.len() * 5 / 8, program.len() * 5 % 8);
    // Less than five bits are left over, and they are 0. Where there is no program, nothing is left over either.
    let padding = program
        .last()
        .is_none_or(|last| u32::from(*last) & ((1 << left) - 1) == 0);
    left < 5 && padding && (2..=40).contains(&bytes) && (version != 0 || bytes == 20 || bytes == 32)
}

#[cfg(test)]
mod tests {
    use super::segwit;

    #[test]
    fn the_vectors_of_bip_350_are_told_apart() {
        for (hrp, good) in [
            ("bc", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
            (
                "tb",
                "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
            ),
            (
                "bc",
                "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
            ),
            ("bc", "BC1SW50QGDZ25J"),
            ("bc", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs"),
            (
                "tb",
                "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
            ),
            (
                "tb",
                "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
            ),
            (
                "bc",
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            ),
        ] {
            assert!(segwit(good, hrp), "{good}");
        }
        for (hrp, bad) in [
            (
                "tb",
                "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
            ),
            (
                "bc",
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
            ),
            (
                "tb",
                "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",
            ),
            (
                "bc",
                "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
            ),
            ("bc", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh"),
            (
                "tb",
                "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",
            ),
            (
                "bc",
                "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
            ),
            (
                "bc",
                "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
            ),
            ("bc", "bc1pw5dgrnzv"),
            (
                "bc",
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
            ),
            ("bc", "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P"),
            (
                "tb",
                "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",
            ),
            (
                "bc",
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
            ),
            (
                "tb",
                "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
            ),
            ("bc", "bc1gmk9yu"),
        ] {
            assert!(!segwit(bad, hrp), "{bad}");
        }
    }
}
