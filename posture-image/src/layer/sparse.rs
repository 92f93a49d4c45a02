//! The maps of sparse files that stand in the stream.

use super::header::{Block, Flavor};
use super::tar::{BLOCK, Discard, Tar, TarError};
use crate::truth::Cause;

impl<R: Discard> Tar<R> {
    pub(super) fn old_sparse(&mut self, block: &Block) -> Result<(Vec<(u64, u64)>, u64), TarError> {
        if block.flavor() != Flavor::Gnu {
            return Err(TarError::malformed("a sparse file of GNU tar in another format"));
        }
        let mut parts = Vec::new();
        let mut more = block.sparse_parts(386, 4, 482, &mut parts)?;
        while more {
            let next = self
                .block()?
                .ok_or_else(|| TarError::malformed("ends in the map of a sparse file"))?;
            more = next.sparse_parts(0, 21, 504, &mut parts)?;
            if parts.len() > self.limits.sparse_parts {
                return Err(TarError::new(
                    Cause::Incomplete,
                    format!("more than {} parts of a sparse file", self.limits.sparse_parts),
                ));
            }
        }
        Ok((parts, block.number(483, 12)?))
    }

    /// The map in front of the data, in form 1.0: decimal numbers, each with a line feed, filled up to blocks.
    pub(super) fn sparse_map(&mut self) -> Result<Vec<(u64, u64)>, TarError> {
        let malformed = || TarError::malformed("the map of a sparse file");
        let mut numbers: Vec<u64> = Vec::new();
        let mut digits = Vec::new();
        let mut wanted = 1;
        while numbers.len() < wanted {
            if self.left < BLOCK {
                return Err(malformed());
            }
            let block = self.block()?.ok_or_else(malformed)?;
            self.left -= BLOCK;
            for byte in block.0 {
                match byte {
                    _ if numbers.len() == wanted => break,
                    b'\n' => {
                        let number = std::str::from_utf8(&digits)
                            .ok()
                            .and_then(|digits| digits.parse().ok());
                        let number: u64 = number.ok_or_else(malformed)?;
                        digits.clear();
                        if numbers.is_empty() {
                            let count = usize::try_from(number).unwrap_or(usize::MAX);
                            if count > self.limits.sparse_parts {
                                let detail = format!(
                                    "more than {} parts of a sparse file",
                                    self.limits.sparse_parts
                                );
                                return Err(TarError::new(Cause::Incomplete, detail));
                            }
                            wanted = 1 + 2 * count;
                        }
                        numbers.push(number);
                    }
                    b'0'..=b'9' if digits.len() < 20 => digits.push(byte),
                    _ => return Err(malformed()),
                }
            }
        }
        let parts = numbers.get(1..).unwrap_or_default();
        Ok(parts.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect())
    }
}
