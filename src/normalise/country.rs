//! Countries by ISO 3166 code.

use std::sync::LazyLock;

use super::Unusable;

/// A country or territory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country {
    /// Two capital letters.
    pub code: &'static str,
    pub name: &'static str,
}

static ALL: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let lines = include_str!("../../assets/countries.tsv").lines();
    lines.filter_map(|line| line.split_once('\t')).map(|(code, name)| Country { code, name }).collect()
});

/// Every country, by code.
pub fn countries() -> &'static [Country] {
    &ALL
}

/// The country with this code or name.
pub fn country(typed: &str) -> Result<Country, Unusable> {
    let wanted = typed.trim();
    let found = ALL.iter().find(|one| one.code.eq_ignore_ascii_case(wanted));
    let found = found.or_else(|| ALL.iter().find(|one| one.name.to_lowercase() == wanted.to_lowercase()));
    found.copied().ok_or(Unusable::Country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_found_by_code_and_by_name() {
        for typed in ["de", "DE", " Germany "] {
            assert_eq!(country(typed).map(|one| one.code), Ok("DE"), "{typed}");
        }
        assert_eq!(country("Atlantis"), Err(Unusable::Country));
        assert!(countries().len() > 240);
    }
}
