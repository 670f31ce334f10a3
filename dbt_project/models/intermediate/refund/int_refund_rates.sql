-- Average insured and layoff rate of each employer whose window has not passed, as exact fractions, by the formula of its own parameters.
with measured as (
    select
        u.programme_year,
        u.employer_id,
        s.layoff_numerator as numerator_name,
        s.layoff_denominator as denominator_name,
        s.refund_small_headcount_basis as small_basis,
        s.refund_small_headcount as small_headcount,
        s.refund_small_layoff_rate_max as small_rate_max,
        s.refund_layoff_rate_max as rate_max,
        m.insured_person_months,
        case when s.average_insured_basis = 'calendar_year' then 12 else m.insured_months end as average_months,
        m.opening_insured,
        m.closing_insured,
        m.newest_insured,
        c.cumulative_insured,
        k.claimants,
        k.separations,
        case when k.natural_attrition is not null then greatest(0, m.opening_insured - m.closing_insured - k.natural_attrition) end as net_reduction
    from {{ ref('int_refund_profiles') }} as u
    inner join {{ ref('int_refund_settings') }} as s on u.profile = s.profile
    inner join {{ ref('int_refund_measures') }} as m on u.programme_year = m.programme_year and u.employer_id = m.employer_id
    inner join {{ ref('int_refund_people') }} as k on u.programme_year = k.programme_year and u.employer_id = k.employer_id
    left join {{ ref('int_refund_cumulative') }} as c on u.programme_year = c.programme_year and u.employer_id = c.employer_id
),

-- The formula as a fraction: numerator × denominator_months over denominator_persons; heads likewise, persons over months.
formula as (
    select
        m.*,
        case m.numerator_name
            when 'claims' then m.claimants
            when 'net_reduction' then m.net_reduction
            when 'separations' then m.separations
            when 'either' then case when m.claimants <= m.net_reduction then m.claimants when m.net_reduction < m.claimants then m.net_reduction end
        end as layoff_numerator,
        case m.denominator_name
            when 'average' then m.insured_person_months
            when 'opening' then m.opening_insured
            when 'cumulative' then m.cumulative_insured
        end as denominator_persons,
        case m.denominator_name when 'average' then m.average_months else 1 end as denominator_months,
        case m.small_basis
            when 'year_average' then m.insured_person_months
            when 'year_end' then m.closing_insured
            when 'year_start' then m.opening_insured
            when 'decision_month' then m.newest_insured
        end as headcount_persons,
        case m.small_basis when 'year_average' then m.average_months else 1 end as headcount_months
    from measured as m
),

limits as (
    select
        f.*,
        f.headcount_persons <= f.small_headcount * f.headcount_months as is_small,
        case when f.headcount_persons <= f.small_headcount * f.headcount_months then f.small_rate_max else f.rate_max end as layoff_rate_limit
    from formula as f
)

select
    f.programme_year,
    f.employer_id,
    f.average_months,
    {{ exact_ratio('f.insured_person_months', 'f.average_months') }} as average_insured,
    f.net_reduction,
    f.numerator_name,
    f.denominator_name,
    f.layoff_numerator,
    f.denominator_persons,
    f.denominator_months,
    {{ exact_ratio('(f.claimants * f.average_months)', 'f.insured_person_months') }} as claims_layoff_rate,
    {{ exact_ratio('f.net_reduction', 'f.opening_insured') }} as net_reduction_layoff_rate,
    {{ exact_ratio('(f.layoff_numerator * f.denominator_months)', 'f.denominator_persons') }} as layoff_rate,
    f.layoff_numerator * f.denominator_months <= f.layoff_rate_limit * f.denominator_persons as is_rate_within_limit,
    f.is_small,
    {{ exact_ratio('f.headcount_persons', 'f.headcount_months') }} as headcount,
    f.layoff_rate_limit,
    (f.claimants * f.average_months <= f.layoff_rate_limit * f.insured_person_months)
    <> (f.net_reduction <= f.layoff_rate_limit * f.opening_insured) as verdicts_differ
from limits as f
