//! What every command shares: formats, queries, streams, colours, flags and variables.

use std::io::Read;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::Site;

const POOLS: [&str; 2] = ["nodepool", "list"];

fn pools(site: &Site, more: &[&str]) -> crate::support::Output {
    site.podid(&[&POOLS[..], more].concat())
}

const FIELDS: [&str; 2] = [
    "--query",
    "[].{name:name,os:osType,held:identities,why:reason}",
];

fn as_format(site: &Site, format: &str) -> String {
    pools(site, &[&FIELDS[..], &["-o", format]].concat())
        .ok()
        .stdout
}

#[test]
fn formats_for_people_and_shells() {
    let site = Site::new();
    assert_snapshot!(as_format(&site, "table"), @r#"
    held	name	os	why
    ["/subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool"]	system	Linux	
    ["/subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool"]	apps	Linux	
    ["/subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool"]	win	Windows	Windows nodes do not run NMI
    "#);
    assert_snapshot!(as_format(&site, "tsv"), @r#"
    ["/subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool"]	system	Linux	
    ["/subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool"]	apps	Linux	
    ["/subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool"]	win	Windows	Windows nodes do not run NMI
    "#);
    assert_eq!(as_format(&site, "none"), "");
    let unknown = pools(&site, &["-o", "xml"]);
    assert_snapshot!(unknown.all(), @"
    exit code 2
    ----- stderr
    error: invalid value 'xml' for '--output <OUTPUT>'
      [possible values: table, json, yaml, tsv, none]

      tip: a similar value exists: 'yaml'

    For more information, try '--help'.
    ");
}

#[test]
fn formats_for_programs() {
    let site = Site::new();
    assert_snapshot!(as_format(&site, "json"), @r#"
    [
      {
        "held": [
          "/subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool"
        ],
        "name": "system",
        "os": "Linux",
        "why": null
      },
      {
        "held": [
          "/subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool"
        ],
        "name": "apps",
        "os": "Linux",
        "why": null
      },
      {
        "held": [
          "/subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool"
        ],
        "name": "win",
        "os": "Windows",
        "why": "Windows nodes do not run NMI"
      }
    ]
    "#);
    assert_snapshot!(as_format(&site, "yaml"), @"
    - held:
      - /subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool
      name: system
      os: Linux
      why: null
    - held:
      - /subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool
      name: apps
      os: Linux
      why: null
    - held:
      - /subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool
      name: win
      os: Windows
      why: Windows nodes do not run NMI
    ");
    assert_eq!(as_format(&site, "jsonc"), as_format(&site, "json"));
    // Not a terminal: JSON.
    assert_eq!(pools(&site, &FIELDS).ok().stdout, as_format(&site, "json"));
}

#[test]
fn queries() {
    let site = Site::new();
    let query = |text: &str, format: &str| pools(&site, &["--query", text, "-o", format]).all();
    assert_snapshot!(query("[?osType=='Linux'].name", "tsv"), @"
    exit code 0
    ----- stdout
    system
    apps
    ");
    assert_snapshot!(query("[].name | sort(@) | [0]", "json"), @r#"
    exit code 0
    ----- stdout
    "apps"
    "#);
    assert_snapshot!(query("nothing", "json"), @"
    exit code 0
    ----- stdout
    null
    ");
    assert_snapshot!(query("[?name==`x`", "json"), @"
    exit code 2
    ----- stderr
    Error: The query is not valid JMESPath
    Caused by: Parse error: Unable to parse literal JSON x: expected value at line 1 column 1
      [?name==`x`
              ^
    Hint: JMESPath is described at https://jmespath.org/
    ");
    assert_snapshot!(query("abs(@)", "json"), @"
    exit code 2
    ----- stderr
    Error: The query does not fit the result
    Caused by: Runtime error: Argument 0 expects type number, given array (line 0, column 3)
    abs(@)
       ^
    ");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let site = Site::new();
    let mut command = site.command(&[]);
    let mut child = command.args(["docs"]).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0];
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    let output = site.output(&output).ok();
    assert_eq!(output.stderr, "");
}

#[test]
fn quiet_says_nothing_but_errors() {
    let site = Site::new();
    let output = site.add("reader", &["--quiet"]).ok();
    assert_eq!(output.stderr, "");
    let failed = site.remove("nobody", &["--quiet"]);
    assert!(failed.stderr.starts_with("Error: "), "{}", failed.stderr);
}

#[test]
fn errors_as_json() {
    let site = Site::new();
    let output = site.remove("nobody", &["--error-format", "json"]);
    assert_eq!(output.code, 3);
    let error: Value = serde_json::from_str(output.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(
        error,
        json!({"error": {
            "code": "NotFound",
            "message": "Cluster `demo` has no pod identity `billing/nobody`",
            "target": "billing/nobody",
            "details": [],
            "hints": ["see what there is with `podid list`, or add --ignore-not-found"],
            "requestId": null,
            "exitCode": 3,
        }})
    );
    let from_azure = site.podid(&["identity", "show", "-n", "nobody", "--error-format=json"]);
    assert_snapshot!(from_azure.all(), @r#"
    exit code 3
    ----- stderr
    {"error":{"code":"NotFound","message":"Identity `nobody` was not found in resource group `demo`","target":"/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nobody","details":[],"hints":["see what there is with `podid identity list`"],"requestId":null,"exitCode":3}}
    "#);
}

#[test]
fn usage_errors_as_json() {
    let site = Site::new();
    let wrong = |arguments: &[&str]| site.podid(arguments).all();
    assert_snapshot!(wrong(&["--error-format=json", "list", "--nme", "x"]), @r#"
    exit code 2
    ----- stderr
    {"error":{"code":"InvalidInput","message":"unexpected argument '--nme' found","target":"--nme","details":[],"hints":["a similar argument exists: '--namespace'","usage: podid list --namespace <NAMESPACE>"],"requestId":null,"exitCode":2}}
    "#);
    assert_snapshot!(wrong(&["add", "--error-format", "json"]), @r#"
    exit code 2
    ----- stderr
    {"error":{"code":"InvalidInput","message":"the following required arguments were not provided: --namespace <NAMESPACE> --identity-resource-id <ID>","target":"--namespace <NAMESPACE> --identity-resource-id <ID>","details":[],"hints":["usage: podid add --error-format <FORMAT> --resource-group <GROUP> --cluster-name <NAME> --subscription <NAME_OR_ID> --namespace <NAMESPACE> --identity-resource-id <ID>"],"requestId":null,"exitCode":2}}
    "#);
    assert_snapshot!(wrong(&["--error-format=json"]), @r#"
    exit code 2
    ----- stderr
    {"error":{"code":"InvalidInput","message":"'podid' requires a subcommand but one was not provided","target":null,"details":[],"hints":["usage: podid [OPTIONS] <COMMAND>"],"requestId":null,"exitCode":2}}
    "#);
    let variable = [("PODID_ERROR_FORMAT", "json")];
    assert_snapshot!(site.podid_with(&variable, &["lst"]).all(), @r#"
    exit code 2
    ----- stderr
    {"error":{"code":"InvalidInput","message":"unrecognized subcommand 'lst'","target":null,"details":[],"hints":["a similar subcommand exists: 'list'","usage: podid [OPTIONS] <COMMAND>"],"requestId":null,"exitCode":2}}
    "#);
}

#[test]
fn colours() {
    let site = Site::new();
    let failed = |variables: &[(&str, &str)], flag: &str| {
        let arguments = ["remove", "--namespace=x", "--name=Y", flag];
        site.podid_with(variables, &arguments).raw_stderr
    };
    let coloured = "\u{1b}[1;31mError:";
    assert!(failed(&[], "--color=always").contains(coloured));
    assert!(failed(&[("NO_COLOR", "1")], "--color=always").contains(coloured));
    assert!(failed(&[("FORCE_COLOR", "1")], "--color=auto").contains(coloured));
    assert!(!failed(&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], "--color=auto").contains('\u{1b}'));
    assert!(!failed(&[], "--color=auto").contains('\u{1b}'));
}

#[test]
fn a_terminal_gets_a_table_and_colours() {
    let site = Site::new();
    let binary = env!("CARGO_BIN_EXE_podid");
    let mut command = site.command(&[("TERM", "xterm")]);
    let script = std::process::Command::new("script")
        .args([
            "-qfec",
            &format!(
                "stty cols 150; {binary} nodepool list; {binary} remove --namespace x --name Y"
            ),
            "/dev/null",
        ])
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .output()
        .unwrap();
    let _ = &mut command;
    let text = site.output(&script).stdout.replace('\r', "");
    assert_snapshot!(text.replace('\u{1b}', "ESC"), @"
    NAME    MODE    OS       TYPE                     SCALESET                  IDENTITIES  NOTE
    system  System  Linux    VirtualMachineScaleSets  aks-system-vmss  1           -
    apps    User    Linux    VirtualMachineScaleSets  aks-apps-vmss    1           -
    win     User    Windows  VirtualMachineScaleSets  akswin                    1           Windows nodes do not run NMI
    ESC[1;31mError:ESC[0m `Y` is not a valid pod identity name: `Y` is not allowed, only a-z, 0-9 and `-`
    ");
}

#[test]
fn flags_beat_variables() {
    let site = Site::new();
    let variables = [
        ("PODID_OUTPUT", "yaml"),
        ("PODID_CLUSTER_NAME", "nowhere"),
        ("PODID_RESOURCE_GROUP", "nowhere"),
        (
            "AZURE_SUBSCRIPTION_ID",
            "99999999-9999-9999-9999-999999999999",
        ),
        ("PODID_TIMEOUT", "1s"),
        ("PODID_CREDENTIAL", "cli"),
    ];
    let flags = [
        "-g=demo",
        "--cluster-name=demo",
        "--subscription",
        &site.subscription,
        "--timeout=1m",
        "--credential=client-secret",
        "--query=[0].name",
    ];
    let nodepools = [&POOLS[..], &flags].concat();
    let yaml = site.podid_with(&variables, &nodepools).ok();
    assert_eq!(yaml.stdout, "system\n");
    let json = site.podid_with(&variables, &[&nodepools[..], &["-o", "json"]].concat());
    assert_eq!(json.ok().stdout, "\"system\"\n");
}

#[test]
fn az_defaults_are_read() {
    let site = Site::new();
    std::fs::create_dir(site.path(".azure")).unwrap();
    site.write(".azure/config", "[defaults]\ngroup = demo\n");
    site.write(
        ".azure/azureProfile.json",
        &format!(
            "\u{feff}{{\"subscriptions\": [{{\"id\": \"{}\", \"isDefault\": true}}]}}",
            site.subscription
        ),
    );
    let unset = [("PODID_RESOURCE_GROUP", ""), ("AZURE_SUBSCRIPTION_ID", "")];
    let output = site.podid_with(&unset, &[&POOLS[..], &["--query", "length(@)"]].concat());
    assert_eq!(output.ok().stdout, "3\n");
}
