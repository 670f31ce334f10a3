-- Every employer with anyone insured in the base year of an open programme year, as parameters see it: its size class aside.
select
    p.period,
    p.period_end,
    p.programme_year,
    m.employer_id,
    concat(cast(p.programme_year as string), ' ', m.employer_id) as subject,
    least(p.period_end, p.window_to) as day,
    {{ subject_region('e.region_code', 'p.jurisdiction') }} as region_code,
    e.unit_type,
    {{ industry_section('e.industry_code', 'i.section') }} as industry_section,
    {{ industry_division('e.industry_code') }} as industry_division,
    e.is_dispatch,
    e.uscc
from {{ ref('int_refund_measures') }} as m
inner join {{ ref('int_refund_programmes') }} as p on m.programme_year = p.programme_year
left join {{ ref('int_employers') }} as e on m.employer_id = e.employer_id
left join {{ ref('industry_classes') }} as i on i.key_kind = 'division' and {{ industry_division('e.industry_code') }} = i.code_key
