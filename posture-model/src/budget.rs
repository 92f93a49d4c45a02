//! How much memory a snapshot may take while it is read.
//!
//! A resource of a few bytes of JSON takes kilobytes once it is read, since it has a place for every fact. A file that lists
//! millions of them would fill the memory long before its own size looks suspicious.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

thread_local! {
    /// The bytes that are left, and whether more was requested.
    static LEFT: Cell<(usize, bool)> = const { Cell::new((usize::MAX, false)) };
}

/// Runs code that reads lists, which may need so many bytes; returns whether they needed more.
pub(crate) fn within<R>(bytes: usize, work: impl FnOnce() -> R) -> (R, bool) {
    let before = LEFT.replace((bytes, false));
    let result = work();
    let (_, exceeded) = LEFT.replace(before);
    (result, exceeded)
}

/// Takes bytes from what is left.
fn take(bytes: usize) -> bool {
    let (left, exceeded) = LEFT.get();
    let rest = left.checked_sub(bytes);
    LEFT.set((rest.unwrap_or(0), exceeded || rest.is_none()));
    rest.is_some()
}

/// Reads a list whose items count.
pub(crate) fn list<'de, D, T>(input: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct List<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a sequence")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(item) = items.next_element()? {
                // A list that grows takes up to twice the room of its items.
                if !take(2 * size_of::<T>()) {
                    return Err(A::Error::custom("the resources take too much memory"));
                }
                list.push(item);
            }
            Ok(list)
        }
    }
    input.deserialize_seq(List(PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Items {
        #[serde(deserialize_with = "list")]
        items: Vec<[u64; 4]>,
    }

    #[test]
    fn lists_take_no_more_than_they_may() {
        let read = |bytes| {
            let json = r#"{"items":[[1,2,3,4],[1,2,3,4]]}"#;
            let (read, exceeded) = within(bytes, || serde_json::from_str::<Items>(json));
            (read.map(|items| items.items.len()).ok(), exceeded)
        };
        assert_eq!(read(128), (Some(2), false));
        assert_eq!(read(127), (None, true));
        // One that was exceeded says nothing of the next.
        assert_eq!(read(usize::MAX), (Some(2), false));
    }
}
