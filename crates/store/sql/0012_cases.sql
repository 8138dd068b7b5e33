-- What a decision has the platform do, whom it needs, and what its members are put together by.
-- action is one of the catalogue, as JSON, with clause, scope (countries separated by blanks, empty for everywhere) and
-- the time until which it holds. confirms is the decision that this one confirms for near copies. bank is the bank into
-- which the content is put when it takes effect, and entry the one that was made; bank_tried is when that was tried last.
ALTER TABLE case_decision ADD COLUMN action TEXT;
ALTER TABLE case_decision ADD COLUMN clause TEXT;
ALTER TABLE case_decision ADD COLUMN scope TEXT;
ALTER TABLE case_decision ADD COLUMN holds_until BIGINT;
ALTER TABLE case_decision ADD COLUMN confirms BIGINT;
ALTER TABLE case_decision ADD COLUMN bank BIGINT;
ALTER TABLE case_decision ADD COLUMN bank_tried BIGINT;
ALTER TABLE case_decision ADD COLUMN entry BIGINT;
ALTER TABLE case_decision ADD COLUMN needs_two BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_decision ADD COLUMN seconded_by BIGINT;
CREATE INDEX decision_confirming ON case_decision (confirms) WHERE confirms IS NOT NULL;
CREATE INDEX decision_to_bank ON case_decision (id) WHERE bank IS NOT NULL AND entry IS NULL;

-- How much of the member is what it was found by, and the label of what it stands among.
ALTER TABLE case_member ADD COLUMN likeness TEXT NOT NULL DEFAULT 'part';
ALTER TABLE case_member ADD COLUMN surroundings TEXT NOT NULL DEFAULT '';

-- Whose the case is, until when it is put off and why, and when it must be decided.
ALTER TABLE review_case ADD COLUMN assignee BIGINT;
ALTER TABLE review_case ADD COLUMN held_until BIGINT;
ALTER TABLE review_case ADD COLUMN held_for TEXT;
ALTER TABLE review_case ADD COLUMN due_at BIGINT;

-- decision is the one that it tells of; asks is 1 where the platform must act, and is asked to confirm that.
ALTER TABLE delivery ADD COLUMN decision BIGINT;
ALTER TABLE delivery ADD COLUMN asks BIGINT NOT NULL DEFAULT 0;
UPDATE delivery SET asks = 1 WHERE kind = 'item.match';
DROP INDEX delivery_red;
DROP INDEX delivery_unconfirmed;
CREATE INDEX delivery_red ON delivery (id) WHERE state = 'aside' OR (asks = 1 AND confirmed_at IS NULL);
CREATE INDEX delivery_unconfirmed ON delivery (id) WHERE state = 'delivered' AND asks = 1;
CREATE INDEX delivery_in_order ON delivery (receipt, webhook, id) WHERE state = 'waiting';
CREATE INDEX delivery_of_decision ON delivery (decision, receipt, id) WHERE decision IS NOT NULL;
CREATE INDEX review_case_due ON review_case (due_at, id) WHERE state = 'open' AND due_at IS NOT NULL;
