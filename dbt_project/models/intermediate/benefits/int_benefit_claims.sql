-- Each claim with the entitlement recomputed from the premiums known: by whole years paid before the benefit
-- starts, the province's schedule under the ceilings of the Regulation. The years are known only where the
-- person's first premium month lies after the first month that the deliveries hold; for all others they are
-- at least the years counted, and the months decided stand.
with claims as (
    select
        b.*,
        {{ person_no('b.person_id') }} as person_no,
        c.period,
        {{ parameter_on('benefit_months_first_year', 'b.start_month', 'int') }} as months_first_year,
        {{ parameter_on('benefit_months_per_further_year', 'b.start_month', 'int') }} as months_per_further_year
    from {{ ref('stg_benefit_claims') }} as b
    cross join {{ source('run', 'context') }} as c
),

fee_months as (
    {{ fee_months_of('claims') }}
),

first_months as (
    select
        person_no,
        min(fee_month) as first_fee_month
    from fee_months
    group by person_no
),

known_from as (
    select min(fee_month) as first_known_month from {{ ref('int_employer_months') }}
),

counted as (
    select
        c.claim_no,
        cast(count(*) as integer) as paid_months
    from claims as c
    inner join fee_months as m on c.person_no = m.person_no and c.start_month > m.fee_month
    where m.is_paid
    group by c.claim_no
),

years as (
    select
        c.*,
        coalesce(n.paid_months, 0) as paid_months,
        cast(floor(coalesce(n.paid_months, 0) / 12) as integer) as paid_years,
        coalesce(f.first_fee_month > k.first_known_month and f.first_fee_month < c.start_month, false) as is_history_complete
    from claims as c
    cross join known_from as k
    left join counted as n on c.claim_no = n.claim_no
    left join first_months as f on c.person_no = f.person_no
),

ceilings as (
    select
        y.claim_no,
        max(e.months_max) as months_max
    from years as y
    inner join {{ ref('benefit_ceilings') }} as e
        on y.paid_years >= e.years_from and (y.paid_years < e.years_to or e.years_to is null)
    group by y.claim_no
),

longest as (
    select max(months_max) as months_max from {{ ref('benefit_ceilings') }}
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
    y.monthly_standard,
    y.stop_month,
    y.stop_reason,
    y.paid_months,
    y.paid_years,
    y.is_history_complete,
    case
        when not y.is_history_complete then least(y.entitled_months, l.months_max)
        when y.paid_years < 1 then 0
        else least(y.months_first_year + (y.paid_years - 1) * y.months_per_further_year, g.months_max)
    end as recomputed_months
from years as y
cross join longest as l
left join ceilings as g on y.claim_no = g.claim_no
