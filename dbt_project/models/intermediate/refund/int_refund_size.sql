-- The size class of every unit that may get a refund: by reference, by the parent, as filed, by the standard, by heads.
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

-- Every registered employer, and the units that only the size filings know (a parent outside the province).
units as (
    select
        p.programme_year,
        e.employer_id,
        e.uscc,
        {{ in_list('e.unit_type', 't.value') }} as is_covered,
        e.unit_type = 'enterprise' as is_enterprise,
        {{ by_reference_class('e.unit_type', 'n.value') }} as by_reference_class,
        {{ industry_key('e.industry_code') }} as industry_key,
        f.staff,
        f.revenue_10k,
        f.assets_10k,
        f.filed_size,
        f.parent_uscc,
        m.insured_person_months,
        m.insured_months
    from {{ ref('int_employers') }} as e
    inner join {{ ref('int_refund_programmes') }} as p on p.is_open
    left join {{ ref('int_refund_measures') }} as m on p.programme_year = m.programme_year and e.employer_id = m.employer_id
    left join filings as f on p.programme_year = f.programme_year and e.uscc = f.uscc
    left join {{ parameter_row('refund_unit_types') }} as t on true
    left join {{ parameter_row('non_enterprise_size') }} as n on true

    union all

    select
        f.programme_year,
        cast(null as string) as employer_id,
        f.uscc,
        true as is_covered,
        true as is_enterprise,
        cast(null as string) as by_reference_class,
        cast(null as string) as industry_key,
        f.staff,
        f.revenue_10k,
        f.assets_10k,
        f.filed_size,
        f.parent_uscc,
        cast(null as integer) as insured_person_months,
        cast(null as integer) as insured_months
    from filings as f
    where not exists (select 1 from {{ ref('int_employers') }} as e where e.uscc = f.uscc)
),

-- The 2017 standard: large where all lower limits of the industry's row hold; no verdict where an indicator or the row is missing.
standards as (
    select
        u.*,
        l.size_row is not null
        and (l.staff_min is null or u.staff is not null)
        and (l.revenue_min_10k is null or u.revenue_10k is not null)
        and (l.assets_min_10k is null or u.assets_10k is not null) as has_standard,
        (l.staff_min is null or u.staff >= l.staff_min)
        and (l.revenue_min_10k is null or u.revenue_10k >= l.revenue_min_10k)
        and (l.assets_min_10k is null or u.assets_10k >= l.assets_min_10k) as is_large_by_standard
    from units as u
    left join {{ ref('industry_classes') }} as i on u.industry_key = i.code_key
    left join {{ ref('size_standard') }} as l on i.size_row = l.size_row and l.size_class = 'large'
),

-- What a unit is by itself, and whom it follows.
classed as (
    select
        u.programme_year,
        u.employer_id,
        u.uscc,
        u.insured_months,
        case when u.is_covered and u.is_enterprise and u.parent_uscc <> u.uscc then u.parent_uscc end as parent_uscc,
        case
            when not u.is_covered then cast(null as string)
            when not u.is_enterprise then u.by_reference_class
            when u.filed_size = 'large' then 'large'
            when u.filed_size is not null then 'sme'
            when u.has_standard and u.is_large_by_standard then 'large'
            when u.has_standard then 'sme'
            when u.insured_person_months >= h.large_from * u.insured_months then 'large'
            when u.insured_person_months < h.large_from * u.insured_months then 'sme'
        end as own_class,
        case
            when not u.is_covered then cast(null as string)
            when not u.is_enterprise then 'by_reference'
            when u.filed_size is not null then 'filed'
            when u.has_standard then 'standard'
            else 'headcount'
        end as own_source
    from standards as u
    left join
        (select {{ parameter_cast('r.value', 'int') }} as large_from from {{ parameter_row('size_headcount_large') }} as r) as h
        on true
),

-- One unit a code: of several employers the one with anyone insured, then the smallest number.
records as (
    select
        programme_year,
        uscc,
        parent_uscc,
        own_class
    from (
        select
            c.*,
            row_number() over (
                partition by c.programme_year, c.uscc
                order by case when c.insured_months > 0 then 0 else 1 end, c.employer_id
            ) as place
        from classed as c
    ) as several
    where place = 1
),

-- From branch to parent, level by level, until a unit that follows nobody; a circle ends where it would begin again.
climbs as (
    select
        c.programme_year,
        c.uscc,
        c.parent_uscc as reached,
        concat(';', c.uscc, ';', c.parent_uscc, ';') as path,
        false as is_circle
    from (select distinct programme_year, uscc, parent_uscc from classed where parent_uscc is not null) as c

    union all

    select
        c.programme_year,
        c.uscc,
        r.parent_uscc as reached,
        concat(c.path, r.parent_uscc, ';') as path,
        position(concat(';', r.parent_uscc, ';') in c.path) > 0 as is_circle
    from climbs as c
    inner join records as r on c.programme_year = r.programme_year and c.reached = r.uscc
    where r.parent_uscc is not null and not c.is_circle
),

parents as (
    select
        c.programme_year,
        c.uscc,
        max(case when r.parent_uscc is null and not c.is_circle then r.own_class end) as parent_class,
        max(case when c.is_circle then 1 else 0 end) = 1 as is_circle
    from climbs as c
    left join records as r on c.programme_year = r.programme_year and c.reached = r.uscc
    group by c.programme_year, c.uscc
)

select
    c.programme_year,
    c.employer_id,
    c.parent_uscc,
    case when c.parent_uscc is null then c.own_class else p.parent_class end as size_class,
    case
        when c.parent_uscc is null and c.own_class is not null then c.own_source
        when p.parent_class is not null then 'parent'
    end as size_source,
    coalesce(p.is_circle, false) as has_parent_circle
from classed as c
left join parents as p on c.programme_year = p.programme_year and c.uscc = p.uscc and c.parent_uscc is not null
where c.employer_id is not null
