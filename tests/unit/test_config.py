"""config.yaml: read strictly, with file, line and the nearest word; secrets only by their names."""

import re

import pytest
from builders import ROOT

from sheetsync.config import PLACEHOLDER, Config, load_config
from sheetsync.errors import ConfigError

SHIPPED = (ROOT / "config.yaml").read_text(encoding="utf-8")
HUB, PRIVATE = "1HubHubHub", "1PrivatePrivate"
FILLED = SHIPPED.replace(PLACEHOLDER, HUB, 1).replace(PLACEHOLDER, PRIVATE, 1)
SMTP = """
  smtp:
    host: smtp.example.com
    port: 587
    security: starttls
    user: purchasing@example.com
    password_env: SMTP_PASSWORD
"""


@pytest.fixture
def load(tmp_path):
    """Load a text as tmp_path/config.yaml."""

    def loaded(text: str) -> Config:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return load_config(path)

    return loaded


def edited(before, after):
    assert before in FILLED
    return FILLED.replace(before, after, 1)


def refusal(load, text):
    with pytest.raises(ConfigError) as caught:
        load(text)
    return caught.value


def test_the_shipped_file_asks_for_the_two_addresses_and_for_nothing_else(load):
    error = refusal(load, SHIPPED)
    assert len(error.message.splitlines()) == 2
    assert "paste the address of your own spreadsheet here" in error.message
    assert "suppliers[2].spreadsheet" in error.message


def test_the_shipped_file_is_in_order_once_they_are_filled_in(load, tmp_path):
    config = load(FILLED)
    assert config.spreadsheet == HUB
    assert (config.mode, config.pilot_suppliers, config.time_zone) == (
        "observe",
        (),
        "Europe/Berlin",
    )
    assert [place.access for place in config.suppliers] == ["shared", "private"]
    assert [place.spreadsheet for place in config.suppliers] == [None, PRIVATE]
    assert config.mail.sender == "Purchasing <purchasing@example.com>"
    assert (config.mail.folder, config.mail.smtp) == (tmp_path / "outbox", None)


def test_the_shipped_file_shows_the_defaults(load):
    config = load(FILLED)
    for name, field in Config.model_fields.items():
        if not field.is_required() and name not in {"state", "rules", "templates", "archive"}:
            assert getattr(config, name) == field.default, name
    for name in ("state", "rules", "templates"):
        assert f"\n{name}: {Config.model_fields[name].default}\n" in SHIPPED


def test_what_has_a_default_may_be_left_out(load, tmp_path):
    config = load(f"""
spreadsheet: {HUB}
credentials: key.json
time_zone: UTC
mode: live
suppliers: []
mail: {{sender: a@example.com, folder: out}}
operator: b@example.com
""")
    assert (config.every_minutes, config.heartbeat_minutes, config.lease_minutes) == (5, 15, 10)
    assert (config.api_origin, config.rules) == (None, tmp_path / "rules")


def test_relative_paths_start_at_the_file(load, tmp_path):
    config = load(FILLED)
    assert config.credentials == tmp_path / "service-account.json"
    assert config.templates == tmp_path / "templates"
    assert config.state == f"sqlite:///{tmp_path / 'sheetsync.db'}"


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////var/lib/sheetsync.db",
        "'sqlite:///:memory:'",
        "postgresql+psycopg://worker@db.example.com/sheetsync",
    ],
)
def test_other_stores_stay_as_written(load, address):
    assert load(edited("sqlite:///sheetsync.db", address)).state == address.strip("'")


def test_absolute_paths_stay_as_written(load):
    config = load(edited("credentials: service-account.json", "credentials: /etc/key.json"))
    assert str(config.credentials) == "/etc/key.json"


@pytest.mark.parametrize(
    "address",
    [
        f"https://docs.google.com/spreadsheets/d/{HUB}/edit#gid=0",
        f"https://docs.google.com/spreadsheets/d/{HUB}",
        f"https://docs.google.com/spreadsheets/u/1/d/{HUB}/edit?usp=sharing",
        HUB,
    ],
)
def test_a_spreadsheet_is_named_by_its_address_or_its_id(load, address):
    written = f"https://docs.google.com/spreadsheets/d/{HUB}/edit"
    assert load(edited(written, address)).spreadsheet == HUB


def test_a_mail_server_is_read(load):
    config = load(edited("\n  folder: outbox\n", SMTP))
    server = config.mail.smtp
    assert (server.host, server.port, server.security) == ("smtp.example.com", 587, "starttls")
    assert (server.user, server.password_env) == ("purchasing@example.com", "SMTP_PASSWORD")


def test_a_local_server_is_read(load):
    config = load(edited("# api_origin: http://127.0.0.1:8099", "api_origin: http://127.0.0.1:80/"))
    assert config.api_origin == "http://127.0.0.1:80"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("mode: observe", "mode: obsrve", "did you mean 'observe'?"),
        ("mode: observe", "mode:", "mode is blank; known are live, observe, pilot"),
        ("mode: observe", "mode: pilot", "pilot serves the pilot_suppliers, and none is given"),
        ("time_zone: Europe/Berlin", "time_zone: Europe/Berlyn", "no time zone"),
        ("time_zone: Europe/Berlin", "time_zone: ../etc/passwd", "no time zone"),
        ("every_minutes: 5", "evry_minutes: 5", "did you mean 'every_minutes'?"),
        ("every_minutes: 5", "every_minutes: 0", "greater than or equal to 1"),
        ("every_minutes: 5", "every_minutes: soon", "write a whole number"),
        ("reads_per_minute: 54", "reads_per_minute: 0", "greater than or equal to 1"),
        ("writes_per_minute: 54", "writes_per_hour: 54", "did you mean 'writes_per_minute'?"),
        ("payload_limit_mb: 2", "payload_limit_mb: 0", "greater than 0"),
        ("payload_limit_mb: 2", "payload_limit_mb: 12", "less than or equal to 9"),
        ("state: sqlite:///sheetsync.db", "state: sheetsync.db", "write a database address"),
        ("state: sqlite", "state: postgresql://a:b@host/d #", "take the password out"),
        ("operator: operator@example.com", "operator: nobody", "write a mail address"),
        ("operator: operator@example.com", "operator: a b@example.com", "write a mail address"),
        ("pilot_suppliers: []", "pilot_suppliers: [S-1]", "'S-1' is not among the suppliers"),
        ("# api_origin: http", "api_origin: htp", "write an address such as http://127"),
        ("rules: rules", "rules:", "rules is blank"),
        ("rules: rules", "rules: [rules]", "rules says ['rules']"),
    ],
)
def test_a_bad_edit_is_told_with_its_line(load, before, after, says):
    text = edited(before, after)
    error = refusal(load, text)
    assert says in error.message
    line = FILLED[: FILLED.index(before)].count("\n") + 1
    assert error.subject == f"config.yaml line {line}"
    assert error.remedy == "Mend config.yaml, then start again."


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("S-200\n    access: private", "S-200\n    access: shared", "take spreadsheet out"),
        ("access: shared", "access: private", "needs its spreadsheet"),
        ("supplier: S-200", "supplier: s-100", "'s-100' stands twice"),
        ("supplier: S-200", "supplier: Hub", "the name of the buyer's own spreadsheet"),
        (PRIVATE, HUB, "its spreadsheet is the hub"),
        ("\nsuppliers:", "\nsuppliers:\n  - {supplier: S-1, access: sharde, tab: T}", "'shared'"),
        (
            "\nsuppliers:",
            "\nsuppliers:\n  - {supplier: S-1, access: shared, tab: S-100 Example Metals}",
            "the tab: 'S-100 Example Metals' stands twice",
        ),
        ("suppliers:", "suppliers: some #", "suppliers says 'some"),
        ("  folder: outbox\n", "", "either folder or smtp"),
        ("\n  folder: outbox\n", "\n  folder: outbox" + SMTP, "either folder or smtp"),
        ("\n  folder: outbox\n", SMTP.replace("starttls", "ssl"), "mail.smtp.security says 'ssl'"),
        ("\n  folder: outbox\n", SMTP.replace("587", "99999"), "less than or equal to 65535"),
        (
            "\n  folder: outbox\n",
            SMTP.replace("    password_env: SMTP_PASSWORD\n", ""),
            "user and password_env go together",
        ),
        ("operator: ", "operator: x@example.com\noperator: ", "'operator' stands twice"),
        ("mail:\n", "mail: [\n", "this is no YAML"),
        (f"d/{HUB}/edit", "d/", "the browser's address bar"),
    ],
)
def test_a_bad_edit_is_told(load, before, after, says):
    assert says in refusal(load, edited(before, after)).message


@pytest.mark.parametrize("key", ["password", "password_env"])
def test_a_password_is_refused_and_never_repeated(load, key):
    text = SMTP.replace("password_env: SMTP_PASSWORD", f"{key}: hunter-2")
    error = refusal(load, edited("\n  folder: outbox\n", text))
    assert "password_env" in error.message
    assert "hunter" not in str(error)


def test_a_password_in_the_store_s_address_is_never_repeated(load):
    error = refusal(load, edited("sqlite:///sheetsync.db", "postgresql://me:hunter-2@host/db"))
    assert "hunter" not in str(error)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "config.yaml")
    assert "the file cannot be read" in str(caught.value)


def test_a_pilot_serves_suppliers_that_are_known(load):
    text = edited("mode: observe\npilot_suppliers: []", "mode: pilot\npilot_suppliers: [S-200]")
    assert load(text).pilot_suppliers == ("S-200",)


def test_a_config_does_not_change(load):
    with pytest.raises(ValueError, match="frozen"):
        load(FILLED).mode = "live"


@pytest.mark.parametrize(
    ("lines", "share"),
    [
        ((), (54, 54)),
        (("account_workers: 2", "project_workers: 2"), (27, 27)),
        (("project_workers: 5",), (54, 54)),
        (("project_workers: 6",), (45, 45)),
        (("account_workers: 4", "project_workers: 30"), (9, 9)),
        (("reads_per_minute: 300", "writes_per_minute: 9"), (270, 9)),
    ],
)
def test_workers_share_the_quota_of_their_account_and_of_their_project(load, lines, share):
    text = FILLED
    for line in lines:
        key = line.split(":")[0]
        text = re.sub(f"\\n  {key}: \\d+\\n", f"\\n  {line}\\n", text)
    quota = load(text).quota_kept

    assert (quota.reads, quota.writes) == share


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("account_workers: 1", "account_workers: 2", "project_workers counts the account_workers"),
        ("project_workers: 1", "project_workers: 91", "gets 2 reads and 2 writes a minute"),
    ],
)
def test_shares_that_cannot_work_are_refused(load, before, after, says):
    error = refusal(load, edited(before, after))

    assert says in error.message
    assert (
        error.subject == f"config.yaml line {FILLED[: FILLED.index('quota:')].count(chr(10)) + 1}"
    )


def test_a_local_server_has_no_quota_unless_one_is_written_down(load):
    local = edited("# api_origin: ", "api_origin: ")

    assert load(local).quota_kept.reads == 54
    assert load(without_quota(local)).quota_kept is None
    assert load(without_quota(FILLED)).quota_kept.reads == 54


def without_quota(text):
    begin, end = text.index("quota:\n"), text.index("# What the worker remembers")
    return text[:begin] + text[end:]


def test_the_history_has_one_key(load):
    both = f"{FILLED}\nhistory_key_env: KEY\nhistory_key_file: key\n"
    assert "give either history_key_env or history_key_file" in refusal(load, both).message
    assert load(FILLED).history_rows == 20_000
