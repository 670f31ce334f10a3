{{ config(tags=['report']) }}
{% set flows = ['income', 'premium', 'expenditure', 'living_benefits', 'refund', 'skill_subsidy', 'job_expansion', 'other_expenditure'] %}
{% set measures = ['opening_balance'] + flows + ['balance', 'rolling_reserve_months'] %}
-- The fund by unit: this month, the year so far and the same month of last year as the ledger knows them now. A month or an account
-- without rows is not known; the year is known when each month of it has rows of some account, and then every unit's is the sum of its own
-- months, so that the units' premium adds up to the province's. The province is the consolidated sum; the account under its code is `own_account`.
with accounts as (
    select
        a.region_code,
        {{ report_unit('a.region_code') }} as reporting_unit,
        a.month,
        a.income,
        a.premium,
        a.expenditure,
        a.living_benefits,
        a.refund,
        a.skill_subsidy,
        a.job_expansion,
        a.expenditure - a.living_benefits - a.refund - a.skill_subsidy - a.job_expansion as other_expenditure,
        a.balance,
        case
            when a.months_of_12 = 12
                then {{ signed_ratio('cast(a.balance as decimal(28, 2)) * 12', 'a.expenditure_of_12') }}
        end as rolling_reserve_months
    from {{ ref('int_fund_accounts') }} as a
    cross join {{ source('run', 'context') }} as c
    left join {{ ref('regions') }} as r on a.region_code = r.region_code

    union all

    select
        f.region_code,
        'province' as reporting_unit,
        f.month,
        f.income,
        f.premium,
        f.expenditure,
        f.living_benefits,
        f.refund,
        f.skill_subsidy,
        f.job_expansion,
        f.other_expenditure,
        f.balance,
        f.rolling_reserve_months
    from {{ ref('fund_months') }} as f
    inner join {{ source('run', 'context') }} as c on f.period = c.period and f.region_code = {{ province_code('c.jurisdiction') }}
),

windows as (
    select
        a.reporting_unit,
        a.region_code,
        month(c.period) as months_needed,
        {%- for offset in [0, -12] %}
        {%- set suffix = '' if offset == 0 else '_before' %}
        {%- set at = 'c.period' if offset == 0 else add_months('c.period', -12) %}
        {%- for name in flows + ['balance', 'rolling_reserve_months'] %}
        max(case when a.month = {{ at }} then a.{{ name }} end) as {{ name }}{{ suffix }},
        {%- endfor %}
        max(case when a.month = {{ at }} then a.balance - a.income + a.expenditure end) as opening_balance{{ suffix }},
        {%- endfor %}
        {%- for name in flows %}
        sum(case when year(a.month) = c.year then a.{{ name }} end) as {{ name }}_year,
        {%- endfor %}
        count(case when year(a.month) = c.year then 1 end) as months_known
    from accounts as a
    cross join {{ source('run', 'context') }} as c
    where a.month <= c.period
    group by a.reporting_unit, a.region_code, month(c.period)
),

year_known as (
    select coalesce(max(months_known - months_needed) >= 0, false) as is_year_known
    from windows
    where reporting_unit = 'province'
),

-- A unit that keeps several accounts is the sum of them, its balance known only where all of theirs are. A reserve period is no sum.
units as (
    select
        reporting_unit,
        'none' as dimension,
        '' as dimension_value,
        {%- for suffix in ['', '_before'] %}
        {%- for name in ['opening_balance', 'balance'] %}
        case when count({{ name }}{{ suffix }}) = count(*) then sum({{ name }}{{ suffix }}) end as {{ name }}{{ suffix }},
        {%- endfor %}
        {%- for name in flows %}
        sum({{ name }}{{ suffix }}) as {{ name }}{{ suffix }},
        {%- endfor %}
        {%- endfor %}
        {%- for suffix in ['', '_before'] %}
        case when count(*) = 1 then max(rolling_reserve_months{{ suffix }}) end as rolling_reserve_months{{ suffix }},
        {%- endfor %}
        {%- for name in flows %}
        case when is_year_known then sum({{ name }}_year) end as {{ name }}_year,
        {%- endfor %}
        case
            when is_year_known and count(balance) = count(*)
                then sum(balance) - sum(income_year) + sum(expenditure_year)
        end as opening_balance_year,
        case when count(balance) = count(*) then sum(balance) end as balance_year
    from windows
    cross join year_known
    group by reporting_unit, is_year_known
),

-- The ledger's own items; an account with rows in the month that lacks an item took or spent nothing under it.
entries as (
    select
        w.reporting_unit,
        w.region_code,
        i.side as measure,
        i.item,
        i.is_interlevel,
        w.income is not null as is_known,
        w.months_known > 0 and y.is_year_known as is_year_known,
        w.income_before is not null as is_before_known,
        sum(case when l.month = c.period then l.amount else 0 end) as amount,
        sum(case when year(l.month) = c.year then l.amount else 0 end) as amount_year,
        sum(case when l.month = {{ add_months('c.period', -12) }} then l.amount else 0 end) as amount_before
    from windows as w
    cross join year_known as y
    cross join {{ source('run', 'context') }} as c
    inner join {{ ref('ledger_items') }} as i on i.side in ('income', 'expenditure')
    left join
        {{ ref('stg_fund_ledger') }} as l
        on w.region_code = l.region_code and i.item = l.item and l.month between {{ add_months('c.period', -12) }} and c.period
    where w.reporting_unit <> 'province'
    group by
        w.reporting_unit, w.region_code, i.side, i.item, i.is_interlevel, w.income is not null, w.months_known > 0 and y.is_year_known,
        w.income_before is not null
),

items as (
    select
        case when grouping(reporting_unit) = 1 then 'province' else reporting_unit end as reporting_unit,
        measure,
        item,
        case when grouping(reporting_unit) = 1 and max(is_interlevel) then 0 else 1 end as counts,
        sum(amount) as amount,
        sum(amount_year) as amount_year,
        sum(amount_before) as amount_before,
        max(is_known) as is_any_known,
        max(is_year_known) as is_any_year_known,
        max(is_before_known) as is_any_before_known
    from entries
    group by grouping sets ((reporting_unit, measure, item), (measure, item))
),

reserve as (
    select
        g.balance_previous_year,
        g.expenditure_previous_year,
        g.reserve_months,
        g.reserve_months_min,
        g.pooling_target,
        case when g.gate_open then 1 when not g.gate_open then 0 end as gate_open
    from {{ ref('fund_reserve') }} as g
    inner join {{ source('run', 'context') }} as c on g.period = c.period and g.programme_year = c.year
),

ahead as (
    select
        p.scenario,
        p.balance as projected_balance,
        p.reserve_months as projected_reserve_months
    from {{ ref('fund_projection') }} as p
    inner join {{ source('run', 'context') }} as c on p.period = c.period and p.month = {{ add_months('c.period', 12) }}
),

plan as (
    select
        p.programme,
        p.required,
        p.covered,
        p.shortfall
    from {{ ref('fund_priority_plan') }} as p
    inner join {{ source('run', 'context') }} as c on p.period = c.period
)

select
    g.reporting_unit,
    'fund' as section,
    m.measure,
    g.dimension,
    g.dimension_value,
    {%- for suffix, column in [('', 'value'), ('_year', 'value_year_to_date'), ('_before', 'value_last_year')] %}
    cast(
        case m.measure
            {%- for name in measures if not (name == 'rolling_reserve_months' and suffix == '_year') %}
            when '{{ name }}' then cast(g.{{ name }}{{ suffix }} as decimal(18, 6))
            {%- endfor %}
        end as decimal(18, 6)
    ) as {{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from units as g
cross join (
    {%- for name in measures %}
    select '{{ name }}' as measure{{ ' union all' if not loop.last }}
    {%- endfor %}
) as m

union all

select
    reporting_unit,
    'fund' as section,
    measure,
    'item' as dimension,
    item as dimension_value,
    cast(case when is_any_known then amount * counts end as decimal(18, 6)) as value,
    cast(case when is_any_year_known then amount_year * counts end as decimal(18, 6)) as value_year_to_date,
    cast(case when is_any_before_known then amount_before * counts end as decimal(18, 6)) as value_last_year
from items

{%- for name in ['balance_previous_year', 'expenditure_previous_year', 'reserve_months', 'reserve_months_min', 'pooling_target', 'gate_open'] %}

union all

select
    'province' as reporting_unit,
    'fund' as section,
    '{{ name }}' as measure,
    'none' as dimension,
    '' as dimension_value,
    cast({{ name }} as decimal(18, 6)) as value,
    cast(null as decimal(18, 6)) as value_year_to_date,
    cast(null as decimal(18, 6)) as value_last_year
from reserve
{%- endfor %}

{%- for name, relation, item in [
    ('projected_balance', 'ahead', 'scenario'), ('projected_reserve_months', 'ahead', 'scenario'),
    ('required', 'plan', 'programme'), ('covered', 'plan', 'programme'), ('shortfall', 'plan', 'programme'),
] %}

union all

select
    'province' as reporting_unit,
    'fund' as section,
    '{{ name }}' as measure,
    'item' as dimension,
    {{ item }} as dimension_value,
    cast({{ name }} as decimal(18, 6)) as value,
    cast(null as decimal(18, 6)) as value_year_to_date,
    cast(null as decimal(18, 6)) as value_last_year
from {{ relation }}
{%- endfor %}
