{{ config(materialized='view') }}

-- The period overlaps the days on which the programme is carried out for the unit.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.window' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when f.period <= f.window_to and f.period_end >= f.window_from then 'pass'
        else 'fail'
    end as outcome,
    concat(cast(f.period as string), '..', cast(f.period_end as string)) as observed,
    concat(cast(f.window_from as string), '..', cast(f.window_to as string)) as limit_value,
    'refund_window' as parameter,
    f.programme_document_id as document_id,
    f.programme_article as article
from {{ ref('int_refund_facts') }} as f
