//! Whatever keys are pressed: no panic, and nothing is sent that nobody said yes to.

use std::collections::HashSet;

use ghl_tui::domain::Obstacle;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::stage::{LARGE, SMALL};
use super::*;
use crate::support::long_tests;

const KEYS: [&str; 34] = [
    "j",
    "k",
    "J",
    "K",
    "h",
    "l",
    "tab",
    "enter",
    "esc",
    "space",
    "A",
    "backspace",
    "e",
    "[",
    "]",
    "*",
    "x",
    "d",
    "v",
    "n",
    "s",
    "M",
    "X",
    "a",
    "S",
    "B",
    "U",
    "N",
    "r",
    "u",
    "p",
    "y",
    "4",
    "g",
];

/// What the worker may say in between.
#[derive(Clone, Copy, Debug)]
enum Says {
    Fresh,
    Cached,
    FewerGroups,
    AllGroups,
    Done,
    Stopped,
    Undone,
}

fn step() -> impl Strategy<Value = Result<&'static str, Says>> {
    let says = [Says::Fresh, Says::Cached, Says::FewerGroups, Says::AllGroups, Says::Done, Says::Stopped, Says::Undone];
    prop_oneof![
        8 => select(&KEYS[..]).prop_map(Ok),
        1 => Just(Ok("M y")),
        1 => select(says.to_vec()).prop_map(Err),
    ]
}

fn say(stage: &mut Stage, records: &mut [MergeRecord], says: Says) {
    let progress = match says {
        Says::Fresh | Says::Cached => {
            let fresh = matches!(says, Says::Fresh);
            return stage.event(Event::Compared(Arc::new(compared(&["c1", "c8", "c9"], fresh))));
        }
        Says::FewerGroups => return stage.event(found(vec![others()])),
        Says::AllGroups => return stage.event(found(vec![trio(), others()])),
        Says::Done | Says::Undone => MergeProgress::Done,
        Says::Stopped => MergeProgress::Stopped(Obstacle::Missing("phone".to_owned())),
    };
    for record in records {
        record.progress = progress.clone();
        record.phase = if matches!(says, Says::Undone) { MergePhase::Undo } else { MergePhase::Merge };
        changed(stage, record);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if long_tests() { 48 } else { 12 }, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_merged_without_a_yes(
        size in select(vec![LARGE, SMALL, (60, 20), (160, 50)]),
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let mut stage = reviewing_three(size);
        let (mut yes, mut records) = (0, Vec::new());
        for step in steps {
            match step {
                Err(says) => say(&mut stage, &mut records, says),
                Ok(keys) => {
                    for key in keys.split(' ') {
                        // Only this key can be a yes: nothing is painted for the others.
                        yes += usize::from(key == "y" && stage.screen().contains("Merge?"));
                        stage.press(key);
                    }
                }
            }
            let _painted = stage.buffer();
            let sent: Vec<Command> = std::mem::take(&mut stage.sent);
            for command in sent {
                let Command::Merge { ticket, plans } = command else { continue };
                prop_assert!(yes > 0, "nobody said yes");
                yes -= 1;
                prop_assert_eq!(plans.len(), 1);
                let plan = plans[0].clone();
                let members: HashSet<&ContactId> = plan.members().collect();
                prop_assert!(members.len() == plan.losers.len() + 1 && members.len() >= 2, "{:?}", plan.losers);
                prop_assert_eq!(plan.seen.len(), members.len());
                prop_assert_eq!(&plan.seen[0].id, &plan.survivor);
                let number = i64::try_from(records.len()).expect("few") + 1;
                let record = record(number, 100 + records.len() as u128, plan, MergeProgress::Queued);
                stage.event(Event::Merge(MergeEvent::Queued { ticket: Some(ticket), merges: vec![record.clone()] }));
                records.push(record);
            }
        }
    }
}
