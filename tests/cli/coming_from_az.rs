//! `docs/guides/coming-from-az.md`: every command and argument of az has a row, and what the row
//! says is tried with the binary.

use std::collections::BTreeSet;

use crate::support::Site;

/// What az has: its commands and their arguments, as its own help lists them.
const AZ: [(&str, &[&str]); 10] = [
    (
        "aks pod-identity add",
        &[
            "--cluster-name",
            "--resource-group",
            "-g",
            "--namespace",
            "--identity-resource-id",
            "--name",
            "-n",
            "--binding-selector",
            "--aks-custom-headers",
        ],
    ),
    (
        "aks pod-identity delete",
        &[
            "--cluster-name",
            "--resource-group",
            "-g",
            "--namespace",
            "--name",
            "-n",
            "--aks-custom-headers",
        ],
    ),
    (
        "aks pod-identity list",
        &["--cluster-name", "--resource-group", "-g"],
    ),
    (
        "aks pod-identity exception add",
        &[
            "--cluster-name",
            "--resource-group",
            "-g",
            "--namespace",
            "--pod-labels",
            "--name",
            "-n",
            "--aks-custom-headers",
        ],
    ),
    (
        "aks pod-identity exception update",
        &[
            "--cluster-name",
            "--resource-group",
            "-g",
            "--namespace",
            "--name",
            "-n",
            "--pod-labels",
            "--aks-custom-headers",
        ],
    ),
    (
        "aks pod-identity exception delete",
        &[
            "--cluster-name",
            "--resource-group",
            "-g",
            "--namespace",
            "--name",
            "-n",
            "--aks-custom-headers",
        ],
    ),
    (
        "aks pod-identity exception list",
        &["--cluster-name", "--resource-group", "-g"],
    ),
    (
        "aks create",
        &[
            "--enable-pod-identity",
            "--enable-pod-identity-with-kubenet",
        ],
    ),
    (
        "aks update",
        &[
            "--enable-pod-identity",
            "--enable-pod-identity-with-kubenet",
            "--disable-pod-identity",
            "--name",
            "-n",
            "--resource-group",
            "-g",
            "--aks-custom-headers",
            "--no-wait",
            "--yes",
            "-y",
        ],
    ),
    (
        "every command",
        &[
            "--output",
            "-o",
            "--query",
            "--subscription",
            "--verbose",
            "--debug",
            "--only-show-errors",
            "--help",
            "-h",
        ],
    ),
];

/// A row of the table of arguments.
struct Row {
    az: String,
    spellings: Vec<String>,
    podid: String,
}

fn guide() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guides/coming-from-az.md");
    std::fs::read_to_string(path).unwrap()
}

/// The cells of the rows below a heading.
fn table(heading: &str) -> Vec<Vec<String>> {
    let guide = guide();
    let section = guide.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = |row: &str| {
        let inner = row.trim().trim_matches('|');
        inner
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    rows.map(cells).collect()
}

/// What stands between backticks.
fn code(cell: &str) -> Vec<String> {
    let parts = cell.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

fn arguments() -> Vec<Row> {
    let rows = table("Arguments").into_iter();
    rows.map(|cells| Row {
        az: cells[0].trim_matches('`').to_owned(),
        spellings: code(&cells[1]),
        podid: cells[2].clone(),
    })
    .collect()
}

#[test]
fn every_command_and_argument_of_az_has_a_row() {
    let commands: BTreeSet<String> = table("Commands")
        .iter()
        .flat_map(|cells| code(&cells[0]))
        .collect();
    let rows = arguments();
    for (command, spellings) in AZ {
        assert!(
            command == "every command" || commands.contains(command),
            "{command}"
        );
        let told: Vec<&String> = rows
            .iter()
            .filter(|row| row.az == command)
            .flat_map(|row| &row.spellings)
            .collect();
        let told_once: BTreeSet<&str> = told.iter().map(|text| text.as_str()).collect();
        assert_eq!(told.len(), told_once.len(), "{command}: {told:?}");
        assert_eq!(told_once, spellings.iter().copied().collect(), "{command}");
    }
    let known: BTreeSet<&str> = AZ.iter().map(|(command, _)| *command).collect();
    for row in &rows {
        assert!(known.contains(row.az.as_str()), "az has no `{}`", row.az);
    }
}

/// The command of podid in the row of an az command.
fn counterpart(az: &str) -> String {
    let rows = table("Commands");
    let row = rows.iter().find(|cells| code(&cells[0]) == [az]).unwrap();
    let command = code(&row[1])[0].clone();
    command.strip_prefix("podid ").unwrap().to_owned()
}

/// A value that the argument takes.
fn sample(site: &Site, argument: &str) -> Vec<String> {
    let one = |value: &str| vec![value.to_owned()];
    match argument {
        "--cluster-name" | "--resource-group" | "-g" => one("demo"),
        "--namespace" => one(&site.namespace),
        "--identity-resource-id" => one(&site.identity("reader")),
        "--name" | "-n" | "--binding-selector" => one("reader"),
        "--aks-custom-headers" => {
            one("AKSHTTPCustomFeatures=Microsoft.ContainerService/EnablePodIdentityPreview,Odd=a=b")
        }
        "--pod-labels" => vec!["app=web".to_owned(), "example.com/tier=".to_owned()],
        "--query" => one("[0]"),
        "--subscription" => one(&site.subscription),
        _ => Vec::new(),
    }
}

/// The arguments without which az refuses the command, all but those that mean `tested`.
fn required(site: &Site, az: &str, tested: &str) -> Vec<String> {
    let same = |argument: &str| match argument {
        "-g" => "--resource-group".to_owned(),
        "-n" => "--name".to_owned(),
        other => other.to_owned(),
    };
    let mut wanted = vec!["--resource-group", "--cluster-name"];
    if !az.ends_with("list") {
        wanted.push("--namespace");
    }
    if az.ends_with("pod-identity add") {
        wanted.push("--identity-resource-id");
    }
    if az.ends_with("delete") || az.ends_with("update") {
        wanted.push("--name");
    }
    if az.contains("exception add") || az.contains("exception update") {
        wanted.push("--pod-labels");
    }
    wanted.retain(|argument| *argument != same(tested));
    let mut words = Vec::new();
    for argument in wanted {
        words.push(argument.to_owned());
        words.extend(sample(site, argument));
    }
    words
}

/// Runs podid with a wrong secret, without defaults: whatever gets as far as signing in was taken.
#[track_caller]
fn taken(site: &Site, words: &[String]) {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let variables = [
        ("AZURE_CLIENT_SECRET", "wrong"),
        ("PODID_RESOURCE_GROUP", ""),
        ("PODID_CLUSTER_NAME", ""),
    ];
    let output = site.podid_with(&variables, &words);
    let help = words.iter().any(|word| matches!(*word, "-h" | "--help"));
    let wanted = if help { 0 } else { 4 };
    assert_eq!(
        output.code,
        wanted,
        "podid {}\n{}",
        words.join(" "),
        output.all()
    );
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

#[test]
fn what_is_written_as_for_az_is_taken() {
    let site = Site::new();
    let mut tried = 0;
    for row in arguments() {
        if row.podid != "same" || row.az == "every command" {
            continue;
        }
        for spelling in &row.spellings {
            let mut line = words(&counterpart(&row.az));
            line.extend(required(&site, &row.az, spelling));
            line.push(spelling.clone());
            line.extend(sample(&site, spelling));
            taken(&site, &line);
            tried += 1;
        }
    }
    assert!(tried > 40, "only {tried}");
}

#[test]
fn what_is_written_otherwise_is_taken_too() {
    let site = Site::new();
    let cluster = ["--resource-group", "demo", "--cluster-name", "demo"];
    let mut tried = 0;
    for row in arguments().iter().filter(|row| row.podid != "same") {
        let line = code(&row.podid).remove(0);
        let mut line = words(line.strip_prefix("podid ").unwrap());
        for pair in cluster.chunks(2) {
            let named =
                |word: &String| word == pair[0] || pair[0] == "--cluster-name" && word == "--name";
            if !line.iter().any(named) {
                line.extend(pair.iter().map(ToString::to_string));
            }
        }
        taken(&site, &line);
        tried += 1;
    }
    assert!(tried >= 10, "only {tried}");
}

#[test]
fn options_of_every_command_are_taken_by_every_command() {
    let site = Site::new();
    let formats = ["json", "jsonc", "none", "table", "tsv", "yaml", "yamlc"];
    for (az, _) in AZ.iter().filter(|(az, _)| az.contains("pod-identity")) {
        let mut start = words(&counterpart(az));
        start.extend(required(&site, az, ""));
        for row in arguments().iter().filter(|row| row.az == "every command") {
            // Each spelling with a command of its own would take long and tell no more.
            let spelling = &row.spellings[az.len() % row.spellings.len()];
            let mut line = start.clone();
            line.push(spelling.clone());
            line.extend(sample(&site, spelling));
            if row.spellings[0] == "--output" {
                line.push(formats[az.len() % formats.len()].to_owned());
            }
            taken(&site, &line);
        }
    }
    for format in formats {
        for spelling in ["-o", "--output"] {
            site.podid(&["version", spelling, format]).ok();
        }
    }
}

/// `az aks pod-identity X` becomes `podid X` by replacing words alone, as the guide promises.
#[test]
fn words_can_be_replaced_in_a_script() {
    let site = Site::new();
    let in_podid = |az: &str| az.replace("aks pod-identity ", "");
    for (az, _) in AZ.iter().filter(|(az, _)| az.contains("pod-identity")) {
        let mut line = words(&in_podid(az));
        line.extend(required(&site, az, ""));
        taken(&site, &line);
    }
}
