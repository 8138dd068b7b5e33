-- Which queue a new case goes to, what comes first for a while, and what needs two people.
INSERT INTO counter (name, last) VALUES ('incident', 0), ('asked', 0);

-- Each routing that was put into effect; the last is in force. rules is JSON.
CREATE TABLE routing (
    version BIGINT PRIMARY KEY,
    rules TEXT NOT NULL,
    put_by TEXT NOT NULL,
    put_at BIGINT NOT NULL
);

-- Queues that a routing has named. They stay: cases may wait in them.
CREATE TABLE queue (
    name TEXT PRIMARY KEY,
    made_at BIGINT NOT NULL
);

-- ended_at is NULL until it was noted that it is over; it is over from ends_at on in any case.
CREATE TABLE incident (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    reason TEXT NOT NULL,
    longer_holds BIGINT NOT NULL,
    declared_by BIGINT NOT NULL REFERENCES person (id),
    begun_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by BIGINT
);

CREATE INDEX incident_on ON incident (ends_at) WHERE ended_at IS NULL;

-- The banks whose content is that of an incident.
CREATE TABLE incident_bank (
    incident BIGINT NOT NULL REFERENCES incident (id),
    bank BIGINT NOT NULL,
    PRIMARY KEY (incident, bank)
);

-- facts is what was known when the case was opened, as JSON; routing and route say which rule of which version has sent it
-- to its queue. incident is the one that it belongs to.
ALTER TABLE review_case ADD COLUMN facts TEXT;
ALTER TABLE review_case ADD COLUMN routing BIGINT;
ALTER TABLE review_case ADD COLUMN route BIGINT;
ALTER TABLE review_case ADD COLUMN incident BIGINT;
CREATE INDEX review_case_fast ON review_case (queue, severity DESC, id) WHERE state = 'open' AND incident IS NOT NULL;

-- What somebody asks for that needs a second person: that the content of a case be purged, all of it or the group of these
-- bytes, or that an entry be shared. settles_at
-- is NULL until the second has said so, too. stopped is why it did not happen.
CREATE TABLE asked (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    review_case BIGINT,
    sha256 BLOB,
    entry BIGINT,
    tlp TEXT,
    reason TEXT NOT NULL,
    person BIGINT NOT NULL REFERENCES person (id),
    asked_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    seconded_by BIGINT,
    settles_at BIGINT,
    ended_at BIGINT,
    stopped TEXT
);

CREATE INDEX asked_of_kind ON asked (kind, id);
CREATE INDEX asked_due ON asked (settles_at, id) WHERE state = 'draft' AND settles_at IS NOT NULL;

-- Actions that end by themselves.
CREATE INDEX decision_ending ON case_decision (holds_until, id) WHERE state = 'effective' AND holds_until IS NOT NULL;
