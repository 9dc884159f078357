from __future__ import annotations

from django.db import migrations

from clients.walls import NO_REACH
from counsel.common.operations import VendorSQL

# As it was before there was emergency access.
_REACH = """
CREATE OR REPLACE FUNCTION counsel_reader() RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN current_setting('counsel.reader', true) ~ '^[0-9a-f-]{36}$'
    THEN current_setting('counsel.reader', true)::uuid END
$$;
CREATE OR REPLACE FUNCTION counsel_reach() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT id FROM clients_client WHERE user_id = counsel_reader()
    UNION
    SELECT client.id FROM clients_client client
    JOIN accounts_counsellor counsellor ON counsellor.id = client.counsellor_id
    WHERE counsellor.user_id = counsel_reader()
    UNION
    SELECT cover.client_id FROM clients_cover cover
    JOIN accounts_counsellor colleague ON colleague.id = cover.to_id
    JOIN clients_client client
    ON client.id = cover.client_id AND client.counsellor_id = cover.lent_by_id
    WHERE colleague.user_id = counsel_reader() AND cover.ended_at IS NULL
    UNION
    SELECT handover.client_id FROM clients_handover handover
    JOIN accounts_counsellor colleague ON colleague.id = handover.to_id
    JOIN clients_client client
    ON client.id = handover.client_id AND client.counsellor_id = handover.offered_by_id
    WHERE colleague.user_id = counsel_reader() AND handover.answer = ''
$$
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0011_seal_pronouns_and_phone")]

    operations = [
        VendorSQL(postgresql=[_REACH], sqlite=[], reverse_postgresql=[NO_REACH]),
    ]
