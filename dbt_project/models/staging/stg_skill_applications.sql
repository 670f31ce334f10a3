{{ newest_event_rows(
    source('lake', 'skill_applications'),
    key=['application_no'],
    columns=[
        'application_no',
        'person_id',
        'cert_no',
        'applied_on',
        'region_code',
        'account_name',
        'account_no',
    ]
) }}
