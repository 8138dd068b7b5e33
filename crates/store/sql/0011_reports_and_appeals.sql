-- What people and institutions report, and appeals of authors.
INSERT INTO counter (name, last) VALUES ('report', 0), ('appeal', 0);

-- Where items can be seen, by the SHA-256 of their addresses in one spelling: reports name addresses.
CREATE TABLE item_address (
    digest BLOB NOT NULL,
    item BIGINT NOT NULL,
    PRIMARY KEY (digest, item)
);

CREATE INDEX item_address_of ON item_address (item);

-- digest is that of the code by which whoever sent it asks after it. source is the institution whose key sent it, NULL of a
-- form. address is the digest of the URL, as in item_address. item, review_case and sha256 are NULL while what is reported
-- is not held; an item that is still worked on has no case yet. Who sent it is in another table.
CREATE TABLE report (
    id BIGINT PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    source TEXT,
    category TEXT NOT NULL,
    words TEXT NOT NULL,
    lang TEXT,
    external_id TEXT,
    url TEXT,
    address BLOB,
    received_at BIGINT NOT NULL,
    item BIGINT,
    review_case BIGINT,
    sha256 BLOB
);

CREATE INDEX report_of_case ON report (review_case, id) WHERE review_case IS NOT NULL;
CREATE INDEX report_of_item ON report (item) WHERE item IS NOT NULL AND review_case IS NULL;
CREATE INDEX report_by_source ON report (source, id);
CREATE INDEX report_without_item ON report (id) WHERE item IS NULL;
CREATE INDEX report_of_name ON report (source, external_id) WHERE item IS NULL AND external_id IS NOT NULL;
CREATE INDEX report_of_address ON report (address) WHERE item IS NULL AND address IS NOT NULL;

-- Who has sent a report, sealed, and nothing else: this is the only place.
CREATE TABLE reporter (
    report BIGINT PRIMARY KEY REFERENCES report (id),
    sealed BLOB NOT NULL
);

-- Codes by which authors appeal, by their digests: one for each item that a platform was told to be violating.
CREATE TABLE appeal_code (
    digest BLOB PRIMARY KEY,
    decision BIGINT NOT NULL,
    item BIGINT NOT NULL
);

CREATE INDEX appeal_code_of ON appeal_code (decision);

-- digest is that of the code by which its author asks after it. person decided it, with an answer to the author.
CREATE TABLE appeal (
    id BIGINT PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    decision BIGINT NOT NULL REFERENCES case_decision (id),
    review_case BIGINT NOT NULL REFERENCES review_case (id),
    item BIGINT NOT NULL,
    channel TEXT NOT NULL,
    source TEXT NOT NULL,
    words TEXT NOT NULL,
    lang TEXT,
    received_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    person BIGINT,
    answer TEXT,
    decided_at BIGINT
);

CREATE UNIQUE INDEX appeal_once ON appeal (decision, item);
CREATE INDEX appeal_open ON appeal (id) WHERE state = 'open';
CREATE INDEX appeal_of_case ON appeal (review_case, id);
CREATE INDEX appeal_by_source ON appeal (source, id);
