-- Any kind of benefit but the one that follows a death. An entry of death has no end: it is withdrawn by 有效标志 0 only.
{{ risk_drawing_after('R03', ['death'], '已登记死亡', 'dead', kinds="p.benefit_kind <> 'funeral'", heeds_end=false) }}
