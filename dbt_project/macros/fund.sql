{# The items of the fund's ledger, by what they are. Money between levels cancels in the province's consolidated figures. #}
{% macro fund_items(kind) -%}
    {%- set items = {
        'income': [
            'premium', 'fiscal_subsidy', 'interest', 'transfer_in', 'from_superior', 'from_subordinate', 'other_income'
        ],
        'expenditure': [
            'benefit', 'medical', 'funeral', 'training', 'price_subsidy', 'refund', 'skill_subsidy', 'other_benefit',
            'transfer_out', 'to_subordinate', 'to_superior', 'other_expenditure'
        ],
        'level_income': ['from_superior', 'from_subordinate'],
        'level_expenditure': ['to_superior', 'to_subordinate'],
        'living_benefits': ['benefit', 'medical', 'funeral', 'price_subsidy', 'other_benefit'],
    } -%}
    {{ return(items[kind]) }}
{%- endmacro %}

{# Sum of a ledger's amounts over some items, 0 where there is none. #}
{% macro sum_of_items(items) -%}
    cast(
        coalesce(sum(case when item in ('{{ items | join("', '") }}') then amount end), 0) as decimal(18, 2)
    )
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

{# The checks of the fund's figures, in their order, with the names of both sides. #}
{% macro fund_checks() -%}
    {{ return([
        ['premium', 'fund_ledger.premium', 'contributions.received'],
        ['benefit', 'fund_ledger.benefit', 'benefit_payments.benefit'],
        ['medical', 'fund_ledger.medical', 'benefit_payments.medical'],
        ['funeral', 'fund_ledger.funeral', 'benefit_payments.funeral'],
        ['price_subsidy', 'fund_ledger.price_subsidy', 'benefit_payments.price_subsidy'],
        ['other_benefit', 'fund_ledger.other_benefit', 'benefit_payments.allowance+one_off'],
        ['refund', 'fund_ledger.refund', 'programme_payments.refund'],
        ['skill_subsidy', 'fund_ledger.skill_subsidy', 'programme_payments.skill_subsidy'],
        ['interlevel', 'fund_ledger.from_superior+from_subordinate', 'fund_ledger.to_superior+to_subordinate'],
        ['opening_balance', 'fund_ledger.opening_balance', 'fund_months.balance_december_before'],
        ['refund_decisions', 'refund_decisions.refund_amount', 'refund_decisions.paid_amount'],
        ['skill_decisions', 'skill_decisions.amount', 'skill_decisions.paid_amount'],
    ]) }}
{%- endmacro %}

{# Both figures, their difference and what they say: decisions must cover what is paid, everything else must be equal to the fen. #}
{% macro fund_check_verdict() -%}
    cast(left_amount - right_amount as decimal(18, 2)) as difference,
    case
        when left_amount is null or right_amount is null then 'not_comparable'
        when check_id in ('refund_decisions', 'skill_decisions') and left_amount >= right_amount then 'match'
        when left_amount = right_amount then 'match'
        else 'mismatch'
    end as outcome
{%- endmacro %}
