//! `--set FIELD=VALUE` of what is no field.

use super::*;

#[tokio::test]
async fn what_has_an_option_or_a_command_of_its_own_is_led_there() {
    for (line, next) in [
        ("contacts create --set tags=vip", "--tag TAG"),
        ("contacts create --set tag=vip", "--tag TAG"),
        ("contacts update c1 --set Tags=vip", "ghl-tui contacts tag c1 --add TAG"),
        ("contacts update c1 --set tag=vip", "--remove TAG"),
        ("contacts update c1 --set followers=u1", "in the dashboard"),
    ] {
        let ran = run(line, writing(confirmed)).await;
        assert_eq!(ran.status, ExitStatus::Usage, "{line}");
        assert!(ran.err.contains(next) && ran.writes().is_empty(), "{line}: {}", ran.err);
        assert!(!ran.err.contains("no field has this name"), "{line}: {}", ran.err);
    }
}
