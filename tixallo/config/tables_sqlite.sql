-- What the migrations make of an empty database. Recorded by scripts/tables; not written by hand.
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
CREATE TABLE "workspaces_workspace" ("id" varchar(36) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "slug" varchar(63) NOT NULL UNIQUE, "revision" bigint NOT NULL, "ticket_count" bigint NOT NULL, "chain_link" varchar(64) NOT NULL, "chain_head" varchar(64) NOT NULL, "created_at" datetime NOT NULL);
CREATE TABLE "workspaces_membership" ("id" varchar(36) NOT NULL PRIMARY KEY, "role" varchar(10) NOT NULL, "created_at" datetime NOT NULL, "person_id" varchar(36) NOT NULL REFERENCES "workspaces_person" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, "last_active_at" datetime NULL, CONSTRAINT "one_membership" UNIQUE ("workspace_id", "person_id"));
CREATE TABLE "workspaces_keptanswer" ("id" varchar(36) NOT NULL PRIMARY KEY, "key" varchar(255) NOT NULL, "fingerprint" varchar(64) NOT NULL, "status" smallint NOT NULL, "body" text NOT NULL, "created_at" datetime NOT NULL, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_answer_per_key" UNIQUE ("workspace_id", "key"));
CREATE TABLE "workspaces_event" ("id" varchar(36) NOT NULL PRIMARY KEY, "revision" bigint NOT NULL, "position" integer NOT NULL, "type" varchar(40) NOT NULL, "public" bool NOT NULL, "actor_kind" varchar(10) NOT NULL, "actor_id" varchar(36) NOT NULL, "actor_label" text NOT NULL, "origin" varchar(45) NOT NULL, "subject_kind" varchar(20) NOT NULL, "subject_id" varchar(36) NOT NULL, "subject_label" text NOT NULL, "payload" text NOT NULL, "salt" varchar(32) NOT NULL, "digest" varchar(64) NOT NULL, "link" varchar(64) NOT NULL, "created_at" datetime NOT NULL, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "event_order" UNIQUE ("workspace_id", "revision", "position"));
CREATE INDEX "workspaces_membership_person_id_694c02f2" ON "workspaces_membership" ("person_id");
CREATE INDEX "workspaces_keptanswer_created_at_dad6eb5a" ON "workspaces_keptanswer" ("created_at");
CREATE INDEX "event_feed" ON "workspaces_event" ("workspace_id", "revision", "position") WHERE "public";
CREATE TABLE "account_emailconfirmation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "created" datetime NOT NULL, "sent" datetime NULL, "key" varchar(64) NOT NULL UNIQUE, "email_address_id" integer NOT NULL REFERENCES "account_emailaddress" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX "account_emailconfirmation_email_address_id_5b7f8c58" ON "account_emailconfirmation" ("email_address_id");
CREATE TABLE "account_emailaddress" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "verified" bool NOT NULL, "primary" bool NOT NULL, "user_id" varchar(36) NOT NULL REFERENCES "workspaces_person" ("id") DEFERRABLE INITIALLY DEFERRED, "email" varchar(254) NOT NULL);
CREATE UNIQUE INDEX "account_emailaddress_user_id_email_987c8728_uniq" ON "account_emailaddress" ("user_id", "email");
CREATE UNIQUE INDEX "unique_verified_email" ON "account_emailaddress" ("email") WHERE "verified";
CREATE INDEX "account_emailaddress_user_id_2c513194" ON "account_emailaddress" ("user_id");
CREATE INDEX "account_emailaddress_email_03be32b2" ON "account_emailaddress" ("email");
CREATE UNIQUE INDEX "unique_primary_email" ON "account_emailaddress" ("user_id", "primary") WHERE "primary";
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
CREATE TABLE "auth_group_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" ON "auth_group_permissions" ("group_id", "permission_id");
CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id");
CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id");
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL);
CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission" ("content_type_id", "codename");
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id");
CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);
CREATE TABLE "workspaces_resetrequest" ("id" varchar(36) NOT NULL PRIMARY KEY, "email_key" varchar(255) NOT NULL, "created_at" datetime NOT NULL);
CREATE TABLE "workspaces_person" ("password" varchar(128) NOT NULL, "last_login" datetime NULL, "id" varchar(36) NOT NULL PRIMARY KEY, "email" varchar(255) NOT NULL, "email_key" varchar(255) NOT NULL UNIQUE, "name" varchar(120) NOT NULL, "is_active" bool NOT NULL, "created_at" datetime NOT NULL, "after_resolving" varchar(5) NOT NULL, "hold_seconds" smallint NOT NULL, "language" varchar(10) NOT NULL, "mail_on_answer" bool NOT NULL, "mail_on_assignment" bool NOT NULL, "role_changes" integer NOT NULL, "shortcuts" bool NOT NULL, "theme" varchar(5) NOT NULL, "time_zone" varchar(64) NOT NULL);
CREATE TABLE "workspaces_welcomelink" ("id" varchar(36) NOT NULL PRIMARY KEY, "digest" varchar(64) NOT NULL UNIQUE, "again" bool NOT NULL, "expires_at" datetime NOT NULL, "person_id" varchar(36) NULL REFERENCES "workspaces_person" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "workspaces_invitation" ("id" varchar(36) NOT NULL PRIMARY KEY, "email" varchar(255) NOT NULL, "email_key" varchar(255) NOT NULL, "role" varchar(10) NOT NULL, "digest" varchar(64) NOT NULL UNIQUE, "sealed_token" text NOT NULL, "invited_by" varchar(120) NOT NULL, "expires_at" datetime NOT NULL, "created_at" datetime NOT NULL, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_invitation" UNIQUE ("workspace_id", "email_key"));
CREATE TABLE "workspaces_letter" ("id" varchar(36) NOT NULL PRIMARY KEY, "recipient" varchar(255) NOT NULL, "sender_name" varchar(120) NOT NULL, "subject" varchar(400) NOT NULL, "sealed_text" text NOT NULL, "headers" text NOT NULL, "message_id" varchar(255) NOT NULL, "about" varchar(60) NOT NULL, "state" varchar(8) NOT NULL, "attempts" integer NOT NULL, "last_error" text NOT NULL, "created_at" datetime NOT NULL, "sent_at" datetime NULL, "workspace_id" varchar(36) NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX "workspaces_welcomelink_person_id_30c5db6f" ON "workspaces_welcomelink" ("person_id");
CREATE INDEX "letter_state" ON "workspaces_letter" ("workspace_id", "state", "created_at");
CREATE INDEX "letter_about" ON "workspaces_letter" ("workspace_id", "about");
CREATE INDEX "event_subject" ON "workspaces_event" ("workspace_id", "subject_id", "revision");
CREATE TABLE "workspaces_mailstart" ("id" smallint NOT NULL PRIMARY KEY, "since" datetime NOT NULL);
CREATE TABLE "customers_company" ("id" varchar(36) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "domains" text NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX "company_list" ON "customers_company" ("workspace_id", "created_at", "id");
CREATE TABLE "customers_companydomain" ("id" varchar(36) NOT NULL PRIMARY KEY, "domain" varchar(255) NOT NULL, "company_id" varchar(36) NOT NULL REFERENCES "customers_company" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_company_per_domain" UNIQUE ("workspace_id", "domain"));
CREATE INDEX "domains_of_company" ON "customers_companydomain" ("workspace_id", "company_id");
CREATE TABLE "customers_customer" ("id" varchar(36) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "email" varchar(255) NOT NULL, "email_key" varchar(255) NOT NULL, "domain" varchar(255) NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "company_id" varchar(36) NULL REFERENCES "customers_company" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_customer_per_address" UNIQUE ("workspace_id", "email_key"));
CREATE INDEX "customer_list" ON "customers_customer" ("workspace_id", "created_at", "id");
CREATE INDEX "customer_domain" ON "customers_customer" ("workspace_id", "domain");
CREATE INDEX "customer_company" ON "customers_customer" ("workspace_id", "company_id");
CREATE INDEX "company_name" ON "customers_company" ("workspace_id", (LOWER("name")));
CREATE INDEX "customer_name" ON "customers_customer" ("workspace_id", (LOWER("name")));
CREATE TABLE "inboxes_inbox" ("id" varchar(36) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "is_default" bool NOT NULL, "created_at" datetime NOT NULL, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX "one_default_inbox" ON "inboxes_inbox" ("workspace_id") WHERE "is_default";
CREATE INDEX "inbox_list" ON "inboxes_inbox" ("workspace_id", "created_at", "id");
CREATE TABLE "keys_keyhour" ("hour" datetime NOT NULL, "passed" integer NOT NULL, "refused_limit" integer NOT NULL, "refused_scope" integer NOT NULL, "refused_disabled" integer NOT NULL, "refused_expired" integer NOT NULL, "refused_revoked" integer NOT NULL, "key_id" varchar(36) NOT NULL REFERENCES "keys_apikey" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY ("workspace_id", "key_id", "hour"));
CREATE TABLE "keys_keycaller" ("day" date NOT NULL, "client" varchar(40) NOT NULL, "network" varchar(43) NOT NULL, "passed" integer NOT NULL, "refused" integer NOT NULL, "first_at" datetime NOT NULL, "last_used_at" datetime NULL, "last_refused_at" datetime NULL, "last_address" varchar(45) NOT NULL, "last_route" varchar(120) NOT NULL, "key_id" varchar(36) NOT NULL REFERENCES "keys_apikey" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY ("workspace_id", "key_id", "day", "client", "network"));
CREATE INDEX "keys_keyhour_hour_06ec53df" ON "keys_keyhour" ("hour");
CREATE INDEX "keys_keycaller_day_b1681e35" ON "keys_keycaller" ("day");
CREATE INDEX "key_caller_address" ON "keys_keycaller" ("day") WHERE NOT ("last_address" = '');
CREATE TABLE "keys_rotation" ("id" varchar(36) NOT NULL PRIMARY KEY, "old_name" varchar(120) NOT NULL, "quiet_hours" integer NOT NULL, "ticks" text NOT NULL CHECK ((JSON_VALID("ticks") OR "ticks" IS NULL)), "state" varchar(9) NOT NULL, "started_at" datetime NOT NULL, "started_by" text NOT NULL, "ended_at" datetime NULL, "ended_by" text NOT NULL, "new_key_id" varchar(36) NOT NULL REFERENCES "keys_apikey" ("id") DEFERRABLE INITIALLY DEFERRED, "old_key_id" varchar(36) NOT NULL REFERENCES "keys_apikey" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX "one_open_rotation" ON "keys_rotation" ("workspace_id", "old_key_id") WHERE "state" = 'open';
CREATE INDEX "rotation_list" ON "keys_rotation" ("workspace_id", "started_at");
CREATE TABLE "keys_apikey" ("id" varchar(36) NOT NULL PRIMARY KEY, "public_id" varchar(12) NOT NULL UNIQUE, "digest" varchar(64) NOT NULL, "pepper_version" smallint NOT NULL, "checksum_end" varchar(4) NOT NULL, "name" varchar(120) NOT NULL, "environment" varchar(12) NOT NULL, "rate_limit" integer NOT NULL, "scopes" text NULL CHECK ((JSON_VALID("scopes") OR "scopes" IS NULL)), "made_by" text NOT NULL, "created_at" datetime NOT NULL, "expires_at" datetime NULL, "expiry_recorded" bool NOT NULL, "disabled_at" datetime NULL, "revoked_at" datetime NULL, "revoked_by" text NOT NULL, "revoked_reason" text NOT NULL, "last_used_at" datetime NULL, "last_used_from" varchar(45) NOT NULL, "last_used_client" varchar(120) NOT NULL, "last_used_route" varchar(120) NOT NULL, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, "maker_id" varchar(36) NULL REFERENCES "workspaces_person" ("id") DEFERRABLE INITIALLY DEFERRED, "form_value" varchar(36) NULL, "longest_pause" integer NULL, "disabled_reason" text DEFAULT '' NOT NULL, "replaced_by_id" varchar(36) NULL REFERENCES "keys_apikey" ("id") DEFERRABLE INITIALLY DEFERRED, "last_used_status" smallint NULL, CONSTRAINT "one_key_per_form" UNIQUE ("workspace_id", "form_value"));
CREATE INDEX "key_list" ON "keys_apikey" ("workspace_id", "created_at", "id");
CREATE INDEX "key_hour_refused" ON "keys_keyhour" ("workspace_id", "hour") WHERE (((("refused_limit" + "refused_scope") + "refused_disabled") + "refused_expired") + "refused_revoked") > 0;
CREATE TABLE "keys_keyturn" ("workspace_id" varchar(36) NOT NULL PRIMARY KEY REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, "turn" bigint NOT NULL, "looked_at_until" datetime NULL);
CREATE TABLE "kit_installation" ("id" smallint NOT NULL PRIMARY KEY, "secret_mark" varchar(64) NOT NULL);
CREATE TABLE "kit_due" ("id" varchar(36) NOT NULL PRIMARY KEY, "kind" varchar(40) NOT NULL, "key" varchar(64) NOT NULL, "version" integer NOT NULL, "due_at" datetime NOT NULL, "attempts" integer NOT NULL, "leased_until" datetime NULL, "last_error" text NOT NULL, "dead_at" datetime NULL, "created_at" datetime NOT NULL, CONSTRAINT "one_due_row" UNIQUE ("kind", "key"));
CREATE INDEX "due_next" ON "kit_due" ("due_at") WHERE "dead_at" IS NULL;
CREATE TABLE "mfa_authenticator" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "type" varchar(20) NOT NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "user_id" varchar(36) NOT NULL REFERENCES "workspaces_person" ("id") DEFERRABLE INITIALLY DEFERRED, "created_at" datetime NOT NULL, "last_used_at" datetime NULL);
CREATE INDEX "mfa_authenticator_user_id_0c3a50c0" ON "mfa_authenticator" ("user_id");
CREATE UNIQUE INDEX "unique_authenticator_type" ON "mfa_authenticator" ("user_id", "type") WHERE "type" IN ('totp', 'recovery_codes');
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");
CREATE TABLE "tickets_message" ("id" varchar(36) NOT NULL PRIMARY KEY, "body" text NOT NULL, "author_kind" varchar(10) NOT NULL, "author_id" varchar(36) NOT NULL, "author_name" varchar(120) NOT NULL, "created_at" datetime NOT NULL, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, "ticket_id" varchar(36) NOT NULL REFERENCES "tickets_ticket" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "tickets_tagging" ("id" varchar(36) NOT NULL PRIMARY KEY, "tag" varchar(50) NOT NULL, "ticket_created_at" datetime NOT NULL, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, "ticket_id" varchar(36) NOT NULL REFERENCES "tickets_ticket" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_tagging" UNIQUE ("workspace_id", "ticket_id", "tag"));
CREATE INDEX "tagged_list" ON "tickets_tagging" ("workspace_id", "tag", "ticket_created_at", "ticket_id");
CREATE VIRTUAL TABLE tickets_search USING fts5(document, tokenize = 'ascii', detail = 'none', prefix = '7 8 9 10');
CREATE TABLE "tickets_ticket" ("id" varchar(36) NOT NULL PRIMARY KEY, "number" bigint NOT NULL, "subject" varchar(300) NOT NULL, "description" text NOT NULL, "status" varchar(10) NOT NULL, "priority" varchar(10) NOT NULL, "source" varchar(10) NOT NULL, "tags" text NOT NULL, "search_id" bigint NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "closed_at" datetime NULL, "assignee_id" varchar(36) NULL REFERENCES "workspaces_person" ("id") DEFERRABLE INITIALLY DEFERRED, "customer_id" varchar(36) NOT NULL REFERENCES "customers_customer" ("id") DEFERRABLE INITIALLY DEFERRED, "inbox_id" varchar(36) NOT NULL REFERENCES "inboxes_inbox" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, "gone_as" varchar(8) NOT NULL, "gone_at" datetime NULL, "heap" varchar(8) NOT NULL, "last_author" varchar(10) NOT NULL, "last_message_at" datetime NOT NULL, "last_words" varchar(160) NOT NULL, "queue" bigint NOT NULL, "merged_into_id" varchar(36) NULL REFERENCES "tickets_ticket" ("id") DEFERRABLE INITIALLY DEFERRED, "merged_via_id" varchar(36) NULL REFERENCES "tickets_ticket" ("id") DEFERRABLE INITIALLY DEFERRED, "waiting_since" datetime NULL, CONSTRAINT "one_ticket_per_number" UNIQUE ("workspace_id", "number"));
CREATE TABLE "tickets_heldreply" ("id" varchar(36) NOT NULL PRIMARY KEY, "body" text NOT NULL, "then" varchar(10) NOT NULL, "release_at" datetime NOT NULL, "created_at" datetime NOT NULL, "person_id" varchar(36) NOT NULL REFERENCES "workspaces_person" ("id") DEFERRABLE INITIALLY DEFERRED, "ticket_id" varchar(36) NOT NULL REFERENCES "tickets_ticket" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "tickets_note" ("id" varchar(36) NOT NULL PRIMARY KEY, "body" text NOT NULL, "author_id" varchar(36) NOT NULL, "author_name" varchar(120) NOT NULL, "created_at" datetime NOT NULL, "ticket_id" varchar(36) NOT NULL REFERENCES "tickets_ticket" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "tickets_draft" ("id" varchar(36) NOT NULL PRIMARY KEY, "kind" varchar(5) NOT NULL, "body" text NOT NULL, "updated_at" datetime NOT NULL, "person_id" varchar(36) NOT NULL REFERENCES "workspaces_person" ("id") DEFERRABLE INITIALLY DEFERRED, "ticket_id" varchar(36) NOT NULL REFERENCES "tickets_ticket" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_draft_of_a_kind" UNIQUE ("workspace_id", "person_id", "ticket_id", "kind"));
CREATE INDEX "held_of_ticket" ON "tickets_heldreply" ("workspace_id", "ticket_id", "created_at");
CREATE TABLE "tickets_readmark" ("id" varchar(36) NOT NULL PRIMARY KEY, "read_at" datetime NOT NULL, "person_id" varchar(36) NOT NULL REFERENCES "workspaces_person" ("id") DEFERRABLE INITIALLY DEFERRED, "ticket_id" varchar(36) NOT NULL REFERENCES "tickets_ticket" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_read_mark" UNIQUE ("workspace_id", "person_id", "ticket_id"));
CREATE TABLE "tickets_savedreply" ("id" varchar(36) NOT NULL PRIMARY KEY, "name" varchar(120) NOT NULL, "body" text NOT NULL, "created_at" datetime NOT NULL, "updated_at" datetime NOT NULL, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_saved_reply_per_name" UNIQUE ("workspace_id", "name"));
CREATE INDEX "ticket_list" ON "tickets_ticket" ("workspace_id", "created_at", "id") WHERE "gone_as" = '';
CREATE INDEX "ticket_status" ON "tickets_ticket" ("workspace_id", "status", "created_at", "id") WHERE "gone_as" = '';
CREATE INDEX "ticket_priority" ON "tickets_ticket" ("workspace_id", "priority", "created_at", "id") WHERE "gone_as" = '';
CREATE INDEX "ticket_active" ON "tickets_ticket" ("workspace_id", "updated_at", "id") WHERE "gone_as" = '';
CREATE INDEX "ticket_updated" ON "tickets_ticket" ("workspace_id", "updated_at", "created_at", "id") WHERE "gone_as" = '';
CREATE INDEX "ticket_gone" ON "tickets_ticket" ("workspace_id", "gone_as", "gone_at") WHERE NOT ("gone_as" = '');
CREATE TABLE "tickets_presence" ("id" varchar(36) NOT NULL PRIMARY KEY, "kind" varchar(5) NOT NULL, "until" datetime NOT NULL, "person_id" varchar(36) NOT NULL REFERENCES "workspaces_person" ("id") DEFERRABLE INITIALLY DEFERRED, "ticket_id" varchar(36) NOT NULL REFERENCES "tickets_ticket" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_presence" UNIQUE ("workspace_id", "ticket_id", "person_id"));
CREATE INDEX "ticket_search" ON "tickets_ticket" ("workspace_id", "search_id", "created_at", "heap", "updated_at", "queue", "assignee_id", "gone_as", "id") WHERE "gone_as" = '';
CREATE INDEX "ticket_customer" ON "tickets_ticket" ("workspace_id", "customer_id", "created_at", "id", "heap", "queue", "gone_as") WHERE "gone_as" = '';
CREATE TABLE "tickets_samplemark" ("id" varchar(36) NOT NULL PRIMARY KEY, "ticket_id" varchar(36) NOT NULL REFERENCES "tickets_ticket" ("id") DEFERRABLE INITIALLY DEFERRED, "workspace_id" varchar(36) NOT NULL REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_sample_mark" UNIQUE ("workspace_id", "ticket_id"));
CREATE INDEX "conversation" ON "tickets_message" ("ticket_id", "created_at", "id");
CREATE INDEX "notes_of_ticket" ON "tickets_note" ("ticket_id", "created_at", "id");
CREATE INDEX "tags_of_ticket" ON "tickets_tagging" ("ticket_id");
CREATE INDEX "reads_of_ticket" ON "tickets_readmark" ("ticket_id", "workspace_id");
CREATE INDEX "ticket_merged" ON "tickets_ticket" ("merged_into_id", "workspace_id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX "ticket_merged_via" ON "tickets_ticket" ("merged_via_id") WHERE "merged_via_id" IS NOT NULL;
CREATE INDEX "ticket_gone_opened" ON "tickets_ticket" ("workspace_id", "created_at", "id") WHERE NOT ("gone_as" = '');
CREATE INDEX "ticket_queue" ON "tickets_ticket" ("workspace_id", "heap", "queue", "id", "gone_as") WHERE "gone_as" = '';
CREATE INDEX "ticket_assigned" ON "tickets_ticket" ("workspace_id", "heap", "assignee_id", "queue", "id", "gone_as") WHERE "gone_as" = '';
CREATE INDEX "ticket_heap" ON "tickets_ticket" ("workspace_id", "heap", "updated_at", "id", "gone_as") WHERE "gone_as" = '';
CREATE INDEX "ticket_gone_customer" ON "tickets_ticket" ("workspace_id", "customer_id", "created_at", "id") WHERE NOT ("gone_as" = '');
CREATE TABLE "workspaces_attempt" ("digest" varchar(64) NOT NULL PRIMARY KEY, "value" text NOT NULL, "until" datetime NOT NULL);
CREATE INDEX "workspaces_attempt_until_dec354b5" ON "workspaces_attempt" ("until");
CREATE INDEX "event_time" ON "workspaces_event" ("workspace_id", "created_at", "revision", "position");
CREATE INDEX "event_actor" ON "workspaces_event" ("workspace_id", "actor_id", "created_at", "revision", "position");
CREATE INDEX "event_type" ON "workspaces_event" ("workspace_id", "type", "created_at", "revision", "position");
CREATE TABLE "workspaces_letterturn" ("workspace_id" varchar(36) NOT NULL PRIMARY KEY REFERENCES "workspaces_workspace" ("id") DEFERRABLE INITIALLY DEFERRED, "turn" bigint NOT NULL);
INSERT INTO django_migrations (app, name, applied) VALUES
('account', '0001_initial', CURRENT_TIMESTAMP),
('account', '0002_email_max_length', CURRENT_TIMESTAMP),
('account', '0003_alter_emailaddress_create_unique_verified_email', CURRENT_TIMESTAMP),
('account', '0004_alter_emailaddress_drop_unique_email', CURRENT_TIMESTAMP),
('account', '0005_emailaddress_idx_upper_email', CURRENT_TIMESTAMP),
('account', '0006_emailaddress_lower', CURRENT_TIMESTAMP),
('account', '0007_emailaddress_idx_email', CURRENT_TIMESTAMP),
('account', '0008_emailaddress_unique_primary_email_fixup', CURRENT_TIMESTAMP),
('account', '0009_emailaddress_unique_primary_email', CURRENT_TIMESTAMP),
('auth', '0001_initial', CURRENT_TIMESTAMP),
('auth', '0002_alter_permission_name_max_length', CURRENT_TIMESTAMP),
('auth', '0003_alter_user_email_max_length', CURRENT_TIMESTAMP),
('auth', '0004_alter_user_username_opts', CURRENT_TIMESTAMP),
('auth', '0005_alter_user_last_login_null', CURRENT_TIMESTAMP),
('auth', '0006_require_contenttypes_0002', CURRENT_TIMESTAMP),
('auth', '0007_alter_validators_add_error_messages', CURRENT_TIMESTAMP),
('auth', '0008_alter_user_username_max_length', CURRENT_TIMESTAMP),
('auth', '0009_alter_user_last_name_max_length', CURRENT_TIMESTAMP),
('auth', '0010_alter_group_name_max_length', CURRENT_TIMESTAMP),
('auth', '0011_update_proxy_permissions', CURRENT_TIMESTAMP),
('auth', '0012_alter_user_first_name_max_length', CURRENT_TIMESTAMP),
('contenttypes', '0001_initial', CURRENT_TIMESTAMP),
('contenttypes', '0002_remove_content_type_name', CURRENT_TIMESTAMP),
('customers', '0001_initial', CURRENT_TIMESTAMP),
('customers', '0002_names', CURRENT_TIMESTAMP),
('inboxes', '0001_initial', CURRENT_TIMESTAMP),
('inboxes', '0002_named_by_somebody', CURRENT_TIMESTAMP),
('keys', '0001_initial', CURRENT_TIMESTAMP),
('keys', '0002_maker', CURRENT_TIMESTAMP),
('keys', '0003_form_value', CURRENT_TIMESTAMP),
('keys', '0004_use', CURRENT_TIMESTAMP),
('keys', '0005_rotation', CURRENT_TIMESTAMP),
('keys', '0006_disabled_reason', CURRENT_TIMESTAMP),
('keys', '0007_refusals', CURRENT_TIMESTAMP),
('keys', '0008_turns', CURRENT_TIMESTAMP),
('keys', '0009_last_status', CURRENT_TIMESTAMP),
('keys', '0010_looked_at', CURRENT_TIMESTAMP),
('kit', '0001_initial', CURRENT_TIMESTAMP),
('mfa', '0001_initial', CURRENT_TIMESTAMP),
('mfa', '0002_authenticator_timestamps', CURRENT_TIMESTAMP),
('mfa', '0003_authenticator_type_uniq', CURRENT_TIMESTAMP),
('sessions', '0001_initial', CURRENT_TIMESTAMP),
('tickets', '0001_initial', CURRENT_TIMESTAMP),
('tickets', '0002_search', CURRENT_TIMESTAMP),
('tickets', '0003_people', CURRENT_TIMESTAMP),
('tickets', '0004_inbox', CURRENT_TIMESTAMP),
('tickets', '0005_presence', CURRENT_TIMESTAMP),
('tickets', '0006_search_rows', CURRENT_TIMESTAMP),
('tickets', '0007_stretches', CURRENT_TIMESTAMP),
('tickets', '0008_sample_marks', CURRENT_TIMESTAMP),
('tickets', '0009_looked_up_by_ticket', CURRENT_TIMESTAMP),
('tickets', '0010_gone_of_a_customer_in_order', CURRENT_TIMESTAMP),
('workspaces', '0001_initial', CURRENT_TIMESTAMP),
('workspaces', '0002_people', CURRENT_TIMESTAMP),
('workspaces', '0003_event_subject', CURRENT_TIMESTAMP),
('workspaces', '0004_mail_start', CURRENT_TIMESTAMP),
('workspaces', '0005_attempts', CURRENT_TIMESTAMP),
('workspaces', '0006_event_walks', CURRENT_TIMESTAMP),
('workspaces', '0007_letter_turns', CURRENT_TIMESTAMP);
