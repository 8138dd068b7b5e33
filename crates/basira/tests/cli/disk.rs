//! A disk that loses power: what of a recording is on it afterwards.
//!
//! What was written to a file, and each name that was given or taken away, may be on the disk from then on, and is
//! certain to be there only once the file, or the folder of the name, was flushed *after* it. Neither says anything about
//! the other, and nothing keeps the order of what was not flushed: the weakest disk that POSIX allows.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::recording::Call;

type Inode = usize;

/// The folder in which all of it lies; it was there before.
const ROOT: Inode = 0;

/// What may be kept or lost.
#[derive(Debug)]
enum Change {
    Folder {
        made: Inode,
        name: OsString,
    },
    Name {
        file: Inode,
        name: OsString,
    },
    NoName {
        name: OsString,
    },
    /// Within one folder, so that the old name goes when the new one comes.
    Renamed {
        from: OsString,
        to: OsString,
    },
    Bytes {
        at: usize,
        bytes: Vec<u8>,
    },
    Length {
        bytes: usize,
    },
}

impl Change {
    const fn is_name(&self) -> bool {
        !matches!(self, Self::Bytes { .. } | Self::Length { .. })
    }
}

#[derive(Debug)]
struct Step {
    /// The file that it changes, or the folder whose names it changes.
    of: Inode,
    change: Change,
    ended: usize,
    /// From when on it is certain to be there.
    durable: usize,
}

/// What is kept of what was not flushed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kept {
    /// Nothing.
    Nothing,
    /// All of it: the program died, and the system did not.
    All,
    /// Names, but no bytes.
    Names,
    /// Bytes, but no names.
    Bytes,
    /// Some of it, and of some writes a part, drawn by this number.
    Some(u64),
}

/// Everything that was done to the files of a folder.
#[derive(Debug)]
pub(crate) struct Disk {
    steps: Vec<Step>,
    inodes: usize,
    /// The flushes that there were: their kinds, and when each had returned.
    pub(crate) flushes: Vec<(&'static str, usize)>,
}

/// Reads a recording.
struct Reader<'a> {
    root: &'a Path,
    disk: Disk,
    /// What lies where, as the program sees it.
    names: HashMap<PathBuf, Inode>,
    /// Where the next write of a descriptor goes.
    offsets: HashMap<u64, (Inode, usize)>,
}

impl Disk {
    /// What the calls of one recording after the other did below `root`. A flush whose kind `counts` does not let through is
    /// taken out: the program might as well not have made it.
    pub(crate) fn of(
        calls: &[Call],
        root: &Path,
        kind: impl Fn(&Path) -> &'static str,
        counts: impl Fn(&'static str) -> bool,
    ) -> Self {
        let mut reader = Reader {
            root,
            disk: Self {
                steps: Vec::new(),
                inodes: 1,
                flushes: Vec::new(),
            },
            names: HashMap::from([(root.to_owned(), ROOT)]),
            offsets: HashMap::new(),
        };
        for call in calls {
            if matches!(&*call.name, "fsync" | "fdatasync") {
                if let Some(path) = call.file(0).filter(|path| path.starts_with(root)) {
                    let kind = kind(path.strip_prefix(root).unwrap());
                    if counts(kind) {
                        reader.flush(call, &path, kind);
                    }
                }
            } else {
                reader.read(call);
            }
        }
        reader.disk
    }

    /// Makes in `target` what is there when the power goes after `point`.
    pub(crate) fn rebuild(&self, point: usize, kept: Kept, target: &Path) {
        let mut folders: HashMap<Inode, BTreeMap<OsString, Inode>> = HashMap::from([(ROOT, BTreeMap::new())]);
        let mut files: Vec<Vec<u8>> = vec![Vec::new(); self.inodes];
        let mut draw = 0;
        if let Kept::Some(seed) = kept {
            draw = seed;
        }
        for step in self.steps.iter().take_while(|step| step.ended <= point) {
            // xorshift64*: of each number so many tests in a row can be made.
            draw = (draw ^ (draw << 13)) | 1;
            draw ^= draw >> 7;
            draw ^= draw << 17;
            let luck = draw.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
            let stays = step.durable <= point
                || match kept {
                    Kept::Nothing => false,
                    Kept::All => true,
                    Kept::Names => step.change.is_name(),
                    Kept::Bytes => !step.change.is_name(),
                    Kept::Some(_) => luck % 2 == 0,
                };
            if !stays {
                continue;
            }
            let names = folders.entry(step.of);
            match &step.change {
                Change::Folder { made, name } => {
                    names.or_default().insert(name.clone(), *made);
                    folders.entry(*made).or_default();
                }
                Change::Name { file, name } => drop(names.or_default().insert(name.clone(), *file)),
                Change::NoName { name } => drop(names.or_default().remove(name)),
                Change::Renamed { from, to } => {
                    let names = names.or_default();
                    if let Some(file) = names.remove(from) {
                        names.insert(to.clone(), file);
                    }
                }
                Change::Bytes { at, bytes } => {
                    // Of a write that was cut off, whole sectors are there.
                    let torn = step.durable > point && matches!(kept, Kept::Some(_)) && luck % 8 == 0;
                    let length = match torn {
                        true => (bytes.len() / 2).next_multiple_of(512).min(bytes.len()),
                        false => bytes.len(),
                    };
                    let file = &mut files[step.of];
                    if file.len() < at + length {
                        file.resize(at + length, 0);
                    }
                    file[*at..at + length].copy_from_slice(&bytes[..length]);
                }
                Change::Length { bytes } => files[step.of].resize(*bytes, 0),
            }
        }
        write_out(ROOT, target, &folders, &files);
    }
}

fn write_out(
    folder: Inode,
    target: &Path,
    folders: &HashMap<Inode, BTreeMap<OsString, Inode>>,
    files: &[Vec<u8>],
) {
    for (name, inode) in &folders[&folder] {
        let path = target.join(name);
        if folders.contains_key(inode) {
            fs::create_dir(&path).unwrap();
            write_out(*inode, &path, folders, files);
        } else {
            fs::write(&path, &files[*inode]).unwrap();
        }
    }
}

impl Reader<'_> {
    fn flush(&mut self, call: &Call, path: &Path, kind: &'static str) {
        let Some(inode) = self.names.get(path) else {
            panic!("flushed and not known: {}", path.display());
        };
        for step in &mut self.disk.steps {
            if step.of == *inode && step.ended < call.begun {
                step.durable = step.durable.min(call.ended);
            }
        }
        self.disk.flushes.push((kind, call.ended));
    }

    fn note(&mut self, of: Inode, change: Change, call: &Call) {
        self.disk.steps.push(Step {
            of,
            change,
            ended: call.ended,
            durable: usize::MAX,
        });
    }

    /// Whether it lies in the folder, and is neither the memory that processes of SQLite share nor the socket of a
    /// service, which the next one makes anew.
    fn is_ours(&self, path: &Path) -> bool {
        let passing = |end| path.to_string_lossy().ends_with(end);
        path.starts_with(self.root) && !["-shm", "/socket", "/socket.new"].into_iter().any(passing)
    }

    fn folder_of(&self, path: &Path) -> (Inode, OsString) {
        let folder = path.parent().unwrap();
        let inode = self.names.get(folder);
        let inode = inode.unwrap_or_else(|| panic!("nothing is known of {}", folder.display()));
        (*inode, path.file_name().unwrap().to_owned())
    }

    fn new_inode(&mut self, path: PathBuf) -> Inode {
        let inode = self.disk.inodes;
        self.disk.inodes += 1;
        self.names.insert(path, inode);
        inode
    }

    fn read(&mut self, call: &Call) {
        match &*call.name {
            "open" => self.open(call, call.path(None, 0), 1),
            "openat" => self.open(call, call.path(Some(0), 1), 2),
            "mkdir" => self.folder(call, call.path(None, 0)),
            "mkdirat" => self.folder(call, call.path(Some(0), 1)),
            "link" => self.link(call, &call.path(None, 0), call.path(None, 1)),
            "linkat" => self.link(call, &call.path(Some(0), 1), call.path(Some(2), 3)),
            "unlink" | "rmdir" => self.unlink(call, &call.path(None, 0)),
            "unlinkat" => self.unlink(call, &call.path(Some(0), 1)),
            "rename" => self.rename(call, &call.path(None, 0), call.path(None, 1)),
            "renameat" | "renameat2" => self.rename(call, &call.path(Some(0), 1), call.path(Some(2), 3)),
            _ => self.write(call),
        }
    }

    fn open(&mut self, call: &Call, path: PathBuf, flags: usize) {
        if !self.is_ours(&path) {
            return;
        }
        let inode = match self.names.get(&path) {
            Some(inode) => *inode,
            None => {
                assert!(
                    call.has(flags, "O_CREAT"),
                    "nothing is known of {}",
                    path.display()
                );
                let (folder, name) = self.folder_of(&path);
                let file = self.new_inode(path);
                self.note(folder, Change::Name { file, name }, call);
                file
            }
        };
        assert!(!call.has(flags, "O_APPEND"), "appending is not foreseen");
        if call.has(flags, "O_TRUNC") {
            self.note(inode, Change::Length { bytes: 0 }, call);
        }
        self.offsets.insert(call.value, (inode, 0));
    }

    fn folder(&mut self, call: &Call, path: PathBuf) {
        if self.is_ours(&path) {
            let (folder, name) = self.folder_of(&path);
            let made = self.new_inode(path);
            self.note(folder, Change::Folder { made, name }, call);
        }
    }

    fn link(&mut self, call: &Call, from: &Path, to: PathBuf) {
        if self.is_ours(&to) {
            let (file, (folder, name)) = (self.names[from], self.folder_of(&to));
            self.names.insert(to, file);
            self.note(folder, Change::Name { file, name }, call);
        }
    }

    fn unlink(&mut self, call: &Call, path: &Path) {
        if self.is_ours(path) {
            let (folder, name) = self.folder_of(path);
            self.names.remove(path);
            self.note(folder, Change::NoName { name }, call);
        }
    }

    fn rename(&mut self, call: &Call, from: &Path, to: PathBuf) {
        if !self.is_ours(from) {
            return;
        }
        let ((source, old), (folder, new)) = (self.folder_of(from), self.folder_of(&to));
        let file = self.names.remove(from).unwrap();
        self.names.insert(to, file);
        if source == folder {
            self.note(folder, Change::Renamed { from: old, to: new }, call);
        } else {
            self.note(folder, Change::Name { file, name: new }, call);
            self.note(source, Change::NoName { name: old }, call);
        }
    }

    /// What changes the bytes of a file.
    fn write(&mut self, call: &Call) {
        let Some(path) = call.file(0).filter(|path| self.is_ours(path)) else {
            return;
        };
        let Some(inode) = self.names.get(&path).copied() else {
            panic!("{} of what is not known: {}", call.name, path.display());
        };
        let offset = self
            .offsets
            .get(&call.descriptor(0))
            .filter(|known| known.0 == inode);
        let offset = offset.map_or(0, |known| known.1);
        let done = usize::try_from(call.value).unwrap();
        let whole = |mut bytes: Vec<u8>| {
            bytes.truncate(done);
            bytes
        };
        let change = match &*call.name {
            "write" | "writev" => {
                self.offsets.insert(call.descriptor(0), (inode, offset + done));
                let bytes = whole(call.bytes(1));
                Change::Bytes { at: offset, bytes }
            }
            "pwrite64" => Change::Bytes {
                at: call.number(3) as usize,
                bytes: whole(call.bytes(1)),
            },
            "ftruncate" => Change::Length {
                bytes: call.number(1) as usize,
            },
            "lseek" => {
                self.offsets.insert(call.descriptor(0), (inode, done));
                return;
            }
            other => panic!("{other} is not foreseen"),
        };
        self.note(inode, change, call);
    }
}
