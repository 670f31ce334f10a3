select
    period,
    application_no,
    rule_id,
    outcome,
    observed,
    limit_value,
    parameter,
    document_id,
    article
from (
    {{ union_of_rules('skill_subsidy', ['application_no']) }}
) as outcomes
