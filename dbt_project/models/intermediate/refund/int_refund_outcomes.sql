-- The outcome of every rule for every employer of an open programme year, in the order of the rules.
select
    1 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_unit_type') }} as o

union all

select
    2 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_insured') }} as o

union all

select
    3 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_paid_months') }} as o

union all

select
    4 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_no_arrears') }} as o

union all

select
    5 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_layoff_rate') }} as o

union all

select
    6 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_not_sanctioned') }} as o

union all

select
    7 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_size_known') }} as o

union all

select
    8 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_dispatch_confirmed') }} as o

union all

select
    9 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_fund_reserve') }} as o

union all

select
    10 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_window') }} as o

union all

select
    11 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_notice') }} as o

union all

select
    12 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_base') }} as o

union all

select
    13 as rule_rank,
    o.period,
    o.programme_year,
    o.employer_id,
    o.rule_id,
    o.outcome,
    o.observed,
    o.limit_value,
    o.parameter,
    o.document_id,
    o.article
from {{ ref('refund_review') }} as o
