//! A contact as the list and the filter need it: the row that goes into a roster, and a view of a row in one.

use jiff::Timestamp;

use crate::domain::{Contact, ContactId, UserId};

use super::chunk::Chunk;

/// A row to put into a roster. Empty text means no value; text is cleaned on its way in.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactRow {
    pub id: ContactId,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// As the server stores it.
    pub phone: String,
    pub company: String,
    pub city: String,
    pub tags: Vec<String>,
    pub owner: Option<UserId>,
    pub source: String,
    pub added: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    /// "Do not disturb" for every channel.
    pub dnd: bool,
}

impl ContactRow {
    /// A contact with nothing but an id.
    pub fn new(id: ContactId) -> Self {
        Self {
            id,
            first_name: String::new(),
            last_name: String::new(),
            email: String::new(),
            phone: String::new(),
            company: String::new(),
            city: String::new(),
            tags: Vec::new(),
            owner: None,
            source: String::new(),
            added: None,
            updated: None,
            dnd: false,
        }
    }
}

impl From<&Contact> for ContactRow {
    fn from(contact: &Contact) -> Self {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        Self {
            id: contact.id.clone(),
            first_name: text(&contact.first_name),
            last_name: text(&contact.last_name),
            email: text(&contact.email),
            phone: text(&contact.phone),
            company: text(&contact.company),
            city: text(&contact.city),
            tags: contact.tags.clone(),
            owner: contact.owner.clone(),
            source: text(&contact.source),
            added: contact.added,
            updated: contact.updated,
            dnd: contact.dnd.all,
        }
    }
}

/// A row of a roster. Its text is clean and may be drawn.
#[derive(Clone, Copy)]
pub struct RowRef<'a> {
    pub(super) chunk: &'a Chunk,
    pub(super) at: usize,
}

impl<'a> RowRef<'a> {
    pub fn id(self) -> &'a ContactId {
        &self.chunk.slots[self.at].id
    }

    /// "First Last", else company, e-mail, phone, else nothing.
    pub fn name(self) -> &'a str {
        let full = self.chunk.full_name(self.at);
        let others = [self.company(), self.email(), self.phone()];
        if full.is_empty() { others.into_iter().find(|text| !text.is_empty()).unwrap_or("") } else { full }
    }

    pub fn first_name(self) -> &'a str {
        self.chunk.first_name(self.at)
    }

    pub fn last_name(self) -> &'a str {
        self.chunk.last_name(self.at)
    }

    pub fn email(self) -> &'a str {
        self.chunk.email(self.at)
    }

    pub fn phone(self) -> &'a str {
        self.chunk.phone(self.at)
    }

    pub fn company(self) -> &'a str {
        self.chunk.company(self.at)
    }

    pub fn city(self) -> &'a str {
        self.chunk.city(self.at)
    }

    pub fn source(self) -> &'a str {
        self.chunk.source(self.at)
    }

    pub fn tags(self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        let chunk = self.chunk;
        chunk.tag_ids(self.at).iter().map(move |&tag| &*chunk.tags[usize::from(tag)].text)
    }

    pub fn owner(self) -> Option<&'a UserId> {
        self.chunk.slots[self.at].owner.map(|owner| &self.chunk.owners[usize::from(owner)])
    }

    pub fn added(self) -> Option<Timestamp> {
        self.chunk.slots[self.at].added
    }

    pub fn updated(self) -> Option<Timestamp> {
        self.chunk.slots[self.at].updated
    }

    pub fn dnd(self) -> bool {
        self.chunk.slots[self.at].dnd
    }
}

impl PartialEq for RowRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        let texts = |row: Self| {
            [row.first_name(), row.last_name(), row.email(), row.phone(), row.company(), row.city(), row.source()]
        };
        let others = |row: Self| (row.owner(), row.added(), row.updated(), row.dnd());
        self.id() == other.id()
            && texts(*self) == texts(*other)
            && others(*self) == others(*other)
            && self.tags().eq(other.tags())
    }
}

impl std::fmt::Debug for RowRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Row").field(&self.id().as_str()).field(&self.name()).finish()
    }
}
