{{ config(tags=['report']) }}
-- Lines of the fund's ledger with what each adds to the report's measures; null: the line is none of the measure's. A balance is what the
-- year was opened with, and income less expenditure since. A year without a reported opening is opened by the balance computed for the
-- December before, which is no line of a file.
with ledger as (
    select
        region_code,
        month,
        item,
        amount,
        _period,
        _file,
        _line_no
    from {{ ref('stg_fund_ledger') }}

    union all

    select
        region_code,
        cast(concat(cast(fund_year as string), '-01-01') as date) as month,
        'opening_balance' as item,
        opening as amount,
        cast(null as date) as _period,
        cast(null as string) as _file,
        cast(null as bigint) as _line_no
    from {{ ref('int_fund_years') }}
    where opening_reported is null and opening is not null
),

lines as (
    select
        {{ report_unit('l.region_code') }} as reporting_unit,
        l.region_code,
        l.month,
        l.item,
        i.side,
        i.item_group,
        i.is_interlevel,
        l.amount,
        case when i.side = 'expenditure' then 0 - l.amount else l.amount end as signed_amount,
        l.month = c.period as is_this_month,
        year(l.month) = c.year and l.month <= c.period as is_this_year,
        year(l.month) = c.year - 1 as is_last_year,
        l.month between {{ add_months('c.period', -11) }} and c.period as is_of_12_months,
        l._period,
        l._file,
        l._line_no
    from ledger as l
    cross join {{ source('run', 'context') }} as c
    inner join {{ ref('ledger_items') }} as i on l.item = i.item
    left join {{ ref('regions') }} as r on l.region_code = r.region_code
)

select
    reporting_unit,
    region_code,
    month,
    item,
    is_interlevel,
    is_this_year or is_last_year or is_of_12_months as is_shown,
    case when is_this_month and side = 'income' then amount end as income,
    case when is_this_month and side = 'expenditure' then amount end as expenditure,
    {%- for group in ['premium', 'living_benefits', 'refund', 'skill_subsidy', 'job_expansion', 'other_expenditure'] %}
    case when is_this_month and item_group = '{{ group }}' then amount end as {{ group }},
    {%- endfor %}
    case when is_this_year then signed_amount end as balance,
    case when is_this_year and (side = 'opening' or not is_this_month) then signed_amount end as opening_balance,
    case when is_last_year then signed_amount end as balance_previous_year,
    case when is_last_year and side = 'expenditure' then amount end as expenditure_previous_year,
    _period,
    _file,
    _line_no
from lines
