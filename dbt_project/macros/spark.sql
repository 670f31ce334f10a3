{# What the Spark adapter lacks; dbt finds these in place of its own. #}

{# Types as the contracts name them. #}
{% macro spark__cast(field, type) -%}
    cast({{ field }} as {{ {'varchar': 'string', 'varchar[]': 'array<string>'}.get(type | lower, type) }})
{%- endmacro %}

{# The models join texts by concat as DuckDB does, which leaves nulls out; Spark's concat would give null. #}
{% macro spark_sql(code) -%}
    {{ return(modules.re.sub('\\bconcat\\(', "concat_ws('', ", code)) }}
{%- endmacro %}

{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if temporary -%}
    create or replace temporary view {{ relation }} as
    {{ spark_sql(compiled_code) }}
    {%- else -%}
    {%- set query = spark_sql(compiled_code) -%}
    create table {{ relation }}
    {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(query) }}
    {%- set query = get_select_subquery(query) -%}
    {%- endif %}
    {{ file_format_clause() }}
    {{ partition_cols(label='partitioned by') }}
    {{ location_clause() }}
    as
    {{ query }}
    {%- endif -%}
{%- endmacro %}

{% macro spark__create_view_as(relation, sql) -%}
    create or replace view {{ relation }} as
    {{ spark_sql(sql) }}
{%- endmacro %}

{# The adapter's own writes an empty cell as the text None, and breaks on a quotation mark. #}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set names = agate_table.column_names -%}
    {%- for rows in agate_table.rows | batch(get_batch_size()) %}
        {%- set lines = [] -%}
        {%- for row in rows -%}
            {%- set cells = [] -%}
            {%- for value in row -%}
                {%- set type = types.get(names[loop.index0]) or adapter.convert_type(agate_table, loop.index0) -%}
                {%- set text = "'" ~ (value | string | replace("\\", "\\\\") | replace("'", "\\'")) ~ "'" -%}
                {%- do cells.append(spark__cast('null' if value is none else text, type)) -%}
            {%- endfor -%}
            {%- do lines.append('(' ~ cells | join(', ') ~ ')') -%}
        {%- endfor -%}
        {%- do adapter.add_query('insert into ' ~ this.render() ~ ' values ' ~ lines | join(', '), abridge_sql_log=True) -%}
    {%- endfor -%}
    {{ return('') }}
{%- endmacro %}

{# As the adapter's, with the contract's types. #}
{% macro spark__create_csv_table(model, agate_table) -%}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- set type = types.get(name) or adapter.convert_type(agate_table, loop.index0) -%}
        {%- do columns.append(name ~ ' ' ~ {'varchar': 'string'}.get(type | lower, type)) -%}
    {%- endfor -%}
    {%- set sql = 'create table ' ~ this.render() ~ ' (' ~ columns | join(', ') ~ ') using parquet' -%}
    {%- call statement('_') -%}{{ sql }}{%- endcall -%}
    {{ return(sql) }}
{%- endmacro %}
