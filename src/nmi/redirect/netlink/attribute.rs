//! Attributes: kind, length, value, padded to four bytes; values may hold attributes again.

/// The bit that marks a value as nested, and the one for byte order; no part of the kind.
const FLAGS: u16 = 0x8000 | 0x4000;
const NESTED: u16 = 0x8000;

/// An attribute to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    kind: u16,
    value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Bytes(Vec<u8>),
    Nest(Vec<Attribute>),
}

impl Attribute {
    /// An attribute with these bytes.
    pub(crate) fn bytes(kind: u16, bytes: impl Into<Vec<u8>>) -> Self {
        let value = Value::Bytes(bytes.into());
        Attribute { kind, value }
    }

    /// An attribute with a name.
    pub(crate) fn text(kind: u16, text: &str) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(0);
        Attribute::bytes(kind, bytes)
    }

    /// An attribute with a number, in the byte order of the network as all of nf_tables.
    pub(crate) fn number(kind: u16, number: u32) -> Self {
        Attribute::bytes(kind, number.to_be_bytes())
    }

    /// An attribute with attributes inside.
    pub(crate) fn nest(kind: u16, inside: Vec<Attribute>) -> Self {
        let value = Value::Nest(inside);
        Attribute { kind, value }
    }

    /// Appends it to `out` as it is sent.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let kind = match self.value {
            Value::Bytes(_) => self.kind,
            Value::Nest(_) => self.kind | NESTED,
        };
        out.extend([0, 0]);
        out.extend(kind.to_ne_bytes());
        match &self.value {
            Value::Bytes(bytes) => out.extend(bytes),
            Value::Nest(inside) => inside.iter().for_each(|attribute| attribute.encode(out)),
        }
        let length = u16::try_from(out.len() - start).unwrap_or(u16::MAX);
        out[start..start + 2].copy_from_slice(&length.to_ne_bytes());
        out.resize(out.len().next_multiple_of(4), 0);
    }

    /// Whether `actual`, as the kernel sent it, has this attribute with this value.
    ///
    /// The kernel adds what was left out, so the actual may have more.
    pub(crate) fn within(&self, actual: &[u8]) -> bool {
        let Some(found) = find(actual, self.kind) else {
            return false;
        };
        match &self.value {
            Value::Bytes(bytes) => bytes == found,
            Value::Nest(inside) => inside.iter().all(|attribute| attribute.within(found)),
        }
    }
}

/// The attributes in `bytes`: kind and value. Ends at the first that is malformed.
pub(crate) fn read(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (length, rest) = bytes.split_first_chunk()?;
        let (kind, _) = rest.split_first_chunk()?;
        let length = usize::from(u16::from_ne_bytes(*length));
        let value = bytes.get(4..length)?;
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((u16::from_ne_bytes(*kind) & !FLAGS, value))
    })
}

/// The value of the first attribute of `kind`.
pub(crate) fn find(bytes: &[u8], kind: u16) -> Option<&[u8]> {
    read(bytes)
        .find(|(found, _)| *found == kind)
        .map(|(_, value)| value)
}

/// The name in the first attribute of `kind`.
pub(crate) fn find_text(bytes: &[u8], kind: u16) -> Option<&str> {
    let value = find(bytes, kind)?;
    std::str::from_utf8(value.strip_suffix(&[0]).unwrap_or(value)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(attributes: &[Attribute]) -> Vec<u8> {
        let mut out = Vec::new();
        for attribute in attributes {
            attribute.encode(&mut out);
        }
        out
    }

    #[test]
    fn reads_what_it_writes() {
        let sent = [
            Attribute::text(1, "podid"),
            Attribute::nest(
                4,
                vec![Attribute::number(2, 7), Attribute::bytes(3, [1, 2, 3])],
            ),
        ];
        let bytes = encoded(&sent);
        assert_eq!(bytes.len() % 4, 0);
        assert_eq!(find_text(&bytes, 1), Some("podid"));
        let inside = find(&bytes, 4).unwrap();
        assert_eq!(find(inside, 2), Some(&[0, 0, 0, 7][..]));
        assert_eq!(find(inside, 3), Some(&[1, 2, 3][..]));
        assert!(sent.iter().all(|attribute| attribute.within(&bytes)));
    }

    #[test]
    fn compares_by_value_and_lets_the_kernel_add() {
        let wanted = Attribute::nest(4, vec![Attribute::number(2, 7)]);
        let more = Attribute::nest(4, vec![Attribute::number(1, 1), Attribute::number(2, 7)]);
        let other = Attribute::nest(4, vec![Attribute::number(2, 8)]);
        assert!(wanted.within(&encoded(&[more])));
        assert!(!wanted.within(&encoded(&[other])));
        assert!(!wanted.within(&[]));
    }

    #[test]
    fn stops_at_what_is_malformed() {
        for bytes in [
            &[][..],
            &[8],
            &[8, 0, 1, 0, 1],
            &[3, 0, 1, 0],
            &[0, 0, 0, 0],
        ] {
            assert_eq!(read(bytes).count(), 0, "{bytes:?}");
        }
    }
}
