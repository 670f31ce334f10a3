-- An entry of death has no end: it is withdrawn by 有效标志 0 only.
{{ risk_drawing_after('R03', ['death'], '已登记死亡', 'dead', heeds_end=false) }}
