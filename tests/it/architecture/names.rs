//! Which paths a source file names, in full: relative ones resolved, renamed ones followed, macros looked into.

use std::collections::HashMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A path as the file means it: `["crate", "store", "Ledger"]` or `["std", "fs", "read"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

/// What a file says that matters here. Items under `#[cfg(test)]` are passed over.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) names: Vec<Name>,
    /// What a name that is brought in by a `use` stands for.
    pub(crate) aliases: HashMap<String, Vec<String>>,
    /// Modules in files of their own that exist for tests only.
    pub(crate) test_modules: Vec<String>,
}

/// Reads one file; `module` is where it stands below the crate: `["api", "endpoints"]`.
pub(crate) fn said(source: &str, module: &[&str]) -> syn::Result<Said> {
    let file = syn::parse_file(source)?;
    let mut walk = Walk { module: module.iter().map(|&part| part.to_owned()).collect(), ..Walk::default() };
    walk.visit_file(&file);
    let Walk { aliases, names, test_modules, .. } = walk;
    let names = names.into_iter().map(|name| followed(name, &aliases)).collect();
    Ok(Said { names, aliases, test_modules })
}

/// Replaces a renamed or imported first segment by what it stands for.
fn followed(mut name: Name, aliases: &HashMap<String, Vec<String>>) -> Name {
    // An alias may stand for a path that begins with another alias; three steps are plenty.
    for _ in 0..3 {
        let Some(meant) = name.segments.first().and_then(|first| aliases.get(first)) else { break };
        if meant.first() == name.segments.first() {
            break;
        }
        name.segments.splice(..1, meant.iter().cloned());
    }
    name
}

#[derive(Default)]
struct Walk {
    module: Vec<String>,
    aliases: HashMap<String, Vec<String>>,
    names: Vec<Name>,
    test_modules: Vec<String>,
}

impl Walk {
    /// `super::x` as `crate::…::x`; `ghl_tui::x` as `crate::x`; others as they are.
    fn resolved(&self, written: &[String]) -> Vec<String> {
        let from_crate = |above: usize, rest: &[String]| {
            let kept = self.module.len().saturating_sub(above);
            let crate_root = std::iter::once("crate".to_owned());
            crate_root.chain(self.module[..kept].iter().cloned()).chain(rest.iter().cloned()).collect()
        };
        let above = written.iter().take_while(|part| *part == "super").count();
        match written.first().map(String::as_str) {
            Some("self") => {
                let above = written[1..].iter().take_while(|part| *part == "super").count();
                from_crate(above, &written[1 + above..])
            }
            Some("super") => from_crate(above, &written[above..]),
            Some("ghl_tui" | "$crate") => {
                std::iter::once("crate".to_owned()).chain(written[1..].iter().cloned()).collect()
            }
            _ => written.to_vec(),
        }
    }

    fn name(&mut self, written: &[String], line: usize) {
        let segments = self.resolved(written);
        self.names.push(Name { segments, line });
    }

    fn use_tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let join = |ident: &syn::Ident| [before, &[ident.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.use_tree(&path.tree, &join(&path.ident)),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.use_tree(item, before)),
            syn::UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                self.name(&[before, &["*".to_owned()]].concat(), line);
            }
            syn::UseTree::Name(name) => {
                let full = if name.ident == "self" { before.to_vec() } else { join(&name.ident) };
                let alias = full.last().cloned().unwrap_or_default();
                self.import(alias, &full, name.ident.span().start().line);
            }
            syn::UseTree::Rename(rename) => {
                let full = if rename.ident == "self" { before.to_vec() } else { join(&rename.ident) };
                self.import(rename.rename.to_string(), &full, rename.ident.span().start().line);
            }
        }
    }

    fn import(&mut self, alias: String, full: &[String], line: usize) {
        self.name(full, line);
        let meant = self.resolved(full);
        self.aliases.insert(alias, meant);
    }

    /// Paths in the unparsed tokens of a macro: identifiers joined by `::`, and use groups such as
    /// `crate::{store, api}`.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => {
                    self.tokens(group.stream());
                    at += 1;
                }
                TokenTree::Ident(first) => {
                    let dollar = at > 0 && is_punct(&tokens[at - 1], '$');
                    let mut path = vec![if dollar { format!("${first}") } else { first.to_string() }];
                    at += 1;
                    while at + 2 < tokens.len() && is_punct(&tokens[at], ':') && is_punct(&tokens[at + 1], ':') {
                        match &tokens[at + 2] {
                            TokenTree::Ident(next) => path.push(next.to_string()),
                            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                                for token in group.stream() {
                                    if let TokenTree::Ident(inner) = token {
                                        let full = [path.clone(), vec![inner.to_string()]].concat();
                                        self.name(&full, inner.span().start().line);
                                    }
                                }
                                break;
                            }
                            _ => break,
                        }
                        at += 3;
                    }
                    if path.len() > 1 {
                        self.name(&path, first.span().start().line);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => at += 1,
            }
        }
    }
}

fn is_punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// `#[cfg(test)]`, also within `all(…)`, but not `not(test)`.
fn for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Meta>().is_ok_and(|condition| match condition {
                syn::Meta::Path(path) => path.is_ident("test"),
                syn::Meta::List(list) => {
                    list.path.is_ident("all")
                        && list.tokens.clone().into_iter().any(|t| matches!(t, TokenTree::Ident(i) if i == "test"))
                }
                syn::Meta::NameValue(_) => false,
            })
    })
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if for_tests(attributes(item)) {
            if let syn::Item::Mod(syn::ItemMod { content: None, ident, .. }) = item {
                self.test_modules.push(ident.to_string());
            }
            return;
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !for_tests(&function.attrs) {
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.module.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &[]);
    }

    /// `pub(in crate::ui)` says who may see an item; it uses nothing.
    fn visit_vis_restricted(&mut self, _visibility: &'ast syn::VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let written: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let line = path.segments[0].ident.span().start().line;
        self.name(&written, line);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.tokens(list.tokens.clone());
        visit::visit_meta_list(self, list);
    }
}
