{{ newest_event_rows(
    source('lake', 'cross_checks'),
    key=['person_id', 'check_kind', 'event_date'],
    columns=[
        'person_id',
        'check_kind',
        'event_date',
        'end_date',
        'detail',
    ]
) }}
