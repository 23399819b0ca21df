//! Fixed-point arithmetic on unscaled values of up to 38 digits.

use datafusion::arrow::datatypes::i256;

/// 10 to the power of `exponent`, which is at most 38.
pub fn power(exponent: u32) -> i128 {
    10_i128.pow(exponent.min(38))
}

/// Whether a value has at most `precision` digits.
pub fn fits(value: i128, precision: u8) -> bool {
    value.unsigned_abs() < power(u32::from(precision)).unsigned_abs()
}

/// Changes the scale, rounding half away from zero; `None` on overflow.
pub fn rescale(value: i128, from: u8, to: u8) -> Option<i128> {
    if to >= from {
        let value = value.checked_mul(power(u32::from(to - from)))?;
        fits(value, 38).then_some(value)
    } else {
        Some(divide_rounded(value, power(u32::from(from - to))))
    }
}

/// Divides, rounding half away from zero.
pub fn divide_rounded(value: i128, divisor: i128) -> i128 {
    let quotient = value / divisor;
    let rest = (value % divisor).unsigned_abs();
    if rest >= divisor.unsigned_abs() - rest {
        quotient + if (value < 0) == (divisor < 0) { 1 } else { -1 }
    } else {
        quotient
    }
}

/// `left / right` at `scale`, rounded half away from zero; `None` on overflow. `right` is not 0.
pub fn divide(left: (i128, u8), right: (i128, u8), scale: u8) -> Option<i128> {
    // left / 10^sl / (right / 10^sr) * 10^scale
    let exponent = i32::from(scale) + i32::from(right.1) - i32::from(left.1);
    if let Some(quotient) = divide_narrow(left.0, right.0, exponent) {
        return fits(quotient, 38).then_some(quotient);
    }
    let ten = i256::from_i128(10);
    let mut numerator = i256::from_i128(left.0);
    let mut denominator = i256::from_i128(right.0);
    for _ in 0..exponent.max(0) {
        numerator = numerator.checked_mul(ten)?;
    }
    for _ in 0..(-exponent).max(0) {
        denominator = denominator.checked_mul(ten)?;
    }
    narrow(divide_wide(numerator, denominator)?)
}

/// `left / right * 10^exponent` where 128 bits are enough.
fn divide_narrow(left: i128, right: i128, exponent: i32) -> Option<i128> {
    let factor = 10_i128.checked_pow(exponent.unsigned_abs())?;
    if exponent >= 0 {
        Some(divide_rounded(left.checked_mul(factor)?, right))
    } else {
        Some(divide_rounded(left, right.checked_mul(factor)?))
    }
}

/// `left * right` at `scale`, rounded half away from zero; `None` on overflow.
pub fn multiply(left: (i128, u8), right: (i128, u8), scale: u8) -> Option<i128> {
    let have = left.1 + right.1;
    if let Some(product) = left.0.checked_mul(right.0) {
        let scaled = if have > scale {
            10_i128.checked_pow(u32::from(have - scale)).map(|divisor| divide_rounded(product, divisor))
        } else {
            product.checked_mul(power(u32::from(scale - have)))
        };
        if let Some(scaled) = scaled {
            return fits(scaled, 38).then_some(scaled);
        }
    }
    let mut product = i256::from_i128(left.0).checked_mul(i256::from_i128(right.0))?;
    if have > scale {
        let mut divisor = i256::from_i128(1);
        for _ in scale..have {
            divisor = divisor.checked_mul(i256::from_i128(10))?;
        }
        product = divide_wide(product, divisor)?;
    } else {
        for _ in have..scale {
            product = product.checked_mul(i256::from_i128(10))?;
        }
    }
    narrow(product)
}

fn divide_wide(value: i256, divisor: i256) -> Option<i256> {
    let quotient = value.checked_div(divisor)?;
    let rest = value.checked_rem(divisor)?.checked_abs()?;
    let half = divisor.checked_abs()?.checked_sub(rest)?;
    if rest >= half {
        let zero = i256::from_i128(0);
        let away = if (value < zero) == (divisor < zero) { 1 } else { -1 };
        quotient.checked_add(i256::from_i128(away))
    } else {
        Some(quotient)
    }
}

fn narrow(value: i256) -> Option<i128> {
    value.to_i128().filter(|value| fits(*value, 38))
}

/// Decimal text with exactly `scale` fraction digits.
pub fn text(value: i128, scale: u8) -> String {
    if scale == 0 {
        return value.to_string();
    }
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    format!("{}{whole}.{fraction}", if value < 0 { "-" } else { "" })
}

/// Reads decimal text without an exponent; value and scale. `None` when it is no number or has more than 38 digits.
pub fn parse(text: &str) -> Option<(i128, u8)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let fraction = if whole.len() + fraction.len() > 38 { fraction.trim_end_matches('0') } else { fraction };
    if whole.len() + fraction.len() > 38 || fraction.len() > 37 {
        return None;
    }
    let mut value = 0_i128;
    for byte in whole.bytes().chain(fraction.bytes()) {
        value = value * 10 + i128::from(byte - b'0');
    }
    Some((if negative { -value } else { value }, fraction.len() as u8))
}

/// The nearest double.
pub fn to_float(value: i128, scale: u8) -> f64 {
    if scale == 0 { value as f64 } else { text(value, scale).parse().unwrap_or(f64::NAN) }
}

/// A double as fixed point, rounded half away from zero; `None` when it does not fit.
pub fn from_float(value: f64, scale: u8) -> Option<i128> {
    if !value.is_finite() {
        return None;
    }
    // The shortest decimal text is what a person would round.
    let text = format!("{value}");
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest.to_owned()),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    if whole.len() > 38 {
        return None;
    }
    let whole: i128 = whole.parse().ok()?;
    let kept: String = fraction.chars().chain(std::iter::repeat('0')).take(usize::from(scale)).collect();
    let up = fraction.as_bytes().get(usize::from(scale)).is_some_and(|byte| *byte >= b'5');
    let fraction = if kept.is_empty() { 0 } else { kept.parse::<i128>().ok()? };
    let value = whole.checked_mul(power(u32::from(scale)))?.checked_add(fraction)?.checked_add(i128::from(up))?;
    fits(value, 38).then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_away_from_zero() {
        for (value, from, to, expected) in
            [(15, 1, 0, 2), (-15, 1, 0, -2), (14, 1, 0, 1), (25, 1, 0, 3), (1_005, 3, 2, 101), (7, 0, 2, 700)]
        {
            assert_eq!(rescale(value, from, to), Some(expected), "{value}");
        }
        assert_eq!(divide((1, 0), (2, 0), 6), Some(500_000));
        assert_eq!(divide((2, 0), (3, 0), 6), Some(666_667));
        assert_eq!(divide((-2, 0), (3, 0), 6), Some(-666_667));
        assert_eq!(multiply((15, 1), (15, 1), 2), Some(225));
        assert_eq!(rescale(power(37), 0, 2), None);
        // Beyond 128 bits on the way, within 38 digits at the end.
        assert_eq!(divide((power(37), 0), (power(30), 0), 12), Some(power(19)));
        assert_eq!(multiply((power(30), 20), (power(30), 20), 12), Some(power(32)));
        assert_eq!(multiply((power(20), 0), (power(20), 0), 0), None);
        assert_eq!(from_float(1.005, 2), Some(101));
        assert_eq!(from_float(-2.5, 0), Some(-3));
    }

    #[test]
    fn decimal_text() {
        for text in ["0", "-1.50", "99999999999999999999999999999999999999", "0.000001"] {
            let (value, scale) = parse(text).unwrap();
            assert_eq!(super::text(value, scale), text);
        }
        for bad in ["", ".", "1e3", "a", "1.2.3", "--1"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
