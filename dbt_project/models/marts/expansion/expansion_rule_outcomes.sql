select
    period,
    application_no,
    {{ outcome_columns() | join(',\n    ') }}
from (
    {{ union_of_rules('job_expansion', ['application_no']) }}
) as outcomes
order by application_no, rule_rank
