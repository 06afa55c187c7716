"""Typical calls with the ready Python client, to a service with the sample data."""

import os

from ccin_registry_client import AuthenticatedClient
from ccin_registry_client.api.councils import find_council
from ccin_registry_client.api.exports import export_councils
from ccin_registry_client.api.initiatives import create_initiative, list_initiatives, update_initiative
from ccin_registry_client.models import (
    Bound,
    Council,
    DeliveryStatus,
    ExportCouncilsFieldsItem,
    ExportCouncilsFormat,
    Initiative,
    InitiativeKind,
    InitiativePatch,
    InitiativeSelectionPage,
    ListInitiativesFieldsItem,
    ListInitiativesNationItem,
    NewInitiative,
    Outcome,
    OutcomeKind,
    Problem,
)

client = AuthenticatedClient(base_url=os.environ["CCIN_SERVICE"], token=os.environ["CCIN_TOKEN"])

# All pages of a filtered list.
page = list_initiatives.sync(
    client=client,
    nation=[ListInitiativesNationItem.ENGLAND],
    fields=[ListInitiativesFieldsItem.SLUG, ListInitiativesFieldsItem.TITLE],
    limit=20,
)
assert isinstance(page, InitiativeSelectionPage), page
total, slugs = page.total, set()
while page:
    slugs.update(record.slug for record in page.data)
    following = page.page.next_ and client.get_httpx_client().get(page.page.next_).json()
    page = following and InitiativeSelectionPage.from_dict(following)
assert len(slugs) == total > 40, (len(slugs), total)

# One record.
council = find_council.sync("oldham", client=client)
assert isinstance(council, Council) and council.name == "Oldham Metropolitan Borough Council", council
nothing = find_council.sync("nowhere", client=client)
assert isinstance(nothing, Problem) and nothing.code == "not_found", nothing

# Create a record, then change the version that was read.
new = NewInitiative(
    title="Repair café, entered by the Python client",
    summary="Residents mend what would be thrown away, once a month, in the town hall.",
    kind=InitiativeKind.CASE_STUDY,
    delivery_status=DeliveryStatus.LIVE,
    lead_council="oldham",
    themes=["environment-place"],
)
answer = create_initiative.sync_detailed(client=client, body=new)
entered = answer.parsed
assert isinstance(entered, Initiative), entered
etag = answer.headers["etag"]
patch = InitiativePatch(delivery_status=DeliveryStatus.SCALED)
answer = update_initiative.sync_detailed(str(entered.id), client=client, if_match=etag, body=patch)
changed = answer.parsed
assert isinstance(changed, Initiative) and changed.delivery_status == DeliveryStatus.SCALED, changed
assert changed.visibility == entered.visibility, "what a patch leaves out stays"
stale = update_initiative.sync(str(entered.id), client=client, if_match=etag, body=patch)
assert isinstance(stale, Problem) and stale.code == "stale", stale

# Export a whole list.
fields = [ExportCouncilsFieldsItem.SLUG, ExportCouncilsFieldsItem.NAME]
csv = export_councils.sync(ExportCouncilsFormat.CSV, client=client, fields=fields)
assert isinstance(csv, str) and csv.startswith("slug,name\r\n") and "\r\noldham," in csv, csv

# A body that matches its types, but breaks a rule across its members.
outcome = Outcome(kind=OutcomeKind.SAVING, measure="Saved in a year", bound=Bound.RANGE, evidence_level=0)
refused = update_initiative.sync(
    str(entered.id), client=client, if_match=answer.headers["etag"], body=InitiativePatch(outcomes=[outcome])
)
assert isinstance(refused, Problem) and refused.code == "invalid", refused
assert any(fault.pointer == "/outcomes/0/value_high" for fault in refused.errors), refused

print("all calls are answered")
