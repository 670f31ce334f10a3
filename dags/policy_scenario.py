"""What if the parameters were others: asked by a form, answered on a copy of the published warehouse."""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import Param, dag, task

from wengang.alerts import task_failed
from wengang.orchestration import tasks

ROWS = "refund_ratio_large = 0.50\nrefund_ratio_sme = 0.90"


@dag(
    schedule=None,
    start_date=datetime(2024, 1, 1),
    params={
        "period": Param("2024-06", type="string", pattern=r"^\d{4}-(0[1-9]|1[0-2])$", title="期间（年-月）", description="已建成的月份"),
        "name": Param("scenario", type="string", minLength=1, maxLength=60, title="方案名称", description="结果文件夹名"),
        "parameters": Param(ROWS, type="string", format="multiline", title="参数", description="一行一个：参数名 = 值；空：现行参数"),
        "shocks": Param("", type=["string", "null"], format="multiline", title="基金冲击", description="一行一个：项目 = 倍数，如 premium = 0.9"),
    },
    default_args={"retries": 0, "on_failure_callback": task_failed},
    tags=["政策推演", "what-if"],
    doc_md=__doc__,
)  # fmt: skip
def policy_scenario():
    """One task; its result says what changes, and the tables lie in the home's folder of scenarios."""

    @task
    def run_scenario(params=None) -> str:
        told = tasks.scenario(
            params["period"], params["name"], params["parameters"] or "", params["shocks"] or ""
        )
        print(told)
        return told

    run_scenario()


policy_scenario()
