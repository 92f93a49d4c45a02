//! As much of DER as the public key of a PEM file needs.

/// An element: its tag, its content and what follows it. Only definite lengths in their shortest form, as DER has them
/// ([X.690](https://www.itu.int/rec/T-REC-X.690), 10.1).
pub(crate) fn element(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = input.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let bytes = usize::from(first & 0x7f);
        if bytes == 0 || bytes > 3 {
            return None;
        }
        let (long, after) = rest.split_at_checked(bytes)?;
        length = long.iter().fold(0, |length, &byte| length << 8 | usize::from(byte));
        if length < 0x80 || *long.first()? == 0 {
            return None;
        }
        rest = after;
    }
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

/// An element of this tag, which must be there.
pub(crate) fn tagged(tag: u8, input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, content, after) = element(input)?;
    (found == tag).then_some((content, after))
}

pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const OID: u8 = 0x06;
pub(crate) const BITS: u8 = 0x03;
pub(crate) const INTEGER: u8 = 0x02;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shortest_form_of_a_length_is_accepted() {
        assert_eq!(element(&[4, 1, 9, 7]), Some((4, &[9][..], &[7][..])));
        let mut long = vec![4, 0x81, 0x80];
        long.extend([0; 128]);
        assert!(
            element(&long)
                .is_some_and(|(_, content, rest)| content.len() == 128 && rest.is_empty())
        );
        for wrong in [
            &[][..],
            &[4],
            &[4, 2, 0],
            &[4, 0x80, 0, 0],
            &[4, 0x81, 1, 0],
            &[4, 0x82, 0, 0x80],
            &[4, 0x84, 0, 0, 0, 1, 0],
        ] {
            assert_eq!(element(wrong), None, "{wrong:?}");
        }
        assert_eq!(tagged(SEQUENCE, &[4, 0]), None);
    }
}
