{{ newest_snapshot_rows(
    source('lake', 'certificates'),
    key=['cert_no'],
    columns=[
        'cert_no',
        'person_id',
        'occupation_code',
        'occupation_name',
        'level',
        'cert_kind',
        'issued_on',
        'issuer_region',
        'status',
    ]
) }}
