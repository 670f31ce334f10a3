{# Written by `python -m wengang.devtools.rule_registry` from the `meta:` beside the models: change it there. #}

{# The programmes in order. #}
{% macro registered_programmes() -%}
    {{ return([
        {"id": "refund", "area": "refund", "rank": 10, "title_zh": "稳岗返还", "title_en": "Stabilisation refund", "subject": "employer", "subject_key": "employer_id", "amount": "refund_amount", "day": "period", "ledger_item": "refund", "model": "refund_decisions"},
        {"id": "skill_subsidy", "area": "skill", "rank": 20, "title_zh": "技能提升补贴", "title_en": "Skill-upgrade subsidy", "subject": "application", "subject_key": "application_no", "amount": "amount", "day": "applied_on", "source": "skill_applications", "ledger_item": "skill_subsidy", "model": "skill_decisions"},
        {"id": "job_expansion", "area": "expansion", "rank": 30, "title_zh": "一次性扩岗补助", "title_en": "Job-expansion subsidy", "subject": "application", "subject_key": "application_no", "amount": "amount", "day": "hired_on", "source": "expansion_applications", "ledger_item": "job_expansion", "model": "expansion_decisions"},
    ]) }}
{%- endmacro %}

{# The rules of all programmes in order. #}
{% macro registered_rules() -%}
    {{ return([
        {"id": "expansion.unit", "programme": "job_expansion", "rank": 10, "title_zh": "单位", "title_en": "Unit", "question_zh": "单位是否属于扩岗补助对象并正常参保？", "question_en": "Is the unit of a type that the subsidy covers, and actively insured?", "document_id": "MOHRSS-2024-44", "article": "全文", "parameters": ["expansion_unit_types"], "needs_answer": true, "model": "expansion_unit"},
        {"id": "expansion.person", "programme": "job_expansion", "rank": 20, "title_zh": "招用人员", "title_en": "Person hired", "question_zh": "招用人员是否属于规定的类别，登记失业青年是否在规定年龄内？", "question_en": "Is the person of a kind that counts, a registered youth of the age allowed?", "document_id": "MOHRSS-2024-44", "article": "全文", "parameters": ["expansion_person_kinds"], "model": "expansion_person"},
        {"id": "expansion.contract", "programme": "job_expansion", "rank": 30, "title_zh": "劳动合同", "title_en": "Labour contract", "question_zh": "是否签订劳动合同？", "question_en": "Was a labour contract signed?", "document_id": "MOHRSS-2024-44", "article": "全文", "parameters": [], "model": "expansion_contract"},
        {"id": "expansion.paid_months", "programme": "job_expansion", "rank": 40, "title_zh": "足额缴费月数", "title_en": "Months paid in full", "question_zh": "是否足额缴费达到规定月数，并同时缴纳工伤、养老保险？", "question_en": "Were premiums paid in full for enough months, and the other insurances too?", "document_id": "MOHRSS-2024-44", "article": "全文", "parameters": ["expansion_min_months", "expansion_other_insurances"], "needs_answer": true, "model": "expansion_paid_months"},
        {"id": "expansion.in_post", "programme": "job_expansion", "rank": 50, "title_zh": "在岗", "title_en": "Still in post", "question_zh": "最近缴费月或其上月是否仍由该单位参保？", "question_en": "Is the person still insured by the unit in the newest fee month or the one before?", "document_id": "MOHRSS-2024-44", "article": "全文", "parameters": [], "model": "expansion_in_post"},
        {"id": "expansion.once", "programme": "job_expansion", "rank": 60, "title_zh": "每人一次", "title_en": "Once a person", "question_zh": "该人员此前是否未享受过扩岗补助？", "question_en": "Has no subsidy been approved for this person before?", "document_id": "MOHRSS-2024-44", "article": "全文", "parameters": [], "reads_history": true, "model": "expansion_once"},
        {"id": "expansion.no_hiring_subsidy", "programme": "job_expansion", "rank": 70, "title_zh": "未享受吸纳就业补贴", "title_en": "No hiring subsidy", "question_zh": "该人员是否未享受一次性吸纳就业补贴？", "question_en": "Was no one-off hiring subsidy paid for this person?", "document_id": "MOHRSS-2024-44", "article": "全文", "parameters": [], "model": "expansion_no_hiring_subsidy"},
        {"id": "expansion.not_sanctioned", "programme": "job_expansion", "rank": 80, "title_zh": "未被列入失信名单", "title_en": "Not sanctioned", "question_zh": "单位是否不在严重违法失信名单内？", "question_en": "Is the unit off the list of serious violators?", "document_id": "SYS-ASSUMPTIONS", "article": "单位状态", "parameters": ["refund_exclude_sanctioned"], "model": "expansion_not_sanctioned"},
        {"id": "expansion.fund_reserve", "programme": "job_expansion", "rank": 90, "title_zh": "基金备付期限", "title_en": "Fund reserve", "question_zh": "上年度基金备付期限是否达到下限，或改由就业补助资金列支？", "question_en": "Does the reserve period open the programme, or does the employment fund pay?", "document_id": "MOHRSS-2025-18", "article": "全文", "parameters": ["expansion_funding_when_closed", "reserve_months_min", "reserve_formula"], "needs_answer": true, "model": "expansion_fund_reserve"},
        {"id": "expansion.window", "programme": "job_expansion", "rank": 100, "title_zh": "执行期限", "title_en": "Window", "question_zh": "录用日是否在政策执行期限内？", "question_en": "Does the day hired lie in the window?", "document_id": "MOHRSS-2024-44", "article": "全文", "parameters": ["expansion_window"], "needs_answer": true, "model": "expansion_window"},
        {"id": "expansion.notice", "programme": "job_expansion", "rank": 110, "title_zh": "公示异议", "title_en": "Public notice", "question_zh": "公示期间是否没有成立或未处理的异议？", "question_en": "Is there no objection upheld or open?", "document_id": "MOHRSS-2024-44", "article": "全文", "parameters": [], "model": "expansion_notice"},
        {"id": "expansion.review", "programme": "job_expansion", "rank": 120, "title_zh": "人工审核", "title_en": "Review", "question_zh": "人工审核是否通过？", "question_en": "Did a person approve?", "document_id": "MOHRSS-2024-44", "article": "全文", "parameters": [], "model": "expansion_review"},
        {"id": "refund.unit_type", "programme": "refund", "rank": 10, "title_zh": "单位类型", "title_en": "Unit type", "question_zh": "单位是否属于返还对象或参照实施的单位？", "question_en": "Is the unit of a type that the refund covers?", "document_id": "MOHRSS-2024-40", "article": "二", "parameters": ["refund_unit_types"], "model": "refund_unit_type"},
        {"id": "refund.insured", "programme": "refund", "rank": 20, "title_zh": "参保状态", "title_en": "Insured status", "question_zh": "单位是否正常参保、未被吊销或注销？", "question_en": "Is the unit actively insured, and neither revoked nor deregistered?", "document_id": "MOHRSS-2024-40", "article": "二", "parameters": ["refund_excluded_registry"], "model": "refund_insured"},
        {"id": "refund.paid_months", "programme": "refund", "rank": 30, "title_zh": "足额缴费月数", "title_en": "Months paid in full", "question_zh": "是否足额缴费12个月以上？", "question_en": "Were premiums paid in full for enough months?", "document_id": "MOHRSS-2024-40", "article": "二", "parameters": ["refund_min_months_paid"], "model": "refund_paid_months"},
        {"id": "refund.no_arrears", "programme": "refund", "rank": 40, "title_zh": "无欠费", "title_en": "No arrears", "question_zh": "上年度是否没有欠费？", "question_en": "Is the base year free of arrears?", "document_id": "MOHRSS-2024-40", "article": "二", "parameters": [], "model": "refund_no_arrears"},
        {"id": "refund.layoff_rate", "programme": "refund", "rank": 50, "title_zh": "裁员率", "title_en": "Layoff rate", "question_zh": "裁员率是否不高于上限？", "question_en": "Is the layoff rate within the limit?", "document_id": "GS-2024-165", "article": "一", "parameters": ["refund_layoff_rate_max", "refund_small_layoff_rate_max", "refund_small_headcount", "layoff_numerator", "layoff_denominator", "layoff_claim_reasons", "attrition_reasons", "layoff_reasons"], "model": "refund_layoff_rate"},
        {"id": "refund.heads_kept", "programme": "refund", "rank": 60, "title_zh": "在岗人数", "title_en": "Heads kept", "question_zh": "现有参保人数是否达到上年度月均人数的规定比例（有此要求时）？", "question_en": "Are enough of the average heads still insured, where that is required?", "document_id": "SYS-ASSUMPTIONS", "article": "单位状态", "parameters": ["refund_heads_kept_min"], "model": "refund_heads_kept"},
        {"id": "refund.not_suspended", "programme": "refund", "rank": 70, "title_zh": "未暂停返还", "title_en": "Not suspended", "question_zh": "该类单位的返还是否没有暂停？", "question_en": "Is the refund not suspended for units of this kind?", "document_id": "SYS-ASSUMPTIONS", "article": "单位状态", "parameters": ["refund_suspended"], "model": "refund_not_suspended"},
        {"id": "refund.not_sanctioned", "programme": "refund", "rank": 80, "title_zh": "未被列入失信名单", "title_en": "Not sanctioned", "question_zh": "单位是否不在严重违法失信名单内？", "question_en": "Is the unit off the list of serious violators?", "document_id": "SYS-ASSUMPTIONS", "article": "单位状态", "parameters": ["refund_exclude_sanctioned"], "model": "refund_not_sanctioned"},
        {"id": "refund.size_known", "programme": "refund", "rank": 90, "title_zh": "划型已知", "title_en": "Size known", "question_zh": "单位规模（大型、中小微）是否已知？", "question_en": "Is the size class known?", "document_id": "MOHRSS-2024-40", "article": "二", "parameters": ["size_headcount_large", "non_enterprise_size"], "needs_answer": true, "model": "refund_size_known"},
        {"id": "refund.dispatch_confirmed", "programme": "refund", "rank": 100, "title_zh": "派遣单位已申请并确认分配", "title_en": "Dispatch confirmed", "question_zh": "劳务派遣单位是否已申请并确认资金分配方案？", "question_en": "Has the dispatch firm applied and confirmed the allocation?", "document_id": "GS-2024-165", "article": "三", "parameters": [], "model": "refund_dispatch_confirmed"},
        {"id": "refund.fund_reserve", "programme": "refund", "rank": 110, "title_zh": "基金备付期限", "title_en": "Fund reserve", "question_zh": "上年度基金备付期限是否达到下限？", "question_en": "Does the reserve period of the fund open the programme?", "document_id": "MOHRSS-2024-40", "article": "二", "parameters": ["reserve_months_min", "reserve_formula"], "needs_answer": true, "model": "refund_fund_reserve"},
        {"id": "refund.window", "programme": "refund", "rank": 120, "title_zh": "执行期限", "title_en": "Window", "question_zh": "本期是否在政策执行期限内？", "question_en": "Does the period lie in the window?", "document_id": "GS-2024-165", "article": "一", "parameters": ["refund_window"], "model": "refund_window"},
        {"id": "refund.notice", "programme": "refund", "rank": 130, "title_zh": "公示异议", "title_en": "Public notice", "question_zh": "公示期间是否没有成立或未处理的异议？", "question_en": "Is there no objection upheld or open?", "document_id": "GS-2024-165", "article": "四", "parameters": ["notice_working_days"], "model": "refund_notice"},
        {"id": "refund.base", "programme": "refund", "rank": 140, "title_zh": "返还基数", "title_en": "Base", "question_zh": "上年度实际缴费是否大于零？", "question_en": "Was any premium of the base year actually paid?", "document_id": "MOHRSS-2024-40", "article": "二", "parameters": ["contribution_basis", "excluded_user_unit_types"], "model": "refund_base"},
        {"id": "refund.review", "programme": "refund", "rank": 150, "title_zh": "人工审核", "title_en": "Review", "question_zh": "人工审核是否通过？", "question_en": "Did a person approve?", "document_id": "GS-2024-165", "article": "四", "parameters": [], "model": "refund_review"},
        {"id": "skill.certificate", "programme": "skill_subsidy", "rank": 10, "title_zh": "证书", "title_en": "Certificate", "question_zh": "证书是否存在、有效、属于本人且为五级、四级或三级？", "question_en": "Does the certificate exist, is it valid, the person's own, and of level 5, 4 or 3?", "document_id": "MOHRSS-2024-40", "article": "三", "parameters": [], "model": "skill_certificate"},
        {"id": "skill.issuer", "programme": "skill_subsidy", "rank": 20, "title_zh": "发证机构", "title_en": "Issuer", "question_zh": "证书是否由省内机构颁发（限省内时）？", "question_en": "Was it issued in the province, where that is required?", "document_id": "MOHRSS-2024-40", "article": "三", "parameters": ["skill_in_province_only"], "model": "skill_issuer"},
        {"id": "skill.applied_in_time", "programme": "skill_subsidy", "rank": 30, "title_zh": "申领时限", "title_en": "Applied in time", "question_zh": "是否在发证后规定的月数内申领？", "question_en": "Was it applied for within the months allowed after issue?", "document_id": "MOHRSS-2024-40", "article": "三", "parameters": ["skill_apply_within_months"], "model": "skill_applied_in_time"},
        {"id": "skill.insured_months", "programme": "skill_subsidy", "rank": 40, "title_zh": "参保月数", "title_en": "Insured months", "question_zh": "参加失业保险是否满1年？", "question_en": "Was the person insured for a year or more?", "document_id": "MOHRSS-2024-40", "article": "三", "parameters": ["skill_min_insured_months", "skill_insured_measured_at"], "model": "skill_insured_months"},
        {"id": "skill.status", "programme": "skill_subsidy", "rank": 50, "title_zh": "在职或领金", "title_en": "In post or on benefit", "question_zh": "申领时是否为企业在职职工或领取失业保险金人员？", "question_en": "Was the person in post at an enterprise, or on benefit?", "document_id": "MOHRSS-2024-40", "article": "三", "parameters": ["skill_unit_types"], "needs_answer": true, "model": "skill_status"},
        {"id": "skill.once_per_level", "programme": "skill_subsidy", "rank": 60, "title_zh": "同等级一次", "title_en": "Once per level", "question_zh": "同一职业（工种）同一等级此前是否未享受？", "question_en": "Is this the first for the occupation and level?", "document_id": "MOHRSS-2024-40", "article": "三", "parameters": [], "reads_history": true, "model": "skill_once_per_level"},
        {"id": "skill.not_below_received", "programme": "skill_subsidy", "rank": 70, "title_zh": "不低于已享受等级", "title_en": "Not below one received", "question_zh": "同一职业此前是否未享受更高等级？", "question_en": "Has no higher level of the occupation been received?", "document_id": "MOHRSS-2024-40", "article": "三", "parameters": [], "reads_history": true, "model": "skill_not_below_received"},
        {"id": "skill.training_subsidy", "programme": "skill_subsidy", "rank": 80, "title_zh": "未领职业培训补贴", "title_en": "No training subsidy", "question_zh": "是否未就同一职业同一等级领取职业培训补贴？", "question_en": "Was no training subsidy paid for the same occupation and level?", "document_id": "GS-2024-165", "article": "二", "parameters": [], "model": "skill_training_subsidy"},
        {"id": "skill.yearly_cap", "programme": "skill_subsidy", "rank": 90, "title_zh": "年度次数", "title_en": "Yearly cap", "question_zh": "本年度享受次数是否未超过上限？", "question_en": "Is the yearly number within the limit?", "document_id": "MOHRSS-2024-40", "article": "三", "parameters": ["skill_max_per_year", "skill_scarce_extra"], "reads_history": true, "model": "skill_yearly_cap"},
        {"id": "skill.alive", "programme": "skill_subsidy", "rank": 100, "title_zh": "生存状态", "title_en": "Alive", "question_zh": "申领日之前是否没有死亡记录？", "question_en": "Is there no record of death before the application?", "document_id": "MOHRSS-2024-40", "article": "六", "parameters": [], "model": "skill_alive"},
        {"id": "skill.review_over_year", "programme": "skill_subsidy", "rank": 110, "title_zh": "一年超过一次的严格审核", "title_en": "Strict review over one a year", "question_zh": "本年度此前享受次数是否未达到严格审核的次数？", "question_en": "Is the number below that which calls for strict review?", "document_id": "GS-2024-165", "article": "二", "parameters": ["skill_review_over_per_year"], "reads_history": true, "model": "skill_review_over_year"},
        {"id": "skill.fund_reserve", "programme": "skill_subsidy", "rank": 120, "title_zh": "基金备付期限", "title_en": "Fund reserve", "question_zh": "上年度基金备付期限是否达到下限？", "question_en": "Does the reserve period of the fund open the programme?", "document_id": "MOHRSS-2024-40", "article": "三", "parameters": ["reserve_months_min", "reserve_formula"], "needs_answer": true, "model": "skill_fund_reserve"},
        {"id": "skill.window", "programme": "skill_subsidy", "rank": 130, "title_zh": "执行期限", "title_en": "Window", "question_zh": "申领日是否在政策执行期限内？", "question_en": "Does the day of application lie in the window?", "document_id": "GS-2024-165", "article": "一", "needs_answer": true, "parameters": ["skill_window"], "model": "skill_window"},
        {"id": "skill.notice", "programme": "skill_subsidy", "rank": 140, "title_zh": "公示异议", "title_en": "Public notice", "question_zh": "公示期间是否没有成立或未处理的异议？", "question_en": "Is there no objection upheld or open?", "document_id": "GS-2024-165", "article": "四", "parameters": [], "model": "skill_notice"},
        {"id": "skill.review", "programme": "skill_subsidy", "rank": 150, "title_zh": "人工审核", "title_en": "Review", "question_zh": "人工审核是否通过？", "question_en": "Did a person approve?", "document_id": "GS-2024-165", "article": "四", "parameters": [], "model": "skill_review"},
    ]) }}
{%- endmacro %}

{# The models of the risk register. #}
{% macro risk_rule_models() -%}
    {{ return([
        "risk_r01",
        "risk_r02",
        "risk_r03",
        "risk_r04",
        "risk_r05",
        "risk_r06",
        "risk_r07",
        "risk_r08",
        "risk_r09",
        "risk_r10",
        "risk_r11",
        "risk_r12",
        "risk_r13",
        "risk_r14",
        "risk_r15",
        "risk_r16",
        "risk_r17",
        "risk_r18",
        "risk_r19",
        "risk_r20",
        "risk_r21",
        "risk_r22",
        "risk_r23",
        "risk_r24",
        "risk_r25",
        "risk_r27",
        "risk_r28",
        "risk_r29",
        "risk_r30",
        "risk_r34",
        "risk_r35",
        "risk_r36",
    ]) }}
{%- endmacro %}
