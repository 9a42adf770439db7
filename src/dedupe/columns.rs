//! Maps the columns of a file to fields.

use super::DedupeRecord;

/// A field that a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordField {
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

/// Spellings in lower case without spaces, underscores and the like; the API's own name first.
const SPELLINGS: &[(RecordField, &[&str])] = &[
    (RecordField::Id, &["id", "contactid", "recordid", "recid", "uniqueid"]),
    (RecordField::FirstName, &["firstname", "givenname", "forename", "first", "fname", "given"]),
    (RecordField::LastName, &["lastname", "surname", "familyname", "last", "lname", "family"]),
    (RecordField::Name, &["name", "fullname", "contactname", "fullnamelowercase"]),
    (RecordField::Email, &["email", "emailaddress", "mail", "emaillowercase"]),
    (RecordField::Phone, &["phone", "phonenumber", "telephone", "tel", "mobile", "mobilephone", "cell", "cellphone"]),
    (RecordField::StreetNumber, &["streetnumber", "housenumber", "streetno", "houseno"]),
    (RecordField::Address1, &["address1", "address", "street", "streetaddress", "addressline1"]),
    (RecordField::Address2, &["address2", "addressline2", "locality"]),
    (RecordField::City, &["city", "suburb", "town", "birthplace", "placeofbirth", "posttown"]),
    (RecordField::State, &["state", "province", "region", "county"]),
    (RecordField::PostalCode, &["postalcode", "postcode", "zip", "zipcode", "postcodefake"]),
    (RecordField::Country, &["country", "countrycode"]),
    (RecordField::DateOfBirth, &["dateofbirth", "dob", "birthdate", "birthday", "birth"]),
    (RecordField::Company, &["companyname", "company", "organisation", "organization", "businessname", "employer"]),
    (
        RecordField::Number,
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
    (RecordField::Gender, &["gender", "sex"]),
    (RecordField::Occupation, &["occupation", "jobtitle", "profession", "job"]),
];

/// The field that a column of this name holds; `None` to ignore the column.
pub fn field(column: &str) -> Option<RecordField> {
    let plain: String = column.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(40).collect();
    SPELLINGS.iter().find(|(_, spellings)| spellings.contains(&plain.as_str())).map(|(field, _)| *field)
}

impl<'a> DedupeRecord<'a> {
    /// Puts a cell in its field. Of two columns with the same meaning, the first with a value wins.
    pub fn set(&mut self, field: RecordField, cell: &'a str) {
        let place = match field {
            RecordField::Id => &mut self.id,
            RecordField::FirstName => &mut self.first_name,
            RecordField::LastName => &mut self.last_name,
            RecordField::Name => &mut self.name,
            RecordField::Email => &mut self.email,
            RecordField::Phone => &mut self.phone,
            RecordField::StreetNumber => &mut self.street_number,
            RecordField::Address1 => &mut self.address1,
            RecordField::Address2 => &mut self.address2,
            RecordField::City => &mut self.city,
            RecordField::State => &mut self.state,
            RecordField::PostalCode => &mut self.postal_code,
            RecordField::Country => &mut self.country,
            RecordField::DateOfBirth => &mut self.date_of_birth,
            RecordField::Company => &mut self.company,
            RecordField::Number => &mut self.number,
            RecordField::Gender => &mut self.gender,
            RecordField::Occupation => &mut self.occupation,
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
            ("firstName", Some(RecordField::FirstName)),
            ("given_name", Some(RecordField::FirstName)),
            ("Surname", Some(RecordField::LastName)),
            ("suburb", Some(RecordField::City)),
            ("Post Code", Some(RecordField::PostalCode)),
            ("dob", Some(RecordField::DateOfBirth)),
            ("soc_sec_id", Some(RecordField::Number)),
            ("\u{feff}id", Some(RecordField::Id)),
            ("dateAdded", None),
            ("", None),
        ] {
            assert_eq!(field(column), expected, "{column}");
        }
    }
}
