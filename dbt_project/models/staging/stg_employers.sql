{{ newest_region_snapshot_rows(
    source('lake', 'employers'),
    key=['employer_id'],
    columns=[
        'employer_id',
        'uscc',
        'employer_name',
        'unit_type',
        'industry_code',
        'region_code',
        'insured_from',
        'insured_status',
        'registry_status',
        'is_dispatch',
        'account_kind',
        'bank_name',
        'account_name',
        'account_no',
        'contact_phone',
    ]
) }}
