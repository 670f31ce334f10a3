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
    {{ skill_outcomes(skill_rules()) }}
) as outcomes
