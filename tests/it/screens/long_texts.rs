//! Long texts, pasted and stored: what they cost grows as they do, not as their square.

use std::time::{Duration, Instant};

use ghl_tui::domain::{Contact, CustomFieldId, CustomValue};
use ghl_tui::ui::Msg;

use super::stage::{LARGE, Stage, people};

/// Characters.
const LENGTH: usize = 10_000;

/// Texts of so many characters.
fn texts(length: usize) -> [String; 3] {
    ["lorem ipsum é田 ", "x", "one line\n"].map(|piece| piece.repeat(length / piece.chars().count()))
}

fn pasted(keys: &str, text: &str) -> Duration {
    let mut stage = Stage::new(LARGE);
    stage.press(keys);
    let start = Instant::now();
    stage.take(Msg::Paste(text.to_owned()));
    stage.screen();
    // And the key after it.
    stage.press("x");
    stage.screen();
    start.elapsed()
}

fn stored(keys: &str, text: &str) -> Duration {
    let mut stage = Stage::new(LARGE);
    let with_text = |contact: Contact| Contact {
        last_name: Some(text.to_owned()),
        custom: vec![CustomValue { id: CustomFieldId::new("f1"), value: text.into() }],
        ..contact
    };
    stage.people(people().into_iter().map(with_text).collect());
    let mut details = stage.details_of("c1");
    details.contact = with_text(details.contact);
    stage.set_details(details);
    let start = Instant::now();
    stage.press(keys);
    stage.screen();
    start.elapsed()
}

/// Whether four times the text costs less than ten times as much; as its square it would be sixteen. What else the
/// machine does only adds to a run, so the fastest of some are compared, and more are made until they tell.
fn grows_as_it_does(once: impl Fn() -> Duration, four_times: impl Fn() -> Duration) -> bool {
    let (mut short, mut long) = (Duration::MAX, Duration::MAX);
    (0..40).any(|_| {
        (short, long) = (short.min(once()), long.min(four_times()));
        long < 10 * short
    })
}

#[test]
fn what_a_long_text_costs_grows_as_it_does() {
    type Act = fn(&str, &str) -> Duration;
    let acts: [(&str, Act); 7] =
        [("/", pasted), ("n", pasted), ("a", pasted), (":", pasted), ("t", pasted), ("2 /", pasted), ("e", stored)];
    for (keys, act) in acts {
        for kind in 0..3 {
            let run = |times| move || act(keys, &texts(LENGTH * times)[kind]);
            assert!(grows_as_it_does(run(1), run(4)), "{keys}, text {kind}");
        }
    }
}
