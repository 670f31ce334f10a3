{{ newest_event_rows(
    source('lake', 'training_subsidies'),
    key=['person_id', 'occupation_code', 'level', 'paid_on'],
    columns=[
        'person_id',
        'occupation_code',
        'level',
        'paid_on',
        'amount',
    ]
) }}
