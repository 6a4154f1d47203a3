//! The redirect as a table of nf_tables, written and read through netlink.
//!
//! The whole table is replaced in one transaction: a packet meets the former rules or the new
//! ones, never none. `nft list table inet podid` shows it.

mod expression;
mod table;

use self::table::{Chain, Rule, TABLE, chains};
use super::Found;
use super::error::Result;
use super::netlink::attribute::{Attribute, find, find_text, read};
use super::netlink::{Answer, Netlink, Request, netfilter};
use super::options::Options;

/// Numbers of `linux/netfilter/nfnetlink.h` and `nf_tables.h`.
const SUBSYSTEM: u16 = 10;
const BATCH_BEGIN: u16 = 0x10;
const BATCH_END: u16 = 0x11;
const NEW_TABLE: u16 = 0;
const GET_TABLE: u16 = 1;
const DELETE_TABLE: u16 = 2;
const NEW_CHAIN: u16 = 3;
const GET_CHAIN: u16 = 4;
const DELETE_CHAIN: u16 = 5;
const NEW_RULE: u16 = 6;
const GET_RULE: u16 = 7;
const DELETE_RULE: u16 = 8;
/// The family of tables for IPv4 and IPv6.
const INET: u8 = 1;
/// Bytes of the fixed part of a message.
const FIXED: usize = 4;
/// Flags of a request that makes something.
const CREATE: u16 = 0x400;
const APPEND: u16 = 0x800;
/// Attributes: the table's name is 1 in tables, chains and rules.
const TABLE_NAME: u16 = 1;
const TABLE_FLAGS: u16 = 2;
const CHAIN_NAME: u16 = 3;
const CHAIN_HOOK: u16 = 4;
const CHAIN_POLICY: u16 = 5;
const CHAIN_KIND: u16 = 7;
const RULE_CHAIN: u16 = 2;
const RULE_EXPRESSIONS: u16 = 4;
const RULE_NOTE: u16 = 7;
const ACCEPT: u32 = 1;
/// Before the number of the instance that wrote a rule, in the rule's comment.
const COMMENT: &str = "podid-nmi ";

/// Replaces the table, as the instance of number `epoch`.
pub(super) fn apply(options: &Options, epoch: u64) -> Result<()> {
    let mut batch = removal();
    batch.push(table_request("make the table of the redirect", NEW_TABLE).flags(CREATE));
    for chain in chains(options) {
        batch.push(chain_request(&chain));
        batch.extend(
            chain
                .rules
                .iter()
                .map(|rule| rule_request(&chain, rule, epoch)),
        );
    }
    commit(batch)
}

/// Removes the table and nothing else; whether it was there.
pub(super) fn remove() -> Result<bool> {
    let there = !tables(&mut Netlink::netfilter()?)?.is_empty();
    if there {
        commit(removal())?;
    }
    Ok(there)
}

/// What is there, compared with what `options` ask for.
pub(super) fn look(options: &Options) -> Result<Found> {
    let mut netlink = Netlink::netfilter()?;
    let tables = tables(&mut netlink)?;
    let Some(table) = tables.first() else {
        return Ok(Found::Missing);
    };
    let chains_there = of_table(&mut netlink, "read the chains of the redirect", GET_CHAIN)?;
    let rules_there = of_table(&mut netlink, "read the rules of the redirect", GET_RULE)?;
    let wanted = chains(options);
    // A table can be put to sleep as a whole.
    let awake = Attribute::number(TABLE_FLAGS, 0).within(table.attributes(FIXED));
    let same = awake
        && chains_there.len() == wanted.len()
        && rules_there.len() == wanted.iter().map(|chain| chain.rules.len()).sum::<usize>()
        && wanted
            .iter()
            .all(|chain| is_there(chain, &chains_there, &rules_there));
    if same {
        return Ok(Found::Same);
    }
    let epoch = rules_there.iter().filter_map(epoch).max().unwrap_or(0);
    Ok(Found::Other { epoch })
}

/// The instance that wrote the table; 0 without a table or a note in it.
pub(super) fn writer() -> Result<u64> {
    let mut netlink = Netlink::netfilter()?;
    let rules = of_table(&mut netlink, "read the rules of the redirect", GET_RULE)?;
    Ok(rules.iter().filter_map(epoch).max().unwrap_or(0))
}

/// Whether an announced change is one of the table.
pub(super) fn concerns(change: &Answer) -> bool {
    let kinds = [
        NEW_TABLE,
        DELETE_TABLE,
        NEW_CHAIN,
        DELETE_CHAIN,
        NEW_RULE,
        DELETE_RULE,
    ];
    kinds
        .iter()
        .any(|kind| change.kind == SUBSYSTEM << 8 | kind)
        && find_text(change.attributes(FIXED), TABLE_NAME) == Some(TABLE)
}

fn is_there(wanted: &Chain, chains: &[Answer], rules: &[Answer]) -> bool {
    let attributes = chain_attributes(wanted);
    let made = |chain: &Answer| {
        let actual = chain.attributes(FIXED);
        attributes.iter().all(|attribute| attribute.within(actual))
    };
    let rules: Vec<&Answer> = rules
        .iter()
        .filter(|rule| find_text(rule.attributes(FIXED), RULE_CHAIN) == Some(wanted.name))
        .collect();
    chains.iter().any(made)
        && rules.len() == wanted.rules.len()
        && wanted
            .rules
            .iter()
            .zip(rules)
            .all(|(wanted, rule)| is_rule(wanted, rule))
}

fn is_rule(wanted: &Rule, actual: &Answer) -> bool {
    let Some(expressions) = find(actual.attributes(FIXED), RULE_EXPRESSIONS) else {
        return false;
    };
    let actual: Vec<&[u8]> = read(expressions)
        .map(|(_, expression)| expression)
        .collect();
    actual.len() == wanted.len()
        && wanted.iter().zip(actual).all(|(expression, actual)| {
            let attributes = expression.attributes();
            attributes.iter().all(|attribute| attribute.within(actual))
        })
}

/// Makes the table, so that removing it cannot fail, and removes it with all it holds.
fn removal() -> Vec<Request> {
    let doing = "remove the former table of the redirect";
    vec![
        table_request(doing, NEW_TABLE).flags(CREATE),
        table_request(doing, DELETE_TABLE),
    ]
}

fn commit(requests: Vec<Request>) -> Result<()> {
    let edge = |kind| {
        let fixed = netfilter(0, SUBSYSTEM);
        Request::new("change the packet rules", kind, &fixed).quiet()
    };
    let mut batch = vec![edge(BATCH_BEGIN)];
    batch.extend(requests);
    batch.push(edge(BATCH_END));
    Netlink::netfilter()?.transact(&batch)?;
    Ok(())
}

fn request(doing: &'static str, kind: u16) -> Request {
    Request::new(doing, SUBSYSTEM << 8 | kind, &netfilter(INET, 0))
}

fn table_request(doing: &'static str, kind: u16) -> Request {
    request(doing, kind).with(&[Attribute::text(TABLE_NAME, TABLE)])
}

fn chain_attributes(chain: &Chain) -> Vec<Attribute> {
    let hook = vec![
        Attribute::number(1, chain.hook),
        Attribute::bytes(2, chain.priority.to_be_bytes()),
    ];
    vec![
        Attribute::text(TABLE_NAME, TABLE),
        Attribute::text(CHAIN_NAME, chain.name),
        Attribute::nest(CHAIN_HOOK, hook),
        Attribute::number(CHAIN_POLICY, ACCEPT),
        Attribute::text(CHAIN_KIND, chain.kind),
    ]
}

fn chain_request(chain: &Chain) -> Request {
    request("make a chain of the redirect", NEW_CHAIN)
        .flags(CREATE)
        .with(&chain_attributes(chain))
}

fn rule_request(chain: &Chain, rule: &Rule, epoch: u64) -> Request {
    const ELEMENT: u16 = 1;
    let element =
        |expression: &expression::Expression| Attribute::nest(ELEMENT, expression.attributes());
    request("make a rule of the redirect", NEW_RULE)
        .flags(CREATE | APPEND)
        .with(&[
            Attribute::text(TABLE_NAME, TABLE),
            Attribute::text(RULE_CHAIN, chain.name),
            Attribute::nest(RULE_EXPRESSIONS, rule.iter().map(element).collect()),
            Attribute::bytes(RULE_NOTE, note(epoch)),
        ])
}

/// The comment of a rule, in the form that `nft` writes and shows: kind, length, text.
fn note(epoch: u64) -> Vec<u8> {
    const KIND: u8 = 0;
    let text = format!("{COMMENT}{epoch}\0");
    let mut note = vec![KIND, u8::try_from(text.len()).unwrap_or(u8::MAX)];
    note.extend(text.bytes());
    note
}

/// The number of the instance in a rule's comment.
fn epoch(rule: &Answer) -> Option<u64> {
    let note = find(rule.attributes(FIXED), RULE_NOTE)?;
    let text = std::str::from_utf8(note.get(2..)?).ok()?;
    text.trim_end_matches('\0')
        .strip_prefix(COMMENT)?
        .parse()
        .ok()
}

/// podid's table, if it is there.
fn tables(netlink: &mut Netlink) -> Result<Vec<Answer>> {
    of_table(netlink, "read the tables of packet rules", GET_TABLE)
}

/// The tables, chains or rules of podid's table.
fn of_table(netlink: &mut Netlink, doing: &'static str, kind: u16) -> Result<Vec<Answer>> {
    let mut found = netlink.dump(request(doing, kind))?;
    found.retain(|answer| find_text(answer.attributes(FIXED), TABLE_NAME) == Some(TABLE));
    Ok(found)
}
