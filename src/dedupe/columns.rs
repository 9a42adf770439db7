//! Which column of a file is which field.

use super::Record;

/// A field that a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Id,
    FirstName,
    LastName,
    Name,
    Email,
    Phone,
    StreetNumber,
    Address1,
    Address2,
    City,
    State,
    PostalCode,
    Country,
    DateOfBirth,
    Company,
    Number,
    Gender,
    Occupation,
}

/// Spellings in small letters without blanks, underscores and the like; the API's own name first.
const SPELLINGS: &[(Field, &[&str])] = &[
    (Field::Id, &["id", "contactid", "recordid", "recid", "uniqueid"]),
    (Field::FirstName, &["firstname", "givenname", "forename", "first", "fname", "given"]),
    (Field::LastName, &["lastname", "surname", "familyname", "last", "lname", "family"]),
    (Field::Name, &["name", "fullname", "contactname", "fullnamelowercase"]),
    (Field::Email, &["email", "emailaddress", "mail", "emaillowercase"]),
    (Field::Phone, &["phone", "phonenumber", "telephone", "tel", "mobile", "mobilephone", "cell", "cellphone"]),
    (Field::StreetNumber, &["streetnumber", "housenumber", "streetno", "houseno"]),
    (Field::Address1, &["address1", "address", "street", "streetaddress", "addressline1"]),
    (Field::Address2, &["address2", "addressline2", "locality"]),
    (Field::City, &["city", "suburb", "town", "birthplace", "placeofbirth", "posttown"]),
    (Field::State, &["state", "province", "region", "county"]),
    (Field::PostalCode, &["postalcode", "postcode", "zip", "zipcode", "postcodefake"]),
    (Field::Country, &["country", "countrycode"]),
    (Field::DateOfBirth, &["dateofbirth", "dob", "birthdate", "birthday", "birth"]),
    (Field::Company, &["companyname", "company", "organisation", "organization", "businessname", "employer"]),
    (
        Field::Number,
        &[
            "socsecid",
            "customernumber",
            "customerid",
            "customerno",
            "ssn",
            "nationalid",
            "accountnumber",
            "membernumber",
        ],
    ),
    (Field::Gender, &["gender", "sex"]),
    (Field::Occupation, &["occupation", "jobtitle", "profession", "job"]),
];

/// The field that a column of this name holds; `None` for one to be ignored.
pub fn field(column: &str) -> Option<Field> {
    let plain: String = column.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(40).collect();
    SPELLINGS.iter().find(|(_, spellings)| spellings.contains(&plain.as_str())).map(|(field, _)| *field)
}

impl<'a> Record<'a> {
    /// Puts a cell in its field; the first of two columns with the same meaning wins where it has a value.
    pub fn set(&mut self, field: Field, cell: &'a str) {
        let place = match field {
            Field::Id => &mut self.id,
            Field::FirstName => &mut self.first_name,
            Field::LastName => &mut self.last_name,
            Field::Name => &mut self.name,
            Field::Email => &mut self.email,
            Field::Phone => &mut self.phone,
            Field::StreetNumber => &mut self.street_number,
            Field::Address1 => &mut self.address1,
            Field::Address2 => &mut self.address2,
            Field::City => &mut self.city,
            Field::State => &mut self.state,
            Field::PostalCode => &mut self.postal_code,
            Field::Country => &mut self.country,
            Field::DateOfBirth => &mut self.date_of_birth,
            Field::Company => &mut self.company,
            Field::Number => &mut self.number,
            Field::Gender => &mut self.gender,
            Field::Occupation => &mut self.occupation,
        };
        if place.trim().is_empty() {
            *place = cell;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_spellings_are_known() {
        for (column, expected) in [
            ("firstName", Some(Field::FirstName)),
            ("given_name", Some(Field::FirstName)),
            ("Surname", Some(Field::LastName)),
            ("suburb", Some(Field::City)),
            ("Post Code", Some(Field::PostalCode)),
            ("dob", Some(Field::DateOfBirth)),
            ("soc_sec_id", Some(Field::Number)),
            ("\u{feff}id", Some(Field::Id)),
            ("dateAdded", None),
            ("", None),
        ] {
            assert_eq!(field(column), expected, "{column}");
        }
    }
}
