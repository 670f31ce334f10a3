{{ risk_drawing_after('R04', ['imprisonment'], '服刑', 'in prison') }}
