-- The decision on every application, and where payment stands now.
{{ application_decisions(
    'hiring_subsidy',
    ref('int_hiring_facts'),
    ranked_outcomes(ref('hiring_rule_outcomes')),
    columns=['application_no', 'employer_id', 'person_id', 'region_code', 'hired_on', 'applied_on']
) }}
