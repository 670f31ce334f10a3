-- The window that holds each region and day of application: of one year's windows the most specific jurisdiction's, of several years' the newest.
-- A day after the last window known awaits a notice; one before the first, or between two, lies in no programme.
with holding as (
    select
        d.region_code,
        d.day,
        w.programme_year,
        w.window_from,
        w.window_to,
        w.document_id,
        w.article,
        row_number() over (
            partition by d.region_code, d.day, w.programme_year
            order by w.jurisdiction_rank desc, w.conditions desc, w.window_from desc, w.row_id desc
        ) as place
    from {{ ref('int_skill_days') }} as d
    inner join {{ source('policy', 'windows') }} as w
        on w.programme = 'skill_subsidy' and w.conditions = 0 and {{ contains_region('w.jurisdiction', 'd.region_code') }}
),

years as (
    select
        h.*,
        row_number() over (
            partition by h.region_code, h.day
            order by case when h.day between h.window_from and h.window_to then 0 else 1 end, h.window_to desc, h.programme_year desc
        ) as newest
    from holding as h
    where h.place = 1
),

-- Where no window holds the day, the last one known stands in its place, for the citation.
lasts as (
    select
        region_code,
        day,
        max(window_to) as last_window_to
    from years
    group by region_code, day
),

newest_holding as (
    select
        y.region_code,
        y.day,
        max(y.programme_year) as programme_year
    from years as y
    where y.day between y.window_from and y.window_to
    group by y.region_code, y.day
)

select
    d.region_code,
    d.day,
    n.programme_year,
    l.last_window_to,
    n.programme_year is null and coalesce(d.day > l.last_window_to, false) as is_awaiting_notice,
    y.window_from,
    y.window_to,
    coalesce(y.document_id, k.document_id) as document_id,
    coalesce(y.article, k.article) as article
from {{ ref('int_skill_days') }} as d
left join newest_holding as n on d.region_code = n.region_code and d.day = n.day
left join lasts as l on d.region_code = l.region_code and d.day = l.day
left join years as y on d.region_code = y.region_code and d.day = y.day and n.programme_year = y.programme_year
left join years as k on d.region_code = k.region_code and d.day = k.day and k.newest = 1
