//! The operations of the API, each one typed; [`all`] lists them.

mod appointments;
mod automation;
mod business;
mod contacts;
mod location;
mod notes;
mod sales;
mod tags;
mod tasks;

use std::sync::LazyLock;

use crate::domain::Scope;
use crate::http::Method;

use super::probe::NOBODY;
use super::{Idempotency, Operation, VERSION};

pub use appointments::*;
pub use automation::*;
pub use business::*;
pub use contacts::*;
pub use location::*;
pub use notes::*;
pub use sales::*;
pub use tags::*;
pub use tasks::*;

/// Defines operations and lists them: parameters; method, path with its ids, scope, idempotency, use; additions to the
/// call; the answer and its parser.
macro_rules! operations {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($(#[$about:meta])* $field:ident: $type:ty),* $(,)? }
        $method:ident $path:literal ($($id:ident),*) $scope:ident $idempotency:ident $(version $version:literal)? $used:literal
        $(with |$this:ident, $call:ident| $build:expr,)?
        -> $reply:ty = |$own:ident, $body:ident| $parse:expr;
    )*) => {
        /// The operations of this group.
        pub(super) const OPERATIONS: &[crate::api::Operation] = &[$(crate::api::Operation::of::<$name>($used)),*];

        $(
            $(#[$doc])*
            #[derive(Clone, Debug)]
            pub struct $name { $($(#[$about])* pub $field: $type),* }

            impl crate::api::Endpoint for $name {
                const METHOD: crate::http::Method = crate::http::Method::$method;
                const PATH: &'static str = $path;
                const SCOPE: crate::domain::Scope = crate::domain::Scope::$scope;
                const IDEMPOTENCY: crate::api::Idempotency = crate::api::Idempotency::$idempotency;
                $(const VERSION: &'static str = $version;)?
                type Reply = $reply;

                fn call(&self) -> crate::api::Call {
                    let call = crate::api::Call::new(Self::PATH, &[$(self.$id.as_str()),*]);
                    $(let call = { let ($this, $call) = (self, call); $build };)?
                    call
                }

                fn parse(&self, body: &[u8]) -> Result<Self::Reply, serde_json::Error> {
                    let ($own, $body) = (self, body);
                    let _ = $own;
                    $parse
                }
            }
        )*
    };
}
pub(super) use operations;

/// The sign-in operations, whose types are in `auth::oauth`.
const OAUTH: &[Operation] = &[
    Operation {
        method: Method::Post,
        path: "/oauth/token",
        scope: None,
        idempotency: Idempotency::Once,
        version: VERSION,
        used: "api",
    },
    Operation {
        method: Method::Post,
        path: "/oauth/locationToken",
        scope: Some(Scope::OauthWrite),
        idempotency: Idempotency::Natural,
        version: VERSION,
        used: "api",
    },
    Operation {
        method: Method::Get,
        path: "/oauth/installedLocations",
        scope: Some(Scope::OauthReadonly),
        idempotency: Idempotency::Safe,
        version: VERSION,
        used: "api",
    },
];

static ALL: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let groups = [
        contacts::OPERATIONS,
        tasks::OPERATIONS,
        notes::OPERATIONS,
        appointments::OPERATIONS,
        tags::OPERATIONS,
        business::OPERATIONS,
        automation::OPERATIONS,
        sales::OPERATIONS,
        location::OPERATIONS,
        OAUTH,
    ];
    groups.concat()
});

/// Every operation that the program knows.
pub fn all() -> &'static [Operation] {
    &ALL
}

/// The operation with this method and path (without the query).
pub fn find(method: Method, path: &str) -> Option<Operation> {
    Operation::find(all(), method, path)
}

/// Whether a request (without its query) changes what the server holds; the check of a write scope does not.
pub fn writes(method: Method, path: &str) -> bool {
    let safe = |operation: Operation| operation.idempotency == Idempotency::Safe;
    !path.contains(NOBODY) && !find(method, path).map_or(method == Method::Get, safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_search_nor_a_scope_check_writes() {
        assert!(writes(Method::Put, "/contacts/c1") && writes(Method::Delete, "/nowhere"));
        assert!(!writes(Method::Post, "/contacts/search") && !writes(Method::Get, "/nowhere"));
        for operation in all().iter().filter(|operation| operation.method == Method::Put) {
            let check = operation.path.replace("{}", NOBODY);
            assert!(!writes(Method::Put, &check), "{check}");
        }
    }

    #[test]
    fn every_operation_is_found_by_its_own_path() {
        for operation in all() {
            let path = operation.path.replace("{}", "x");
            assert_eq!(find(operation.method, &path).as_ref(), Some(operation), "{path}");
        }
    }

    #[test]
    fn fixed_words_go_before_ids() {
        let path = |method, path| find(method, path).map(|operation| operation.path);
        assert_eq!(path(Method::Delete, "/contacts/a/campaigns/removeAll"), Some("/contacts/{}/campaigns/removeAll"));
        assert_eq!(path(Method::Get, "/contacts"), Some("/contacts/"));
        assert_eq!(path(Method::Get, "/contacts/a/b"), None);
        assert_eq!(path(Method::Get, "/nowhere"), None);
    }
}
