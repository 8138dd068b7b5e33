-- Policies: their texts, who wrote and approved them, in which stage they are; and what was decided by them.
INSERT INTO counter (name, last) VALUES ('policy_edit', 0), ('policy_deployment', 0), ('decision', 0), ('decision_noted', 0);

-- Whose key it is, where it is a person's own.
ALTER TABLE api_key ADD COLUMN person TEXT;

-- The same bytes within windows of time are counted.
DROP INDEX item_by_blob;
CREATE INDEX item_by_blob ON item (sha256, received_at);

-- A text by its SHA-256, never changed. automatic is whether it may decide without a person, mild whether all that it does
-- is to enqueue or to restrict.
CREATE TABLE policy_file (
    hash BLOB PRIMARY KEY,
    policy TEXT NOT NULL,
    text TEXT NOT NULL,
    automatic BIGINT NOT NULL,
    mild BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- Who handed in which text, and when: the last is the newest text of its policy, and whoever did is its author.
CREATE TABLE policy_edit (
    seq BIGINT PRIMARY KEY,
    policy TEXT NOT NULL,
    hash BLOB NOT NULL REFERENCES policy_file (hash),
    person TEXT NOT NULL,
    key BIGINT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX policy_edit_by_policy ON policy_edit (policy, seq);

CREATE TABLE policy_approval (
    hash BLOB NOT NULL REFERENCES policy_file (hash),
    person TEXT NOT NULL,
    key BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (hash, person)
);

-- One step of one text. ended_at is when the next one came; what has none is where the text stands. share is of a
-- thousand contents, until the end of an emergency.
CREATE TABLE policy_deployment (
    id BIGINT PRIMARY KEY,
    policy TEXT NOT NULL,
    hash BLOB NOT NULL REFERENCES policy_file (hash),
    stage TEXT NOT NULL,
    share BIGINT,
    until BIGINT,
    person TEXT NOT NULL,
    key BIGINT NOT NULL,
    reason TEXT,
    at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX policy_deployment_by_policy ON policy_deployment (policy, id);
CREATE INDEX policy_deployment_standing ON policy_deployment (stage) WHERE ended_at IS NULL;

-- What was in use at once, by the SHA-256 of its list: texts with their stages and shares, as a JSON object.
CREATE TABLE policy_set (
    hash BLOB PRIMARY KEY,
    body TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- What was decided, each chained to all before. commitment is the SHA-256 of the record's salt and texts, which may be
-- erased, and the chain stays.
CREATE TABLE decision (
    seq BIGINT PRIMARY KEY,
    item BIGINT NOT NULL,
    at BIGINT NOT NULL,
    policies BLOB,
    engine TEXT NOT NULL,
    actor TEXT NOT NULL,
    person TEXT,
    judgement TEXT,
    commitment BLOB NOT NULL,
    chain BLOB NOT NULL
);

CREATE INDEX decision_by_item ON decision (item, seq);
CREATE INDEX decision_by_time ON decision (at);
CREATE INDEX decision_judged ON decision (item, seq) WHERE judgement IS NOT NULL;

-- What a person said last of any item with these bytes.
CREATE TABLE judged (
    sha256 BLOB PRIMARY KEY,
    decision BIGINT NOT NULL REFERENCES decision (seq)
);

-- Of an item: what was given (signals, counters), what followed, and what would have followed by policies in the shadow.
CREATE TABLE decision_record (
    decision BIGINT PRIMARY KEY REFERENCES decision (seq),
    salt BLOB NOT NULL,
    given TEXT NOT NULL,
    outcome TEXT NOT NULL,
    shadow_policies BLOB,
    shadow TEXT
);

-- What a text did in an hour (hours since 1970), in effect or in the shadow.
CREATE TABLE policy_hour (
    hash BLOB NOT NULL,
    hour BIGINT NOT NULL,
    items BIGINT NOT NULL,
    matched BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    acted BIGINT NOT NULL,
    held BIGINT NOT NULL,
    PRIMARY KEY (hash, hour)
);
