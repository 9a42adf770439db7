//! The text that tells what the control routes and the switches take. It must keep to what `control` does.

/// What the control routes take, for `--help`.
pub const CONTROL_HELP: &str = r#"CONTROL (exists on no real server; needs no token, is not listed, counts
against no limit)
  POST   /__sandbox/faults    {"rules": [RULE, …]}
  DELETE /__sandbox/faults    forget all rules
  POST   /__sandbox/late      every effect that a fault delays comes now
  POST   /__sandbox/switches  {"index-lag": "10s", "note-body": "plain"}
  POST   /__sandbox/trouble   each may be left out:
           {"tokens": "refused" | "accepted",  every token at once
            "location": "gone" | "there",      the main one
            "skew_ms": -300000,                the server's clock
            "oauth": "expired" | "revoked",    access tokens, or all grants
            "revoke": TOKEN}                   one token, of either kind
  POST   /__sandbox/tokens    a private token made to order:
           {"scopes": ["contacts.readonly"],   left out: every scope
            "class": "location" | "company",
            "location": "main" | "other" | ID,
            "lifetime": "5s"}                  left out: for ever
                              answers token, and whose it is
  POST   /__sandbox/others    what someone else does at once:
           {"change": 2000,                    another city and dateUpdated
            "delete": 100, "add": 100,         each may be left out
            "seed": 1,                         draws whom it hits
            "location": "main"}                answers the ids
  GET    /__sandbox/webhook-key   the public key of webhooks, as PEM
  GET    /__sandbox/webhooks  where they go, how many are queued, delivered,
                              refused and dropped, and the last bodies with
                              their signatures
  PUT    /__sandbox/webhooks  {"url": "http://127.0.0.1:9000/"} or null
  POST   /__sandbox/webhooks  {"count": 500, "type": "ContactUpdate",
                               "location": "main"}
                              so many events at once, of what is there
  GET    /__sandbox/requests  every API request in order: seq, at, method,
                              path, query, body, status, dropped
  DELETE /__sandbox/requests  empty that list
  GET    /__sandbox/state     counts, and what has changed since the start;
                              ?contact=ID for one contact with its tasks,
                              notes, appointments, and what was started;
                              ?location=other for the second location

LOCATIONS
  The agency has two: the main one, which the ready line names, and a smaller
  one with another name and time zone. Faults, switches, the clock and the
  list of requests are of the server and so of both. A location is told by
  main, other or its id; POST /__sandbox/tokens {"location": "other"} answers
  a token and the id of the second one.

WEBHOOKS
  With --webhook URL every change that a call makes is posted there, in order:
  ContactCreate, Update, Delete, TagUpdate, DndUpdate; TaskCreate, Complete,
  Delete; NoteCreate, Update, Delete; AppointmentCreate, Update, Delete.
  As documented, there is none for a task that is edited, nor for a contact's
  followers, business, time zone and gender.
  X-GHL-Signature is base64 of Ed25519 over the raw body; the key follows from
  the seed. An event that is not answered with 2xx in 5 s is sent again after
  0.1, 0.4 and 1.6 s, then given up; 10,000 may wait.

FAULTS
  RULE is {"method": "PUT", "path": "*/completed", "times": 1, "action": …}
    method, path  may be left out; a path is a part of the request's path,
                  or with * a pattern for all of it
    times         how often; 0 = until cleared
    share         0.2 = one in five of the requests that fit, drawn by the seed
  and action is one of
    {"status": 422, "body": {…}, "headers": {…}, "after": false}
                            answered instead; "after": true: with its effect
    {"drop": "before"}      connection closed, no effect, not a byte answered
    {"drop": "after"}       connection closed, but the effect has happened
    {"latency_ms": 200, "jitter_ms": 50}
    {"garbage": "json-truncated" | "html" | "empty" | "wrong-type" | "endless"}
                            the effect happens, the body is spoilt
  "late_ms": 25000 beside "status" or "drop": the effect comes that long after
  the request, though its caller has had another answer or none.
  Delays add up; of the other fitting rules the oldest applies.

SIGNING IN
  /v2/oauth/chooselocation  the page where a location is chosen, with
                            client_id=sandbox-app-client
  POST /oauth/token         client_secret=sandbox-app-secret; tokens rotate,
                            with 30 s of grace

SWITCHES (what nobody outside HighLevel knows; the default comes first)
  null-clears           on | off | never    null in an update clears a field; only
                                            an empty text does; neither does for
                                            an e-mail or a phone
  tag-case              lower | keep        tags are folded to lower case
  note-body             html | plain        what seeded notes hold
  touches-date-updated  off | on            tasks and notes change dateUpdated
  index-lag             2s | any time       how long search does not see a write
  duplicate-search      index | direct      whether search/duplicate lags too
  rate-body             json | empty | html body of a 429
  retry-after           absent | seconds    header of a 429
  error-5xx             json | html | empty body of a 5xx fault
  unknown-id            400 | 404           status of an id that does not exist
  bad-version           401 | 400           status of an unknown Version
  task-id               id | _id            name of the id in locations/{id}/tasks/search
  tasks-limit           100 | any           largest limit that tasks/search honours
  plain-names           on | off            search rows carry firstName and lastName
  upsert-status         200 | 201           status of an upsert
  create-422-creates    off | on            a create answers 422 and creates
  allow-duplicates      off | on            contacts may share e-mail and phone
  duplicate-order       email,phone | phone,email | email | phone
                                            what tells contacts apart
  code-lifetime         60s | any time      how long a code may be exchanged
  access-lifetime       86399s | any time   how long an access token is good for
  oauth-state           keep | drop         whether the page gives state back
  version-id            off | required      error.noversionid without version_id
"#;
