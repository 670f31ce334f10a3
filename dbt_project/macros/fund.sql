{# Sum of a ledger's amounts over the items that meet a condition, 0 where there is none; needs ledger_items joined. #}
{% macro sum_of_items(condition) -%}
    cast(coalesce(sum(case when {{ condition }} then amount end), 0) as decimal(18, 2))
{%- endmacro %}

{# The groups of expenditure that stand apart in the fund's tables; the rest is other_expenditure. #}
{% macro fund_groups() -%}
    {{ return(['living_benefits', 'refund', 'skill_subsidy', 'job_expansion']) }}
{%- endmacro %}

{# A quotient that may be below zero, half away from zero to six places; null where a figure is unknown or the divisor is not
   above zero. #}
{% macro signed_ratio(numerator, denominator) -%}
    case
        when {{ denominator }} <= 0 then cast(null as decimal(18, 6))
        when {{ numerator }} < 0 then cast(0 - {{ exact_ratio('(0 - (' ~ numerator ~ '))', denominator) }} as decimal(18, 6))
        else {{ exact_ratio(numerator, denominator) }}
    end
{%- endmacro %}

{# The province that a jurisdiction lies in: the account under its code is the province's own. #}
{% macro province_code(jurisdiction) -%}
    concat(substr({{ jurisdiction }}, 1, 2), '0000')
{%- endmacro %}

{# A side of a check, for the checks `k` joined with the sources that brought a file (`l`, `r`): null where its source brought none for the
   period, else 0 where there is nothing of the kind. The opening balance has no source of the month: it is null where nothing can be compared. #}
{% macro fund_check_side(side) -%}
    {%- set brought = {'left': 'l.source', 'right': 'r.source'}[side] -%}
    case
        when k.{{ side }}_source is not null and {{ brought }} is null then cast(null as decimal(18, 2))
        when k.check_id = 'opening_balance' then s.{{ side }}_amount
        else cast(coalesce(s.{{ side }}_amount, 0) as decimal(18, 2))
    end
{%- endmacro %}

{# The sources that brought a file for the period. #}
{% macro sources_of_period() -%}
    select distinct d.source
    from {{ source('run', 'deliveries') }} as d
    inner join {{ source('run', 'context') }} as c on d.period = c.period
    where d.is_current
{%- endmacro %}

{# The difference of both figures and what it says: decisions must cover what is paid, everything else must be equal to the fen. #}
{% macro fund_check_verdict() -%}
    cast(left_amount - right_amount as decimal(18, 2)) as difference,
    case
        when left_amount is null or right_amount is null then 'not_comparable'
        when left_amount = right_amount then 'match'
        when comparison = 'at_least' and left_amount > right_amount then 'within'
        else 'mismatch'
    end as outcome
{%- endmacro %}
