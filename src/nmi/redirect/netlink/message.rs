//! Requests to the kernel and its answers.

use super::attribute::Attribute;

/// Flags of a request.
const REQUEST: u16 = 0x1;
const ACK: u16 = 0x4;
pub(super) const DUMP: u16 = 0x300;

/// Bytes of the header of every message.
pub(super) const HEADER: usize = 16;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// What it does, as in "could not ...".
    pub(super) doing: &'static str,
    kind: u16,
    flags: u16,
    body: Vec<u8>,
}

impl Request {
    /// A request of `kind` whose fixed part is `fixed`, to be acknowledged.
    pub(crate) fn new(doing: &'static str, kind: u16, fixed: &[u8]) -> Self {
        Request {
            doing,
            kind,
            flags: REQUEST | ACK,
            body: fixed.to_vec(),
        }
    }

    /// With further flags.
    pub(crate) fn flags(mut self, flags: u16) -> Self {
        self.flags |= flags;
        self
    }

    /// Not acknowledged when it succeeds.
    pub(crate) fn quiet(mut self) -> Self {
        self.flags &= !ACK;
        self
    }

    /// With attributes.
    pub(crate) fn with(mut self, attributes: &[Attribute]) -> Self {
        for attribute in attributes {
            attribute.encode(&mut self.body);
        }
        self
    }

    /// With attributes as the kernel once sent them.
    pub(crate) fn with_raw(self, kind: u16, value: &[u8]) -> Self {
        self.with(&[Attribute::bytes(kind, value)])
    }

    pub(super) fn is_acknowledged(&self) -> bool {
        self.flags & ACK != 0
    }

    pub(super) fn encode(&self, sequence: u32, out: &mut Vec<u8>) {
        let length = u32::try_from(HEADER + self.body.len()).unwrap_or(u32::MAX);
        out.extend(length.to_ne_bytes());
        out.extend(self.kind.to_ne_bytes());
        out.extend(self.flags.to_ne_bytes());
        out.extend(sequence.to_ne_bytes());
        // The sender: the kernel fills it in.
        out.extend(0_u32.to_ne_bytes());
        out.extend(&self.body);
        out.resize(out.len().next_multiple_of(4), 0);
    }
}

/// One message of the kernel.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// What it is.
    pub(crate) kind: u16,
    pub(super) flags: u16,
    pub(super) sequence: u32,
    /// Fixed part and attributes.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The attributes after a fixed part of `fixed` bytes.
    pub(crate) fn attributes(&self, fixed: usize) -> &[u8] {
        self.body.get(fixed..).unwrap_or_default()
    }

    /// The number at the start of the body: the outcome, in an error or at the end of a dump.
    pub(super) fn outcome(&self) -> Option<i32> {
        self.body
            .first_chunk()
            .map(|bytes| i32::from_ne_bytes(*bytes))
    }
}

/// The messages in one datagram. Ends at the first that is malformed.
pub(super) fn read(mut bytes: &[u8]) -> impl Iterator<Item = Answer> {
    std::iter::from_fn(move || {
        let word = |at: usize| bytes.get(at..)?.first_chunk::<4>().copied();
        let half = |at: usize| bytes.get(at..)?.first_chunk::<2>().copied();
        let length = usize::try_from(u32::from_ne_bytes(word(0)?)).ok()?;
        let answer = Answer {
            kind: u16::from_ne_bytes(half(4)?),
            flags: u16::from_ne_bytes(half(6)?),
            sequence: u32::from_ne_bytes(word(8)?),
            body: bytes.get(HEADER..length)?.to_vec(),
        };
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some(answer)
    })
}

/// The fixed part of messages of netfilter: address family, version, resource.
pub(crate) fn netfilter(family: u8, resource: u16) -> [u8; 4] {
    let [high, low] = resource.to_be_bytes();
    [family, 0, high, low]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_several_messages_of_one_datagram() {
        let mut bytes = Vec::new();
        let fixed = netfilter(2, 10);
        Request::new("test", 7, &fixed).encode(1, &mut bytes);
        Request::new("test", 8, &fixed)
            .quiet()
            .with(&[Attribute::bytes(1, [9])])
            .encode(2, &mut bytes);
        let answers: Vec<Answer> = read(&bytes).collect();
        assert_eq!(answers.len(), 2);
        assert_eq!((answers[0].kind, answers[0].flags), (7, REQUEST | ACK));
        assert_eq!(answers[0].body, [2, 0, 0, 10]);
        assert_eq!((answers[1].sequence, answers[1].flags), (2, REQUEST));
        assert_eq!(answers[1].attributes(4)[..5], [5, 0, 1, 0, 9]);
    }

    #[test]
    fn stops_at_what_is_malformed() {
        let mut bytes = Vec::new();
        Request::new("test", 7, &[]).encode(1, &mut bytes);
        assert_eq!(read(&bytes[..15]).count(), 0);
        bytes[0] = 15;
        assert_eq!(read(&bytes).count(), 0);
    }
}
