"""Which clients a reader has to do with, for PostgreSQL itself (`counsel.common.wall`)."""

from __future__ import annotations

# The client themself; their counsellor; a colleague it was lent or offered to; who opened it in an
# emergency. How long a lending lasts is left to the first wall, which knows the time.
REACH = """
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
    SELECT access.client_id FROM clients_emergencyaccess access
    WHERE access.by_id = counsel_reader() AND access.ends_at > now()
    UNION
    SELECT handover.client_id FROM clients_handover handover
    JOIN accounts_counsellor colleague ON colleague.id = handover.to_id
    JOIN clients_client client
    ON client.id = handover.client_id AND client.counsellor_id = handover.offered_by_id
    WHERE colleague.user_id = counsel_reader() AND handover.answer = ''
$$
"""
NO_REACH = "DROP FUNCTION counsel_reach; DROP FUNCTION counsel_reader"

BY_CLIENT = "client_id IN (SELECT counsel_reach())"
TABLES = {"clients_safetyplan": BY_CLIENT}
