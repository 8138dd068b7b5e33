//! Elementary functions made of the four operations only, so that every machine draws the same pixels: those
//! of the standard library call the platform's, which differ in the last bit.

use std::f64::consts::{FRAC_PI_2, LN_2, PI};

/// Sine of an angle in radians, error below 1e-6 for the angles used here.
pub(crate) fn sin(x: f32) -> f32 {
    let x = f64::from(x);
    let turns = (x / (2.0 * PI) + 0.5) as i64 - i64::from(x / (2.0 * PI) + 0.5 < 0.0);
    let mut r = x - turns as f64 * 2.0 * PI;
    if r > FRAC_PI_2 {
        r = PI - r;
    } else if r < -FRAC_PI_2 {
        r = -PI - r;
    }
    let q = r * r;
    (r * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0 * (1.0 - q / 110.0)))))) as f32
}

/// Cosine of an angle in radians.
pub(crate) fn cos(x: f32) -> f32 {
    sin(x + std::f32::consts::FRAC_PI_2)
}

/// e to the power of `x`; 0 or a large number where that leaves f32.
pub(crate) fn exp(x: f32) -> f32 {
    let x = f64::from(x).clamp(-80.0, 80.0);
    let n = (x / LN_2).round();
    let r = x - n * LN_2;
    let series =
        1.0 + r * (1.0 + r / 2.0 * (1.0 + r / 3.0 * (1.0 + r / 4.0 * (1.0 + r / 5.0 * (1.0 + r / 6.0)))));
    (series * f64::from_bits(((1023 + n as i64) as u64) << 52)) as f32
}

/// Natural logarithm of a positive normal number.
fn ln(x: f32) -> f64 {
    let bits = f64::from(x).to_bits();
    let exponent = (bits >> 52) as i64 - 1023;
    let mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | 1023 << 52);
    // atanh series of the mantissa over sqrt 2, |t| < 0.172
    let m = mantissa / std::f64::consts::SQRT_2;
    let t = (m - 1.0) / (m + 1.0);
    let q = t * t;
    2.0 * t * (1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q / 9.0))))
        + (exponent as f64 + 0.5) * LN_2
}

/// `x` to the power of `y`, for `x` ≥ 0.
pub(crate) fn pow(x: f32, y: f32) -> f32 {
    if x <= f32::MIN_POSITIVE {
        return 0.0;
    }
    exp((f64::from(y) * ln(x)) as f32)
}

/// Angle of the point (x, y) in radians, -π to π, error below 1e-4.
pub(crate) fn atan2(y: f32, x: f32) -> f32 {
    let (ax, ay) = (f64::from(x.abs()), f64::from(y.abs()));
    let (small, large) = if ax < ay { (ax, ay) } else { (ay, ax) };
    if large == 0.0 {
        return 0.0;
    }
    let t = small / large;
    let q = t * t;
    // Abramowitz and Stegun 4.4.49
    let mut angle =
        t * (0.999_866 + q * (-0.330_299_5 + q * (0.180_141 + q * (-0.085_133 + q * 0.020_835_1))));
    if ay > ax {
        angle = FRAC_PI_2 - angle;
    }
    if x < 0.0 {
        angle = PI - angle;
    }
    (if y < 0.0 { -angle } else { angle }) as f32
}

/// 0 below `low`, 1 above `high`, smooth between.
pub(crate) fn smooth(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The value between `a` and `b` at `t`.
pub(crate) fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// The largest integer not above `x`, without the call that `floor` is on older processors.
pub(crate) fn floor(x: f32) -> i32 {
    let whole = x as i32;
    whole - i32::from(x < whole as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_the_standard_library() {
        for i in -4000..4000 {
            let x = i as f32 * 0.013;
            assert!((sin(x) - x.sin()).abs() < 2e-5, "sin {x}");
            assert!((cos(x) - x.cos()).abs() < 2e-5, "cos {x}");
            assert!((exp(x) - x.exp()).abs() <= 2e-5 * x.exp(), "exp {x}");
            assert_eq!(floor(x), x.floor() as i32);
            let p = (x.abs() + 0.001).powf(0.45);
            assert!((pow(x.abs() + 0.001, 0.45) - p).abs() < 1e-4 * p, "pow {x}");
            let y = (i % 97) as f32 - 48.0;
            assert!((atan2(y, x) - y.atan2(x)).abs() < 1e-4, "atan2 {y} {x}");
        }
    }
}
