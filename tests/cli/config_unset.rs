//! `podid config unset`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn takes_a_default_out() {
    let site = Site::new();
    std::fs::create_dir_all(site.path(".config/podid")).unwrap();
    site.write(
        ".config/podid/config.yaml",
        "# ours\noutput: json\nvia: auto\n",
    );
    assert_snapshot!(site.podid(&["config", "unset", "output"]).all(), @"
    exit code 0
    ----- stderr
    `output` is no longer set in the file
    ");
    let left = std::fs::read_to_string(site.path(".config/podid/config.yaml")).unwrap();
    assert_eq!(left, "# ours\nvia: auto\n");
    assert_snapshot!(site.podid(&["config", "unset", "output"]).all(), @"
    exit code 0
    ----- stderr
    `output` is not set in the file
    ");
    assert_eq!(site.podid(&["config", "unset", "weather"]).code, 2);
}
