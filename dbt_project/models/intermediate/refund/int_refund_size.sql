-- The size class of every employer measured: by reference, by the parent, as filed, by the standard, by heads. A branch's own parameters class
-- its parent too.
with recursive filings as (
    select
        programme_year,
        uscc,
        staff,
        revenue_10k,
        assets_10k,
        filed_size,
        parent_uscc
    from (
        select
            p.programme_year,
            s.*,
            row_number() over (partition by p.programme_year, s.uscc order by s.data_year desc) as newest
        from {{ ref('stg_enterprise_size') }} as s
        inner join {{ ref('int_refund_programmes') }} as p on p.is_open and s.data_year <= p.base_year
    ) as years
    where newest = 1
),

-- Every registered employer, and the units that only the size filings know (a parent outside the province): these count as enterprises.
units as (
    select
        p.programme_year,
        e.employer_id,
        e.uscc,
        e.unit_type,
        {{ industry_key('e.industry_code') }} as industry_key,
        f.staff,
        f.revenue_10k,
        f.assets_10k,
        f.filed_size,
        f.parent_uscc,
        m.insured_person_months,
        m.insured_months,
        m.closing_insured
    from {{ ref('int_employers') }} as e
    inner join {{ ref('int_refund_programmes') }} as p on p.is_open
    left join {{ ref('int_refund_measures') }} as m on p.programme_year = m.programme_year and e.employer_id = m.employer_id
    left join filings as f on p.programme_year = f.programme_year and e.uscc = f.uscc

    union all

    select
        f.programme_year,
        cast(null as string) as employer_id,
        f.uscc,
        cast(null as string) as unit_type,
        cast(null as string) as industry_key,
        f.staff,
        f.revenue_10k,
        f.assets_10k,
        f.filed_size,
        f.parent_uscc,
        cast(null as integer) as insured_person_months,
        cast(null as integer) as insured_months,
        cast(null as integer) as closing_insured
    from filings as f
    where not exists (select 1 from {{ ref('int_employers') }} as e where e.uscc = f.uscc)
),

-- The 2017 standard: large where all lower limits of the industry's row hold; no verdict where an indicator or the row is missing.
described as (
    select
        u.*,
        case
            when u.filed_size = 'large' then 'large'
            when u.filed_size is not null then 'sme'
        end as filed_class,
        case
            when
                l.size_row is null
                or (l.staff_min is not null and u.staff is null)
                or (l.revenue_min_10k is not null and u.revenue_10k is null)
                or (l.assets_min_10k is not null and u.assets_10k is null)
                then cast(null as string)
            when u.staff < l.staff_min or u.revenue_10k < l.revenue_min_10k or u.assets_10k < l.assets_min_10k then 'sme'
            else 'large'
        end as standard_class,
        row_number() over (
            partition by u.programme_year, u.uscc
            order by case when u.insured_months > 0 then 0 else 1 end, u.employer_id
        ) as place
    from units as u
    left join {{ ref('industry_classes') }} as i on u.industry_key = i.code_key
    left join {{ ref('size_standard') }} as l on i.size_row = l.size_row and l.size_class = 'large'
),

-- From branch to parent, level by level, until a unit that follows nobody; a circle ends where it would begin again.
climbs as (
    select
        q.programme_year,
        q.employer_id,
        q.unit_types,
        d.uscc as reached,
        d.employer_id as reached_employer,
        case when {{ follows_parent('d', 'q') }} then d.parent_uscc end as parent_uscc,
        concat(';', d.uscc, ';') as path,
        0 as level,
        false as is_circle
    from {{ ref('int_refund_size_parameters') }} as q
    inner join described as d on q.programme_year = d.programme_year and q.employer_id = d.employer_id

    union all

    select
        c.programme_year,
        c.employer_id,
        c.unit_types,
        c.parent_uscc as reached,
        d.employer_id as reached_employer,
        case when {{ follows_parent('d', 'c') }} then d.parent_uscc end as parent_uscc,
        concat(c.path, c.parent_uscc, ';') as path,
        c.level + 1 as level,
        position(concat(';', c.parent_uscc, ';') in c.path) > 0 as is_circle
    from climbs as c
    left join described as d on c.programme_year = d.programme_year and c.parent_uscc = d.uscc and d.place = 1
    where c.parent_uscc is not null and not c.is_circle
),

-- The unit at the end of the way up classes all below it.
tops as (
    select
        c.programme_year,
        c.employer_id,
        max(c.level) as level,
        max(case when c.is_circle then 1 else 0 end) = 1 as is_circle,
        max(case when c.level = 0 then c.parent_uscc end) as parent_uscc,
        max_by(c.reached, c.level) as top_uscc,
        max_by(coalesce(c.reached_employer, ''), c.level) as top_employer
    from climbs as c
    group by c.programme_year, c.employer_id
),

classed as (
    select
        t.programme_year,
        t.employer_id,
        t.level,
        t.is_circle,
        t.parent_uscc,
        {{ size_class_of('d', 'q') }} as size_class,
        case
            when d.unit_type <> 'enterprise' and q.non_enterprise_size <> 'none' then 'by_reference'
            when d.filed_class is not null then 'filed'
            when d.standard_class is not null then 'standard'
            else 'headcount'
        end as own_source
    from tops as t
    inner join {{ ref('int_refund_size_parameters') }} as q on t.programme_year = q.programme_year and t.employer_id = q.employer_id
    left join described as d
        on t.programme_year = d.programme_year and t.top_uscc = d.uscc and t.top_employer = coalesce(d.employer_id, '')
)

select
    c.programme_year,
    c.employer_id,
    c.parent_uscc,
    case when not c.is_circle then c.size_class end as size_class,
    case
        when c.is_circle or c.size_class is null then cast(null as string)
        when c.level > 0 then 'parent'
        else c.own_source
    end as size_source,
    c.is_circle as has_parent_circle
from classed as c
