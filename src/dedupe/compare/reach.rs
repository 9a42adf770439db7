//! Compares e-mails and phones.

use super::{Judge, PairFacts, TEN};
use crate::dedupe::pool::PooledText;
use crate::dedupe::sheet::SheetRow;
use crate::dedupe::table::{CountedValue, ValueUse};
use crate::dedupe::weight::{Level, bits};
use crate::normalise::one_slip;

impl Judge<'_> {
    pub(super) fn email(&self, a: &SheetRow, b: &SheetRow, names_agree: bool, facts: &mut PairFacts) {
        let seen = pairs(&a.emails, &b.emails).filter_map(|(x, y)| {
            self.one_email(x, y, [a, b]).map(|seen| self.beside_names(seen, [x, y], [a, b], names_agree))
        });
        if let Some((level, chance)) = seen.min_by_key(|&(level, chance)| (level, chance)) {
            facts.see_rare(level, chance);
        }
    }

    fn one_email(&self, x: PooledText, y: PooledText, rows: [&SheetRow; 2]) -> Option<(Level, i32)> {
        let (use_x, use_y) = (self.counts.email_use(x), self.counts.email_use(y));
        if use_x == ValueUse::Nobodys || use_y == ValueUse::Nobodys {
            return None;
        }
        let pools = &self.sheet.pools;
        let (box_x, box_y) = (pools.boxes[x as usize], pools.boxes[y as usize]);
        if x == y {
            let level = if use_x == ValueUse::Shared || box_x.shared { Level::EmailShared } else { Level::EmailSame };
            return Some((level, self.counts.chance(CountedValue::Email, x)));
        }
        if box_x.shared || box_y.shared {
            let company = box_x.domain == box_y.domain && !box_x.public;
            return company.then(|| (Level::EmailCompany, self.counts.chance(CountedValue::Domain, box_x.domain)));
        }
        if box_x.user == box_y.user {
            let level = if box_x.user == box_x.letters && rows.into_iter().any(|row| self.made_of_name(box_x.user, row))
            {
                Level::EmailName
            } else {
                Level::EmailUser
            };
            return Some((level, self.counts.chance(CountedValue::User, box_x.user)));
        }
        if box_x.domain == box_y.domain && self.user_slip(box_x.user, box_y.user) {
            return Some((Level::EmailSlip, 0));
        }
        if box_x.domain == box_y.domain && !box_x.public {
            return Some((Level::EmailCompany, self.counts.chance(CountedValue::Domain, box_x.domain)));
        }
        Some((Level::EmailOther, 0))
    }

    /// The chance that two people of one name have such addresses, when the users are built from the name.
    ///
    /// A John Smith is john.smith or jsmith, with two digits at most: if the names agree, only the digits add anything.
    fn beside_names(
        &self,
        (level, chance): (Level, i32),
        emails: [PooledText; 2],
        rows: [&SheetRow; 2],
        names_agree: bool,
    ) -> (Level, i32) {
        let users = emails.map(|email| self.sheet.pools.boxes[email as usize].user);
        let share = match level {
            Level::EmailSame => 0.002,
            Level::EmailUser => 0.06,
            Level::EmailSlip => 0.004,
            _ => return (level, chance),
        };
        let made = users.into_iter().any(|user| rows.into_iter().any(|row| self.made_of_name(user, row)));
        if !names_agree || !made {
            return (level, chance);
        }
        let digits =
            |user: PooledText| self.sheet.pools.users.bytes(user).iter().filter(|c| c.is_ascii_digit()).count();
        let digits = i32::try_from(digits(users[0]).min(digits(users[1])).min(6)).unwrap_or(0);
        let level = if level == Level::EmailSlip { Level::EmailNear } else { level };
        (level, chance.max(bits(share) - TEN * digits))
    }

    /// A misspelt user. If only digits differ, it is as likely another user of that name.
    fn user_slip(&self, x: PooledText, y: PooledText) -> bool {
        let users = &self.sheet.pools.users;
        let (x, y) = (users.bytes(x), users.bytes(y));
        let letters = |user: &[u8]| user.iter().filter(|c| !c.is_ascii_digit()).copied().collect::<Vec<_>>();
        // A different first letter is a different first name: jsmith and ksmith.
        x.len().min(y.len()) > 4 && x[0] == y[0] && one_slip(x, y) && letters(x) != letters(y)
    }

    fn made_of_name(&self, user: PooledText, row: &SheetRow) -> bool {
        let user = self.sheet.pools.users.bytes(user);
        let contains = |name: PooledText| {
            let name = self.sheet.pools.names.bytes(name);
            name.len() > 2 && user.windows(name.len()).any(|window| window == name)
        };
        contains(row.last) || contains(row.first)
    }

    pub(super) fn phone(&self, a: &SheetRow, b: &SheetRow, facts: &mut PairFacts) {
        let seen = pairs(&a.phones, &b.phones).filter_map(|(x, y)| self.one_phone(x, y));
        if let Some((level, chance)) = seen.min_by_key(|&(level, chance)| (level, chance)) {
            facts.see_rare(level, chance);
        }
    }

    fn one_phone(&self, x: PooledText, y: PooledText) -> Option<(Level, i32)> {
        let (use_x, use_y) = (self.counts.phone_use(x), self.counts.phone_use(y));
        if use_x == ValueUse::Nobodys || use_y == ValueUse::Nobodys {
            return None;
        }
        if x == y {
            let level = if use_x == ValueUse::Shared { Level::PhoneShared } else { Level::PhoneSame };
            return Some((level, self.counts.chance(CountedValue::Phone, x)));
        }
        let phones = &self.sheet.pools.phones;
        let (x, y) = (phones.bytes(x), phones.bytes(y));
        let tail = |digits: &[u8]| digits[digits.len().saturating_sub(7)..].to_vec();
        Some(if tail(x) == tail(y) {
            (Level::PhoneTail, 0)
        } else if one_slip(x, y) {
            (Level::PhoneSlip, 0)
        } else {
            (Level::PhoneOther, 0)
        })
    }
}

/// All pairs of one value from each.
fn pairs<'a>(a: &'a [PooledText], b: &'a [PooledText]) -> impl Iterator<Item = (PooledText, PooledText)> + 'a {
    let there = |text: &&PooledText| **text != 0;
    a.iter().filter(there).flat_map(move |&x| b.iter().filter(there).map(move |&y| (x, y)))
}
