{{ config(materialized='view') }}

-- What a person decided on this unit and programme year, if anybody did.
select
    f.period,
    f.programme_year,
    f.employer_id,
    'refund.review' as rule_id,
    case
        when f.unit_type = 'other' then 'not_applicable'
        when f.review_outcome = 'approved' then 'pass'
        when f.review_outcome = 'refused' then 'fail'
        else 'not_applicable'
    end as outcome,
    f.review_outcome as observed,
    'approved' as limit_value,
    cast(null as string) as parameter,
    f.programme_document_id as document_id,
    f.programme_article as article
from {{ ref('int_refund_facts') }} as f
