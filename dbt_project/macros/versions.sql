{# Among rows of one key the later period wins; within a period the later-named file, by code points; within it the later line.
   A voided row (有效标志 0) takes the key with it. #}
{% macro version_order() -%} _period desc, _file desc, _seq desc {%- endmacro %}

{# Newest version of each key of an event source; `relation` narrows the rows first (all versions of a key must stay together). #}
{% macro newest_event_rows(relation, key, columns) -%}
    select {{ columns | join(', ') }}, _period, _file, _line_no, _delivery
    from (
        select *, row_number() over (partition by {{ key | join(', ') }} order by {{ version_order() }}) as _version
        from {{ relation }}
    ) as versions
    where _version = 1 and is_valid
{%- endmacro %}

{# A snapshot: the relation holds the newest period's files only; a key found twice: the later-named file, the later line. #}
{% macro newest_snapshot_rows(relation, key, columns) -%}
    select {{ columns | join(', ') }}, _period, _file, _line_no, _delivery
    from (
        select *, row_number() over (partition by {{ key | join(', ') }} order by {{ version_order() }}) as _version
        from {{ relation }}
    ) as versions
    where _version = 1
{%- endmacro %}

{# The newest period in which a value of the column occurs (a region code, a list) is the whole state of that value; a key found under
   two of them: the newer period. #}
{% macro newest_snapshot_rows_by(relation, key, columns, column) -%}
    select {{ columns | join(', ') }}, _period, _file, _line_no, _delivery
    from (
        select *, row_number() over (partition by {{ key | join(', ') }} order by {{ version_order() }}) as _version
        from (
            select *, max(_period) over (partition by {{ column }}) as _newest_period
            from {{ relation }}
        ) as states
        where _period = _newest_period
    ) as versions
    where _version = 1
{%- endmacro %}
