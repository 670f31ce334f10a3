{% macro risk_lead_columns() -%}
    rule_id, subject_kind, subject_id, fact_key, region_code, amount_at_stake, evidence, evidence_en
{%- endmacro %}

{# All leads raised now, under each other. #}
{% macro union_of_risk_rules() -%}
    {%- for model in risk_rule_models() %}
    select {{ risk_lead_columns() }} from {{ ref(model) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{# A lead is the same from month to month as long as rule, subject and fact are. Digested with the secret of the data directory, since an
   id that anybody can work out gives the person away. Capitals, since identifiers arrive in capitals in the reviewers' file; the rule in
   front keeps workbooks from taking it for a number. #}
{% macro risk_lead_id(rule_id, subject_kind, subject_id, fact_key, key) -%}
    concat({{ rule_id }}, '-', upper(substr(
        {{ keyed_digest(key, "concat(" ~ [rule_id, subject_kind, subject_id, fact_key] | join(", '|', ") ~ ")") }}, 1, 20
    )))
{%- endmacro %}

{# The digest of a text under a key, as wengang.core.identifiers makes it. #}
{% macro keyed_digest(key, text) -%}
    {{ sha256_text('concat(' ~ key ~ ', ' ~ sha256_text('concat(' ~ key ~ ', ' ~ text ~ ')') ~ ')') }}
{%- endmacro %}

{# An identifier where it may be shown: the first six characters alone, one of ten or fewer as stars. The day of birth often stands beside
   it, and each further digit would leave a tenth of the candidates. As wengang.core.identifiers does it. #}
{% macro masked_id(value) -%}
    case
        when length({{ value }}) <= 10 then repeat('*', length({{ value }}))
        else concat(substr({{ value }}, 1, 6), '************')
    end
{%- endmacro %}

{# Evidence quotes claims by their numbers, and some offices make these of the person's own: it is masked wherever it stands. #}
{% macro without_person(lead, evidence) -%}
    case
        when {{ lead }}.subject_kind = 'person'
            then replace({{ lead }}.{{ evidence }}, {{ lead }}.subject_id, {{ masked_id(lead ~ '.subject_id') }})
        else {{ lead }}.{{ evidence }}
    end
{%- endmacro %}

{# Texts for evidence: the same on every engine. #}
{% macro month_text(month) -%} substr(cast({{ month }} as varchar(32)), 1, 7) {%- endmacro %}
{% macro money_text(amount) -%} cast(cast({{ amount }} as decimal(18, 2)) as varchar(32)) {%- endmacro %}
{% macro count_text(number) -%} cast({{ number }} as varchar(32)) {%- endmacro %}

{# A threshold of a rule that no parameter names, from the register. #}
{% macro register_value(rule_id, column) -%}
    (select g.{{ column }} from {{ ref('risk_rules') }} as g where g.rule_id = '{{ rule_id }}')
{%- endmacro %}

{# The least amount of an incident's grade (要情): the parameter in force; where a folder has none, that of the national system. #}
{% macro incident_limit(grade) -%}
    coalesce(
        {{ parameter_on('risk_incident_' ~ grade ~ '_min', 'c.period_end', 'decimal') }},
        (select o.value from {{ ref('operations') }} as o where o.name = 'incident_{{ grade }}_min')
    )
{%- endmacro %}

{# One lead per person and claim: payments for months after the month of a cross-check and not after its end.
   `heeds_end`: whether the entry's end ends it. #}
{% macro risk_drawing_after(rule_id, check_kinds, words_zh, words_en, heeds_end=true) -%}
    with raised as (
        select
            p.payment_no,
            p.person_id,
            p.claim_no,
            p.region_code,
            p.benefit_month,
            p.amount,
            min(x.event_date) as event_date
        from {{ ref('int_risk_payments') }} as p
        inner join {{ ref('stg_cross_checks') }} as x on p.person_id = x.person_id
        cross join {{ source('run', 'context') }} as c
        where
            x.check_kind in ('{{ check_kinds | join("', '") }}')
            and x.event_date <= c.period_end
            and p.benefit_month > {{ month_start('x.event_date') }}
            {%- if heeds_end %}
            and (x.end_date is null or p.benefit_month <= x.end_date)
            {%- endif %}
        group by p.payment_no, p.person_id, p.claim_no, p.region_code, p.benefit_month, p.amount
    )

    select
        '{{ rule_id }}' as rule_id,
        'person' as subject_kind,
        person_id as subject_id,
        claim_no as fact_key,
        region_code,
        cast(sum(amount) as decimal(18, 2)) as amount_at_stake,
        concat(
            '核定 ', claim_no, '：自 ', cast(min(event_date) as varchar(32)), ' {{ words_zh }}，其后 ', {{ month_text('min(benefit_month)') }}, ' 至 ',
            {{ month_text('max(benefit_month)') }}, ' 仍发放 ', {{ count_text('count(distinct benefit_month)') }}, ' 个月，共 ',
            {{ money_text('sum(amount)') }}, ' 元。'
        ) as evidence,
        concat(
            'Claim ', claim_no, ': {{ words_en }} since ', cast(min(event_date) as varchar(32)), '; paid for ',
            {{ count_text('count(distinct benefit_month)') }}, ' months after it, ', {{ month_text('min(benefit_month)') }}, ' to ',
            {{ month_text('max(benefit_month)') }}, ', ', {{ money_text('sum(amount)') }}, ' yuan.'
        ) as evidence_en
    from raised
    group by person_id, claim_no, region_code
{%- endmacro %}

{# A threshold of a rule that a parameter may set: the one in force on the period's last day; where a folder names none, the register's. #}
{% macro risk_threshold(name, rule_id, column, type='int') -%}
    coalesce({{ parameter_on(name, 'c.period_end', type) }}, {{ register_value(rule_id, column) }})
{%- endmacro %}

{# Is an identifier per person's number (GB 11643): 17 digits, a day of birth, the right check digit? Such a number sometimes stands where
   a unit's credit code should. #}
{% macro is_person_number(value) -%}
    coalesce(
        length({{ value }}) = 18
        and try_cast(substr({{ value }}, 7, 4) as integer) between 1900 and 2100
        and try_cast(concat(substr({{ value }}, 7, 4), '-', substr({{ value }}, 11, 2), '-', substr({{ value }}, 13, 2)) as date) is not null
        and substr('10X98765432', 1 + ((
            {%- for weight in [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] %}
            try_cast(substr({{ value }}, {{ loop.index }}, 1) as integer) * {{ weight }}{{ ' +' if not loop.last }}
            {%- endfor %}
        ) % 11), 1) = substr({{ value }}, 18, 1),
        false
    )
{%- endmacro %}

{# A unit as evidence names it: its number, and its name where the register knows it. #}
{% macro unit_text(employer_id, employer_name) -%}
    concat('单位 ', {{ employer_id }}, case when {{ employer_name }} is null then '' else concat('（', {{ employer_name }}, '）') end)
{%- endmacro %}
{% macro unit_text_en(employer_id, employer_name, word='employer') -%}
    concat('{{ word }} ', {{ employer_id }}, case when {{ employer_name }} is null then '' else concat(' (', {{ employer_name }}, ')') end)
{%- endmacro %}

{# One lead per employer: premium received for months after the month of a cross-check of its persons. At stake: the ratio of each year shown on
   the premium of these months in its base year. `heeds_end`: whether the entry's end ends it. #}
{% macro risk_in_the_roll(rule_id, check_kind, words_zh, words_en, heeds_end=true) -%}
    with months as (
        select distinct
            r.person_id,
            r.employer_id,
            r.fee_month,
            r.received
        from {{ ref('int_risk_roll') }} as r
        inner join {{ ref('stg_cross_checks') }} as x on r.person_id = x.person_id
        cross join {{ source('run', 'context') }} as c
        where
            r.received > 0
            and x.check_kind = '{{ check_kind }}'
            and x.event_date <= c.period_end
            and r.fee_month > {{ month_start('x.event_date') }}
            {%- if heeds_end %}
            and (x.end_date is null or r.fee_month <= x.end_date)
            {%- endif %}
    ),

    at_stake as (
        select
            y.employer_id,
            sum(y.amount) as amount
        from (
            select
                d.employer_id,
                d.programme_year,
                {{ round_half_up('cast(coalesce(d.refund_ratio, 0) as decimal(12, 6)) * ' ~ wide('sum(m.received)'), 2) }} as amount
            from months as m
            inner join {{ ref('refund_decisions') }} as d on m.employer_id = d.employer_id and year(m.fee_month) = d.programme_year - 1
            inner join {{ source('run', 'context') }} as c on d.period = c.period
            group by d.employer_id, d.programme_year, d.refund_ratio
        ) as y
        group by y.employer_id
    ),

    units as (
        select
            employer_id,
            count(distinct person_id) as persons,
            count(*) as person_months,
            min(fee_month) as first_month,
            max(fee_month) as last_month,
            sum(received) as received
        from months
        group by employer_id
    )

    select
        '{{ rule_id }}' as rule_id,
        'employer' as subject_kind,
        u.employer_id as subject_id,
        'roll' as fact_key,
        e.region_code,
        cast(coalesce(a.amount, 0) as decimal(18, 2)) as amount_at_stake,
        concat(
            {{ unit_text('u.employer_id', 'e.employer_name') }}, '：', {{ count_text('u.persons') }}, ' 名{{ words_zh }}的人员此后仍缴费 ',
            {{ count_text('u.person_months') }}, ' 人月（', {{ month_text('u.first_month') }}, ' 至 ', {{ month_text('u.last_month') }}, '），共 ',
            {{ money_text('u.received') }}, ' 元，涉及返还 ', {{ money_text('coalesce(a.amount, 0)') }}, ' 元。'
        ) as evidence,
        concat(
            {{ unit_text_en('u.employer_id', 'e.employer_name', 'Employer') }}, ': premium for ', {{ count_text('u.person_months') }},
            ' person-months, ', {{ month_text('u.first_month') }}, ' to ', {{ month_text('u.last_month') }}, ', of ', {{ count_text('u.persons') }},
            ' {{ words_en }}, ', {{ money_text('u.received') }}, ' yuan; ', {{ money_text('coalesce(a.amount, 0)') }}, ' yuan of refund rest on it.'
        ) as evidence_en
    from units as u
    left join at_stake as a on u.employer_id = a.employer_id
    left join {{ ref('int_employers') }} as e on u.employer_id = e.employer_id
{%- endmacro %}
