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


{# Days from one day to another (b − a). #}
{% macro days_between(a, b) %}{{ adapter.dispatch('days_between', 'wengang')(a, b) }}{% endmacro %}
{% macro default__days_between(a, b) -%} ({{ b }} - {{ a }}) {%- endmacro %}
{% macro spark__days_between(a, b) -%} datediff({{ b }}, {{ a }}) {%- endmacro %}


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


{# The first 17 digits of a citizen number as a number, as the lake keeps it in `_person_no`; a name of another kind by its hash. #}
{% macro person_no(person_id) %}{{ adapter.dispatch('person_no', 'wengang')(person_id) }}{% endmacro %}
{% macro default__person_no(person_id) -%}
    coalesce(try_cast(substr({{ person_id }}, 1, 17) as bigint), cast(hash({{ person_id }}) >> 1 as bigint))
{%- endmacro %}
{% macro spark__person_no(person_id) -%}
    coalesce(try_cast(substr({{ person_id }}, 1, 17) as bigint), xxhash64({{ person_id }}))
{%- endmacro %}


{# How many different values a group has, held as a list: for groups that fit in memory each, where a distinct count would hash all. #}
{% macro distinct_in_list(value) %}{{ adapter.dispatch('distinct_in_list', 'wengang')(value) }}{% endmacro %}
{% macro default__distinct_in_list(value) -%}list_unique(list({{ value }})){%- endmacro %}
{% macro spark__distinct_in_list(value) -%}size(array_distinct(collect_list({{ value }}))){%- endmacro %}


{# A list of no texts. #}
{% macro empty_list() -%} cast({{ adapter.dispatch('empty_list', 'wengang')() }} as {{ list_type() }}) {%- endmacro %}
{% macro default__empty_list() -%} [] {%- endmacro %}
{% macro spark__empty_list() -%} array() {%- endmacro %}

{# A list of texts as one text. #}
{% macro join_texts(texts, separator) %}{{ adapter.dispatch('join_texts', 'wengang')(texts, separator) }}{% endmacro %}
{% macro default__join_texts(texts, separator) -%} array_to_string({{ texts }}, '{{ separator }}') {%- endmacro %}
{% macro spark__join_texts(texts, separator) -%} array_join({{ texts }}, '{{ separator }}') {%- endmacro %}


{# The members of a list as rows, in a select list. #}
{% macro unnest_list(texts) %}{{ adapter.dispatch('unnest_list', 'wengang')(texts) }}{% endmacro %}
{% macro default__unnest_list(texts) -%} unnest({{ texts }}) {%- endmacro %}
{% macro spark__unnest_list(texts) -%} explode({{ texts }}) {%- endmacro %}


{# Take the rows of the period being built out of a table, for a hook. Spark keeps such tables in a partition a period. #}
{% macro forget_period(relation) %}{{ adapter.dispatch('forget_period', 'wengang')(relation) }}{% endmacro %}

{% macro default__forget_period(relation) -%}
    delete from {{ relation }} where period = (select c.period from {{ source('run', 'context') }} as c)
{%- endmacro %}

{% macro spark__forget_period(relation) -%}
    {%- if execute -%}
    {%- set period = run_query('select cast(period as string) from ' ~ source('run', 'context'))[0][0] -%}
    alter table {{ relation }} drop if exists partition (period = date '{{ period }}')
    {%- endif -%}
{%- endmacro %}


{# Take rows out of a table, for a hook; the condition names its columns with the table's own name in front. Spark's plain tables know no
   delete: the rows that stay are written anew. #}
{% macro delete_rows(relation, condition) %}{{ adapter.dispatch('delete_rows', 'wengang')(relation, condition) }}{% endmacro %}

{% macro default__delete_rows(relation, condition) -%}
    delete from {{ relation }} where {{ condition }}
{%- endmacro %}

{% macro spark__delete_rows(relation, condition) -%}
    {%- set kept = relation ~ '__kept' -%}
    {%- do run_query('drop table if exists ' ~ kept) -%}
    {%- do run_query('create table ' ~ kept ~ ' using parquet as select * from ' ~ relation ~ ' where not coalesce(' ~ condition ~ ', false)') -%}
    {%- do run_query('drop table ' ~ relation) -%}
    alter table {{ kept }} rename to {{ relation }}
{%- endmacro %}


{# The day of birth in a citizen number of 18; null where the digits are no day. #}
{% macro date_of_birth(person_id) -%}
    try_cast(concat(substr({{ person_id }}, 7, 4), '-', substr({{ person_id }}, 11, 2), '-', substr({{ person_id }}, 13, 2)) as date)
{%- endmacro %}

{# Whole years from a birthday to a day. #}
{% macro whole_years(born, day_of) -%}
    (
        year({{ day_of }}) - year({{ born }})
        - case when month({{ day_of }}) * 100 + day({{ day_of }}) < month({{ born }}) * 100 + day({{ born }}) then 1 else 0 end
    )
{%- endmacro %}


{# The SHA-256 digest of a text, 64 hexadecimal places in small letters. #}
{% macro sha256_text(text) %}{{ adapter.dispatch('sha256_text', 'wengang')(text) }}{% endmacro %}
{% macro default__sha256_text(text) -%} sha256({{ text }}) {%- endmacro %}
{% macro spark__sha256_text(text) -%} sha2({{ text }}, 256) {%- endmacro %}


{# Whole numbers of up to 38 digits. #}
{% macro big_integer() %}{{ adapter.dispatch('big_integer', 'wengang')() }}{% endmacro %}
{% macro default__big_integer() -%} hugeint {%- endmacro %}
{% macro spark__big_integer() -%} decimal(38, 0) {%- endmacro %}

{# The whole number at or below a quotient of whole numbers; the divisor is above zero. #}
{% macro floor_quotient(numerator, divisor) %}{{ adapter.dispatch('floor_quotient', 'wengang')(numerator, divisor) }}{% endmacro %}
{% macro default__floor_quotient(numerator, divisor) -%}
    case when {{ numerator }} >= 0 then ({{ numerator }}) // ({{ divisor }}) else -((-({{ numerator }}) + ({{ divisor }}) - 1) // ({{ divisor }})) end
{%- endmacro %}
{% macro spark__floor_quotient(numerator, divisor) -%}
    case when {{ numerator }} >= 0 then ({{ numerator }}) div ({{ divisor }}) else -((-({{ numerator }}) + ({{ divisor }}) - 1) div ({{ divisor }})) end
{%- endmacro %}


{# The connected components of a graph given as pairs of nodes: each node with the smallest name in its component. DuckDB lets names travel
   along the edges to greater nodes until none is new. Spark's recursion knows no `union` without copies, so there each node takes the
   smallest name of its neighbours a fixed number of times, its own name's name included, which doubles the reach each time. #}
{% macro connected_components(relation, left, right) %}{{ adapter.dispatch('connected_components', 'wengang')(relation, left, right) }}{% endmacro %}

{% macro default__connected_components(relation, left, right) -%}
    with recursive edges as (
        select {{ left }} as a, {{ right }} as b from {{ relation }}
        union
        select {{ right }} as a, {{ left }} as b from {{ relation }}
    ),

    reached as (
        select distinct a as node, a as component from edges
        union
        select e.b as node, r.component
        from reached as r
        inner join edges as e on r.node = e.a
        where r.component < e.b
    )

    select node, min(component) as component
    from reached
    group by node
{%- endmacro %}

{% macro spark__connected_components(relation, left, right) -%}
    {%- set rounds = 8 -%}
    with edges as (
        select {{ left }} as a, {{ right }} as b from {{ relation }}
        union
        select {{ right }} as a, {{ left }} as b from {{ relation }}
    ),

    round_0 as (
        select a as node, least(a, min(b)) as component from edges group by a
    )
    {%- for number in range(1, rounds + 1) %},

    near_{{ number }} as (
        select e.a as node, min(r.component) as component
        from edges as e
        inner join round_{{ number - 1 }} as r on e.b = r.node
        group by e.a
    ),

    round_{{ number }} as (
        select r.node, least(r.component, n.component, coalesce(o.component, r.component)) as component
        from round_{{ number - 1 }} as r
        inner join near_{{ number }} as n on r.node = n.node
        left join round_{{ number - 1 }} as o on r.component = o.node
    )
    {%- endfor %}

    select node, component from round_{{ rounds }}
{%- endmacro %}


{# A number with thousands separators and a fixed number of decimal places, as text. #}
{% macro grouped_number(number, places) %}{{ adapter.dispatch('grouped_number', 'wengang')(number, places) }}{% endmacro %}

{% macro default__grouped_number(number, places) -%}
    format('{:,.{{ places }}f}', cast({{ number }} as double))
{%- endmacro %}

{% macro spark__grouped_number(number, places) -%}
    format_number({{ number }}, {{ places }})
{%- endmacro %}
