{# What tells premium rows apart; the person by number. #}
{% macro contribution_key() -%} employer_id, _person_no, fee_month, pay_kind, voucher_no {%- endmacro %}

{# All known versions of the contribution rows of interest: `keys` is a relation (a query in brackets or a ref) and `on` the columns it
   shares with the contributions. It narrows before versions are compared, so the province is never sorted for a few persons; all
   versions of one row stay together as long as `on` holds columns of its key only. #}
{% macro contributions_found(keys, on) -%}
    select {{ contribution_columns() }}, is_valid, _seq
    from {{ source('lake', 'contributions') }} as c
    where {{ is_one_of('c', keys, on) }}
{%- endmacro %}

{# Newest live rows of those found. In a plain employer-month every row is live as it stands, and a person has one; only the others (about
   one in a hundred) are put in order. `found` is a common table expression: so the lake is read once. #}
{% macro newest_of_found(found) -%}
    select {{ contribution_columns() }}
    from {{ found }} as f
    where not {{ in_mixed_month('f') }} and is_valid
    union all
    {{ newest_contribution_rows('(select f.* from ' ~ found ~ ' as f where ' ~ in_mixed_month('f') ~ ')') }}
{%- endmacro %}

{% macro contribution_columns() -%}
    {{ contribution_key() }}, person_id, pay_base, employer_due, person_due, employer_paid, person_paid, received_on, _period, _file, _line_no
{%- endmacro %}

{% macro plain_contribution_rows(keys, on) -%}
    select {{ contribution_columns() }}
    from {{ source('lake', 'contributions') }} as c
    where {{ is_one_of('c', keys, on) }} and not {{ in_mixed_month('c') }} and is_valid
{%- endmacro %}

{% macro mixed_contribution_rows(keys, on) -%}
    {{ newest_contribution_rows('(' ~ contributions_found(keys, on) ~ ' and ' ~ in_mixed_month('c') ~ ')') }}
{%- endmacro %}

{% macro newest_contribution_rows(relation) -%}
    select {{ contribution_columns() }}
    from (
        select r.*, row_number() over (partition by {{ contribution_key() }} order by {{ version_order() }}) as _version
        from {{ relation }} as r
    ) as versions
    where _version = 1 and is_valid
{%- endmacro %}

{# Does a relation hold these columns of the row? Not as `exists`: the engine would not know, before it reads, which files it may leave out. #}
{% macro is_one_of(row, relation, columns) -%}
    (
        {%- for column in columns %}{{ row }}.{{ column }}{{ ', ' if not loop.last }}{% endfor -%}
    ) in (select {% for column in columns %}k.{{ column }}{{ ', ' if not loop.last }}{% endfor %} from {{ relation }} as k)
{%- endmacro %}

{% macro in_mixed_month(row) -%}
    exists (
        select 1 from {{ ref('int_employer_months') }} as mixed
        where not mixed.is_plain and mixed.employer_id = {{ row }}.employer_id and mixed.fee_month = {{ row }}.fee_month
    )
{%- endmacro %}

{# A deferred row (缓缴) owes like a normal one. #}
{% macro normal_kinds() -%} ('normal', 'deferred') {%- endmacro %}

{# Dues count once: a person-month's normal rows; only where there is none its makeup rows; refunds always (zero or negative). #}
{% macro person_month_due() -%}
    coalesce(
        sum(case when pay_kind in {{ normal_kinds() }} then employer_due + person_due end),
        sum(case when pay_kind = 'makeup' then employer_due + person_due end),
        0
    ) + coalesce(sum(case when pay_kind = 'refund' then employer_due + person_due end), 0)
{%- endmacro %}

{# What the rows of a person's month at an employer add up to. #}
{% macro person_month_measures() -%}
    max(case when {{ is_insured_row() }} then 1 else 0 end) as insured,
    {{ person_month_due() }} as due,
    sum(case when received_on <= period_end then employer_paid + person_paid else 0 end) as received,
    sum(case when pay_kind in {{ normal_kinds() }} then pay_base else 0 end) as pay_base,
    sum(case when pay_kind in {{ normal_kinds() }} then employer_due + person_due else 0 end) as normal_due,
    max(case when pay_kind in {{ normal_kinds() }} then 1 else 0 end) as normal_persons,
    max(case when received_on > period_end then 1 else 0 end) as later_receipts
{%- endmacro %}

{# Insured: unit or personal due above zero in a normal, deferred or makeup row. #}
{% macro is_insured_row() -%}
    (pay_kind in ('normal', 'deferred', 'makeup') and (employer_due > 0 or person_due > 0))
{%- endmacro %}

{# Counts as it stands, if its person has no other row: normal, in force, and no money booked with a day after the period. #}
{% macro is_regular_row() -%}
    is_valid and pay_kind in {{ normal_kinds() }} and coalesce(received_on <= period_end, employer_paid = 0 and person_paid = 0)
{%- endmacro %}

{% macro forget_touched_months() -%}
    {%- if is_incremental() -%}
    {%- set is_touched -%}
    exists (
        select 1 from {{ ref('int_touched_employer_months') }} as t
        where t.employer_id = {{ this }}.employer_id and t.fee_month = {{ this }}.fee_month
    )
    {%- endset -%}
    {{ delete_rows(this, is_touched) }}
    {%- endif -%}
{%- endmacro %}

{% macro touched_columns() -%}
    {{ contribution_key() }}, pay_base, employer_due, person_due, employer_paid, person_paid, received_on, is_valid, _period, _file, _seq, _block
{%- endmacro %}

{# All known versions of the touched employer-months' rows; the first build takes everything. #}
{% macro touched_contributions() -%}
    (
        select {{ touched_columns() }}
        from {{ source('lake', 'contributions') }} as r
        {%- if is_incremental() %}
        where {{ is_one_of('r', ref('int_touched_employer_months'), ['employer_id', 'fee_month']) }}
        {%- endif %}
    )
{%- endmacro %}
