-- Each claim in the person's order, with the months of premium that count for it: those after the start of the claim before and before its own
-- (社会保险法 四十六条), or what the agency counted where that is not below.
with claims as (
    select
        b.*,
        {{ person_no('b.person_id') }} as person_no,
        c.period,
        {{ subject_region('b.region_code', 'c.jurisdiction') }} as parameter_region,
        cast(row_number() over (partition by b.person_id order by b.start_month, b.claim_no) as integer) as claim_order,
        lag(b.start_month) over (partition by b.person_id order by b.start_month, b.claim_no) as start_before,
        lag(b.claim_no) over (partition by b.person_id order by b.start_month, b.claim_no) as claim_before
    from {{ ref('stg_benefit_claims') }} as b
    cross join {{ source('run', 'context') }} as c
),

fee_months as (
    {{ fee_months_of('claims') }}
),

counted as (
    select
        c.claim_no,
        cast(count(*) as integer) as own_months
    from claims as c
    inner join fee_months as m on c.person_no = m.person_no and c.start_month > m.fee_month
    where m.is_paid and (c.start_before is null or m.fee_month > c.start_before)
    group by c.claim_no
),

-- Who was insured in the earliest month delivered may have paid before it.
earlier_lives as (
    select distinct m.person_no
    from {{ ref('int_person_months') }} as m
    where m.insured and m.fee_month = (select min(e.fee_month) from {{ ref('int_employer_months') }} as e)
),

drawn as (
    select
        p.claim_no,
        cast(count(distinct p.benefit_month) as integer) as drawn_months
    from {{ ref('int_benefit_payments') }} as p
    where p.benefit_kind = 'benefit'
    group by p.claim_no
),

years as (
    select
        c.*,
        coalesce(n.own_months, 0) as own_months,
        greatest(coalesce(n.own_months, 0), coalesce(c.counted_months, 0)) as paid_months,
        cast(floor(greatest(coalesce(n.own_months, 0), coalesce(c.counted_months, 0)) / 12) as integer) as paid_years,
        c.counted_months is not null or l.person_no is null as is_history_complete,
        coalesce(d.drawn_months, 0) as drawn_months
    from claims as c
    left join counted as n on c.claim_no = n.claim_no
    left join earlier_lives as l on c.person_no = l.person_no
    left join drawn as d on c.claim_no = d.claim_no
)

select
    y.period,
    y.claim_no,
    y.person_id,
    y.last_employer_id,
    y.unemployed_on,
    y.reason,
    y.region_code,
    y.start_month,
    y.entitled_months,
    y.counted_months,
    y.monthly_standard,
    y.stop_month,
    y.stop_reason,
    y.claim_order,
    y.claim_before,
    y.own_months,
    y.paid_months,
    y.paid_years,
    y.is_history_complete,
    y.drawn_months,
    -- Months that the years paid give by the province's schedule, under the ceiling of the Regulation.
    case
        when y.paid_years < 1 then 0
        else least(p.months_first_year + (y.paid_years - 1) * p.months_per_further_year, e.months_max)
    end as scheduled_months
from years as y
left join {{ ref('int_benefit_parameters') }} as p on y.parameter_region = p.region_code and y.start_month = p.day
left join {{ ref('benefit_ceilings') }} as e
    on y.paid_years >= e.years_from and (y.paid_years < e.years_to or e.years_to is null)
