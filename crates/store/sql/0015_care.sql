-- Totals by the hour, what people were shown, what they have chosen, what is looked at twice, and the words by which
-- texts are searched.
INSERT INTO counter (name, last) VALUES ('exposure', 0), ('second_look', 0);

-- How often something happened in an hour (hours since 1970); name is a word of ours, or that of a source.
CREATE TABLE tally (
    what TEXT NOT NULL,
    hour BIGINT NOT NULL,
    name TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (what, hour, name)
);

-- Each time that somebody uncovered something. seconds is NULL until it was covered again.
CREATE TABLE exposure (
    id BIGINT PRIMARY KEY,
    person BIGINT NOT NULL REFERENCES person (id),
    review_case BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    seconds BIGINT
);

CREATE INDEX exposure_of ON exposure (person, begun_at);
CREATE INDEX exposure_by_time ON exposure (begun_at);

-- Numbers that hold for everybody: caps, breaks, how much is looked at twice.
CREATE TABLE care_rule (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

-- Labels of which somebody has asked to be shown nothing.
CREATE TABLE person_opt_out (
    person BIGINT NOT NULL REFERENCES person (id),
    label TEXT NOT NULL,
    PRIMARY KEY (person, label)
);

-- How somebody reads: digits, calendar, light or dark, keys.
CREATE TABLE person_choice (
    person BIGINT NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (person, name)
);

-- A decision that another person decides once more, without seeing it. kind is why.
CREATE TABLE second_look (
    id BIGINT PRIMARY KEY,
    decision BIGINT NOT NULL REFERENCES case_decision (id),
    kind TEXT NOT NULL,
    drawn_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE UNIQUE INDEX second_look_of ON second_look (decision, kind);
CREATE INDEX second_look_open ON second_look (id) WHERE closed_at IS NULL;

CREATE TABLE second_opinion (
    second_look BIGINT NOT NULL REFERENCES second_look (id),
    person BIGINT NOT NULL REFERENCES person (id),
    outcome TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (second_look, person)
);

-- Words of the texts of an item, each as a keyed digest of its first 8 bytes: no text can be read from them.
CREATE TABLE item_word (
    word BIGINT NOT NULL,
    item BIGINT NOT NULL,
    PRIMARY KEY (word, item)
);

CREATE INDEX item_word_of ON item_word (item);

-- Pages of items by what they were found to be, by what became of them, and from a day on.
CREATE INDEX item_by_verdict ON item (verdict, id) WHERE verdict IS NOT NULL;
CREATE INDEX item_aside ON item (id) WHERE state = 'aside';
CREATE INDEX item_by_time ON item (received_at, id);

-- What was told of one item.
CREATE INDEX delivery_by_item ON delivery (receipt, id) WHERE receipt IS NOT NULL;
