-- The decision on every application, and where payment stands now.
{{ application_decisions(
    'job_expansion',
    ref('int_expansion_facts'),
    ranked_outcomes(ref('expansion_rule_outcomes')),
    columns=['application_no', 'employer_id', 'person_id', 'region_code', 'hired_on', 'applied_on', 'person_kind', 'paid_months'],
    after=['funding_source']
) }}
