{{ newest_event_rows(
    source('lake', 'benefit_claims'),
    key=['claim_no'],
    columns=[
        'claim_no',
        'person_id',
        'last_employer_id',
        'unemployed_on',
        'reason',
        'region_code',
        'start_month',
        'entitled_months',
        'monthly_standard',
        'stop_month',
        'stop_reason',
    ]
) }}
