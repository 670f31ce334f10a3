-- The filing from which the size was taken says medium, small or micro, its own indicators are large by the 2017 standard. A branch follows its
-- parent's filing; a parent that the register does not know has no industry, so it is not judged.
with recursive decisions as (
    select
        d.programme_year,
        d.employer_id,
        d.employer_name,
        d.uscc,
        d.region_code,
        d.contribution_base,
        d.refund_amount,
        {{ subject_region('d.region_code', 'c.jurisdiction') }} as parameter_region,
        d.unit_type,
        d.is_dispatch,
        least(c.period_end, coalesce(u.window_to, w.window_to)) as decided_on
    from {{ ref('refund_decisions') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    inner join {{ source('policy', 'programmes') }} as w on w.programme = 'refund' and d.programme_year = w.programme_year
    left join {{ ref('int_refund_decided') }} as u
        on d.period = u.period and d.programme_year = u.programme_year and d.employer_id = u.employer_id
    where d.size_class = 'sme' and d.size_source in ('filed', 'parent')
),

filings as (
    select
        programme_year,
        uscc,
        data_year,
        staff,
        revenue_10k,
        assets_10k,
        filed_size,
        parent_uscc
    from (
        select
            y.programme_year,
            s.*,
            row_number() over (partition by y.programme_year, s.uscc order by s.data_year desc) as newest_first
        from {{ ref('stg_enterprise_size') }} as s
        inner join (select distinct programme_year from decisions) as y on s.data_year < y.programme_year
    ) as years
    where newest_first = 1
),

-- From the unit to whom it follows, until a unit that follows nobody; a circle ends where it would begin again.
climbs as (
    select distinct
        d.programme_year,
        d.uscc,
        d.uscc as reached,
        concat(';', d.uscc, ';') as path
    from decisions as d

    union all

    select
        c.programme_year,
        c.uscc,
        f.parent_uscc as reached,
        concat(c.path, f.parent_uscc, ';') as path
    from climbs as c
    inner join filings as f on c.programme_year = f.programme_year and c.reached = f.uscc
    where f.parent_uscc is not null and position(concat(';', f.parent_uscc, ';') in c.path) = 0
),

industries as (
    select
        e.uscc,
        {{ industry_key('min(e.industry_code)') }} as industry_key
    from {{ ref('int_employers') }} as e
    where e.unit_type = 'enterprise'
    group by e.uscc
),

too_small as (
    select
        c.programme_year,
        c.uscc,
        f.uscc as filed_uscc,
        f.filed_size,
        f.data_year
    from climbs as c
    inner join filings as f on c.programme_year = f.programme_year and c.reached = f.uscc
    inner join industries as n on f.uscc = n.uscc
    inner join {{ ref('industry_classes') }} as i on n.industry_key = i.code_key
    inner join {{ ref('size_standard') }} as l on i.size_row = l.size_row and l.size_class = 'large'
    where
        (f.parent_uscc is null or f.parent_uscc = f.uscc)
        and f.filed_size in ('medium', 'small', 'micro')
        and (l.staff_min is null or f.staff >= l.staff_min)
        and (l.revenue_min_10k is null or f.revenue_10k >= l.revenue_min_10k)
        and (l.assets_min_10k is null or f.assets_10k >= l.assets_min_10k)
),

-- The ratio of large units that each of these would have: by its own region and conditions, as a large unit.
subjects as (
    select
        concat(cast(d.programme_year as string), ' ', d.employer_id) as subject,
        d.decided_on as day,
        d.parameter_region as region_code,
        d.unit_type,
        'large' as size_class,
        {{ industry_section('e.industry_code', 'i.section') }} as industry_section,
        {{ industry_division('e.industry_code') }} as industry_division,
        d.is_dispatch,
        d.uscc
    from decisions as d
    inner join too_small as t on d.programme_year = t.programme_year and d.uscc = t.uscc
    left join {{ ref('int_employers') }} as e on d.employer_id = e.employer_id
    left join {{ ref('industry_classes') }} as i on i.key_kind = 'division' and {{ industry_division('e.industry_code') }} = i.code_key
),

scopes as (
    {{ subject_scopes('subjects', ['refund_ratio_large']) }}
),

profiles as (
    {{ subject_profiles('subjects', 'scopes') }}
),

ratios as (
    select
        p.subject,
        r.value
    from profiles as p
    inner join ({{ profile_parameters('profiles', 'scopes', ['refund_ratio_large']) }}) as r on p.profile = r.profile and r.place = 1
),

amounts as (
    select
        d.*,
        t.filed_uscc,
        t.filed_size,
        t.data_year,
        case
            when d.refund_amount > 0 and p.value is not null
                then greatest(
                    d.refund_amount - {{ round_half_up(wide('d.contribution_base') ~ ' * cast(p.value as decimal(12, 6))', 2) }}, 0
                )
            else 0
        end as amount
    from decisions as d
    inner join too_small as t on d.programme_year = t.programme_year and d.uscc = t.uscc
    left join ratios as p on p.subject = concat(cast(d.programme_year as string), ' ', d.employer_id)
)

select
    'R26' as rule_id,
    'employer' as subject_kind,
    a.employer_id as subject_id,
    {{ count_text('a.programme_year') }} as fact_key,
    a.region_code,
    cast(a.amount as decimal(18, 2)) as amount_at_stake,
    concat(
        {{ unit_text('a.employer_id', 'a.employer_name') }}, '：', {{ count_text('a.programme_year') }}, ' 年度按',
        case when a.filed_uscc = a.uscc then '本单位' else '总机构' end, ' ', {{ count_text('a.data_year') }}, ' 年的划型结果（',
        coalesce(k.label_zh, a.filed_size), '）返还，同一行的从业人员、营业收入、资产总额却达到大型；两种比例相差 ', {{ money_text('a.amount') }}, ' 元。'
    ) as evidence,
    concat(
        {{ unit_text_en('a.employer_id', 'a.employer_name', 'Employer') }}, ', ', {{ count_text('a.programme_year') }}, ': the size filed for ',
        {{ count_text('a.data_year') }}, case when a.filed_uscc = a.uscc then '' else ' by its parent' end, ' is "',
        lower(coalesce(k.label_en, a.filed_size)), '", its own indicators are large by the standard; the ratios differ by ',
        {{ money_text('a.amount') }}, ' yuan.'
    ) as evidence_en
from amounts as a
left join {{ ref('codes') }} as k on k.list = 'size' and a.filed_size = k.code
