-- What the service keeps: blobs, items, keys, and its log.
INSERT INTO counter (name, last) VALUES ('item', 0), ('key', 0), ('log', 0);

-- How often a bank's entries are matched by clients of HMA: 1 always, 0 never.
ALTER TABLE bank ADD COLUMN enabled_ratio DOUBLE PRECISION NOT NULL DEFAULT 1;

-- Until when an entry is switched off, and what its source says of it, as a JSON object.
ALTER TABLE entry ADD COLUMN disabled_until BIGINT;
ALTER TABLE entry ADD COLUMN metadata TEXT;

-- Bytes that lie in the folder of blobs, sealed.
CREATE TABLE blob (
    sha256 BLOB PRIMARY KEY,
    size BIGINT NOT NULL,
    stored_at BIGINT NOT NULL
);

-- One submission. fence counts its attempts: who works on it with an older one has lost it.
CREATE TABLE item (
    id BIGINT PRIMARY KEY,
    receipt BLOB NOT NULL UNIQUE,
    source TEXT NOT NULL,
    external_id TEXT,
    sha256 BLOB NOT NULL,
    size BIGINT NOT NULL,
    context TEXT NOT NULL,
    priority BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    fence BIGINT NOT NULL,
    verdict TEXT,
    result TEXT,
    finished_at BIGINT
);

CREATE UNIQUE INDEX item_by_external_id ON item (source, external_id, sha256) WHERE external_id IS NOT NULL;
CREATE INDEX item_queued ON item (priority DESC, id) WHERE state = 'queued';
CREATE INDEX item_working ON item (id) WHERE state = 'working';
CREATE INDEX item_by_source ON item (source, id);
CREATE INDEX item_by_blob ON item (sha256);
CREATE INDEX item_finished ON item (finished_at) WHERE finished_at IS NOT NULL;

-- Which items were found to be near which entries: when they were matched, or afterwards by a look-back.
CREATE TABLE item_match (
    entry BIGINT NOT NULL,
    item BIGINT NOT NULL,
    found TEXT NOT NULL,
    distance BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (entry, item)
);

CREATE INDEX item_match_by_item ON item_match (item);

-- Fingerprints of blobs that were looked at, for entries that are added later. pictures has 33 bytes for each: the hash,
-- and its quality.
CREATE TABLE seen (
    sha256 BLOB PRIMARY KEY,
    md5 BLOB NOT NULL,
    sha1 BLOB NOT NULL,
    pictures BLOB NOT NULL,
    at BIGINT NOT NULL
);

-- Requests that shall have one effect however often they are sent.
CREATE TABLE idempotency (
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    request BLOB NOT NULL,
    item BIGINT NOT NULL REFERENCES item (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (source, key)
);

CREATE INDEX idempotency_by_item ON idempotency (item);

-- The secret itself is not here, only its SHA-256. Scopes, banks and addresses lie in one text each, separated by commas.
CREATE TABLE api_key (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL UNIQUE,
    source TEXT NOT NULL,
    scopes TEXT NOT NULL,
    trust TEXT NOT NULL,
    banks TEXT,
    addresses TEXT,
    rate BIGINT,
    created_at BIGINT NOT NULL,
    expires BIGINT,
    revoked_at BIGINT
);

-- Append-only: chain is the SHA-256 of the chain before it and of this row.
CREATE TABLE log (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    chain BLOB NOT NULL
);
