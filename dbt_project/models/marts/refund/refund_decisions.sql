-- What is decided, and where payment and public notice stand now.
with payments as (
    select
        programme_year,
        employer_id,
        cast(sum(case when result = 'paid' then amount else 0 end) as decimal(18, 2)) as paid_amount,
        cast(sum(case when result = 'returned' then amount else 0 end) as decimal(18, 2)) as returned_amount
    from {{ ref('int_refund_payments') }}
    group by programme_year, employer_id
),

units as (
    select
        d.programme_year,
        d.employer_id,
        coalesce(d.window_from, p.window_from) as window_from
    from {{ ref('int_refund_decided') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    inner join {{ ref('int_refund_programmes') }} as p on d.programme_year = p.programme_year
),

objections as (
    {{ refund_objections('units') }}
),

-- Money that was demanded back and has come back (追回) counts as not paid.
repaid as (
    select
        r.programme_year,
        r.subject_id as employer_id,
        sum(r.amount) as repaid_amount
    from {{ ref('stg_recoveries') }} as r
    inner join {{ source('run', 'context') }} as c on r.on_date <= c.period_end
    where r.programme = 'refund' and r.kind = 'repaid'
    group by r.programme_year, r.subject_id
),

standing as (
    select
        d.*,
        c.period_end,
        coalesce(p.paid_amount, 0) as paid_amount,
        coalesce(p.returned_amount, 0) as returned_amount,
        greatest(0, coalesce(p.paid_amount, 0) - coalesce(r.repaid_amount, 0)) as net_paid,
        case
            when d.decision = 'eligible' then greatest(coalesce(d.noticed_before, 0), d.refund_amount)
            else coalesce(d.noticed_before, 0)
        end as noticed_amount,
        case when o.upheld > 0 or o.still_open > 0 then 0 else coalesce(d.noticed_before, 0) end as cleared_amount,
        case
            when e.account_no is not null and e.account_kind in ('corporate', 'tax_payment') then e.account_kind
            else 'account_missing'
        end as account_status,
        case
            when o.upheld > 0 then 'objection_upheld'
            when o.still_open > 0 then 'objection_open'
            when d.decision <> 'eligible' then 'not_noticed'
            when d.noticed_before is null or d.refund_amount > d.noticed_before then 'on_notice'
            else 'cleared'
        end as notice_status
    from {{ ref('int_refund_decided') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    left join payments as p on d.programme_year = p.programme_year and d.employer_id = p.employer_id
    left join repaid as r on d.programme_year = r.programme_year and d.employer_id = r.employer_id
    left join {{ ref('int_employers') }} as e on d.employer_id = e.employer_id
    left join objections as o on d.programme_year = o.programme_year and d.employer_id = o.employer_id
)

select
    period,
    programme_year,
    employer_id,
    uscc,
    employer_name,
    region_code,
    unit_type,
    is_dispatch,
    size_class,
    size_source,
    average_insured,
    opening_insured,
    closing_insured,
    claimants,
    natural_attrition,
    claims_layoff_rate,
    net_reduction_layoff_rate,
    layoff_rate,
    layoff_rate_limit,
    verdicts_differ,
    months_paid_in_full,
    arrears,
    contribution_base,
    refund_ratio,
    refund_amount,
    decision,
    failed_rules,
    unknown_rules,
    cast(paid_amount as decimal(18, 2)) as paid_amount,
    cast(returned_amount as decimal(18, 2)) as returned_amount,
    cast(noticed_amount as decimal(18, 2)) as noticed_amount,
    cast(cleared_amount as decimal(18, 2)) as cleared_amount,
    cast(case when decision = 'eligible' then greatest(0, refund_amount - net_paid) else 0 end as decimal(18, 2)) as payable_amount,
    -- What was never on a notice, or has no account to go to, is never released; nor is anything after the last day of payment.
    cast(case
        when decision <> 'eligible' or account_status = 'account_missing' or period_end > refund_payment_until then 0
        else greatest(0, least(refund_amount, cleared_amount) - net_paid)
    end as decimal(18, 2)) as releasable_amount,
    cast(greatest(0, net_paid - refund_amount) as decimal(18, 2)) as recoverable_amount,
    account_status,
    notice_status,
    first_decided_period,
    cast(net_paid as decimal(18, 2)) as net_paid_amount
from standing
order by programme_year, employer_id
