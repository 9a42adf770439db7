//! The state of a location: only changes to its seeded world are stored.
//! It owns contacts, belongings and the search index, and reports changes; it must not know HTTP.

use std::{collections::HashMap, sync::Arc, time::Instant};

use super::{
    belongings::{self, AppointmentRecord, Belongings, TaskRecord},
    clock::Clock,
    contact::ContactRecord,
    ids,
    people::person,
    search::SearchIndex,
    switches::Switches,
    webhook::{EventKind, WebhookEvent},
    world::World,
};

pub(super) struct LocationState {
    pub(super) world: Arc<World>,
    pub(super) clock: Clock,
    pub(super) switches: Switches,
    pub(super) index: SearchIndex,
    /// Changed contacts by position; `None` = deleted.
    changed: HashMap<u32, Option<Arc<ContactRecord>>>,
    belongings: HashMap<u32, Belongings>,
    /// One past the last position in use.
    end: u32,
    deleted: u32,
    /// All tasks of the location, cached from the first request until a task changes.
    all_tasks: Option<Arc<Vec<(u32, TaskRecord)>>>,
    /// The same for appointments.
    all_appointments: Option<Arc<Vec<(u32, AppointmentRecord)>>>,
    /// The changes since the last [`Self::take_news`].
    news: Vec<WebhookEvent>,
}

impl LocationState {
    pub(super) fn new(world: Arc<World>, clock: Clock, switches: Switches) -> Self {
        let index = SearchIndex::new(Arc::clone(&world));
        let end = world.size;
        let (changed, belongings) = (HashMap::new(), HashMap::new());
        Self {
            world,
            clock,
            switches,
            index,
            changed,
            belongings,
            end,
            deleted: 0,
            all_tasks: None,
            all_appointments: None,
            news: Vec::new(),
        }
    }

    pub(super) fn contacts(&self) -> u32 {
        self.end - self.deleted
    }

    /// The positions of all existing contacts.
    pub(super) fn living(&self) -> impl Iterator<Item = u32> {
        (0..self.end).filter(|index| !matches!(self.changed.get(index), Some(None)))
    }

    pub(super) fn position(&self, id: &str) -> Option<u32> {
        self.world.ids.index(id).filter(|index| *index < self.end && !matches!(self.changed.get(index), Some(None)))
    }

    /// The current contact; the position must come from [`Self::position`].
    pub(super) fn contact(&self, index: u32) -> Arc<ContactRecord> {
        match self.changed.get(&index) {
            Some(Some(contact)) => Arc::clone(contact),
            _ => Arc::new(person(&self.world, index)),
        }
    }

    /// Stores a changed contact and reports the change; search shows it once the index has caught up.
    pub(super) fn change(&mut self, index: u32, contact: ContactRecord) {
        self.news.extend(WebhookEvent::between(&self.contact(index), &contact));
        self.store(index, contact);
    }

    fn store(&mut self, index: u32, mut contact: ContactRecord) {
        contact.updated = self.clock.now_ms().max(contact.updated + 1);
        contact.last_activity = contact.updated;
        let contact = Arc::new(contact);
        self.changed.insert(index, Some(Arc::clone(&contact)));
        self.index.note(index, Some(contact), Instant::now());
    }

    pub(super) fn create(&mut self, mut contact: ContactRecord) -> Arc<ContactRecord> {
        let index = self.end;
        self.end += 1;
        contact.id = self.world.ids.id(index);
        contact.added = self.clock.now_ms();
        self.belongings.insert(index, Belongings::default());
        self.store(index, contact);
        let contact = self.contact(index);
        self.tell(WebhookEvent::contact(EventKind::ContactCreate, &contact));
        contact
    }

    pub(super) fn delete(&mut self, index: u32) {
        self.tell(WebhookEvent::contact(EventKind::ContactDelete, &self.contact(index)));
        self.changed.insert(index, None);
        self.belongings.insert(index, Belongings::default());
        self.deleted += 1;
        self.all_tasks = None;
        self.all_appointments = None;
        self.index.note(index, None, Instant::now());
    }

    /// Records an event for the webhooks.
    pub(super) fn tell(&mut self, event: WebhookEvent) {
        self.news.push(event);
    }

    pub(super) fn take_news(&mut self) -> Vec<WebhookEvent> {
        std::mem::take(&mut self.news)
    }

    pub(super) fn belongings(&self, index: u32) -> Belongings {
        self.belongings.get(&index).cloned().unwrap_or_else(|| self.seeded(index))
    }

    fn seeded(&self, index: u32) -> Belongings {
        belongings::seeded(&self.world, index, self.contact(index).added)
    }

    /// The belongings, to be changed; also updates the contact's dateUpdated, if the switch is on.
    pub(super) fn belongings_mut(&mut self, index: u32) -> &mut Belongings {
        if self.switches.touches_date_updated {
            let contact = ContactRecord::clone(&self.contact(index));
            self.change(index, contact);
        }
        self.all_tasks = None;
        self.all_appointments = None;
        let seeded = self.belongings(index);
        self.belongings.entry(index).or_insert(seeded)
    }

    /// The id for the next thing created for a contact.
    pub(super) fn new_id(&mut self, purpose: &str, index: u32) -> String {
        let seed = self.world.seed;
        let belongings = self.belongings_mut(index);
        belongings.created += 1;
        ids::id(seed, purpose, u64::from(index), 1_000 + belongings.created)
    }

    /// All tasks, in the order of the contacts.
    pub(super) fn all_tasks(&mut self) -> Arc<Vec<(u32, TaskRecord)>> {
        let read = || self.everybodys(|known| &known.tasks, |index| belongings::tasks(&self.world, index));
        let all = self.all_tasks.clone().unwrap_or_else(read);
        self.all_tasks = Some(Arc::clone(&all));
        all
    }

    /// All appointments, in the order of the contacts.
    pub(super) fn all_appointments(&mut self) -> Arc<Vec<(u32, AppointmentRecord)>> {
        let seeded = |index| belongings::appointments(&self.world, index, self.contact(index).added);
        let read = || self.everybodys(|known| &known.appointments, seeded);
        let all = self.all_appointments.clone().unwrap_or_else(read);
        self.all_appointments = Some(Arc::clone(&all));
        all
    }

    /// The things of one kind of all contacts: those of changed belongings, and seeded ones.
    fn everybodys<T: Clone>(
        &self,
        known: impl Fn(&Belongings) -> &Vec<T>,
        seeded: impl Fn(u32) -> Vec<T>,
    ) -> Arc<Vec<(u32, T)>> {
        let of = |index: u32| self.belongings.get(&index).map_or_else(|| seeded(index), |found| known(found).clone());
        Arc::new(self.living().flat_map(|index| of(index).into_iter().map(move |one| (index, one))).collect())
    }

    /// Positions of what has changed since the start.
    pub(super) fn changed_positions(&self) -> Vec<u32> {
        let mut all: Vec<u32> = self.changed.keys().chain(self.belongings.keys()).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(super) fn is_deleted(&self, index: u32) -> bool {
        matches!(self.changed.get(&index), Some(None))
    }

    /// Another existing contact with this e-mail or phone, by the location's order: its position and the matching field.
    pub(super) fn double_of(&self, contact: &ContactRecord, except: Option<u32>) -> Option<(u32, &'static str)> {
        let same = |other: &ContactRecord, field: &str| match field {
            "email" => contact
                .email
                .as_ref()
                .is_some_and(|mine| other.email.as_ref().is_some_and(|theirs| theirs.eq_ignore_ascii_case(mine))),
            _ => contact.phone.is_some() && contact.phone == other.phone,
        };
        for field in self.switches.duplicate_order.iter().copied() {
            let changed = self.changed.iter().filter_map(|(index, other)| Some((*index, other.as_ref()?)));
            let found = changed
                .filter(|(index, other)| Some(*index) != except && same(other, field))
                .map(|(index, _)| index)
                .min();
            let value = if field == "email" { &contact.email } else { &contact.phone };
            let skip = |index| self.changed.contains_key(&index) || Some(index) == except;
            let seeded = || self.index.seeded_with(field, value.as_deref()?, &skip);
            if let Some(index) = found.or_else(seeded) {
                return Some((index, field));
            }
        }
        None
    }
}
