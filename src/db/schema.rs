// @generated automatically by Diesel CLI.

diesel::table! {
    api_key_secrets (prefix) {
        prefix -> Text,
        key_id -> Uuid,
        hash -> Bytea,
        owner_role -> Text,
        owner_council_id -> Nullable<Uuid>,
        issued_at -> Timestamptz,
        valid_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    api_key_usage (key_id, day, endpoint) {
        key_id -> Uuid,
        day -> Date,
        endpoint -> Text,
        requests -> Int8,
        last_at -> Timestamptz,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Uuid,
        owner_id -> Uuid,
        name -> Text,
        scopes -> Array<Nullable<Text>>,
        origins -> Array<Nullable<Text>>,
        networks -> Array<Nullable<Text>>,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        rotated_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Uuid,
        sequence -> Int8,
        created_at -> Timestamptz,
        origin -> Text,
        actor_id -> Nullable<Uuid>,
        session_id -> Nullable<Uuid>,
        key_id -> Nullable<Uuid>,
        address -> Nullable<Text>,
        action -> Text,
        resource -> Text,
        record_id -> Nullable<Uuid>,
        record_name -> Nullable<Text>,
        council_id -> Nullable<Uuid>,
        version_before -> Nullable<Int4>,
        version_after -> Nullable<Int4>,
        request_id -> Nullable<Text>,
        head_digest -> Nullable<Bytea>,
        previous_hash -> Bytea,
        hash -> Bytea,
        sealed_with -> Text,
        seal -> Bytea,
    }
}

diesel::table! {
    audit_head (single) {
        single -> Bool,
        sequence -> Int8,
        hash -> Bytea,
        sealed_with -> Nullable<Text>,
        seal -> Nullable<Bytea>,
    }
}

diesel::table! {
    boundaries (gss_code) {
        gss_code -> Text,
        name -> Text,
        west -> Float8,
        south -> Float8,
        east -> Float8,
        north -> Float8,
        attribution -> Text,
        source -> Nullable<Text>,
        dated_on -> Nullable<Text>,
        digest -> Bytea,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    boundary_shapes (gss_code, zoom) {
        gss_code -> Text,
        zoom -> Int2,
        geometry -> Text,
    }
}

diesel::table! {
    changes (position) {
        position -> Int8,
        resource -> Text,
        record_id -> Uuid,
        audience -> Int2,
        councils -> Array<Nullable<Uuid>>,
        officers_of -> Array<Nullable<Uuid>>,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    co_operative_values (id) {
        id -> Uuid,
        scheme -> Text,
        slug -> Text,
        label -> Text,
        definition -> Text,
        position -> Int4,
    }
}

diesel::table! {
    costs (initiative_id, position) {
        initiative_id -> Uuid,
        position -> Int4,
        description -> Text,
        amount_pence -> Int8,
        bound -> Text,
        kind -> Text,
        payer -> Nullable<Text>,
        period_from -> Nullable<Text>,
        period_to -> Nullable<Text>,
        programme -> Nullable<Text>,
        round -> Nullable<Text>,
        caveat -> Nullable<Text>,
        source_key -> Nullable<Text>,
        payer_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    council_changes (id) {
        id -> Uuid,
        kind -> Text,
        effective_on -> Date,
        order_title -> Nullable<Text>,
        order_url -> Nullable<Text>,
        source_title -> Text,
        source_url -> Nullable<Text>,
        from_ids -> Array<Nullable<Uuid>>,
        to_ids -> Array<Nullable<Uuid>>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_reason -> Nullable<Text>,
    }
}

diesel::table! {
    councils (id) {
        id -> Uuid,
        slug -> Text,
        name -> Text,
        short_name -> Text,
        welsh_name -> Nullable<Text>,
        gss_code -> Nullable<Text>,
        code -> Nullable<Text>,
        council_type -> Text,
        nation -> Text,
        region -> Nullable<Text>,
        latitude -> Nullable<Float8>,
        longitude -> Nullable<Float8>,
        population -> Nullable<Int4>,
        population_year -> Nullable<Int4>,
        website -> Nullable<Text>,
        description -> Nullable<Text>,
        aliases -> Array<Nullable<Text>>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_reason -> Nullable<Text>,
        status -> Text,
        established_on -> Nullable<Date>,
        abolished_on -> Nullable<Date>,
        codes -> Jsonb,
    }
}

diesel::table! {
    county_districts (district) {
        district -> Text,
        county -> Text,
    }
}

diesel::table! {
    due_link_records (link_id, initiative_id) {
        link_id -> Uuid,
        initiative_id -> Uuid,
        place -> Int4,
        answer -> Nullable<Text>,
        revision -> Nullable<Int4>,
        answered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    due_links (id) {
        id -> Uuid,
        user_id -> Uuid,
        council_id -> Uuid,
        quarter -> Nullable<Text>,
        secret_hash -> Nullable<Bytea>,
        expires_at -> Timestamptz,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    external_identities (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        user_id -> Uuid,
    }
}

diesel::table! {
    idempotency_keys (caller, key) {
        caller -> Uuid,
        key -> Text,
        fingerprint -> Bytea,
        status -> Int2,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    initiative_leads (initiative_id) {
        initiative_id -> Uuid,
        kind -> Text,
        name -> Nullable<Text>,
        place_of_id -> Nullable<Uuid>,
        organisation_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    initiative_narratives (initiative_id) {
        initiative_id -> Uuid,
        body -> Nullable<Text>,
        challenge -> Nullable<Text>,
        approach -> Nullable<Text>,
        what_worked -> Nullable<Text>,
        what_did_not -> Nullable<Text>,
        transfer_conditions -> Nullable<Text>,
        who_for -> Nullable<Text>,
        provenance_note -> Nullable<Text>,
    }
}

diesel::table! {
    initiative_participants (initiative_id, council_id) {
        initiative_id -> Uuid,
        council_id -> Uuid,
        role -> Text,
        position -> Int4,
    }
}

diesel::table! {
    initiative_partners (initiative_id, position) {
        initiative_id -> Uuid,
        position -> Int4,
        name -> Text,
        role -> Text,
        url -> Nullable<Text>,
        organisation_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    initiative_principles (initiative_id, principle_id) {
        initiative_id -> Uuid,
        principle_id -> Uuid,
        position -> Int4,
        how -> Nullable<Text>,
    }
}

diesel::table! {
    initiative_themes (initiative_id, theme_id) {
        initiative_id -> Uuid,
        theme_id -> Uuid,
        position -> Int4,
    }
}

diesel::table! {
    initiatives (id) {
        id -> Uuid,
        slug -> Text,
        title -> Text,
        summary -> Text,
        kind -> Text,
        delivery_status -> Text,
        started_on -> Nullable<Text>,
        started_floor -> Nullable<Date>,
        ended_on -> Nullable<Text>,
        lead_council_id -> Nullable<Uuid>,
        parent_id -> Nullable<Uuid>,
        latitude -> Nullable<Float8>,
        longitude -> Nullable<Float8>,
        licence -> Text,
        visibility -> Text,
        state -> Text,
        effective_visibility -> Text,
        verified_at -> Nullable<Timestamptz>,
        review_due_on -> Nullable<Date>,
        source_url -> Nullable<Text>,
        created_by -> Nullable<Uuid>,
        published_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_reason -> Nullable<Text>,
        status_as_at -> Nullable<Text>,
        entered_by -> Text,
        steward_id -> Nullable<Uuid>,
        steward_decided_id -> Nullable<Uuid>,
        verified_method -> Nullable<Text>,
    }
}

diesel::table! {
    key_requests (id) {
        id -> Uuid,
        name -> Text,
        email -> Text,
        affiliation -> Text,
        purpose -> Text,
        status -> Text,
        reason -> Nullable<Text>,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        key_id -> Nullable<Uuid>,
        claim_hash -> Nullable<Bytea>,
        claim_until -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    letters (id) {
        id -> Uuid,
        recipient -> Text,
        subject -> Text,
        plain -> Nullable<Text>,
        request_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        html -> Nullable<Text>,
        state -> Text,
        attempts -> Int4,
        next_attempt_at -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        version -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    memberships (id) {
        id -> Uuid,
        council_id -> Nullable<Uuid>,
        organisation -> Nullable<Text>,
        tier -> Text,
        from_on -> Nullable<Text>,
        to_on -> Nullable<Text>,
        end_reason -> Nullable<Text>,
        observations -> Jsonb,
        renewal_on -> Nullable<Text>,
        review_on -> Nullable<Text>,
        decision -> Nullable<Jsonb>,
        fee -> Nullable<Jsonb>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        public_version -> Int4,
        public_updated_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_reason -> Nullable<Text>,
        organisation_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    organisations (id) {
        id -> Uuid,
        slug -> Text,
        name -> Text,
        aliases -> Array<Nullable<Text>>,
        kind -> Text,
        org_id -> Nullable<Text>,
        website -> Nullable<Text>,
        description -> Nullable<Text>,
        council_id -> Nullable<Uuid>,
        merged_into_id -> Nullable<Uuid>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_reason -> Nullable<Text>,
        proposed_by_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    outcomes (initiative_id, position) {
        initiative_id -> Uuid,
        position -> Int4,
        measure -> Text,
        kind -> Text,
        bound -> Text,
        value -> Nullable<Numeric>,
        value_high -> Nullable<Numeric>,
        direction -> Nullable<Text>,
        unit -> Nullable<Text>,
        baseline -> Nullable<Numeric>,
        period_from -> Nullable<Text>,
        period_to -> Nullable<Text>,
        as_at -> Nullable<Text>,
        definition -> Nullable<Text>,
        caveat -> Nullable<Text>,
        evidence_level -> Int2,
        source_key -> Nullable<Text>,
        evaluator -> Nullable<Text>,
        declared_interest -> Nullable<Text>,
        evaluator_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    pre_election_periods (id) {
        id -> Uuid,
        election -> Text,
        nation -> Nullable<Text>,
        council_id -> Nullable<Uuid>,
        starts_on -> Date,
        polling_on -> Date,
        rule -> Text,
        notice -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    principles (id) {
        id -> Uuid,
        scheme -> Text,
        slug -> Text,
        label -> Text,
        definition -> Text,
        position -> Int4,
    }
}

diesel::table! {
    recruitment (id) {
        id -> Uuid,
        council_id -> Nullable<Uuid>,
        organisation -> Nullable<Text>,
        stage -> Text,
        note -> Nullable<Text>,
        evidence -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Bytea,
        session_id -> Uuid,
        issued_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    release_parts (release_id, position) {
        release_id -> Uuid,
        position -> Int4,
        content -> Bytea,
    }
}

diesel::table! {
    releases (id) {
        id -> Uuid,
        name -> Text,
        reason -> Nullable<Text>,
        made_at -> Timestamptz,
        counts -> Jsonb,
        bytes -> Int8,
        sha256 -> Text,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_reason -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    revision_comments (id) {
        id -> Uuid,
        revision_id -> Uuid,
        pointer -> Text,
        comment -> Text,
        author_id -> Uuid,
        resolved_by -> Nullable<Uuid>,
        resolved_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    revisions (id) {
        id -> Uuid,
        initiative_id -> Uuid,
        number -> Int4,
        state -> Text,
        content -> Nullable<Jsonb>,
        base -> Nullable<Jsonb>,
        note -> Nullable<Text>,
        writers -> Array<Nullable<Uuid>>,
        is_by_council -> Bool,
        submitted_by -> Nullable<Uuid>,
        submitted_at -> Nullable<Timestamptz>,
        claimed_by -> Nullable<Uuid>,
        decided_by -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        publish_at -> Nullable<Timestamptz>,
        published_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        replaced_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    slugs (resource, slug) {
        resource -> Text,
        slug -> Text,
        record_id -> Uuid,
    }
}

diesel::table! {
    sources (initiative_id, key) {
        initiative_id -> Uuid,
        key -> Text,
        position -> Int4,
        title -> Text,
        publisher -> Nullable<Text>,
        kind -> Text,
        published_on -> Nullable<Text>,
        item_reference -> Nullable<Text>,
        url -> Nullable<Text>,
        accessed_on -> Nullable<Text>,
    }
}

diesel::table! {
    starts (number) {
        number -> Int8,
        mark -> Int8,
        position -> Int8,
        started_at -> Timestamptz,
    }
}

diesel::table! {
    suggestions (id) {
        id -> Uuid,
        initiative_id -> Uuid,
        author_id -> Uuid,
        author_council_id -> Nullable<Uuid>,
        state -> Text,
        reason -> Text,
        operations -> Jsonb,
        base -> Jsonb,
        accepted -> Array<Nullable<Int4>>,
        revision_id -> Nullable<Uuid>,
        decided_by -> Nullable<Uuid>,
        decided_at -> Nullable<Timestamptz>,
        reply -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    themes (id) {
        id -> Uuid,
        slug -> Text,
        label -> Text,
        definition -> Text,
        scope_note -> Nullable<Text>,
        broader_id -> Nullable<Uuid>,
        status -> Text,
        replaced_by_id -> Nullable<Uuid>,
        merged -> Bool,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        withdrawn_at -> Nullable<Timestamptz>,
        withdrawn_reason -> Nullable<Text>,
    }
}

diesel::table! {
    unanswered_searches (words) {
        words -> Text,
        searches -> Int8,
        last_at -> Timestamptz,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        name -> Nullable<Text>,
        role -> Text,
        council_id -> Nullable<Uuid>,
        status -> Text,
        password_hash -> Nullable<Text>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> Uuid,
        webhook_id -> Uuid,
        topic -> Nullable<Text>,
        record_id -> Nullable<Uuid>,
        change -> Nullable<Int8>,
        occurred_at -> Timestamptz,
        state -> Text,
        attempts -> Int4,
        next_attempt_at -> Nullable<Timestamptz>,
        last_status -> Nullable<Int2>,
        last_error -> Nullable<Text>,
        delivered_at -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    webhook_progress (single) {
        single -> Bool,
        sequence -> Int8,
    }
}

diesel::table! {
    webhooks (id) {
        id -> Uuid,
        council_id -> Nullable<Uuid>,
        url -> Text,
        topics -> Array<Nullable<Text>>,
        description -> Nullable<Text>,
        secret -> Text,
        is_active -> Bool,
        failing_since -> Nullable<Timestamptz>,
        version -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(api_key_secrets -> api_keys (key_id));
diesel::joinable!(api_key_usage -> api_keys (key_id));
diesel::joinable!(api_keys -> users (owner_id));
diesel::joinable!(boundary_shapes -> boundaries (gss_code));
diesel::joinable!(costs -> initiatives (initiative_id));
diesel::joinable!(costs -> organisations (payer_id));
diesel::joinable!(due_link_records -> due_links (link_id));
diesel::joinable!(due_link_records -> initiatives (initiative_id));
diesel::joinable!(due_links -> councils (council_id));
diesel::joinable!(due_links -> users (user_id));
diesel::joinable!(external_identities -> users (user_id));
diesel::joinable!(initiative_leads -> councils (place_of_id));
diesel::joinable!(initiative_leads -> initiatives (initiative_id));
diesel::joinable!(initiative_leads -> organisations (organisation_id));
diesel::joinable!(initiative_narratives -> initiatives (initiative_id));
diesel::joinable!(initiative_participants -> councils (council_id));
diesel::joinable!(initiative_participants -> initiatives (initiative_id));
diesel::joinable!(initiative_partners -> initiatives (initiative_id));
diesel::joinable!(initiative_partners -> organisations (organisation_id));
diesel::joinable!(initiative_principles -> initiatives (initiative_id));
diesel::joinable!(initiative_principles -> principles (principle_id));
diesel::joinable!(initiative_themes -> initiatives (initiative_id));
diesel::joinable!(initiative_themes -> themes (theme_id));
diesel::joinable!(key_requests -> api_keys (key_id));
diesel::joinable!(key_requests -> users (decided_by));
diesel::joinable!(letters -> key_requests (request_id));
diesel::joinable!(memberships -> councils (council_id));
diesel::joinable!(memberships -> organisations (organisation_id));
diesel::joinable!(outcomes -> initiatives (initiative_id));
diesel::joinable!(outcomes -> organisations (evaluator_id));
diesel::joinable!(pre_election_periods -> councils (council_id));
diesel::joinable!(recruitment -> councils (council_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(release_parts -> releases (release_id));
diesel::joinable!(revision_comments -> revisions (revision_id));
diesel::joinable!(revisions -> initiatives (initiative_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(sources -> initiatives (initiative_id));
diesel::joinable!(suggestions -> councils (author_council_id));
diesel::joinable!(suggestions -> initiatives (initiative_id));
diesel::joinable!(suggestions -> revisions (revision_id));
diesel::joinable!(users -> councils (council_id));
diesel::joinable!(webhook_deliveries -> webhooks (webhook_id));
diesel::joinable!(webhooks -> councils (council_id));

diesel::allow_tables_to_appear_in_same_query!(
    api_key_secrets,
    api_key_usage,
    api_keys,
    audit_events,
    audit_head,
    boundaries,
    boundary_shapes,
    changes,
    co_operative_values,
    costs,
    council_changes,
    councils,
    county_districts,
    due_link_records,
    due_links,
    external_identities,
    idempotency_keys,
    initiative_leads,
    initiative_narratives,
    initiative_participants,
    initiative_partners,
    initiative_principles,
    initiative_themes,
    initiatives,
    key_requests,
    letters,
    memberships,
    organisations,
    outcomes,
    pre_election_periods,
    principles,
    recruitment,
    refresh_tokens,
    release_parts,
    releases,
    revision_comments,
    revisions,
    sessions,
    slugs,
    sources,
    starts,
    suggestions,
    themes,
    unanswered_searches,
    users,
    webhook_deliveries,
    webhook_progress,
    webhooks,
);
