//! What a key, a frame, a page of a sync and a start cost: of 100,000 contacts, and of 1,000,000 where the size tells.
//!
//! `cargo bench --bench browse` runs all; behind `--` a part of a name chooses, such as `filter/1000000`.

use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use fastrand::Rng;
use ghl_tui::api::Endpoint;
use ghl_tui::api::endpoints::{SearchContacts, TimeSpan};
use ghl_tui::config::{Depth, Keymap, Theme};
use ghl_tui::domain::{Access, Contact, ContactId, Location, LocationId, MergeRules};
use ghl_tui::protocol::{Event, SyncState};
use ghl_tui::query::{self, ContactRow, Facts, FilterContext, Query, Roster, Sort};
use ghl_tui::store::{Cache, Folder, Incoming};
use ghl_tui::ui::{self, Effect, Model, Msg, Start};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use ratatui::{Terminal, backend::TestBackend};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const SYLLABLES: [&str; 20] = [
    "ba", "cor", "del", "fen", "gar", "hol", "ka", "lin", "mor", "ne", "pel", "ros", "sta", "tav", "u", "ver", "wil",
    "y", "zan", "dri",
];
/// What somebody types, key by key.
const TYPED: &str = "rosalin";
const PAGE: usize = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    for contacts in [100_000, 1_000_000] {
        filter(&mut criterion, contacts);
        change(&mut criterion, contacts);
    }
    frame(&mut criterion);
    pages(&mut criterion)?;
    start(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

fn now() -> Timestamp {
    "2026-11-24T22:30:00Z".parse().expect("a time")
}

fn word(rng: &mut Rng, syllables: usize) -> String {
    let word: String = (0..syllables).map(|_| SYLLABLES[rng.usize(..SYLLABLES.len())]).collect();
    word[..1].to_uppercase() + &word[1..]
}

/// A contact as the search answers it.
fn answered(rng: &mut Rng, at: usize) -> Value {
    let (first, last) = (word(rng, 2), word(rng, 3));
    let added = now() - SignedDuration::from_mins(i64::try_from(at).expect("small"));
    json!({
        "id": format!("bench{at:015}"), "locationId": "bench", "firstName": first, "lastName": last,
        "firstNameLowerCase": first.to_lowercase(), "lastNameLowerCase": last.to_lowercase(),
        "email": format!("{}.{}@example.com", first.to_lowercase(), last.to_lowercase()),
        "phone": format!("+1415{:07}", rng.u32(..10_000_000)), "companyName": word(rng, 3), "city": word(rng, 2),
        "country": "US", "source": "bench", "tags": [word(rng, 1).to_lowercase()], "dnd": false,
        "customFields": [{ "id": "f1", "value": word(rng, 4) }], "searchAfter": [added.as_millisecond(), at],
        "dateAdded": added.to_string(), "dateUpdated": added.to_string(), "businessId": null, "followers": [],
    })
}

fn contact(rng: &mut Rng, at: usize) -> Contact {
    let row = answered(rng, at);
    let text = |name: &str| row[name].as_str().map(str::to_owned);
    Contact {
        first_name: text("firstName"),
        last_name: text("lastName"),
        email: text("email"),
        phone: text("phone"),
        company: text("companyName"),
        city: text("city"),
        source: text("source"),
        tags: vec![row["tags"][0].as_str().unwrap_or_default().to_owned()],
        added: Some(now()),
        updated: Some(now()),
        ..Contact::unknown(ContactId::new(text("id").expect("it has one")))
    }
}

fn roster(contacts: usize) -> Arc<Roster> {
    let mut rng = Rng::with_seed(7);
    Arc::new(Roster::from_rows((0..contacts).map(|at| ContactRow::from(&contact(&mut rng, at)))))
}

/// One key each of what is typed, and of a term; the answer whole and in order.
fn filter(criterion: &mut Criterion, contacts: usize) {
    let mut group = criterion.benchmark_group(format!("filter/{contacts}"));
    let (roster, zone) = (roster(contacts), TimeZone::UTC);
    let around = FilterContext { now: now(), zone: &zone, users: &[], me: None, custom_fields: &[] };
    let facts = Facts::default();
    // Sorted once, as it is on the screen.
    let listed = |text: &str| {
        query::listed(&roster, &Query::parse(text, &around), &facts, Sort::default(), &[], &|| false)
            .expect("nobody cancels")
    };
    black_box(listed(""));
    let typed = (1..=TYPED.len()).map(|end| &TYPED[..end]).chain(["tag:ros", "has:email city:ka added:<7d"]);
    for text in typed {
        group.bench_function(BenchmarkId::from_parameter(text), |bencher| bencher.iter(|| listed(black_box(text))));
    }
    group.finish();
}

/// One contact that gets another name, and the list in order again; beside it what sorting all of it takes.
fn change(criterion: &mut Criterion, contacts: usize) {
    let mut group = criterion.benchmark_group(format!("change/{contacts}"));
    group.sample_size(10);
    let roster = roster(contacts);
    let listed = |roster: &Roster| {
        let (query, facts) = (Query::default(), Facts::default());
        query::listed(roster, &query, &facts, Sort::default(), &[], &|| false).expect("nobody cancels")
    };
    black_box(listed(&roster));
    let mut rng = Rng::with_seed(9);
    group.bench_function("in order again", |bencher| {
        let one = |rng: &mut Rng| ContactRow::from(&contact(rng, contacts / 2));
        bencher.iter_batched(|| one(&mut rng), |row| listed(&roster.with(vec![row], &[])), BatchSize::PerIteration);
    });
    let rows: Vec<ContactRow> = (0..contacts).map(|at| ContactRow::from(&contact(&mut rng, at))).collect();
    group.bench_function("sorted anew", |bencher| {
        let fresh = || Roster::from_rows(rows.iter().cloned());
        bencher.iter_batched(fresh, |roster| listed(&roster), BatchSize::PerIteration);
    });
    group.finish();
}

fn model(size: (u16, u16)) -> Model {
    let mut model = Model::new(Start {
        now: now(),
        size,
        demo: false,
        access: Access::READ_WRITE,
        accounts: Vec::new(),
        notices: Vec::new(),
        location: Arc::new(Location::unknown(LocationId::new("bench"))),
        web_host: "https://app.example.com".to_owned(),
        hours: None,
        merge_rules: MergeRules::default(),
        views: Ok(Vec::new()),
        theme: Theme::built_in(false, Depth::True),
        keymap: Keymap::default(),
    });
    let mut msgs =
        vec![Msg::Event(Event::Roster(roster(100_000))), Msg::Event(Event::Sync(SyncState::Fresh { at: now() }))];
    while let Some(msg) = msgs.pop() {
        for effect in ui::update(&mut model, msg) {
            if let Effect::Match { seeker, generation, roster, query, facts, sort, users } = effect {
                let matches = query::listed(&roster, &query, &facts, sort, &users, &|| false);
                let matches = matches.expect("nobody cancels");
                msgs.push(Msg::Matched { seeker, generation, roster, matches });
            }
        }
    }
    model
}

/// A key that moves the cursor, and the frame after it.
fn frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    for size in [(120, 36), (250, 70)] {
        let mut model = model(size);
        let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a terminal");
        let keys = ["j", "k"].map(|key| key.parse().expect("a key"));
        let mut turn = 0;
        group.bench_function(format!("{}x{}", size.0, size.1), |bencher| {
            bencher.iter(|| {
                turn = 1 - turn;
                black_box(ui::update(&mut model, Msg::Key(keys[turn])));
                terminal.draw(|frame| ui::view(&model, frame)).expect("a frame");
            });
        });
    }
    group.finish();
}

fn page(from: usize) -> Vec<u8> {
    let mut rng = Rng::with_seed(from as u64);
    let rows: Vec<Value> = (from..from + PAGE).map(|at| answered(&mut rng, at)).collect();
    json!({ "contacts": rows, "total": 100_000 }).to_string().into_bytes()
}

fn rows(body: &[u8]) -> Vec<Incoming> {
    let search = SearchContacts {
        location: LocationId::new("bench"),
        page_limit: 500,
        search_after: None,
        updated_since: None,
        added: TimeSpan::default(),
        newest_first: false,
    };
    let (listed, _total) = search.parse(body).expect("a page");
    let incoming = |row: ghl_tui::api::Listed| Incoming {
        raw: Box::<str>::from(row.contact.raw).into_string(),
        contact: row.contact.value,
        plain_names: row.plain_names,
    };
    listed.into_iter().map(incoming).collect()
}

/// A page of a sync: read, taken into the cache when it is new, and when nothing of it has changed.
fn pages(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let runtime = Runtime::new()?;
    let mut group = criterion.benchmark_group("page of 500");
    group.throughput(Throughput::Elements(PAGE as u64));
    let body = page(0);
    group.bench_function("parse", |bencher| bencher.iter(|| rows(black_box(&body))));
    let place = tempfile::tempdir()?;
    let folder = Folder::open(place.path())?;
    let cache = Cache::open(&folder)?;
    let take = |rows| runtime.block_on(cache.take_page::<i64>(rows, 1, None, now())).expect("it is taken");
    let mut from = 0;
    group.bench_function("upsert, new", |bencher| {
        let fresh = || {
            from += PAGE;
            rows(&page(from))
        };
        bencher.iter_batched(fresh, take, BatchSize::PerIteration);
    });
    take(rows(&body));
    group.bench_function("upsert, unchanged", |bencher| {
        bencher.iter_batched(|| rows(&body), |rows| assert!(take(rows).is_empty()), BatchSize::PerIteration);
    });
    group.finish();
    Ok(())
}

/// What a start reads from the cache before all 100,000 contacts are listed.
fn start(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let runtime = Runtime::new()?;
    let place = tempfile::tempdir()?;
    let cache = Cache::open(&Folder::open(place.path())?)?;
    for from in (0..100_000).step_by(PAGE) {
        runtime.block_on(cache.take_page::<i64>(rows(&page(from)), 1, None, now()))?;
    }
    let in_sight: Vec<ContactId> = (0..120).map(|at| ContactId::new(format!("bench{at:015}"))).collect();
    let mut group = criterion.benchmark_group("start at 100000");
    group.bench_function("what was in sight", |bencher| {
        bencher.iter(|| {
            let contacts = runtime.block_on(cache.some_contacts(in_sight.clone())).expect("they are read");
            assert_eq!(Roster::from_rows(contacts.iter().map(ContactRow::from)).len(), 120);
        });
    });
    group.sample_size(10);
    group.bench_function("all", |bencher| {
        bencher.iter(|| {
            let all = runtime.block_on(async {
                let (mut roster, mut last) = (Roster::default(), None);
                loop {
                    let some = cache.rows(last.take(), 5_000).await.expect("they are read");
                    let Some(newest) = some.last() else { break roster };
                    last = Some(newest.id.clone());
                    roster = roster.followed_by(some);
                }
            });
            assert_eq!(all.len(), 100_000);
        });
    });
    group.finish();
    Ok(())
}
