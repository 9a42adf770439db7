//! Families, colleagues, namesakes and misspelt people: the verdict and its words.

use super::{Cells, contact, crowd, ids, run};

/// Puts the contacts among a crowd and says who is grouped, and why two of them are or are not one.
fn verdict(contacts: &[&str]) -> (Vec<Vec<String>>, Vec<String>) {
    let mut all: Vec<Cells> = ('a'..).zip(contacts).map(|(id, cells)| contact(&id.to_string(), cells)).collect();
    all.extend(crowd(1500));
    let (sheet, found) = run(&all);
    let row = |id: &str| sheet.find(id).expect("it is there");
    let words = found.reasons(&sheet, row("a"), row("b")).into_iter().map(|reason| reason.words).collect();
    (ids(&sheet, &found), words)
}

fn one(contacts: &[&str], expected: &[&str]) {
    let (groups, words) = verdict(contacts);
    let all: Vec<String> = ('a'..).take(contacts.len()).map(|id| id.to_string()).collect();
    assert_eq!(groups, [all], "{words:?}");
    said(&words, expected);
}

fn several(contacts: &[&str], expected: &[&str]) {
    let (groups, words) = verdict(contacts);
    assert!(groups.is_empty(), "{groups:?} {words:?}");
    said(&words, expected);
}

fn said(words: &[String], expected: &[&str]) {
    for one in expected {
        assert!(words.iter().any(|word| word == one), "{one} is not in {words:?}");
    }
}

#[test]
fn a_couple_with_one_phone_and_one_address_is_two() {
    several(
        &[
            "first=Anna | last=Okonjo | phone=+14155550142 | address1=12 Hill Street | city=Reno | zip=89501",
            "first=Peter | last=Okonjo | phone=(415) 555-0142 | address1=12 Hill St | city=Reno | zip=89501",
        ],
        &["different first names (same household?)", "same phone", "same address", "same last name"],
    );
}

#[test]
fn twins_are_two() {
    several(
        &[
            "first=Anna | last=Okonjo | born=2001-04-17 | address1=12 Hill Street | zip=89501",
            "first=Alma | last=Okonjo | born=04/17/2001 | address1=12 Hill St | zip=89501",
        ],
        &["same birth date", "different first names (same household?)"],
    );
}

#[test]
fn father_and_son_of_one_name_are_two() {
    several(
        &[
            "first=Robert | last=Okonjo Sr | born=1956-02-11 | address1=12 Hill Street | zip=89501",
            "first=Robert | last=Okonjo Jr. | born=1984-09-30 | address1=12 Hill St | zip=89501",
        ],
        &["same name", "Jr and Sr (father and son?)", "different birth dates"],
    );
}

#[test]
fn colleagues_on_one_address_are_three() {
    several(
        &[
            "first=Anna | last=Okonjo | email=info@okra.com | phone=415 555 0142 | companyName=Okra LLC",
            "first=Peter | last=Lindqvist | email=info@okra.com | phone=415 555 0142 x12 | companyName=Okra",
            "first=Sara | last=Marchetti | email=info@okra.com | phone=415 555 0142 | companyName=Okra, L.L.C.",
        ],
        &["different first names (colleagues?)", "same e-mail, shared by several contacts", "same company"],
    );
}

#[test]
fn two_john_smiths_in_two_towns_are_two() {
    several(
        &[
            "first=John | last=Smith | city=Reno | zip=89501 | phone=+17755550142",
            "first=John | last=Smith | city=Tulsa | zip=74103 | phone=+19185550177",
        ],
        &["same name", "different phones", "different cities"],
    );
}

#[test]
fn a_maiden_name_is_one() {
    one(
        &[
            "first=Anna | last=Okonjo | email=anna.k@outlook.com | phone=+14155550142 | born=1985-03-12",
            "first=Anna | last=Lindqvist | email=anna.k@outlook.com | phone=+14155550142 | born=1985-03-12",
        ],
        &["different last names (marriage?)", "same e-mail", "same birth date"],
    );
}

#[test]
fn bob_is_robert() {
    one(
        &[
            "first=Bob | last=Okonjo | phone=+14155550142",
            "first=Robert | last=Okonjo | phone=4155550142 | email=ro@okra.com",
        ],
        &["Bob is short for Robert", "same phone", "same last name"],
    );
}

/// What is said of two first names, and how many bits it speaks for one person.
fn of_names(first: [&str; 2]) -> (String, f64) {
    let cells = first.map(|first| format!("first={first} | last=Okonjo | phone=+14155550142"));
    let mut all: Vec<Cells> = ["a", "b"].into_iter().zip(&cells).map(|(id, cells)| contact(id, cells)).collect();
    all.extend(crowd(1500));
    let (sheet, found) = run(&all);
    let row = |id: &str| sheet.find(id).expect("it is there");
    let mut reasons = found.reasons(&sheet, row("a"), row("b"));
    reasons.retain(|reason| !reason.words.contains("phone") && !reason.words.contains("last name"));
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    (reasons[0].words.clone(), reasons[0].bits)
}

#[test]
fn bob_and_rob_are_one_and_neither_is_short_for_the_other() {
    one(
        &[
            "first=Bob | last=Okonjo | phone=+14155550142",
            "first=Rob | last=Okonjo | phone=4155550142 | email=ro@okra.com",
        ],
        &["related first names", "same phone", "same last name"],
    );
}

#[test]
fn two_short_forms_say_less_than_one_and_its_full_form() {
    for (short, other, full, words) in [
        ("Lena", "Magda", "Magdalena", "related first names"),
        ("Rob", "Bob", "Robert", "related first names"),
        ("Meg", "Peggy", "Margaret", "related first names"),
    ] {
        let (said, both) = of_names([short, other]);
        assert_eq!(said, words);
        let (said, one) = of_names([short, full]);
        assert_eq!(said, format!("{short} is short for {full}"));
        assert!(0.0 < both && both + 1.0 < one, "{short} {other} {both}, {short} {full} {one}");
        assert_eq!(of_names([other, short]), of_names([short, other]));
    }
}

#[test]
fn lena_and_magda_of_one_house_with_e_mails_of_their_own_are_two() {
    let house = "last=Okonjo | phone=+14155550142 | address1=12 Hill Street | city=Reno | zip=89501";
    let lena = format!("first=Lena | {house} | email=lena.o@outlook.com");
    let magda = format!("first=Magda | {house} | email=sunflower9@gmail.com");
    several(&[&lena, &magda], &["related first names", "same phone", "different e-mails"]);
    let full = format!("first=Magdalena | {house} | email=sunflower9@gmail.com");
    one(&[&lena, &full], &["Lena is short for Magdalena", "different e-mails"]);
}

#[test]
fn swapped_names_are_one() {
    one(
        &["first=Okonjo | last=Anna | email=anna.k@outlook.com", "first=Anna | last=Okonjo | email=anna.k@outlook.com"],
        &["first and last names swapped", "same e-mail", "same name"],
    );
}

#[test]
fn dots_of_gmail_are_nothing() {
    one(
        &[
            "first=Anna | last=Okonjo | email=anna.okonjo@gmail.com",
            "first=Anna | last=Okonjo | email=AnnaOkonjo+crm@gmail.com",
        ],
        &["same e-mail", "same name"],
    );
}

#[test]
fn a_number_with_and_without_country_is_one() {
    one(
        &["first=Anna | last=Okonjo | phone=+44 (0)7911 123456", "first=Anna | last=Okonjo | phone=07911 123456"],
        &["same phone", "same name"],
    );
}

#[test]
fn a_placeholder_on_500_contacts_joins_nobody() {
    for email in ["none@none.com", "frontoffice@okra.com"] {
        let mut all = crowd(1000);
        for cells in all.iter_mut().take(500) {
            cells.retain(|(field, _)| *field != crate::dedupe::RecordField::Email);
            cells.push((crate::dedupe::RecordField::Email, email.to_owned()));
        }
        let (sheet, found) = run(&all);
        assert_eq!(ids(&sheet, &found), Vec::<Vec<String>>::new(), "{email}");
    }
}

#[test]
fn misspelt_names_are_one() {
    one(
        &["first=Katherine | last=Okonjo | phone=+14155550142", "first=Kathrine | last=Okonyo | phone=+14155550142"],
        &["similar first names (0.93)", "same phone"],
    );
}

#[test]
fn a_handful_of_contacts_is_enough() {
    let contacts = [
        contact("a1", "first=Adaeze | last=Okafor | email=adaeze.okafor@post.example"),
        contact("a2", "first=Adaeze | last=Okafor | email=Adaeze.Okafor@Post.example"),
        contact("b1", "first=Bartholomew | last=Okafor | email=bart.okafor@post.example"),
    ];
    let (sheet, found) = run(&contacts);
    assert_eq!(ids(&sheet, &found), [["a1", "a2"]], "{:?}", found.pairs);
}
