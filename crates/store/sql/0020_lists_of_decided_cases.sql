-- Nothing asks for cases by their state alone, and where nothing is known of how many there are in each state this index is
-- taken for lists of decided cases, so that each of them is read.
DROP INDEX review_case_by_state;
