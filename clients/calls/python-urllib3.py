"""The same calls with the `python` client of openapi-generator."""

import json
import os

import ccin_registry_urllib3 as registry

token = os.environ["CCIN_TOKEN"]
client = registry.ApiClient(registry.Configuration(host=os.environ["CCIN_SERVICE"], access_token=token))
initiatives, councils = registry.InitiativesApi(client), registry.CouncilsApi(client)


def problem(call, *arguments):
    """The problem document of a failed call."""
    try:
        call(*arguments)
    except registry.ApiException as refused:
        return json.loads(refused.body)
    raise AssertionError("the call was not refused")


# All pages of a filtered list.
page = initiatives.list_initiatives(nation=["england"], limit=20)
total, slugs = page.total, set()
while page:
    slugs.update(record.actual_instance.slug for record in page.data)
    following = page.page.next and client.rest_client.request(
        "GET", page.page.next, headers={"Authorization": f"Bearer {token}"}
    )
    page = following and registry.InitiativeSelectionPage.from_json(following.read())
assert len(slugs) == total > 40, (len(slugs), total)

# One record.
council = councils.find_council("oldham").actual_instance
assert council.name == "Oldham Metropolitan Borough Council", council
assert problem(councils.find_council, "nowhere")["code"] == "not_found"

# Create a record, then change the version that was read.
new = registry.NewInitiative(
    title="Repair café, entered by openapi-generator",
    summary="Residents mend what would be thrown away, once a month, in the town hall.",
    kind="case_study",
    delivery_status="live",
    lead_council="oldham",
    themes=["environment-place"],
)
answer = initiatives.create_initiative_with_http_info(new)
entered, etag = answer.data, answer.headers["etag"]
patch = registry.InitiativePatch(delivery_status="scaled")
answer = initiatives.update_initiative_with_http_info(str(entered.id), etag, patch)
assert answer.data.delivery_status == "scaled", answer.data
assert answer.data.visibility == entered.visibility, "what a patch leaves out stays"
assert problem(initiatives.update_initiative, str(entered.id), etag, patch)["code"] == "stale"

# Export a whole list.
csv = registry.ExportsApi(client).export_councils("csv", fields=["slug", "name"])
assert csv.startswith("slug,name\r\n") and "\r\noldham," in csv, csv

# A body that matches its types, but breaks a rule across its members.
outcome = registry.Outcome(kind="saving", measure="Saved in a year", bound="range", evidence_level=0)
patch = registry.InitiativePatch(outcomes=[outcome])
refused = problem(initiatives.update_initiative, str(entered.id), answer.headers["etag"], patch)
assert refused["code"] == "invalid", refused
assert any(fault["pointer"] == "/outcomes/0/value_high" for fault in refused["errors"]), refused

print("all calls are answered")
