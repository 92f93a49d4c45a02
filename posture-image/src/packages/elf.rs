//! The parts of an [ELF](https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html) file that are looked at.

/// An ELF file.
pub(super) struct Elf<'a> {
    bytes: &'a [u8],
    wide: bool,
    big: bool,
    sections: Vec<Section>,
}

struct Section {
    name: u32,
    kind: u32,
    offset: u64,
    size: u64,
}

/// Sections that are looked at. Programs have fewer than a hundred; object files with one for each function cannot be started.
const SECTIONS: u64 = 2_000;

impl<'a> Elf<'a> {
    /// Reads the header and the table of sections.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let ident = bytes.get(..16)?;
        if !ident.starts_with(b"\x7fELF") {
            return None;
        }
        let (wide, big) = (ident.get(4) == Some(&2), ident.get(5) == Some(&2));
        let mut elf = Self { bytes, wide, big, sections: Vec::new() };
        let (offset, at) = if wide { (elf.number(40, 8)?, 58) } else { (elf.number(32, 4)?, 46) };
        let (size, count) = (elf.number(at, 2)?, elf.number(at + 2, 2)?);
        for index in 0..count.min(SECTIONS) {
            let start = offset.checked_add(index.checked_mul(size)?)?;
            let Ok(start) = usize::try_from(start) else { break };
            let field = |narrow: (usize, usize), broad: (usize, usize)| {
                let (at, length) = if wide { broad } else { narrow };
                elf.number(start.checked_add(at)?, length)
            };
            let section = (|| {
                Some(Section {
                    name: u32::try_from(field((0, 4), (0, 4))?).ok()?,
                    kind: u32::try_from(field((4, 4), (4, 4))?).ok()?,
                    offset: field((16, 4), (24, 8))?,
                    size: field((20, 4), (32, 8))?,
                })
            })();
            let Some(section) = section else { break };
            elf.sections.push(section);
        }
        Some(elf)
    }

    fn number(&self, at: usize, length: usize) -> Option<u64> {
        let bytes = self.bytes.get(at..at.checked_add(length)?)?;
        let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(if self.big { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) })
    }

    /// Whether it can be started: an executable, or one at no fixed address, which names an interpreter or is marked so.
    pub(super) fn is_program(&self) -> bool {
        const EXECUTABLE: u64 = 2;
        const SHARED: u64 = 3;
        match self.number(16, 2) {
            Some(EXECUTABLE) => true,
            Some(SHARED) => {
                self.segments().any(|segment| segment.kind == 3)
                    || self.section(b".interp").is_some()
            }
            _ => false,
        }
    }

    pub(super) fn has_sections(&self) -> bool {
        self.sections.len() > 1
    }

    /// The bytes of a section.
    pub(super) fn section(&self, name: &[u8]) -> Option<&'a [u8]> {
        let at = if self.wide { 62 } else { 50 };
        let names =
            self.bytes_of(self.sections.get(usize::try_from(self.number(at, 2)?).ok()?)?)?;
        self.sections.iter().find_map(|section| {
            let rest = names.get(usize::try_from(section.name).ok()?..)?;
            let own = rest.get(..name.len())? == name && rest.get(name.len()) == Some(&0);
            own.then(|| self.bytes_of(section)).flatten()
        })
    }

    fn bytes_of(&self, section: &Section) -> Option<&'a [u8]> {
        const NO_BITS: u32 = 8;
        let start = usize::try_from(section.offset).ok()?;
        let end = start.checked_add(usize::try_from(section.size).ok()?)?;
        (section.kind != NO_BITS).then(|| self.bytes.get(start..end)).flatten()
    }

    /// The first writable segment, up to a mebibyte.
    pub(super) fn writable(&self) -> Option<&'a [u8]> {
        let segment =
            self.segments().find(|segment| segment.kind == 1 && segment.flags & 2 != 0)?;
        let start = usize::try_from(segment.offset).ok()?;
        let size = usize::try_from(segment.size).ok()?.min(1 << 20);
        self.bytes.get(start..start.checked_add(size)?)
    }

    fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        let (offset, at) =
            if self.wide { (self.number(32, 8), 54) } else { (self.number(28, 4), 42) };
        let (size, count) = (self.number(at, 2).unwrap_or(0), self.number(at + 2, 2).unwrap_or(0));
        (0..count.min(SECTIONS)).filter_map(move |index| {
            let start = usize::try_from(offset?.checked_add(index.checked_mul(size)?)?).ok()?;
            let field = |at: usize, length: usize| self.number(start.checked_add(at)?, length);
            let (flags, place, length) = if self.wide { (4, 8, 32) } else { (24, 4, 16) };
            let wide = if self.wide { 8 } else { 4 };
            Some(Segment {
                kind: field(0, 4)?,
                flags: field(flags, 4)?,
                offset: field(place, wide)?,
                size: field(length, wide)?,
            })
        })
    }
}

struct Segment {
    kind: u64,
    flags: u64,
    offset: u64,
    size: u64,
}
