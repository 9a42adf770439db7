//! ghl-tui: a terminal dashboard for the contacts of a HighLevel sub-account.
