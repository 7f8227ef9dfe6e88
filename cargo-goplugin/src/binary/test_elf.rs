//! Makes small ELF files for tests, of both sizes, with just what the readers look at.

/// 32 or 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bits {
    B32,
    B64,
}

/// What the file is to say.
#[derive(Debug, Clone)]
pub(super) struct TestElf {
    pub(super) bits: Bits,
    pub(super) machine: u16,
    pub(super) flags: u32,
    pub(super) interpreter: Option<&'static str>,
    pub(super) soname: Option<&'static str>,
    pub(super) needed: Vec<&'static str>,
    pub(super) symbols: Vec<TestSymbol>,
    /// A section by name, which is also loaded.
    pub(super) extra: Option<(&'static str, Vec<u8>)>,
}

/// Name, type, link, info, entry size, bytes, segment.
type Section<'s> = (&'s str, u32, u32, u32, usize, Vec<u8>, Option<u32>);
/// A name, and a version with its library.
type TestSymbol = (&'static str, Option<(&'static str, &'static str)>);

const INTERP: u32 = 3;
const LOAD: u32 = 1;
const DYNAMIC: u32 = 2;

impl TestElf {
    pub(super) fn amd64() -> Self {
        Self {
            bits: Bits::B64,
            machine: 62,
            flags: 0,
            interpreter: None,
            soname: None,
            needed: Vec::new(),
            symbols: Vec::new(),
            extra: None,
        }
    }

    pub(super) fn armhf() -> Self {
        Self { bits: Bits::B32, machine: 40, flags: 0x0500_0400, ..Self::amd64() }
    }

    fn word(&self, value: usize) -> Vec<u8> {
        match self.bits {
            Bits::B32 => u32::try_from(value).unwrap().to_le_bytes().to_vec(),
            Bits::B64 => (value as u64).to_le_bytes().to_vec(),
        }
    }

    fn sizes(&self) -> (usize, usize, usize) {
        if self.bits == Bits::B32 { (52, 32, 40) } else { (64, 56, 64) }
    }

    pub(super) fn build(&self) -> Vec<u8> {
        let linked = self.soname.is_some() || !self.needed.is_empty() || !self.symbols.is_empty();
        let mut strings = Strings::default();
        let dynamic = self.dynamic(&mut strings);
        let (symbols, versions, needs) = self.symbols(&mut strings);
        let mut sections: Vec<Section<'_>> = vec![("", 0, 0, 0, 0, vec![], None)];
        if let Some(path) = self.interpreter {
            sections.push((".interp", 1, 0, 0, 0, [path.as_bytes(), &[0]].concat(), Some(INTERP)));
        }
        if linked {
            let strtab = u32::try_from(sections.len()).unwrap();
            let word = self.word(0).len();
            sections.push((".dynstr", 3, 0, 0, 0, strings.0, None));
            sections.push((".dynsym", 11, strtab, 1, 8 + 2 * word, symbols, None));
            if !needs.is_empty() {
                let count = u32::try_from(self.libraries().len()).unwrap();
                sections.push((".gnu.version", 0x6fff_ffff, strtab + 1, 0, 2, versions, None));
                sections.push((".gnu.version_r", 0x6fff_fffe, strtab, count, 0, needs, None));
            }
            sections.push((".dynamic", 6, strtab, 0, 2 * word, dynamic, Some(DYNAMIC)));
        }
        if let Some((name, bytes)) = &self.extra {
            sections.push((name, 1, 0, 0, 0, bytes.clone(), Some(LOAD)));
        }
        let mut names = Strings::default();
        let offsets: Vec<_> = sections.iter().map(|section| names.add(section.0)).collect();
        let shstrtab = names.add(".shstrtab");
        sections.push((".shstrtab", 3, 0, 0, 0, names.0, None));

        let (header, segment, section) = self.sizes();
        let segments = sections.iter().filter(|section| section.6.is_some()).count();
        let mut at = header + segments * segment;
        let (mut table, mut segment_table, mut data) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (_, kind, link, info, entry, bytes, loaded)) in sections.iter().enumerate() {
            let name = offsets.get(index).copied().unwrap_or(shstrtab);
            let padding = at.next_multiple_of(16) - at;
            data.extend(std::iter::repeat_n(0, padding));
            at += padding;
            table.extend(name.to_le_bytes());
            table.extend(kind.to_le_bytes());
            for value in [0, at, at, bytes.len()] {
                table.extend(self.word(value));
            }
            table.extend(link.to_le_bytes());
            table.extend(info.to_le_bytes());
            table.extend(self.word(1));
            table.extend(self.word(*entry));
            if let Some(kind) = loaded {
                let flags = 6_u32.to_le_bytes();
                segment_table.extend(kind.to_le_bytes());
                if self.bits == Bits::B64 {
                    segment_table.extend(flags);
                }
                for value in [at, at, at, bytes.len(), bytes.len()] {
                    segment_table.extend(self.word(value));
                }
                if self.bits == Bits::B32 {
                    segment_table.extend(flags);
                }
                segment_table.extend(self.word(1));
            }
            data.extend(bytes);
            at += bytes.len();
        }
        let mut file = b"\x7fELF".to_vec();
        file.extend([if self.bits == Bits::B32 { 1 } else { 2 }, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.extend(2_u16.to_le_bytes());
        file.extend(self.machine.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        for value in [0, header, at] {
            file.extend(self.word(value));
        }
        file.extend(self.flags.to_le_bytes());
        for value in [header, segment, segments, section, sections.len(), sections.len() - 1] {
            file.extend(u16::try_from(value).unwrap().to_le_bytes());
        }
        [file, segment_table, data, table].concat()
    }

    fn dynamic(&self, strings: &mut Strings) -> Vec<u8> {
        let needed = self.needed.iter().map(|name| (1, *name));
        let entries: Vec<_> = needed.chain(self.soname.map(|name| (14, name))).collect();
        let mut bytes = Vec::new();
        for (tag, name) in entries {
            bytes.extend(self.word(tag));
            bytes.extend(self.word(strings.add(name) as usize));
        }
        bytes.extend(self.word(0));
        bytes.extend(self.word(0));
        bytes
    }

    fn libraries(&self) -> Vec<&'static str> {
        let mut libraries: Vec<_> = self.symbols.iter().filter_map(|s| Some(s.1?.1)).collect();
        libraries.sort_unstable();
        libraries.dedup();
        libraries
    }

    /// The symbols, their version numbers, and what these mean. Every versioned symbol gets its own number.
    fn symbols(&self, strings: &mut Strings) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let entry = 8 + 2 * self.word(0).len();
        let mut symbols = vec![0; entry];
        let mut versions = vec![0, 0];
        for (index, (name, version)) in self.symbols.iter().enumerate() {
            let mut symbol = strings.add(name).to_le_bytes().to_vec();
            symbol.resize(entry, 0);
            symbol[if self.bits == Bits::B32 { 12 } else { 4 }] = 0x12;
            symbols.extend(symbol);
            let number = if version.is_some() { u16::try_from(index + 2).unwrap() } else { 1 };
            versions.extend(number.to_le_bytes());
        }
        let mut needs = Vec::new();
        let libraries = self.libraries();
        for (position, library) in libraries.iter().enumerate() {
            let from = |symbol: &TestSymbol| symbol.1.is_some_and(|(_, from)| from == *library);
            let wanted: Vec<_> = self.symbols.iter().enumerate().filter(|(_, s)| from(s)).collect();
            let count = u16::try_from(wanted.len()).unwrap();
            let size = 16 + 16 * u32::from(count);
            let next = if position + 1 == libraries.len() { 0 } else { size };
            needs.extend([1, 0]);
            needs.extend(count.to_le_bytes());
            needs.extend(strings.add(library).to_le_bytes());
            needs.extend(16_u32.to_le_bytes());
            needs.extend(next.to_le_bytes());
            for (position, (index, symbol)) in wanted.iter().enumerate() {
                needs.extend([0; 6]);
                needs.extend(u16::try_from(index + 2).unwrap().to_le_bytes());
                needs.extend(strings.add(symbol.1.unwrap().0).to_le_bytes());
                needs.extend(if position + 1 == wanted.len() { 0_u32 } else { 16 }.to_le_bytes());
            }
        }
        (symbols, versions, needs)
    }
}

#[derive(Default)]
struct Strings(Vec<u8>);

impl Strings {
    fn add(&mut self, text: &str) -> u32 {
        if self.0.is_empty() {
            self.0.push(0);
        }
        if text.is_empty() {
            return 0;
        }
        let offset = u32::try_from(self.0.len()).unwrap();
        self.0.extend(text.as_bytes());
        self.0.push(0);
        offset
    }
}
