-- Banks, their entries, the change feed, pictures kept for matching, and resumable scans.
--
-- Narrow SQL that SQLite and PostgreSQL both understand. Ids, keys and times are made by the program; times are
-- microseconds since 1970 UTC. Landed migrations are never edited: their checksum is kept in every data folder.

-- The last id given out, by kind; ids are never used again.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    last BIGINT NOT NULL
);

INSERT INTO counter (name, last) VALUES ('bank', 0), ('entry', 0), ('change', 0), ('scan', 0);

-- Facts about the data folder itself, such as the sealed text by which the key is recognised.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

CREATE TABLE bank (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    entries BIGINT NOT NULL
);

-- Labels lie in one text, sorted and separated by commas, which no label contains.
CREATE TABLE entry (
    id BIGINT PRIMARY KEY,
    bank BIGINT NOT NULL REFERENCES bank (id),
    trust TEXT NOT NULL,
    human_confirmed BIGINT NOT NULL,
    tlp TEXT NOT NULL,
    expires BIGINT,
    labels TEXT NOT NULL,
    note TEXT,
    added_by TEXT NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT,
    added_at BIGINT NOT NULL,
    media BLOB,
    hash_only BIGINT NOT NULL
);

CREATE INDEX entry_by_bank ON entry (bank, id);
CREATE INDEX entry_by_external_id ON entry (bank, external_id) WHERE external_id IS NOT NULL;

-- id = entry id * 256 + ordinal: one key finds a signal, and a range finds all signals of an entry.
-- It takes the place of a foreign key and of a second index, which would double the size of a large bank.
-- value_key is a 64-bit digest of the value: its index is a third of one over the values, and imports spend most of
-- their time in it.
CREATE TABLE signal (
    id BIGINT PRIMARY KEY,
    type TEXT NOT NULL,
    value BLOB NOT NULL,
    quality BIGINT,
    value_key BIGINT NOT NULL
);

CREATE INDEX signal_by_value ON signal (value_key);

-- A small grey picture, encrypted: nonce, then ciphertext with its tag.
CREATE TABLE thumbnail (
    entry BIGINT PRIMARY KEY REFERENCES entry (id),
    sealed BLOB NOT NULL
);

-- Hashes of windows of the picture, 33 bytes each (hash, quality), in the order of the window set's regions.
CREATE TABLE entry_windows (
    entry BIGINT PRIMARY KEY REFERENCES entry (id),
    window_set BIGINT NOT NULL,
    hashes BLOB NOT NULL
);

-- Written in the transaction of the change itself: whoever has seen seq N has seen everything up to N.
CREATE TABLE change (
    seq BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    entry BIGINT NOT NULL
);

CREATE TABLE scan (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    state TEXT NOT NULL,
    begun_at BIGINT NOT NULL
);

CREATE TABLE scan_file (
    scan BIGINT NOT NULL REFERENCES scan (id),
    path BLOB NOT NULL,
    size BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (scan, path)
);
