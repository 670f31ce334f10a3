-- Paid lines of a year or to a subject that has no decision, by programme, year and subject.
with refunds_paid as (
    select
        p.programme_year,
        p.employer_id,
        sum(p.amount) as amount,
        count(*) as payment_lines
    from {{ ref('int_refund_payments') }} as p
    where p.result = 'paid'
    group by p.programme_year, p.employer_id
),

-- Of years that the report no longer shows the population alone is asked for: whoever had anyone insured in the base year, by what had been
-- delivered in the window's last month.
older_years as (
    select
        p.programme_year,
        p.employer_id,
        w.programme_year - 1 as base_year,
        least(c.period, {{ month_start('w.window_to') }}) as closing_period
    from refunds_paid as p
    inner join {{ source('policy', 'programmes') }} as w on w.programme = 'refund' and p.programme_year = w.programme_year
    cross join {{ source('run', 'context') }} as c
    where p.programme_year < c.year - 1
),

insured_by_now as (
    select
        o.programme_year,
        o.employer_id
    from older_years as o
    inner join {{ ref('int_employer_months') }} as m on o.employer_id = m.employer_id and o.base_year = year(m.fee_month)
    where m.insured > 0
    group by o.programme_year, o.employer_id
),

-- Months of these base years, and of deliveries after their windows: few files hold both, and no other need be read.
base_months as (
    select distinct m.fee_month
    from {{ ref('int_employer_months') }} as m
    inner join (select distinct base_year from older_years) as y on year(m.fee_month) = y.base_year
),

later_periods as (
    select d.period
    from {{ source('run', 'months_delivered') }} as d
    inner join (select min(closing_period) as closing_period from older_years) as o on d.period > o.closing_period
),

-- Rows of the base year that came after the window: what is known now need not have been known then.
came_later as (
    select distinct
        o.programme_year,
        o.employer_id
    from {{ source('lake', 'contributions') }} as r
    inner join older_years as o
        on r.employer_id = o.employer_id and year(r.fee_month) = o.base_year and r._period > o.closing_period
    where r.fee_month in (select b.fee_month from base_months as b) and r._period in (select p.period from later_periods as p)
),

-- Few: only of these the rows themselves are read again.
doubtful as (
    select o.*
    from older_years as o
    left join insured_by_now as i on o.programme_year = i.programme_year and o.employer_id = i.employer_id
    left join came_later as l on o.programme_year = l.programme_year and o.employer_id = l.employer_id
    where i.employer_id is null or l.employer_id is not null
),

rows_then as (
    select
        d.programme_year,
        r.*
    from {{ source('lake', 'contributions') }} as r
    inner join doubtful as d
        on r.employer_id = d.employer_id and year(r.fee_month) = d.base_year and r._period <= d.closing_period
),

versions as (
    select
        t.*,
        row_number() over (partition by programme_year, {{ contribution_key() }} order by {{ version_order() }}) as _version
    from rows_then as t
),

insured_then as (
    select distinct
        programme_year,
        employer_id
    from versions
    where _version = 1 and is_valid and {{ is_insured_row() }}
),

older_undecided as (
    select
        d.programme_year,
        d.employer_id
    from doubtful as d
    left join insured_then as t on d.programme_year = t.programme_year and d.employer_id = t.employer_id
    where t.employer_id is null
),

refunds as (
    select
        p.programme_year,
        p.employer_id as subject_id,
        p.amount,
        p.payment_lines
    from refunds_paid as p
    cross join {{ source('run', 'context') }} as c
    left join {{ ref('refund_decisions') }} as d
        on c.period = d.period and p.programme_year = d.programme_year and p.employer_id = d.employer_id
    left join older_years as o on p.programme_year = o.programme_year and p.employer_id = o.employer_id
    left join older_undecided as u on p.programme_year = u.programme_year and p.employer_id = u.employer_id
    where d.employer_id is null and (o.employer_id is null or u.employer_id is not null)
),

subsidies as (
    select
        p.programme_year,
        p.payee_id as subject_id,
        sum(p.amount) as amount,
        count(*) as payment_lines
    from {{ ref('stg_programme_payments') }} as p
    cross join {{ source('run', 'context') }} as c
    where
        p.programme = 'skill_subsidy'
        and p.result = 'paid'
        and p.paid_on <= c.period_end
        and not exists (
            select 1 from {{ ref('skill_decisions') }} as d where d.period = c.period and d.application_no = p.payee_id
        )
    group by p.programme_year, p.payee_id
),

expansions as (
    select
        p.programme_year,
        p.payee_id as subject_id,
        sum(p.amount) as amount,
        count(*) as payment_lines
    from {{ ref('stg_programme_payments') }} as p
    cross join {{ source('run', 'context') }} as c
    where
        p.programme = 'job_expansion'
        and p.result = 'paid'
        and p.paid_on <= c.period_end
        and not exists (
            select 1 from {{ ref('expansion_decisions') }} as d where d.period = c.period and d.application_no = p.payee_id
        )
    group by p.programme_year, p.payee_id
)

select
    'refund' as programme,
    refunds.*
from refunds
union all
select
    'skill_subsidy' as programme,
    subsidies.*
from subsidies
union all
select
    'job_expansion' as programme,
    expansions.*
from expansions
