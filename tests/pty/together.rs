//! Several programs at once on one location and one folder.

use crate::home::Home;
use crate::sandbox::Sandbox;

#[test]
fn two_dashboards_and_a_command_send_each_edit_once_and_see_each_others() {
    let sandbox = Sandbox::small();
    let targets = sandbox.targets(3);
    let home = Home::on(&sandbox);
    let (one, other) = (home.dashboard(), home.dashboard());
    one.wait_for("120 · by name");
    other.wait_for("120 · by name");

    one.go_to_task(&targets[0]);
    other.go_to_task(&targets[0]);
    one.press("x");
    one.wait_settled(&targets[0], true);
    other.wait_settled(&targets[0], true);

    other.go_to_task(&targets[1]);
    one.go_to_task(&targets[1]);
    other.press("x");
    other.wait_settled(&targets[1], true);
    one.wait_settled(&targets[1], true);

    one.go_to_task(&targets[2]);
    other.go_to_task(&targets[2]);
    let ran = home.run(&["tasks", "complete", &targets[2].task, "--contact", &targets[2].contact]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    one.wait_settled(&targets[2], true);
    other.wait_settled(&targets[2], true);

    for target in &targets {
        assert_eq!(sandbox.answered("PUT", &format!("{}/completed", target.task)), [200], "{target:?}");
    }
    // Whoever is left takes over.
    one.kill();
    other.press("x");
    other.wait_settled(&targets[2], false);
    assert!(!sandbox.is_complete(&targets[2]));
}
