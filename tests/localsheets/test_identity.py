"""Who is calling: keys, assertions, tokens, scopes, roles."""

import json
import subprocess
import sys
import time

import gspread
import pytest
import requests
from google.auth import crypt, jwt
from google.auth.exceptions import RefreshError
from localsheets.conftest import SCOPES, Person, credentials, http_of, message

from sheetsync.localsheets import LocalSheets

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def assertion(key, **changes):
    now = int(time.time())
    claims = {
        "iss": key["client_email"],
        "aud": key["token_uri"],
        "scope": SCOPES[0],
        "iat": now,
        "exp": now + 3600,
        **changes,
    }
    signer = crypt.RSASigner.from_service_account_info(key)
    return jwt.encode(signer, claims).decode()


def ask(bare, server, text):
    return bare.post(server.url + "/token", data={"grant_type": GRANT, "assertion": text})


def test_a_signed_assertion_gives_a_token(server, bare):
    told = ask(bare, server, assertion(server.register("buyer@example.com")))
    assert told.status_code == 200
    assert told.json()["token_type"] == "Bearer"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"iss": "nobody@example.com"}, "account not found"),
        ({"aud": "http://127.0.0.1:1/token"}, "audience"),
        ({"exp": 1000, "iat": 1}, "short-lived"),
        ({"exp": int(time.time()) + 36_000}, "short-lived"),
        ({"exp": "tomorrow"}, "short-lived"),
        ({"scope": ""}, "scope"),
    ],
)
def test_a_wrong_assertion_is_refused(server, bare, changes, text):
    key = server.register("buyer@example.com")
    told = ask(bare, server, assertion(key, **changes))
    assert told.status_code == 400
    assert text in told.json()["error_description"]


def test_another_ones_key_does_not_sign_for_me(server, bare):
    key = server.register("supplier@example.com") | {"client_email": "buyer@example.com"}
    told = ask(bare, server, assertion(key))
    assert told.json() == {
        "error": "invalid_grant",
        "error_description": "Invalid JWT Signature.",
    }


def test_rubbish_is_no_assertion(server, bare):
    assert ask(bare, server, "rubbish").status_code == 400
    assert bare.post(server.url + "/token", data={"grant_type": "x"}).status_code == 400


def test_no_token_and_wrong_token_are_401(server, bare, hub):
    path = f"{server.url}/v4/spreadsheets/{hub.id}"
    missing = bare.get(path)
    wrong = bare.get(path, headers={"Authorization": "Bearer wrong"})
    assert [missing.status_code, wrong.status_code] == [401, 401]
    assert wrong.json()["error"]["status"] == "UNAUTHENTICATED"


def test_tokens_end(server, buyer, hub):
    identities = server._app.identities
    identities._clock = lambda: time.time() + 7200
    try:
        bearer = buyer.session.credentials.token
        with requests.Session() as bare:
            told = bare.get(
                f"{server.url}/v4/spreadsheets/{hub.id}",
                headers={"Authorization": f"Bearer {bearer}"},
            )
    finally:
        identities._clock = time.time
    assert told.status_code == 401


def test_scopes_are_held(server, hub):
    read_only = "https://www.googleapis.com/auth/spreadsheets.readonly"
    reader = Person(server, "buyer@example.com", scopes=[read_only])
    path = f"/v4/spreadsheets/{hub.id}/values/A1"
    assert reader.call("GET", path).status_code == 200
    refused = reader.call("PUT", path, {"values": [[1]]}, valueInputOption="RAW")
    assert refused.status_code == 403
    assert message(refused) == "Request had insufficient authentication scopes."
    assert reader.call("GET", f"/drive/v3/files/{hub.id}").status_code == 403
    reader.session.close()


def test_a_stranger_learns_nothing(hub, supplier):
    sheets = supplier.call("GET", f"/v4/spreadsheets/{hub.id}")
    drive = supplier.call("GET", f"/drive/v3/files/{hub.id}")
    assert (sheets.status_code, message(sheets)) == (403, "The caller does not have permission")
    assert (drive.status_code, message(drive)) == (404, f"File not found: {hub.id}.")
    assert drive.json()["error"]["errors"][0]["reason"] == "notFound"


def test_an_id_never_given_here_is_somebody_elses(buyer):
    theirs = "1" + "pRiVaTe-_01" * 3 + "x" * 10
    sheets = buyer.call("GET", f"/v4/spreadsheets/{theirs}")
    assert (sheets.status_code, message(sheets)) == (403, "The caller does not have permission")
    assert buyer.call("GET", f"/drive/v3/files/{theirs}").status_code == 404
    for no_id in ("test", theirs + "x", "2" + theirs[1:]):
        assert buyer.call("GET", f"/v4/spreadsheets/{no_id}").status_code == 404


def test_a_deleted_spreadsheet_stays_unknown(tmp_path):
    with LocalSheets.start(tmp_path) as server:
        maker = Person(server, "buyer@example.com")
        made = maker.client.create("Hub").id
        maker.client.del_spreadsheet(made)
        answer = maker.call("GET", f"/v4/spreadsheets/{made}")
        assert (answer.status_code, message(answer)) == (404, "Requested entity was not found.")
        maker.session.close()
    with LocalSheets.start(tmp_path) as server:  # from the snapshot of a clean end
        maker = Person(server, "buyer@example.com")
        assert maker.call("GET", f"/v4/spreadsheets/{made}").status_code == 404
        maker.session.close()


def test_a_reader_reads_and_does_not_write(hub, supplier):
    hub.share(supplier.email, perm_type="user", role="reader")
    seen = supplier.client.open_by_key(hub.id)
    assert seen.sheet1.get_all_values() == [[]]
    written = supplier.call(
        "PUT", f"/v4/spreadsheets/{hub.id}/values/A1", {"values": [[1]]}, valueInputOption="RAW"
    )
    assert (written.status_code, message(written)) == (403, "The caller does not have permission")
    shared = supplier.call(
        "POST",
        f"/drive/v3/files/{hub.id}/permissions",
        {"type": "anyone", "role": "writer"},
    )
    assert shared.status_code == 403
    assert supplier.call("DELETE", f"/drive/v3/files/{hub.id}").status_code == 403


def test_a_service_account_has_no_storage(person):
    worker = person("worker@local.iam.gserviceaccount.com", "service_account")
    for path, body in (
        ("/drive/v3/files", {"mimeType": "application/vnd.google-apps.spreadsheet"}),
        ("/v4/spreadsheets", {}),
    ):
        told = worker.call("POST", path, body)
        assert told.status_code == 403
        assert told.json()["error"]["errors"][0]["reason"] == "storageQuotaExceeded"


def test_a_service_account_works_in_a_shared_drive(person, buyer):
    worker = person("worker@local.iam.gserviceaccount.com", "service_account")
    drive = buyer.call("POST", "/drive/v3/drives", {"name": "Purchasing"}, requestId="1").json()
    member = {"type": "user", "role": "fileOrganizer", "emailAddress": worker.email}
    buyer.call("POST", f"/drive/v3/files/{drive['id']}/permissions", member)
    made = worker.call(
        "POST",
        "/drive/v3/files",
        {
            "name": "In the drive",
            "mimeType": "application/vnd.google-apps.spreadsheet",
            "parents": [drive["id"]],
        },
        supportsAllDrives="true",
        fields="id,driveId",
    )
    assert made.json()["driveId"] == drive["id"]
    worker.client.open_by_key(made.json()["id"]).sheet1.update([["x"]], "A1")
    assert buyer.client.open_by_key(made.json()["id"]).sheet1.acell("A1").value == "x"


def test_keys_outlive_the_process(tmp_path):
    with LocalSheets.start(tmp_path) as first:
        key = first.register("worker@local", kind="service_account")
    with LocalSheets.start(tmp_path) as second:
        again = second.register("worker@local", kind="service_account")
        assert again["private_key"] == key["private_key"]
        with pytest.raises(ValueError, match="registered as a service_account"):
            second.register("worker@local", kind="person")
    assert (tmp_path / "identities.json").stat().st_mode & 0o077 == 0


def test_an_unregistered_key_is_refused(server):
    with LocalSheets.start(None) as other:
        key = other.register("elsewhere@example.com")
    key["token_uri"] = server.url + "/token"
    theirs = credentials(server, "buyer@example.com").from_service_account_info(key, scopes=SCOPES)
    client = gspread.Client(theirs, http_client=http_of(server))
    with pytest.raises(RefreshError, match="account not found"):
        client.open_by_key("any")
    client.http_client.session.close()


def test_open_auth_takes_any_token(open_server, bare):
    for headers in ({}, {"Authorization": "Bearer whatever"}):
        made = bare.post(open_server.url + "/v4/spreadsheets", json={}, headers=headers)
        assert made.status_code == 200


def test_the_open_owner_owns_nothing_where_keys_are_asked_for(person, hub):
    """The address under which open servers act is nobody special elsewhere."""
    namesake = person("owner@example.com")
    assert namesake.call("GET", f"/v4/spreadsheets/{hub.id}").status_code == 403


def test_what_was_kept_by_one_kind_of_server_serves_the_other(tmp_path, bare):
    with LocalSheets.start(tmp_path) as server:
        owner = Person(server, "buyer@example.com")
        made = owner.client.create("Kept").id
        owner.session.close()
    with LocalSheets.start(tmp_path, auth="open") as server:
        path = f"{server.url}/v4/spreadsheets/{made}/values/A1?valueInputOption=RAW"
        assert bare.put(path, json={"values": [["x"]]}).status_code == 200
        server._app.journal.close(None)  # as after a kill: the journal is read again
        server._app.journal = None
    with LocalSheets.start(tmp_path) as server:
        owner = Person(server, "buyer@example.com")
        assert owner.client.open_by_key(made).sheet1.acell("A1").value == "x"
        owner.session.close()


def test_a_key_registered_by_another_process_is_known(tmp_path):
    with LocalSheets.start(tmp_path) as server:
        program = [sys.executable, "-m", "sheetsync.localsheets", "--data", str(tmp_path)]
        more = ["--register", "late@example.com", "--kind", "person", "--port", "0"]
        told = subprocess.run([*program, *more], capture_output=True, check=True)  # noqa: S603
        key = json.loads(told.stdout) | {"token_uri": server.url + "/token"}
        theirs = credentials(server, "x@example.com").from_service_account_info(key, scopes=SCOPES)
        client = gspread.Client(theirs, http_client=http_of(server))
        assert client.create("Mine").sheet1.title == "Sheet1"
        client.http_client.session.close()
