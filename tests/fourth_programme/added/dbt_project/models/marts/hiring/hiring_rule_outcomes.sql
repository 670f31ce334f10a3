select
    period,
    application_no,
    {{ outcome_columns() | join(',\n    ') }}
from (
    {{ union_of_rules('hiring_subsidy', ['application_no']) }}
) as outcomes
order by application_no, rule_rank
