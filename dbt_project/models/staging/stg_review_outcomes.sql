-- An answer of another programme than the refund is one whatever year it gives.
{{ staged_events(
    source('lake', 'review_outcomes'),
    key=['programme', 'subject_id', "case when programme = 'refund' then programme_year end", 'decided_on']
) }}
