{{ newest_event_rows(
    source('lake', 'review_outcomes'),
    key=['programme', 'subject_id', "case when programme = 'refund' then programme_year end", 'decided_on'],
    columns=[
        'programme',
        'subject_id',
        'programme_year',
        'decided_on',
        'outcome',
        'officer',
        'reason',
    ]
) }}
