-- People who sign in, and the cases that they decide.
INSERT INTO counter (name, last) VALUES ('person', 0), ('session', 0), ('review_case', 0), ('case_decision', 0);

-- password is an Argon2id hash, NULL until an invitation was accepted. totp is the sealed secret of the second factor, and
-- totp_step the last step of time whose code was used: a code is good once.
CREATE TABLE person (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    password TEXT,
    totp BLOB,
    totp_step BIGINT NOT NULL,
    lang TEXT,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

-- queue is empty where a role holds for all queues; most is the level of the most severe case.
CREATE TABLE person_grant (
    person BIGINT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    queue TEXT NOT NULL,
    most BIGINT NOT NULL,
    PRIMARY KEY (person, role, queue)
);

-- One-time links, by the digests of their secrets. Of one person there is at most one.
CREATE TABLE invitation (
    person BIGINT PRIMARY KEY REFERENCES person (id),
    digest BLOB NOT NULL UNIQUE,
    expires BIGINT NOT NULL
);

-- Codes that take the place of the second factor, each once; by their digests.
CREATE TABLE recovery_code (
    person BIGINT NOT NULL REFERENCES person (id),
    digest BLOB NOT NULL,
    PRIMARY KEY (person, digest)
);

CREATE TABLE session (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (id),
    digest BLOB NOT NULL UNIQUE,
    agent TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX session_of_person ON session (person, id);

-- Items that people decide together. entry is the one that they are nearest to. Reasons lie in one text, separated by
-- commas. Who holds it works on it, until lease_until.
CREATE TABLE review_case (
    id BIGINT PRIMARY KEY,
    queue TEXT NOT NULL,
    state TEXT NOT NULL,
    entry BIGINT,
    severity BIGINT NOT NULL,
    reasons TEXT NOT NULL,
    members BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    holder BIGINT,
    lease_until BIGINT
);

CREATE INDEX review_case_open ON review_case (queue, severity DESC, id) WHERE state = 'open';
CREATE INDEX review_case_by_state ON review_case (state, id);
CREATE INDEX review_case_by_entry ON review_case (entry, state, id) WHERE entry IS NOT NULL;

-- decision is that of the member's group, the members with its bytes, NULL while there is none.
CREATE TABLE case_member (
    item BIGINT PRIMARY KEY,
    review_case BIGINT NOT NULL REFERENCES review_case (id),
    sha256 BLOB NOT NULL,
    joined TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    decision BIGINT
);

CREATE INDEX case_member_by_blob ON case_member (sha256, item);
CREATE INDEX case_member_of ON case_member (review_case, item);
CREATE INDEX case_member_decided ON case_member (decision) WHERE decision IS NOT NULL;

CREATE TABLE case_decision (
    id BIGINT PRIMARY KEY,
    review_case BIGINT NOT NULL REFERENCES review_case (id),
    sha256 BLOB NOT NULL,
    outcome TEXT NOT NULL,
    exemption TEXT,
    duplicate_of BIGINT,
    note TEXT,
    person BIGINT NOT NULL REFERENCES person (id),
    state TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    settles_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX decision_draft ON case_decision (settles_at, id) WHERE state = 'draft';
CREATE INDEX decision_of ON case_decision (review_case, id);
