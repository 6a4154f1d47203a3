//! The redirect as chains of iptables, for nodes on which nf_tables cannot be used.
//!
//! Each table is changed in one step by `iptables-restore --noflush`. iptables-nft announces
//! changes as nf_tables does; the older iptables does not, and there only the regular comparison
//! notices them.

mod rules;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use self::rules::{Table, epoch, wanted};
use super::Found;
use super::error::{Error, Result};
use super::netlink::Answer;
use super::netlink::attribute::find_text;
use super::options::Options;

/// The programs of one family.
struct Programs {
    ipv4: bool,
    save: &'static str,
    restore: &'static str,
}

const FAMILIES: [Programs; 2] = [
    Programs {
        ipv4: true,
        save: "iptables-save",
        restore: "iptables-restore",
    },
    Programs {
        ipv4: false,
        save: "ip6tables-save",
        restore: "ip6tables-restore",
    },
];

/// Replaces podid's chains, as the instance of number `epoch`.
pub(super) fn apply(options: &Options, epoch: u64) -> Result<()> {
    for programs in families(options) {
        let there = saved(programs)?;
        let mut input = String::new();
        for table in wanted(options, programs.ipv4) {
            input.push_str(&table.replacement(&there, epoch));
        }
        restore(programs, &input)?;
    }
    Ok(())
}

/// Removes podid's chains and the jumps to them, and nothing else; whether there were any.
pub(super) fn remove() -> Result<bool> {
    let mut removed = false;
    for programs in &FAMILIES {
        let there = match saved(programs) {
            // Without the programs nobody can have made the chains; the other family may have some.
            Err(Error::Program { .. }) => continue,
            other => other?,
        };
        let input = rules::removal(&there);
        if !input.is_empty() {
            restore(programs, &input)?;
            removed = true;
        }
    }
    Ok(removed)
}

/// What is there, compared with what `options` ask for.
pub(super) fn look(options: &Options) -> Result<Found> {
    let (mut same, mut missing, mut latest) = (true, true, 0);
    for programs in families(options) {
        let there = saved(programs)?;
        let own = rules::own(&there);
        missing &= own.is_empty();
        latest = own
            .iter()
            .filter_map(|line| epoch(line))
            .max()
            .unwrap_or(0)
            .max(latest);
        let tables = wanted(options, programs.ipv4);
        let lines: Vec<String> = tables.iter().flat_map(Table::lines).collect();
        same &= rules::is_same(&lines, &own);
    }
    Ok(match (same, missing) {
        (true, _) => Found::Same,
        (false, true) => Found::Missing,
        (false, false) => Found::Other { epoch: latest },
    })
}

/// The instance that wrote the chains; 0 when there are none.
pub(super) fn writer() -> Result<u64> {
    let mut latest = 0;
    for programs in &FAMILIES {
        let there = match saved(programs) {
            Err(Error::Program { .. }) => continue,
            other => other?,
        };
        latest = there
            .lines()
            .filter_map(epoch)
            .max()
            .unwrap_or(0)
            .max(latest);
    }
    Ok(latest)
}

/// Whether an announced change is one of podid's chains or of a jump to them.
pub(super) fn concerns(change: &Answer) -> bool {
    /// Chains and rules made and removed, with the fixed part of a message.
    const KINDS: [u16; 5] = [
        10 << 8 | 2,
        10 << 8 | 3,
        10 << 8 | 5,
        10 << 8 | 6,
        10 << 8 | 8,
    ];
    const FIXED: usize = 4;
    const TABLE: u16 = 1;
    let table = find_text(change.attributes(FIXED), TABLE);
    KINDS.contains(&change.kind) && matches!(table, Some("nat" | "filter"))
}

/// The families that have a metadata address.
fn families(options: &Options) -> impl Iterator<Item = &'static Programs> + '_ {
    FAMILIES.iter().filter(|programs| {
        let same = |address: &std::net::SocketAddr| address.is_ipv4() == programs.ipv4;
        options.metadata.iter().any(same)
    })
}

/// The rules of a family as the program writes them: both tables, each after its name.
fn saved(programs: &Programs) -> Result<String> {
    let mut all = String::new();
    for table in ["nat", "filter"] {
        let output = Command::new(programs.save)
            .args(["-t", table])
            .stdin(Stdio::null())
            .output()
            .map_err(|source| missing(programs.save, source))?;
        all.push_str(&succeeded(programs.save, output)?);
    }
    Ok(all)
}

fn restore(programs: &Programs, input: &str) -> Result<()> {
    let failed = |source| missing(programs.restore, source);
    let mut child = Command::new(programs.restore)
        // Waits for others that change rules just now.
        .args(["--noflush", "--wait", "5"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that refuses early closes its input; what it says is the better error.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    succeeded(programs.restore, output).map(drop)
}

fn missing(program: &'static str, source: std::io::Error) -> Error {
    Error::Program { program, source }
}

fn succeeded(program: &'static str, output: Output) -> Result<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let said: Vec<&str> = said.take(3).collect();
    if said.iter().any(|line| line.contains("Permission denied")) {
        let doing = "change the rules of iptables";
        return Err(Error::Permission { doing });
    }
    let message = if said.is_empty() {
        output.status.to_string()
    } else {
        said.join("; ")
    };
    Err(Error::Failed { program, message })
}
