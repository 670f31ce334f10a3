{# The only room where engines differ. Every other model is written in SQL that DuckDB and Spark read alike. #}

{% macro add_months(day, months) %}{{ adapter.dispatch('add_months', 'wengang')(day, months) }}{% endmacro %}

{# A day that the month lacks falls to its last day. #}
{% macro default__add_months(day, months) -%}
    cast({{ day }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__add_months(day, months) -%}
    add_months({{ day }}, cast({{ months }} as int))
{%- endmacro %}


{% macro add_days(day, days) %}{{ adapter.dispatch('add_days', 'wengang')(day, days) }}{% endmacro %}

{% macro default__add_days(day, days) -%}
    cast({{ day }} + to_days(cast({{ days }} as integer)) as date)
{%- endmacro %}

{% macro spark__add_days(day, days) -%}
    date_add({{ day }}, cast({{ days }} as int))
{%- endmacro %}


{% macro month_start(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{% macro month_end(day) -%}
    last_day({{ day }})
{%- endmacro %}


{# Whole months from one first-of-month to another (b − a). #}
{% macro months_between_starts(a, b) -%}
    ((year({{ b }}) - year({{ a }})) * 12 + month({{ b }}) - month({{ a }}))
{%- endmacro %}


{# An amount before it is multiplied. A product of two decimals of up to 18 digits stays within 18, which a province's sums overflow;
   19 digits make it wide, and leave room for a factor of 18 in the 38 that every engine has. #}
{% macro wide(amount) -%}
    cast({{ amount }} as decimal(19, 2))
{%- endmacro %}


{# Half up, away from zero, on decimals: how the fund's accounts round. #}
{% macro round_half_up(amount, places) -%}
    cast(round({{ amount }}, {{ places }}) as decimal(18, {{ places }}))
{%- endmacro %}


{# An exact quotient of two figures of at most two decimals, half up to six places; null where the divisor is null or 0.
   The numerator is not negative. Engines divide decimals as doubles or cut digits, so it is done on whole fen. #}
{% macro exact_ratio(numerator, denominator) %}{{ adapter.dispatch('exact_ratio', 'wengang')(numerator, denominator) }}{% endmacro %}

{% macro default__exact_ratio(numerator, denominator) -%}
    cast(
        case when {{ denominator }} <> 0 then
            cast(
                (cast(cast({{ numerator }} as decimal(28, 2)) * 100 as hugeint) * 2000000
                    + cast(cast({{ denominator }} as decimal(28, 2)) * 100 as hugeint))
                // (2 * cast(cast({{ denominator }} as decimal(28, 2)) * 100 as hugeint))
            as decimal(30, 0)) * cast(0.000001 as decimal(7, 6))
        end
    as decimal(18, 6))
{%- endmacro %}

{% macro spark__exact_ratio(numerator, denominator) -%}
    cast(
        case when {{ denominator }} <> 0 then
            cast(
                (cast(cast({{ numerator }} as decimal(24, 2)) * 100 as decimal(26, 0)) * 2000000
                    + cast(cast({{ denominator }} as decimal(24, 2)) * 100 as decimal(26, 0)))
                div (2 * cast(cast({{ denominator }} as decimal(24, 2)) * 100 as decimal(26, 0)))
            as decimal(30, 0)) * cast(0.000001 as decimal(7, 6))
        end
    as decimal(18, 6))
{%- endmacro %}


{# The values of a group as a list, in the order of another column; empty where none. #}
{% macro ordered_list(value, order, condition) %}{{ adapter.dispatch('ordered_list', 'wengang')(value, order, condition) }}{% endmacro %}

{% macro default__ordered_list(value, order, condition) -%}
    coalesce(list({{ value }} order by {{ order }}) filter (where {{ condition }}), cast([] as varchar []))
{%- endmacro %}

{% macro spark__ordered_list(value, order, condition) -%}
    transform(
        array_sort(collect_list(case when {{ condition }} then struct({{ order }} as o, {{ value }} as v) end)),
        x -> x.v
    )
{%- endmacro %}


{% macro list_type() %}{{ adapter.dispatch('list_type', 'wengang')() }}{% endmacro %}
{% macro default__list_type() -%}varchar []{%- endmacro %}
{% macro spark__list_type() -%}array<string>{%- endmacro %}


{# A 64-bit hash of some columns: for finding candidates fast, never for identity. #}
{% macro row_hash(columns) %}{{ adapter.dispatch('row_hash', 'wengang')(columns) }}{% endmacro %}
{% macro default__row_hash(columns) -%}hash({{ columns | join(', ') }}){%- endmacro %}
{% macro spark__row_hash(columns) -%}xxhash64({{ columns | join(', ') }}){%- endmacro %}


{# How many different values a group has, held as a list: for groups that fit in memory each, where a distinct count would hash all. #}
{% macro distinct_in_list(value) %}{{ adapter.dispatch('distinct_in_list', 'wengang')(value) }}{% endmacro %}
{% macro default__distinct_in_list(value) -%}list_unique(list({{ value }})){%- endmacro %}
{% macro spark__distinct_in_list(value) -%}size(array_distinct(collect_list({{ value }}))){%- endmacro %}
