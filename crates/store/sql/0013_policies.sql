-- What policies chose to be done with items, what people decided of contents, and lists that are put before people.
INSERT INTO counter (name, last) VALUES ('follow_up', 0);

-- What people decide has one name, whoever writes it down.
ALTER TABLE decision RENAME COLUMN judgement TO ruling;
ALTER TABLE judged RENAME TO ruled;
DROP INDEX decision_judged;

-- Contents on which a text has acted, and of which people found then that it was right or wrong to.
ALTER TABLE policy_hour ADD COLUMN upheld BIGINT NOT NULL DEFAULT 0;
ALTER TABLE policy_hour ADD COLUMN overturned BIGINT NOT NULL DEFAULT 0;

-- One action of a decision: as it is told, and whether it changes what the public sees. hash is that of the policy's text.
CREATE TABLE item_action (
    decision BIGINT NOT NULL REFERENCES decision (seq),
    number BIGINT NOT NULL,
    item BIGINT NOT NULL,
    hash BLOB,
    restrictive BIGINT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    reversed_at BIGINT,
    PRIMARY KEY (decision, number)
);

CREATE INDEX item_action_by_item ON item_action (item, decision, number);

-- Links that items had, by the SHA-256 of their one form, to be counted.
CREATE TABLE seen_link (
    digest BLOB NOT NULL,
    at BIGINT NOT NULL,
    item BIGINT NOT NULL,
    PRIMARY KEY (digest, at, item)
);

CREATE INDEX seen_link_by_time ON seen_link (at);
CREATE INDEX seen_by_time ON seen (at);

-- A list of items that somebody asks to be put before people, and somebody else approves.
CREATE TABLE follow_up (
    id BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    approved_by TEXT,
    approved_at BIGINT,
    ended_by TEXT,
    ended_at BIGINT
);

CREATE INDEX follow_up_approved ON follow_up (id) WHERE state = 'approved';

-- state is how far an item of such a list has come.
CREATE TABLE follow_up_item (
    follow_up BIGINT NOT NULL REFERENCES follow_up (id),
    item BIGINT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (follow_up, item)
);
