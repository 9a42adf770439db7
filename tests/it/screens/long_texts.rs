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

/// The fastest of a few runs: what else the machine does only adds.
fn fastest(run: impl Fn() -> Duration) -> Duration {
    (0..3).map(|_| run()).min().expect("three runs")
}

#[test]
fn what_a_long_text_costs_grows_as_it_does() {
    type Act = fn(&str, &str) -> Duration;
    let acts: [(&str, Act); 7] =
        [("/", pasted), ("n", pasted), ("a", pasted), (":", pasted), ("t", pasted), ("2 /", pasted), ("e", stored)];
    for (keys, act) in acts {
        for kind in 0..3 {
            let [once, four_times] =
                [1, 4].map(|times| fastest(|| act(keys, &texts(LENGTH * times)[kind])).as_secs_f64());
            // As its square it would be 16.
            assert!(four_times < 10.0 * once, "{keys}, text {kind}: {once} s, {four_times} s");
        }
    }
}
