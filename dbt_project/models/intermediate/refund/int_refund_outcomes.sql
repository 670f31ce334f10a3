-- The outcome of every rule for every employer of an open programme year, in the order of the rules.
{{ union_of_rules('refund', ['programme_year', 'employer_id']) }}
