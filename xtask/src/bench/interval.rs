//! Confidence bounds of a rate, by Clopper and Pearson (1934): never narrower than they claim.

/// Probability of at most `hits` in `n` trials at `rate`.
fn at_most(hits: u64, n: u64, rate: f64) -> f64 {
    if rate <= 0.0 {
        return 1.0;
    }
    if rate >= 1.0 {
        return f64::from(u8::from(hits >= n));
    }
    // log of C(n, k) rate^k (1 - rate)^(n - k), from one k to the next.
    let mut log = n as f64 * (-rate).ln_1p();
    let mut sum = log.exp();
    for k in 0..hits.min(n) {
        log += ((n - k) as f64 / (k + 1) as f64).ln() + rate.ln() - (-rate).ln_1p();
        sum += log.exp();
    }
    sum.min(1.0)
}

/// The rate at which `falls`, which falls as the rate grows, crosses `level`.
fn crossing(level: f64, falls: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if falls(middle) > level {
            low = middle
        } else {
            high = middle
        }
    }
    (low + high) / 2.0
}

/// Upper bound of the rate: were it higher, so few hits would have a chance below `1 - confidence`.
pub(crate) fn upper(hits: u64, n: u64, confidence: f64) -> f64 {
    if hits >= n {
        return 1.0;
    }
    crossing(1.0 - confidence, |rate| at_most(hits, n, rate))
}

/// Lower bound of the rate.
pub(crate) fn lower(hits: u64, n: u64, confidence: f64) -> f64 {
    if n == 0 {
        0.0
    } else {
        1.0 - upper(n - hits.min(n), n, confidence)
    }
}

/// A rate in percent with its two-sided interval of 95 %.
pub(crate) fn percent(hits: u64, n: u64) -> String {
    let rate = if n == 0 {
        f64::NAN
    } else {
        100.0 * hits as f64 / n as f64
    };
    let (low, high) = (100.0 * lower(hits, n, 0.975), 100.0 * upper(hits, n, 0.975));
    format!("{rate:.1} % [{low:.1}, {high:.1}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 5e-5, "{found} beside {wanted}");
    }

    #[test]
    fn bounds_are_those_of_the_tables() {
        // Clopper-Pearson, two-sided 95 %: 10 of 100 gives 0.0490 to 0.1762; 0 of 10 gives 0 to 0.3085.
        near(lower(10, 100, 0.975), 0.049_00);
        near(upper(10, 100, 0.975), 0.176_22);
        near(upper(0, 10, 0.975), 0.308_50);
        near(lower(0, 10, 0.975), 0.0);
        near(upper(10, 10, 0.975), 1.0);
        // The rule of three: 0 of 10,000 is below 1 in 3,338 at 95 %.
        near(upper(0, 10_000, 0.95), 2.9953e-4);
        near(upper(0, 0, 0.95), 1.0);
    }
}
