-- The decision on every application, and where payment stands now.
{{ application_decisions(
    'job_expansion',
    ref('int_expansion_facts'),
    '(select o.*, r.rank as rule_rank from ' ~ ref('expansion_rule_outcomes') ~ ' as o inner join ' ~ source('run', 'context')
        ~ ' as c on o.period = c.period inner join ' ~ ref('rules') ~ ' as r on o.rule_id = r.rule_id)',
    columns=['application_no', 'employer_id', 'person_id', 'region_code', 'hired_on', 'applied_on', 'person_kind', 'paid_months'],
    after=['funding_source']
) }}
