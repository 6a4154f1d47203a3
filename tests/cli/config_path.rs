//! `podid config path`.

use crate::support::Site;

fn path(site: &Site, variables: &[(&str, &str)]) -> String {
    let query = ["config", "path", "--query", "path", "-o", "tsv"];
    site.podid_with(variables, &query).ok().stdout
}

#[test]
fn the_place_of_the_file() {
    let site = Site::new();
    assert_eq!(path(&site, &[]), "HOME/.config/podid/config.yaml\n");
    let xdg = ("XDG_CONFIG_HOME", "/etc/xdg");
    assert_eq!(path(&site, &[xdg]), "/etc/xdg/podid/config.yaml\n");
    // A relative folder is ignored, as the specification has it.
    let relative = ("XDG_CONFIG_HOME", "xdg");
    assert_eq!(path(&site, &[relative]), "HOME/.config/podid/config.yaml\n");
    let named = ("PODID_CONFIG", "/tmp/mine.yaml");
    assert_eq!(path(&site, &[xdg, named]), "/tmp/mine.yaml\n");
    let nowhere = site.podid_with(&[("HOME", "")], &["config", "path"]);
    assert_eq!(nowhere.code, 2);
}
