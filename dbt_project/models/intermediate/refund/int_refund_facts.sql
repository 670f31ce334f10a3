-- Everything that the rules of an open programme year look at, one row an employer with anyone insured in the base year.
with claims as (
    select
        p.programme_year,
        c.last_employer_id as employer_id,
        cast(count(distinct c.person_id) as integer) as claimants
    from {{ ref('stg_benefit_claims') }} as c
    inner join {{ ref('int_refund_programmes') }} as p on p.is_open and year(c.start_month) = p.base_year
    inner join {{ parameter_row('layoff_claim_reasons') }} as r on {{ in_list('c.reason', 'r.value') }}
    where c.start_month <= p.period
    group by p.programme_year, c.last_employer_id
),

leavers as (
    select
        p.programme_year,
        h.employer_id,
        cast(count(distinct case when {{ in_list('h.reason', 'a.value') }} then h.person_id end) as integer) as natural_attrition,
        cast(count(distinct case when {{ in_list('h.reason', 'l.value') }} then h.person_id end) as integer) as separations
    from {{ ref('stg_headcount_changes') }} as h
    inner join {{ ref('int_refund_programmes') }} as p on p.is_open and year(h.change_date) = p.base_year
    left join {{ parameter_row('attrition_reasons') }} as a on true
    left join {{ parameter_row('layoff_reasons') }} as l on true
    where h.change_kind = 'decrease' and h.change_date <= p.period_end
    group by p.programme_year, h.employer_id
),

receipts as (
    select
        p.programme_year,
        r.employer_id,
        sum(r.received) as received_premium
    from {{ ref('int_employer_receipts') }} as r
    inner join {{ ref('int_refund_programmes') }} as p
        on p.is_open and r.received_year = p.base_year and r.fee_month >= p.base_from
    group by p.programme_year, r.employer_id
),

excluded as (
    select
        a.programme_year,
        a.employer_id,
        sum(a.excluded_premium) as excluded_premium
    from {{ ref('int_refund_assigned_months') }} as a
    group by a.programme_year, a.employer_id
),

sanctioned as (
    select distinct s.uscc
    from {{ ref('stg_sanctions') }} as s
    inner join {{ source('run', 'context') }} as c on s.listed_on <= c.period_end
    where s.removed_on is null or s.removed_on > c.period_end
),

agreements as (
    select
        a.dispatch_employer_id as employer_id,
        a.programme_year,
        a.applied_on
    from {{ ref('stg_dispatch_agreements') }} as a
    inner join {{ source('run', 'context') }} as c on a.applied_on <= c.period_end
    where a.allocation_confirmed
),

reviews as (
    select
        employer_id,
        programme_year,
        outcome,
        decided_on
    from (
        select
            r.subject_id as employer_id,
            r.programme_year,
            r.outcome,
            r.decided_on,
            row_number() over (partition by r.subject_id, r.programme_year order by r.decided_on desc) as newest
        from {{ ref('stg_review_outcomes') }} as r
        inner join {{ source('run', 'context') }} as c on r.decided_on <= c.period_end
        where r.programme = 'refund'
    ) as outcomes
    where newest = 1
),

sources_delivered as (
    select
        max(case when s.source = 'benefit_claims' and s.is_delivered then 1 else 0 end) = 1 as has_claims,
        max(case when s.source = 'headcount_changes' and s.is_delivered then 1 else 0 end) = 1 as has_changes,
        max(case when s.source = 'sanctions' and s.is_delivered then 1 else 0 end) = 1 as has_sanctions
    from {{ source('run', 'sources') }} as s
),

settings as (
    select
        {{ parameter_now('contribution_basis') }} as contribution_basis,
        {{ parameter_now('layoff_numerator') }} as layoff_numerator,
        {{ parameter_now('layoff_denominator') }} as layoff_denominator,
        {{ parameter_now('refund_small_headcount_basis') }} as small_headcount_basis,
        {{ parameter_now('refund_small_headcount', 'int') }} as small_headcount,
        {{ parameter_now('refund_layoff_rate_max', 'decimal') }} as layoff_rate_max,
        {{ parameter_now('refund_small_layoff_rate_max', 'decimal') }} as small_layoff_rate_max,
        {{ parameter_now('refund_ratio_large', 'decimal') }} as ratio_large,
        {{ parameter_now('refund_ratio_sme', 'decimal') }} as ratio_sme,
        {{ parameter_now('refund_unit_types') }} as unit_types,
        {{ parameter_now('refund_payment_until', 'date') }} as payment_until
),

gathered as (
    select
        p.period,
        p.period_end,
        p.programme_year,
        p.base_year,
        p.window_from,
        p.window_to,
        p.document_id as programme_document_id,
        p.article as programme_article,
        m.employer_id,
        e.employer_id is not null as is_registered,
        e.uscc,
        e.employer_name,
        e.region_code,
        e.reporting_unit,
        e.unit_type,
        e.insured_status,
        e.registry_status,
        e.is_dispatch,
        coalesce({{ in_list('e.unit_type', 's.unit_types') }}, false) as is_covered,
        z.size_class,
        z.size_source,
        z.parent_uscc,
        coalesce(z.has_parent_circle, false) as has_parent_circle,
        m.insured_months,
        m.insured_person_months,
        m.opening_insured,
        m.closing_insured,
        m.newest_insured,
        u.cumulative_insured,
        case when d.has_claims then coalesce(c.claimants, 0) end as claimants,
        case when d.has_changes then coalesce(l.natural_attrition, 0) end as natural_attrition,
        case when d.has_changes then coalesce(l.separations, 0) end as separations,
        m.months_paid_in_full,
        m.arrears,
        cast(case
            when s.contribution_basis = 'receipt_date' then coalesce(r.received_premium, 0)
            else m.received_premium
        end as decimal(18, 2)) as received_premium,
        cast(coalesce(x.excluded_premium, 0) as decimal(18, 2)) as excluded_premium,
        d.has_sanctions,
        n.uscc is not null as is_sanctioned,
        a.applied_on as agreement_applied_on,
        g.gate_open,
        g.reserve_months,
        g.reserve_months_min,
        g.document_id as gate_document_id,
        g.article as gate_article,
        coalesce(o.upheld, 0) as objections_upheld,
        coalesce(o.still_open, 0) as objections_open,
        v.outcome as review_outcome,
        v.decided_on as review_decided_on,
        s.layoff_numerator as numerator_name,
        s.layoff_denominator as denominator_name,
        s.small_headcount_basis,
        s.small_headcount,
        s.layoff_rate_max,
        s.small_layoff_rate_max,
        s.ratio_large,
        s.ratio_sme,
        s.payment_until
    from {{ ref('int_refund_measures') }} as m
    inner join {{ ref('int_refund_programmes') }} as p on m.programme_year = p.programme_year
    cross join sources_delivered as d
    cross join settings as s
    left join {{ ref('int_employers') }} as e on m.employer_id = e.employer_id
    left join {{ ref('int_refund_size') }} as z on m.programme_year = z.programme_year and m.employer_id = z.employer_id
    left join {{ ref('int_refund_cumulative') }} as u on m.programme_year = u.programme_year and m.employer_id = u.employer_id
    left join claims as c on m.programme_year = c.programme_year and m.employer_id = c.employer_id
    left join leavers as l on m.programme_year = l.programme_year and m.employer_id = l.employer_id
    left join receipts as r on m.programme_year = r.programme_year and m.employer_id = r.employer_id
    left join excluded as x on m.programme_year = x.programme_year and m.employer_id = x.employer_id
    left join sanctioned as n on e.uscc = n.uscc
    left join agreements as a on m.programme_year = a.programme_year and m.employer_id = a.employer_id
    left join {{ ref('int_fund_gate') }} as g on m.programme_year = g.programme_year
    left join {{ ref('int_refund_objections') }} as o on m.programme_year = o.programme_year and m.employer_id = o.employer_id
    left join reviews as v on m.programme_year = v.programme_year and m.employer_id = v.employer_id
),

reduced as (
    select
        f.*,
        case
            when f.natural_attrition is not null then greatest(0, f.opening_insured - f.closing_insured - f.natural_attrition)
        end as net_reduction,
        -- Heads on which 30 人（含）以下 is judged, as a fraction: persons over months.
        case f.small_headcount_basis
            when 'year_average' then f.insured_person_months
            when 'year_end' then f.closing_insured
            when 'year_start' then f.opening_insured
            when 'decision_month' then f.newest_insured
        end as headcount_persons,
        case f.small_headcount_basis when 'year_average' then f.insured_months else 1 end as headcount_months
    from gathered as f
),

-- The formula as a fraction: numerator × denominator_months over denominator_persons.
formula as (
    select
        f.*,
        case f.numerator_name
            when 'claims' then f.claimants
            when 'net_reduction' then f.net_reduction
            when 'separations' then f.separations
            when 'either' then case when f.claimants <= f.net_reduction then f.claimants when f.net_reduction < f.claimants then f.net_reduction end
        end as layoff_numerator,
        case f.denominator_name
            when 'average' then f.insured_person_months
            when 'opening' then f.opening_insured
            when 'cumulative' then f.cumulative_insured
        end as denominator_persons,
        case f.denominator_name when 'average' then f.insured_months else 1 end as denominator_months,
        f.headcount_persons <= f.small_headcount * f.headcount_months as is_small,
        case
            when f.headcount_persons <= f.small_headcount * f.headcount_months then f.small_layoff_rate_max
            else f.layoff_rate_max
        end as layoff_rate_limit
    from reduced as f
)

select
    f.period,
    f.period_end,
    f.programme_year,
    f.base_year,
    f.window_from,
    f.window_to,
    f.programme_document_id,
    f.programme_article,
    f.employer_id,
    f.is_registered,
    f.uscc,
    f.employer_name,
    f.region_code,
    f.reporting_unit,
    f.unit_type,
    f.insured_status,
    f.registry_status,
    f.is_dispatch,
    f.is_covered,
    f.size_class,
    f.size_source,
    f.parent_uscc,
    f.has_parent_circle,
    f.insured_months,
    f.insured_person_months,
    {{ exact_ratio('f.insured_person_months', 'f.insured_months') }} as average_insured,
    f.opening_insured,
    f.closing_insured,
    f.newest_insured,
    f.cumulative_insured,
    f.claimants,
    f.natural_attrition,
    f.separations,
    f.net_reduction,
    {{ exact_ratio('(f.claimants * f.insured_months)', 'f.insured_person_months') }} as claims_layoff_rate,
    {{ exact_ratio('f.net_reduction', 'f.opening_insured') }} as net_reduction_layoff_rate,
    f.numerator_name,
    f.denominator_name,
    f.layoff_numerator,
    f.denominator_persons,
    f.denominator_months,
    {{ exact_ratio('(f.layoff_numerator * f.denominator_months)', 'f.denominator_persons') }} as layoff_rate,
    f.layoff_numerator * f.denominator_months <= f.layoff_rate_limit * f.denominator_persons as is_rate_within_limit,
    f.is_small,
    {{ exact_ratio('f.headcount_persons', 'f.headcount_months') }} as headcount,
    f.layoff_rate_limit,
    (f.claimants * f.insured_months <= f.layoff_rate_limit * f.insured_person_months)
    <> (f.net_reduction <= f.layoff_rate_limit * f.opening_insured) as verdicts_differ,
    f.months_paid_in_full,
    f.arrears,
    f.received_premium,
    f.excluded_premium,
    cast(f.received_premium - f.excluded_premium as decimal(18, 2)) as contribution_base,
    cast(case f.size_class when 'large' then f.ratio_large when 'sme' then f.ratio_sme end as decimal(18, 6)) as refund_ratio,
    f.has_sanctions,
    f.is_sanctioned,
    f.agreement_applied_on,
    f.gate_open,
    f.reserve_months,
    f.reserve_months_min,
    f.gate_document_id,
    f.gate_article,
    f.objections_upheld,
    f.objections_open,
    f.review_outcome,
    f.review_decided_on,
    f.payment_until as refund_payment_until
from formula as f
