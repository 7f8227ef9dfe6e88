//! ELF files as the linker leaves them: the machine, the loader, the libraries and the symbols.

use object::elf;
use object::read::elf::{ElfFile, FileHeader, ProgramHeader as _, Sym as _, VersionTable};
use object::{Endianness, FileKind, SymbolIndex};

use super::{Needs, Symbol};
use crate::error::{Error, ErrorId, Result};
use crate::target::Cpu;

/// Reads what a program or library needs. Fails with [`ErrorId::WrongBinary`] for what is no
/// little-endian ELF file of a known processor, or is damaged.
pub fn read_elf(bytes: &[u8]) -> Result<Needs> {
    match FileKind::parse(bytes) {
        Ok(FileKind::Elf32) => needs::<elf::FileHeader32<Endianness>>(bytes),
        Ok(FileKind::Elf64) => needs::<elf::FileHeader64<Endianness>>(bytes),
        _ => Err(not_elf()),
    }
}

/// Reads the name a library gives itself (`DT_SONAME`), which programs linked with it ask for.
/// Fails as [`read_elf`] does.
pub fn soname(bytes: &[u8]) -> Result<Option<String>> {
    match FileKind::parse(bytes) {
        Ok(FileKind::Elf32) => own_name::<elf::FileHeader32<Endianness>>(bytes),
        Ok(FileKind::Elf64) => own_name::<elf::FileHeader64<Endianness>>(bytes),
        _ => Err(not_elf()),
    }
}

fn not_elf() -> Error {
    wrong("it is no ELF file")
}

fn wrong(cause: impl Into<String>) -> Error {
    Error::new(ErrorId::WrongBinary, "could not read the binary").because(cause)
}

fn damaged(error: object::Error) -> Error {
    wrong(format!("the ELF file is damaged: {error}"))
}

fn text(bytes: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("it holds a name that is no UTF-8"))?;
    Ok(text.to_owned())
}

fn needs<Elf: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> Result<Needs> {
    let file = ElfFile::<Elf>::parse(bytes).map_err(damaged)?;
    let interpreter = interpreter(&file, bytes)?;
    Ok(Needs {
        cpu: cpu(&file, interpreter.as_deref())?,
        interpreter,
        libraries: dynamic_strings(&file, elf::DT_NEEDED)?,
        symbols: undefined_symbols(&file, bytes)?,
    })
}

fn own_name<Elf: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> Result<Option<String>> {
    let file = ElfFile::<Elf>::parse(bytes).map_err(damaged)?;
    Ok(dynamic_strings(&file, elf::DT_SONAME)?.into_iter().next())
}

/// The processor. Go's own linker marks 32-bit ARM programs with neither floating-point flag, so only
/// an explicit mark of the soft one, or its loader, counts against a program.
fn cpu<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    interpreter: Option<&str>,
) -> Result<Cpu> {
    let header = file.elf_header();
    if file.endian() != Endianness::Little {
        return Err(wrong("it is for a big-endian machine"));
    }
    match (header.e_machine(file.endian()), header.is_type_64()) {
        (elf::EM_X86_64, true) => Ok(Cpu::Amd64),
        (elf::EM_AARCH64, true) => Ok(Cpu::Arm64),
        (elf::EM_ARM, false) => {
            let flags = header.e_flags(file.endian());
            let soft_loader = interpreter.is_some_and(|path| path.ends_with("/ld-linux.so.3"));
            if soft_loader || flags.contains(elf::FileFlags(elf::EF_ARM_ABI_FLOAT_SOFT)) {
                return Err(wrong("it is for ARM without hardware floating point"));
            }
            Ok(Cpu::Armv7)
        }
        (machine, _) => {
            Err(wrong(format!("it is for an unknown machine (ELF number {})", machine.0)))
        }
    }
}

fn interpreter<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    bytes: &[u8],
) -> Result<Option<String>> {
    for segment in file.elf_program_headers() {
        let path = segment.interpreter(file.endian(), bytes).map_err(damaged)?;
        if let Some(path) = path {
            return text(path).map(Some);
        }
    }
    Ok(None)
}

/// The strings of all dynamic entries of one kind, in their order.
fn dynamic_strings<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    tag: elf::DynamicTag,
) -> Result<Vec<String>> {
    let table = file.elf_dynamic_table().map_err(damaged)?;
    let linked =
        file.elf_program_headers().iter().any(|s| s.p_type(file.endian()) == elf::PT_DYNAMIC);
    if linked && table.is_empty() {
        return Err(wrong("its section table was stripped, so its libraries cannot be told"));
    }
    table
        .iter()
        .filter(|entry| entry.tag == tag)
        .map(|entry| text(table.string(entry).map_err(damaged)?))
        .collect()
}

fn undefined_symbols<Elf: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, Elf>,
    bytes: &[u8],
) -> Result<Vec<Symbol>> {
    let endian = file.endian();
    let table = file.elf_dynamic_symbol_table();
    let versions =
        file.elf_section_table().versions(endian, bytes).map_err(damaged)?.unwrap_or_default();
    let mut symbols = Vec::new();
    for (index, symbol) in table.enumerate() {
        let name = table.symbol_name(endian, symbol).map_err(damaged)?;
        if name.is_empty() || !symbol.is_undefined(endian) {
            continue;
        }
        let (version, library) = version_of(&versions, endian, index)?;
        symbols.push(Symbol { name: text(name)?, version, library });
    }
    Ok(symbols)
}

fn version_of<Elf: FileHeader<Endian = Endianness>>(
    versions: &VersionTable<'_, Elf>,
    endian: Endianness,
    index: SymbolIndex,
) -> Result<(Option<String>, Option<String>)> {
    if versions.is_empty() {
        return Ok((None, None));
    }
    let version =
        versions.version(versions.version_index(endian, index).index()).map_err(damaged)?;
    let Some(version) = version else { return Ok((None, None)) };
    Ok((Some(text(version.name())?), version.file().map(text).transpose()?))
}

#[cfg(test)]
mod tests;
