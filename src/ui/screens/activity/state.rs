//! What happened: requests as they were answered, and the messages that were shown, newest last.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Action;
use crate::protocol::RequestRecord;

use crate::ui::state::list_cursor::ListCursor;
use crate::ui::state::toast::Level;

/// So many are kept, and nowhere but here.
const KEPT: usize = 200;

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Request(Arc<RequestRecord>),
    Message { at: Timestamp, level: Level, text: String },
}

impl Entry {
    /// Whether it is about an edit: a request that writes, or what was said of one. Hints only answer keys.
    fn is_edit(&self) -> bool {
        match self {
            Self::Request(record) => record.writes,
            Self::Message { level, .. } => *level != Level::Hint,
        }
    }
}

/// What happened lately.
#[derive(Clone, Debug, Default)]
pub(crate) struct Activity {
    entries: VecDeque<Entry>,
    messages: usize,
    /// Only edits are listed.
    pub(crate) edits_alone: bool,
    pub(crate) cursor: ListCursor,
    /// The cursor stays on its line; until it was moved, and after going to the last line, it follows what comes.
    stays: bool,
}

impl Activity {
    pub(crate) fn request(&mut self, record: Arc<RequestRecord>) {
        self.push(Entry::Request(record));
    }

    pub(crate) fn message(&mut self, at: Timestamp, level: Level, text: String) {
        self.push(Entry::Message { at, level, text });
    }

    /// Requests and messages each have their own room, so that a sync does not push the messages out.
    fn push(&mut self, entry: Entry) {
        let is_message = matches!(entry, Entry::Message { .. });
        let count = if is_message { self.messages } else { self.entries.len() - self.messages };
        if count == KEPT {
            let same = |entry: &Entry| matches!(entry, Entry::Message { .. }) == is_message;
            if let Some(oldest) = self.entries.iter().position(same) {
                let (above, is_listed) = (self.above(oldest), self.lists(&self.entries[oldest]));
                self.entries.remove(oldest);
                // The line under the cursor stays under it.
                for line in [&mut self.cursor.at, &mut self.cursor.top] {
                    *line -= usize::from(is_listed && above < *line);
                }
            }
        } else if is_message {
            self.messages += 1;
        }
        self.entries.push_back(entry);
        if !self.stays {
            self.cursor.at = self.listed().len().saturating_sub(1);
        }
    }

    /// How many there are, listed or not.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn lists(&self, entry: &Entry) -> bool {
        !self.edits_alone || entry.is_edit()
    }

    /// The lines of the screen.
    pub(crate) fn listed(&self) -> Vec<&Entry> {
        self.entries.iter().filter(|entry| self.lists(entry)).collect()
    }

    /// How many lines stand above an entry.
    fn above(&self, entry: usize) -> usize {
        self.entries.iter().take(entry).filter(|entry| self.lists(entry)).count()
    }

    /// Lists edits alone, or everything again. The cursor stays on its line, or goes to the next that is listed.
    pub(crate) fn toggle_edits(&mut self) {
        let mut places = self.entries.iter().enumerate().filter(|(_, entry)| self.lists(entry)).map(|(at, _)| at);
        let here = places.nth(self.cursor.at);
        self.edits_alone = !self.edits_alone;
        let at = here.map_or(0, |here| self.above(here));
        self.cursor = self.cursor.carried_to(at.min(self.listed().len().saturating_sub(1)));
    }

    /// Moves the cursor.
    pub(crate) fn step(&mut self, action: Action, page: usize) {
        self.cursor.step(self.listed().len(), page, action);
        self.stays = action != Action::Bottom;
    }

    /// The entry under the cursor, to do something with it: the cursor stays there.
    pub(crate) fn take_up(&mut self) -> Option<&Entry> {
        self.stays = true;
        self.selected()
    }

    /// Scrolls as little as needed.
    pub(crate) fn settle(&mut self, height: usize) {
        self.cursor.settle(self.listed().len(), height);
    }

    pub(crate) fn selected(&self) -> Option<&Entry> {
        self.listed().get(self.cursor.at).copied()
    }
}

/// The request as a command for a POSIX shell, each argument quoted, the token left out.
pub(crate) fn curl(record: &RequestRecord) -> String {
    let mut command = format!("curl -X {} {}", quoted(&record.verb.to_string()), quoted(&record.url));
    let headers = [
        "Authorization: Bearer REDACTED".to_owned(),
        format!("Version: {}", record.version),
        "Accept: application/json".to_owned(),
    ];
    for header in headers {
        write!(command, " -H {}", quoted(&header)).expect("a string takes everything");
    }
    if let Some(body) = &record.sent {
        write!(command, " -H {} --data-raw {}", quoted("Content-Type: application/json"), quoted(body))
            .expect("a string takes everything");
    }
    command
}

/// Nothing is special between single quotes but the quote itself.
fn quoted(text: &str) -> String {
    // A control character would act when it is pasted; none of them stands unescaped in JSON.
    let safe: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", safe.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Verb;

    fn record(url: &str, sent: Option<&str>) -> RequestRecord {
        RequestRecord {
            at: Timestamp::UNIX_EPOCH,
            verb: Verb::Post,
            url: url.to_owned(),
            path: url.to_owned(),
            version: "2021-07-28",
            status: Some(201),
            millis: 12,
            tries: 1,
            trace: None,
            sent: sent.map(str::to_owned),
            received: String::new(),
            writes: sent.is_some(),
        }
    }

    #[test]
    fn no_argument_can_break_out_of_its_quotes() {
        let told = curl(&record("https://api.example.com/contacts/a?b='$(x)", Some("{\"body\":\"it's `rm`\"}")));
        assert_eq!(
            told,
            "curl -X 'POST' 'https://api.example.com/contacts/a?b='\\''$(x)' -H 'Authorization: Bearer REDACTED' \
             -H 'Version: 2021-07-28' -H 'Accept: application/json' -H 'Content-Type: application/json' \
             --data-raw '{\"body\":\"it'\\''s `rm`\"}'"
        );
    }

    #[test]
    fn the_cursor_stays_where_it_was_moved_to_or_acted_on() {
        let mut activity = Activity::default();
        let comes = |activity: &mut Activity| {
            activity.message(Timestamp::UNIX_EPOCH, Level::Done, "next".into());
            activity.cursor.at
        };
        assert_eq!((comes(&mut activity), comes(&mut activity)), (0, 1), "it follows what comes");
        assert!(activity.take_up().is_some());
        assert_eq!(comes(&mut activity), 1, "what was acted on stays under it");
        activity.step(Action::Bottom, 10);
        assert_eq!(comes(&mut activity), 3, "after the last line was asked for it follows again");
        let mut alone = Activity::default();
        comes(&mut alone);
        alone.step(Action::Top, 10);
        assert_eq!(comes(&mut alone), 0, "the first line is also the last, and was asked for as the first");
    }

    #[test]
    fn messages_outlive_a_flood_of_requests() {
        let mut activity = Activity::default();
        activity.message(Timestamp::UNIX_EPOCH, Level::Done, "kept".into());
        for _request in 0..2 * KEPT {
            activity.request(record("/", None).into());
        }
        assert_eq!(activity.len(), KEPT + 1);
        assert!(activity.listed().iter().any(|entry| matches!(entry, Entry::Message { .. })));
    }
}
