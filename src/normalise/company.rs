//! Names of companies without what the register adds.

use super::fold::{plain, words};
use super::standard::{Correction, Corrections, Standard, Sure};

const FORMS: &[&str] = &[
    "llc",
    "inc",
    "incorporated",
    "co",
    "company",
    "corp",
    "corporation",
    "ltd",
    "limited",
    "plc",
    "gmbh",
    "ag",
    "sa",
    "sarl",
    "srl",
    "spa",
    "bv",
    "nv",
    "oy",
    "ab",
    "as",
    "pty",
    "lp",
    "llp",
    "pllc",
    "pc",
    "pa",
    "kg",
    "ug",
    "sl",
];

/// A company's name in plain small words, its legal form off.
pub fn company(typed: &str) -> Standard<String> {
    let plain = plain(typed).replace('.', "").replace('&', " and ");
    let mut found: Vec<String> = words(&plain).collect();
    let all = found.len();
    while found.len() > 1 && found.last().is_some_and(|word| FORMS.contains(&word.as_str())) {
        found.pop();
    }
    let mut changes = Corrections::default();
    changes.add_if(found.len() < all, Correction::LegalFormOff);
    if found.len() > 1 && found.first().is_some_and(|word| word == "the") {
        found.remove(0);
    }
    let value = found.join(" ");
    changes.add_if(value != typed, Correction::Spelling);
    Standard { value, changes, sure: Sure::Certain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legal_form_is_no_part_of_the_name() {
        for typed in ["Acme Plumbing", "ACME PLUMBING, LLC", "Acme Plumbing L.L.C.", "The Acme Plumbing Co., Inc."] {
            assert_eq!(company(typed).value, "acme plumbing", "{typed}");
        }
        assert_eq!(company("Limited").value, "limited");
        assert_eq!(company("Smith & Sons Ltd").value, "smith and sons");
    }
}
