{{ newest_event_rows(
    source('lake', 'headcount_changes'),
    key=['employer_id', 'person_id', 'change_kind', 'change_date'],
    columns=[
        'employer_id',
        'person_id',
        'change_kind',
        'change_date',
        'reason',
    ]
) }}
