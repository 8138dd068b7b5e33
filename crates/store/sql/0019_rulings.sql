-- The record of what a person decided of the member's bytes by a key of their own; NULL while there is none. Where a group has
-- neither a decision of its case nor this, nobody has decided it.
ALTER TABLE case_member ADD COLUMN ruled BIGINT;

-- What was found to be a duplicate of a case.
CREATE INDEX decision_duplicate ON case_decision (duplicate_of) WHERE duplicate_of IS NOT NULL;
