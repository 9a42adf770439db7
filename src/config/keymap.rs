//! Which keys do what, from one source for dispatch, footer, help and the pop-up of next keys.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Action, Context, Key, KeyError};

/// Keys and what they do. Within a context no sequence is bound twice or begins another.
#[derive(Clone, Debug, PartialEq)]
pub struct Keymap {
    bindings: Vec<Binding>,
}

#[derive(Clone, Debug, PartialEq)]
struct Binding {
    context: Context,
    keys: Vec<Key>,
    action: Action,
}

/// What the keys pressed so far mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    Run(Action),
    /// A sequence has begun.
    More,
    Unbound,
}

/// Why a keymap was not accepted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum KeymapError {
    #[error("the keymap cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    #[error("in [{context:?}] {action:?}: {source}")]
    Key { context: Context, action: Action, source: KeyError },
    #[error("in [{context:?}] {action:?} has no keys: give at least one, or leave the line out")]
    Empty { context: Context, action: Action },
    #[error("`{keys}` in [{context:?}] means {first:?} and {second:?}: one of them needs another key")]
    Twice { context: Context, keys: String, first: Action, second: Action },
    #[error("`{keys}` in [{context:?}] runs {first:?}, so `{longer}` ({second:?}) could never be typed")]
    Hidden { context: Context, keys: String, first: Action, longer: String, second: Action },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Keys {
    One(String),
    Many(Vec<String>),
}

impl Default for Keymap {
    fn default() -> Self {
        Self::parse(include_str!("../../assets/keymap.toml")).expect("the built-in keymap is parsed in a test")
    }
}

impl Keymap {
    /// Reads a keymap file.
    pub fn parse(source: &str) -> Result<Self, KeymapError> {
        let tables: BTreeMap<Context, BTreeMap<Action, Keys>> = toml::from_str(source)?;
        let mut bindings = Vec::new();
        for (context, actions) in tables {
            for (action, keys) in actions {
                let sequences = match keys {
                    Keys::One(one) => vec![one],
                    Keys::Many(many) => many,
                };
                for sequence in &sequences {
                    bindings.push(Binding { context, keys: parse_sequence(context, action, sequence)?, action });
                }
                if sequences.is_empty() {
                    return Err(KeymapError::Empty { context, action });
                }
            }
        }
        let keymap = Self { bindings };
        Context::ALL.iter().try_for_each(|context| keymap.check(*context))?;
        Ok(keymap)
    }

    /// What these keys do here.
    pub fn lookup(&self, context: Context, pressed: &[Key]) -> Lookup {
        let mut begun = false;
        for binding in self.visible(context) {
            if binding.keys == pressed {
                return Lookup::Run(binding.action);
            }
            begun |= binding.keys.starts_with(pressed);
        }
        if begun { Lookup::More } else { Lookup::Unbound }
    }

    /// The keys that may follow, with what they do.
    pub fn next_keys(&self, context: Context, pressed: &[Key]) -> Vec<(String, Action)> {
        self.visible(context)
            .filter(|binding| binding.keys.len() > pressed.len() && binding.keys.starts_with(pressed))
            .map(|binding| (print(&binding.keys[pressed.len()..]), binding.action))
            .collect()
    }

    /// The first key bound to an action here, as it is printed.
    pub fn key(&self, context: Context, action: Action) -> Option<String> {
        self.visible(context).find(|binding| binding.action == action).map(|binding| print(&binding.keys))
    }

    /// Every action that has a key here, with all its keys, in the order of [`Action::ALL`].
    pub fn actions(&self, context: Context) -> Vec<(Action, Vec<String>)> {
        by_action(&self.visible(context).collect::<Vec<_>>())
    }

    /// The same of this context alone, without those around it.
    pub fn own_actions(&self, context: Context) -> Vec<(Action, Vec<String>)> {
        by_action(&self.bindings.iter().filter(|binding| binding.context == context).collect::<Vec<_>>())
    }

    fn visible(&self, context: Context) -> impl Iterator<Item = &Binding> {
        context.chain().flat_map(|level| self.bindings.iter().filter(move |binding| binding.context == level))
    }

    fn check(&self, context: Context) -> Result<(), KeymapError> {
        let visible: Vec<&Binding> = self.visible(context).collect();
        for (at, first) in visible.iter().enumerate() {
            for (other_at, second) in visible.iter().enumerate() {
                if at == other_at || !second.keys.starts_with(&first.keys) {
                    continue;
                }
                let (keys, first, second_action) = (print(&first.keys), first.action, second.action);
                return Err(if second.keys.len() == visible[at].keys.len() {
                    KeymapError::Twice { context, keys, first, second: second_action }
                } else {
                    KeymapError::Hidden { context, keys, first, longer: print(&second.keys), second: second_action }
                });
            }
        }
        Ok(())
    }
}

fn parse_sequence(context: Context, action: Action, text: &str) -> Result<Vec<Key>, KeymapError> {
    let keys: Result<Vec<Key>, KeyError> = text.split_whitespace().map(str::parse).collect();
    match keys {
        Ok(keys) if keys.is_empty() => Err(KeymapError::Empty { context, action }),
        Ok(keys) => Ok(keys),
        Err(source) => Err(KeymapError::Key { context, action, source }),
    }
}

fn by_action(bindings: &[&Binding]) -> Vec<(Action, Vec<String>)> {
    let keys = |action| -> Vec<String> {
        let bound = bindings.iter().filter(|binding| binding.action == action);
        bound.map(|binding| print(&binding.keys)).collect()
    };
    Action::ALL.iter().map(|&action| (action, keys(action))).filter(|(_, keys)| !keys.is_empty()).collect()
}

fn print(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<Key> {
        text.split_whitespace().map(|key| key.parse().expect("a key")).collect()
    }

    #[test]
    fn the_built_in_keymap_has_no_conflict() {
        let keymap = Keymap::default();
        assert_eq!(keymap.lookup(Context::Tasks, &keys("x")), Lookup::Run(Action::ToggleTask));
        assert_eq!(keymap.lookup(Context::Contacts, &keys("g")), Lookup::More);
        assert_eq!(keymap.lookup(Context::Contacts, &keys("g g")), Lookup::Run(Action::Top));
        assert_eq!(keymap.lookup(Context::Contacts, &keys("g x")), Lookup::Unbound);
        assert_eq!(keymap.lookup(Context::Filter, &keys("q")), Lookup::Unbound);
    }

    #[test]
    fn mistakes_are_named() {
        for (source, part) in [
            ("[main]\nfly = \"f\"", "unknown variant `fly`"),
            ("[moon]\nup = \"k\"", "unknown variant `moon`"),
            ("[main]\nup = \"hyper-k\"", "`hyper-k` is not a key"),
            ("[main]\nup = []", "has no keys"),
            ("[main]\nup = \"\"", "has no keys"),
            ("[main]\nup = \"k\"\ndown = \"k\"", "`k` in [Main] means Down and Up"),
            ("[main]\nup = \"k\"\n[tasks]\ndown = \"k\"", "`k` in [Tasks] means Down and Up"),
            ("[main]\nup = \"g\"\ntop = \"g g\"", "`g g` (Top) could never be typed"),
        ] {
            let error = Keymap::parse(source).expect_err(source).to_string();
            assert!(error.contains(part), "{source}: {error}");
        }
    }

    #[test]
    fn the_same_key_may_differ_between_panes() {
        let keymap = Keymap::parse("[tasks]\nopen = \"enter\"\n[help]\naccept = \"enter\"").expect("no conflict");
        assert_eq!(keymap.lookup(Context::Tasks, &keys("enter")), Lookup::Run(Action::Open));
        assert_eq!(keymap.lookup(Context::Help, &keys("enter")), Lookup::Run(Action::Accept));
    }
}
