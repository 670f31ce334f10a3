{{ risk_drawing_after('R02', ['pension'], '领取养老待遇', 'on pension') }}
