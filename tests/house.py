"""The house of sheetsync as data: who may import whom, and where each library lives.

docs/architecture.md says the same in words, and `test_house` reads the imports with `ast` and fails
on any other arrow. Change the two together.

A room is named as in the document: `core/rows` is one module, `core/matching/` a folder with all
that is in it. A room may always import itself.
"""

from __future__ import annotations

# -- who may import whom ------------------------------------------------------------------------

# The words of the core: what every step may speak in.
WORDS = (
    "core/model/",
    "core/findings",
    "core/rulebook",
    "core/plan",
    "core/differences",
    "core/orders",
    "core/rows",
    "core/money",
    "core/wording",
    "core/comparing/verdicts",
    "core/reading/",
    "core/matching/codes",
)

# What an adapter may know of the core: values, never a step.
VALUES = (
    *(
        "core/model/",
        "core/findings",
        "core/plan",
        "core/rulebook",
        "core/rows",
        "core/history/chain",
    ),
    *("core/history/tab", "core/history/seen", "errors"),
)

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "core": (),
    # the words, each leaning only on those above it
    "errors": (),
    "core/model/": (),
    "core/findings": ("core/model/",),
    "core/matching/settings": (),
    "core/matching/codes": (),
    "core/matching/levels": ("core/matching/settings",),
    "core/rulebook": (
        *("core/model/", "core/findings", "core/matching/settings", "core/matching/levels"),
    ),
    "core/plan": ("core/model/", "core/findings"),
    "core/differences": ("core/model/",),
    "core/reading/": ("core/model/",),
    "core/money": ("core/model/", "core/matching/exact"),
    "core/orders": ("core/model/", "core/money"),
    "core/rows": ("core/model/", "core/rulebook", "core/reading/"),
    "core/history/chain": ("core/model/", "core/plan", "core/rows"),
    "core/history/longest_run": (),
    "core/history/seen": ("core/model/",),
    "core/history/overwritten": ("core/model/", "core/rows", "core/history/chain"),
    "core/history/typed": ("core/model/",),
    "core/history/unknown": ("core/history/chain",),
    "core/history/tab": (
        "core/model/",
        "core/plan",
        *("core/history/typed", "core/history/unknown"),
        *("core/history/chain", "core/history/longest_run", "core/history/seen"),
        "core/history/overwritten",
    ),
    "core/wording": ("core/model/", "core/money", "core/reading/", "core/rulebook"),
    "core/comparing/verdicts": (
        *("core/model/", "core/findings", "core/rows", "core/rulebook", "core/wording"),
    ),
    # folders of steps: what their modules may is said for each of them
    "core/comparing/": (),
    "core/stopping/": (),
    "core/lifecycle/": (),
    "core/matched/": (),
    "core/planning/": (),
    "core/history/": (),
    # the steps of the corridor, in its order
    "core/comparing/anew": WORDS,
    "core/comparing/misplaced": WORDS,
    "core/comparing/mending": (*WORDS, "core/comparing/misplaced"),
    "core/comparing/identity": WORDS,
    "core/comparing/findings_of_rows": WORDS,
    "core/comparing/merging": (
        *WORDS,
        "core/comparing/identity",
        "core/comparing/findings_of_rows",
    ),
    "core/comparing/locking": (*WORDS, "core/comparing/findings_of_rows"),
    "core/comparing/key_findings": (*WORDS, "core/comparing/findings_of_rows"),
    "core/stopping/accidents": (*WORDS, "core/comparing/locking"),
    "core/stopping/standstill": (*WORDS, "core/stopping/accidents"),
    "core/comparing/standing": (*WORDS, "core/comparing/merging"),
    "core/columns/": WORDS,
    "core/memory": ("core/columns/", "core/matching/", "core/signals/"),
    "core/lifecycle/numbering": WORDS,
    "core/lifecycle/adoption": (*WORDS, "core/lifecycle/approval"),
    "core/lifecycle/approval": WORDS,
    "core/lifecycle/strangers": WORDS,
    "core/lifecycle/requests": (*WORDS, "core/lifecycle/requirements"),
    "core/matching/": (),
    "core/matched/catalogue": (*WORDS, "core/matching/"),
    "core/matched/documents": (*WORDS, "core/matching/", "core/matched/catalogue"),
    "core/lifecycle/requirements": (*WORDS, "core/lifecycle/approval", "core/matching/"),
    "core/lifecycle/moves": (*WORDS, "core/lifecycle/requirements"),
    "core/matched/receipts": (*WORDS, "core/matching/", "core/matched/catalogue"),
    "core/matched/naming": (*WORDS, "core/matching/"),
    "core/matched/payments": (*WORDS, "core/matching/", "core/matched/naming"),
    "core/matched/releases": (
        *(*WORDS, "core/matching/", "core/matched/naming", "core/lifecycle/approval"),
    ),
    "core/matched/findings": (
        *WORDS,
        "core/matching/",
        "core/matched/catalogue",
        "core/matched/documents",
        "core/matched/receipts",
    ),
    "core/signals/": (*WORDS, "core/lifecycle/approval", "core/matching/levels"),
    "core/planning/open_findings": (*WORDS, "core/matching/"),
    "core/views/": (
        *WORDS,
        "core/matching/",
        "core/matched/documents",
        "core/matched/payments",
        "core/matched/releases",
        "core/lifecycle/approval",
        "core/planning/digest",
    ),
    "core/planning/compose": (
        *WORDS,
        "core/comparing/merging",
        "core/lifecycle/numbering",
        "core/lifecycle/requirements",
        "core/views/",
    ),
    "core/planning/settled": (*WORDS, "core/planning/compose", "core/comparing/merging"),
    "core/planning/digest": WORDS,
    "core/planning/order_mails": WORDS,
    "core/history/event_rows": WORDS,
    "core/life/": (*WORDS, "core/history/event_rows"),
    "core/undo/": (*WORDS, "core/history/event_rows", "core/life/"),
    "core/history/events": (*WORDS, "core/history/event_rows", "core/lifecycle/requests"),
    "core/history/order_events": (*WORDS, "core/history/events"),
    "core/history/release_events": (
        *WORDS,
        "core/history/event_rows",
        "core/history/events",
        "core/matched/releases",
    ),
    "core/history/key_events": (
        *WORDS,
        "core/history/event_rows",
        "core/history/events",
        "core/lifecycle/requests",
    ),
    "core/whatif/": (
        *(*WORDS, "core/columns/", "core/decide", "core/history/event_rows", "core/life/"),
        *("core/lifecycle/approval", "core/matched/documents", "core/matched/findings"),
        *("core/matching/", "core/turn"),
    ),
    "core/history/edits": (
        *WORDS,
        "core/history/event_rows",
        "core/history/events",
        "core/history/typed",
    ),
    # the corridor itself, in three parts
    "core/turn": ("core/",),
    "core/planning/assembly": ("core/",),
    "core/decide": ("core/",),
    # a store that is behind its sheet: the corridor, walked on paper
    "core/takeover/": ("core/",),
    # the shell
    "ports": ("core/memory", "core/model/", "core/plan", "core/history/chain", "core/history/tab"),
    "safety": ("core/model/", "core/plan", "ports", "errors"),
    "catching_up": (
        *("core/findings", "core/history/chain", "core/history/tab", "core/model/"),
        "core/rulebook",
        *("core/takeover/", "safety", "ports", "errors"),
    ),
    "cycle": (
        "catching_up",
        "safety",
        "core/decide",
        "core/model/",
        "core/plan",
        "core/rulebook",
        "ports",
        "errors",
    ),
    "worker": ("cycle", "errors"),
    "undoing": (
        *(
            "core/decide",
            "core/history/event_rows",
            "core/life/",
            "core/comparing/mending",
            "core/model/",
        ),
        *("core/plan", "core/rows", "core/rulebook", "core/undo/"),
        *("cycle", "lookback", "ports", "errors"),
    ),
    "whatif": (
        *("core/decide", "core/life/", "core/model/", "core/rulebook", "core/whatif/"),
        *("ports",),
    ),
    "verifying": ("core/history/chain", "core/history/tab", "core/model/", "ports", "errors"),
    "lookback": ("core/life/", "core/plan", "core/rows", "ports", "errors"),
    "settings_file": ("errors",),
    "config": ("settings_file", "errors"),
    "history_key": ("config", "errors"),
    "rules_checks": ("core/model/", "core/reading/", "core/rulebook", "settings_file"),
    "rules_file": (
        "core/matching/levels",
        "core/matching/settings",
        "core/rulebook",
        "rules_checks",
        "settings_file",
        "errors",
    ),
    "rules_schemas": ("rules_file",),
    "rules_lint/": (
        *("core/matching/conversions", "core/matching/levels", "core/matching/settings"),
        *("core/orders", "core/reading/", "core/rulebook", "core/wording", "settings_file"),
    ),
    "matching_files/": (
        *("core/columns/", "core/findings", "core/matching/"),
        *("core/matched/catalogue", "core/matched/documents", "core/matched/payments"),
        "core/matched/releases",
        *("core/model/", "core/orders", "core/reading/", "core/rulebook", "core/rows"),
        *("sheets/grid", "settings_file", "errors"),
    ),
    # the rooms that touch the world
    "sheets/": (*VALUES, "ports"),
    "state/": (*VALUES, "ports"),
    "mail/": VALUES,
    "localsheets/": (),
    # who puts it together
    "wiring": (
        "verifying",
        "config",
        "history_key",
        "rules_file",
        "rules_lint/",
        "ports",
        "errors",
        "core/model/",
        "core/findings",
        "core/rulebook",
        # only for the words that rules may name
        "core/columns/reads",
        "core/life/",
        "core/matching/",
        "core/lifecycle/requirements",
        "sheets/",
        "state/",
        "mail/",
    ),
    "cli/": (
        *("core/matching/", "core/rulebook", "core/whatif/", "matching_files/", "whatif"),
        "config",
        "cycle",
        "demo/",
        "errors",
        "history_key",
        "localsheets/",
        "lookback",
        "undoing",
        "verifying",
        "wiring",
        "worker",
    ),
    "__main__": ("cli/",),
    "demo/": (
        "config",
        "core/model/",
        "core/rulebook",
        "cycle",
        "errors",
        "localsheets/",
        "ports",
        "wiring",
    ),
    "__init__": (),
}

# -- where libraries live -----------------------------------------------------------------------

LIVES_IN: dict[str, tuple[str, ...]] = {
    "gspread": ("sheets/", "demo/"),
    "google.auth": ("sheets/", "localsheets/"),
    "google.oauth2": ("sheets/", "demo/"),
    "requests": ("sheets/",),
    "urllib3": ("sheets/",),
    "tenacity": ("sheets/",),
    "pyrate_limiter": ("sheets/",),
    "pandas": ("core/columns/",),
    "pandera": ("core/columns/",),
    "babel": ("core/columns/", "core/matching/", "core/reading/"),
    "pydantic": (
        "core/rulebook",
        "core/matching/levels",
        "core/matching/settings",
        "config",
        "rules_file",
        "rules_lint/currencies",
        "settings_file",
    ),
    "pydantic_core": ("settings_file",),
    "ruamel": ("settings_file", "demo/"),
    "sqlalchemy": ("state/",),
    "alembic": ("state/",),
    "psycopg": ("state/",),
    "jinja2": ("mail/",),
    "smtplib": ("mail/",),
    "typer": ("cli/",),
    "rich": ("demo/",),
    "structlog": ("cli/", "catching_up", "cycle", "history_key", "worker", "demo/"),
    "schedule": ("worker",),
    "starlette": ("localsheets/",),
    "uvicorn": ("localsheets/",),
    "orjson": ("localsheets/",),
    "cryptography": ("localsheets/",),
    "openpyxl": ("localsheets/", "matching_files/"),
    "sqlite3": (),
}

# What of the standard library the core may use: nothing that reaches out, waits or rolls dice.
CORE_STANDARD_LIBRARY = frozenset(
    {
        "__future__",
        "bisect",
        "calendar",
        "collections",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "fractions",
        "functools",
        "hashlib",
        "hmac",
        "itertools",
        "json",
        "math",
        "operator",
        "re",
        "types",
        "typing",
        "unicodedata",
        "zoneinfo",
    }
)

# Calls that make a function depend on more than its arguments.
IMPURE_CALLS = frozenset({"now", "utcnow", "today", "open", "print", "input", "exec", "eval"})

# -- how long, how called -----------------------------------------------------------------------

MOST_LINES = 400
FORBIDDEN_MODULES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "data"})
FORBIDDEN_ENDINGS = ("Manager", "Handler", "Processor", "Helper", "Utils")
FORBIDDEN_FUNCTIONS = frozenset({"process", "handle", "do_stuff"})

# -- what is known to break a rule ---------------------------------------------------------------

# A debt is named here with its reason, and `test_house` fails as soon as it is paid and still named.
TOO_LONG: dict[str, str] = {}
NOT_PRODUCED: dict[str, str] = {}
CATCHES_EVERYTHING = {
    "worker": "the one place: the next tick comes all the same",
    "localsheets/server": "a test's own error in a hook, given back to it when the server stops",
    "demo/play": "the day goes on, and the failure is its outcome",
}
