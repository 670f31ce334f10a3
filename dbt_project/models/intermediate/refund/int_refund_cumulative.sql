-- Distinct persons insured in any month of the base year: only a formula over cumulative heads needs this pass over the persons.
with months_of_interest as (
    select distinct
        m.employer_id,
        m.fee_month
    from {{ ref('int_employer_months') }} as m
    inner join {{ ref('int_refund_programmes') }} as p on p.is_open and m.fee_month between p.base_from and p.base_to
    where {{ is_ever('layoff_denominator', 'cumulative') }}
),

rows_found as (
    {{ contributions_found('months_of_interest', ['employer_id', 'fee_month']) }}
),

rows_of_interest as (
    {{ newest_of_found('rows_found') }}
)

select
    p.programme_year,
    r.employer_id,
    cast(count(distinct r._person_no) as integer) as cumulative_insured
from rows_of_interest as r
inner join {{ ref('int_refund_programmes') }} as p on p.is_open and r.fee_month between p.base_from and p.base_to
where {{ is_insured_row() }}
group by p.programme_year, r.employer_id
