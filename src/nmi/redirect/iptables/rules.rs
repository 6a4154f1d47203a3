//! The rules in the words of iptables: as they are written, and as `iptables-save` shows them.

use std::fmt::Write;
use std::net::SocketAddr;

use crate::nmi::redirect::options::Options;
use crate::nmi::redirect::probe::MARK;

/// podid's chains; no other name of a chain starts like them.
const REDIRECT: &str = "PODID-NMI";
const PROBE: &str = "PODID-NMI-PROBE";
const REFUSE: &str = "PODID-NMI-REFUSE";
const CHAINS: [&str; 3] = [REDIRECT, PROBE, REFUSE];
/// Before the number of the instance, in the comment of a rule.
const COMMENT: &str = "podid-nmi ";

/// podid's part of a table of iptables.
pub(super) struct Table {
    name: &'static str,
    chains: Vec<&'static str>,
    /// From which chain of the kernel a packet gets into which of podid's.
    jumps: Vec<(&'static str, &'static str)>,
    /// The rules, without the comment: chain, matches, target.
    rules: Vec<(&'static str, String, String)>,
}

/// What `options` ask for in one family.
pub(super) fn wanted(options: &Options, ipv4: bool) -> [Table; 2] {
    let of_family = |address: &&SocketAddr| address.is_ipv4() == ipv4;
    let mut nat = Table {
        name: "nat",
        chains: vec![REDIRECT, PROBE],
        jumps: vec![("PREROUTING", REDIRECT), ("OUTPUT", PROBE)],
        rules: Vec::new(),
    };
    let mut filter = Table {
        name: "filter",
        chains: vec![REFUSE],
        jumps: vec![("FORWARD", REFUSE), ("INPUT", REFUSE)],
        rules: Vec::new(),
    };
    let refuse = "REJECT --reject-with tcp-reset";
    for metadata in options.metadata.iter().filter(of_family) {
        for sender in options.senders(*metadata) {
            let from = sender.map(|cidr| format!("-s {cidr} ")).unwrap_or_default();
            let packets = format!("{from}{}", arriving(*metadata));
            if let Some(target) = options.target(*metadata) {
                let rule = format!("DNAT --to-destination {target}");
                nat.rules.push((REDIRECT, packets.clone(), rule));
            }
            filter.rules.push((REFUSE, packets, refuse.to_owned()));
        }
        if let Some(target) = options.target(*metadata) {
            let probe = format!("{} -m mark --mark {MARK:#x}", to(*metadata, ""));
            let rule = format!("DNAT --to-destination {target}");
            nat.rules.push((PROBE, probe, rule));
        }
    }
    for target in options.targets.iter().filter(of_family) {
        let direct = format!("{} -m conntrack ! --ctstate DNAT", arriving(*target));
        filter.rules.push((REFUSE, direct, refuse.to_owned()));
    }
    [nat, filter]
}

/// Packets to `address` that are not the node's own.
fn arriving(address: SocketAddr) -> String {
    to(address, "! -i lo ")
}

fn to(address: SocketAddr, device: &str) -> String {
    let length = if address.is_ipv4() { 32 } else { 128 };
    let (ip, port) = (address.ip(), address.port());
    format!("-d {ip}/{length} {device}-p tcp -m tcp --dport {port}")
}

impl Table {
    /// The input of `iptables-restore --noflush` that puts this in place of what is `there`.
    ///
    /// Naming a chain with a colon makes it, or empties it if it is there.
    pub(super) fn replacement(&self, there: &str, epoch: u64) -> String {
        let mut input = format!("*{}\n", self.name);
        for chain in &self.chains {
            let _ = writeln!(input, ":{chain} - [0:0]");
        }
        for (chain, matches, target) in &self.rules {
            let comment = format!("-m comment --comment \"{COMMENT}{epoch}\"");
            let _ = writeln!(input, "-A {chain} {matches} {comment} -j {target}");
        }
        for jump in self.jumps() {
            for line in there.lines().filter(|line| **line == jump) {
                let _ = writeln!(input, "{}", line.replacen("-A", "-D", 1));
            }
        }
        for (from, to) in &self.jumps {
            let _ = writeln!(input, "-I {from} 1 -j {to}");
        }
        input.push_str("COMMIT\n");
        input
    }

    /// Jumps and rules as `iptables-save` shows them, without the number of the instance.
    pub(super) fn lines(&self) -> Vec<String> {
        let rule = |(chain, matches, target): &(&str, String, String)| {
            format!("-A {chain} {matches} -j {target}")
        };
        let mut lines: Vec<String> = self.rules.iter().map(rule).collect();
        lines.extend(self.jumps());
        lines
    }

    fn jumps(&self) -> impl Iterator<Item = String> + '_ {
        let jump = |(from, to): &(&str, &str)| format!("-A {from} -j {to}");
        self.jumps.iter().map(jump)
    }
}

/// The input that removes podid's chains and all jumps to them; empty when there are none.
pub(super) fn removal(there: &str) -> String {
    let mut input = String::new();
    let mut table = String::new();
    let mut chains = Vec::new();
    for line in there.lines() {
        let word = |at: usize| line.split_whitespace().nth(at).unwrap_or_default();
        if let Some(name) = line.strip_prefix('*') {
            name.clone_into(&mut table);
            chains.clear();
        } else if let Some(name) = word(0).strip_prefix(':').filter(|name| is_own(name)) {
            if chains.is_empty() {
                let _ = writeln!(input, "*{table}");
            }
            // Emptied here, so that it can be deleted when nothing jumps to it any more.
            let _ = writeln!(input, ":{name} - [0:0]");
            chains.push(name.to_owned());
        } else if word(0) == "-A" && !is_own(word(1)) && line.split_whitespace().any(is_own) {
            let _ = writeln!(input, "{}", line.replacen("-A", "-D", 1));
        } else if line == "COMMIT" && !chains.is_empty() {
            for chain in &chains {
                let _ = writeln!(input, "-X {chain}");
            }
            input.push_str("COMMIT\n");
        }
    }
    input
}

/// podid's rules and the jumps to them, as they are there.
pub(super) fn own(there: &str) -> Vec<&str> {
    let mentions = |line: &&str| line.starts_with("-A ") && line.split_whitespace().any(is_own);
    there.lines().filter(mentions).collect()
}

/// Whether the rules there are the wanted ones: chain by chain, in the same order.
pub(super) fn is_same(wanted: &[String], own: &[&str]) -> bool {
    let chain = |line: &String| line.split_whitespace().nth(1).map(str::to_owned);
    let mut wanted = wanted.to_vec();
    let mut own: Vec<String> = own.iter().map(|line| without_comment(line)).collect();
    wanted.sort_by_key(chain);
    own.sort_by_key(chain);
    wanted == own
}

/// The number of the instance in a rule's comment.
pub(super) fn epoch(line: &str) -> Option<u64> {
    let (_, rest) = line.split_once(COMMENT)?;
    rest.split(['"', ' ']).next()?.parse().ok()
}

/// The line without podid's comment, wherever the program puts it.
fn without_comment(line: &str) -> String {
    let Some(epoch) = epoch(line) else {
        return line.to_owned();
    };
    line.replacen(
        &format!(" -m comment --comment \"{COMMENT}{epoch}\""),
        "",
        1,
    )
}

fn is_own(word: &str) -> bool {
    CHAINS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nmi::redirect::options::Method;

    fn options() -> Options {
        let target = "10.0.0.4:2579".parse().unwrap();
        let mut options = Options::new(Method::Iptables, vec![target]);
        options
            .metadata
            .push("[fd00:169:254::254]:80".parse().unwrap());
        options
    }

    /// What `iptables-save` shows after `input` on an empty table.
    fn shown(input: &str) -> String {
        let line = |line: &str| {
            let line = line.replacen("-I PREROUTING 1", "-A PREROUTING", 1);
            let line = line.replacen("-I OUTPUT 1", "-A OUTPUT", 1);
            let line = line.replacen("-I FORWARD 1", "-A FORWARD", 1);
            line.replacen("-I INPUT 1", "-A INPUT", 1) + "\n"
        };
        input.lines().map(line).collect()
    }

    #[test]
    fn a_second_replacement_leaves_one_jump() {
        let [nat, _] = wanted(&options(), true);
        let first = nat.replacement("", 1);
        assert!(!first.contains("-D "), "{first}");
        let second = nat.replacement(&shown(&first), 2);
        assert_eq!(second.matches("-D PREROUTING -j PODID-NMI\n").count(), 1);
        assert_eq!(second.matches("-I PREROUTING 1 -j PODID-NMI\n").count(), 1);
        assert!(second.contains("\"podid-nmi 2\""), "{second}");
    }

    #[test]
    fn compares_without_the_comment_and_with_the_order() {
        let tables = wanted(&options(), true);
        let lines: Vec<String> = tables.iter().flat_map(Table::lines).collect();
        let there: String = tables
            .iter()
            .map(|table| shown(&table.replacement("", 7)))
            .collect();
        let found = own(&there);
        assert!(is_same(&lines, &found), "{lines:#?} {found:#?}");
        assert_eq!(found.iter().filter_map(|line| epoch(line)).max(), Some(7));
        assert!(!is_same(&lines, &found[1..]));
        let mut twice = found.clone();
        twice.push("-A PREROUTING -j PODID-NMI");
        assert!(!is_same(&lines, &twice));
    }

    #[test]
    fn a_family_without_a_target_is_refused() {
        let [nat, filter] = wanted(&options(), false);
        assert!(nat.rules.is_empty());
        let rules: Vec<&String> = filter.rules.iter().map(|(_, matches, _)| matches).collect();
        assert_eq!(
            rules,
            ["-d fd00:169:254::254/128 ! -i lo -p tcp -m tcp --dport 80"]
        );
    }

    #[test]
    fn removes_its_own_and_nothing_else() {
        let there = "*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n:PODID-NMI - [0:0]\n\
                     -A PREROUTING -j PODID-NMI\n-A PREROUTING -j KUBE-SERVICES\n\
                     -A PODID-NMI -p tcp -j DNAT --to-destination 10.0.0.4:2579\nCOMMIT\n\
                     *filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j KUBE-SERVICES\nCOMMIT\n";
        assert_eq!(
            removal(there),
            "*nat\n:PODID-NMI - [0:0]\n-D PREROUTING -j PODID-NMI\n-X PODID-NMI\nCOMMIT\n"
        );
        assert_eq!(removal("*nat\n:PODID-NMI-OTHER - [0:0]\nCOMMIT\n"), "");
    }
}
