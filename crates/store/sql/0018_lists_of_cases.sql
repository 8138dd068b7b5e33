-- Lists of cases, at whatever size: an index has all that a filter asks for and all that is counted, so that no case is
-- read that is not shown. state is among the columns, though it is the same for all, so that the index alone answers.
DROP INDEX review_case_open;
DROP INDEX review_case_due;
CREATE INDEX review_case_open ON review_case (queue, severity DESC, id, assignee, held_until, opened_at, state)
    WHERE state = 'open';
CREATE INDEX review_case_due ON review_case (queue, due_at, id) WHERE state = 'open' AND due_at IS NOT NULL;
CREATE INDEX review_case_decided ON review_case (queue, id, severity, assignee, held_until, state)
    WHERE state = 'decided';
