//! Numbers as one word, in any notation: `3,000,000`, `3m` and `3 million`.

/// A number as one word, and its end. Grouped digits and a scale such as `m` or `million` are expanded.
pub fn number(text: &str, start: usize, end: usize) -> Option<(usize, String)> {
    let run = &text[start..end];
    if !run.starts_with(|c: char| c.is_ascii_digit()) || !run.is_ascii() {
        return None;
    }
    let digits_end = run.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').unwrap_or(run.len());
    let digits = run[..digits_end].replace(',', "");
    if digits.matches('.').count() > 1 {
        return None;
    }
    if digits_end < run.len() {
        return scale(&run[digits_end..], true).map(|zeros| (end, scaled(&digits, zeros)));
    }
    // A separate word may be a scale. A single letter is one only after a currency sign.
    let rest = &text[end..];
    if let Some(after) = rest.strip_prefix(' ').or_else(|| rest.strip_prefix('-')) {
        let length = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let is_money = text[..start].ends_with(['£', '€', '$']);
        if let Some(zeros) = scale(&after[..length], is_money) {
            return Some((end + 1 + length, scaled(&digits, zeros)));
        }
    }
    Some((end, scaled(&digits, 0)))
}

fn scale(word: &str, letters: bool) -> Option<usize> {
    match word.to_ascii_lowercase().as_str() {
        "k" if letters => Some(3),
        "m" | "mn" if letters => Some(6),
        "bn" | "b" if letters => Some(9),
        "thousand" => Some(3),
        "million" => Some(6),
        "billion" => Some(9),
        _ => None,
    }
}

/// Decimal digits times a power of ten, without redundant zeros.
fn scaled(digits: &str, zeros: usize) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let moved = fraction.len().min(zeros);
    let mut out = format!("{whole}{}{}", &fraction[..moved], "0".repeat(zeros - moved));
    let rest = fraction[moved..].trim_end_matches('0');
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::read_model::text::analysis::key;

    #[test]
    fn numbers_are_one_word_however_written() {
        for (written, folded) in [
            ("£3m", "3000000"),
            ("£3 million", "3000000"),
            ("£3 m", "3000000"),
            ("3,000,000", "3000000"),
            ("£1.5m", "1500000"),
            ("1.5 million", "1500000"),
            ("£10k", "10000"),
            ("£2bn", "2000000000"),
            ("1,300", "1300"),
            ("1300", "1300"),
            ("1,2,3", "1 2 3"),
            ("2.50", "2.5"),
            ("2021/22", "2021 22"),
            ("16-17", "16 17"),
            ("3 m of snow", "3 m of snow"),
            ("20mph", "20mph"),
            ("S12000046, E06000014", "s12000046 e06000014"),
            ("Covid-19 covid19", "covid 19 covid 19"),
        ] {
            assert_eq!(key(written), folded, "{written}");
        }
    }
}
