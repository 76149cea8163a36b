-- oldest-code: 0.1.0
-- Webhooks: where events are sent to, the keys that sign them, and how far they were sent. Nodes of earlier releases send none.
-- The constraint of the audit log is validated by a later migration, without blocking anyone.
-- In the order in which the deletion of a user locks them.
LOCK TABLE "tokens", "users" IN SHARE ROW EXCLUSIVE MODE;
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"user_id" uuid,
	"owner_id" uuid NOT NULL,
	"root_id" uuid,
	"signature" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"paused_at" timestamp with time zone,
	"paused_because" text,
	"paused_by_id" uuid,
	CONSTRAINT "webhooks_url_bounded" CHECK (char_length("webhooks"."url") between 1 and 2000),
	CONSTRAINT "webhooks_events_known" CHECK ("webhooks"."events" <@ array['POINTS_ENTRY', 'HOLD_ENDED', 'TOKEN_EXPIRING', 'TOKEN_REVOKED', 'USER_DELETED']::text[] and cardinality("webhooks"."events") > 0),
	CONSTRAINT "webhooks_signature_known" CHECK ("webhooks"."signature" in ('ED25519', 'HMAC_SHA256')),
	CONSTRAINT "webhooks_paused_for_reason" CHECK (("webhooks"."paused_at" is null) = ("webhooks"."paused_because" is null)),
	CONSTRAINT "webhooks_reason_known" CHECK ("webhooks"."paused_because" in ('REQUESTED', 'GONE', 'FAILURES'))
);
--> statement-breakpoint
CREATE TABLE "webhook_keys" (
	"webhook_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"sealed" "bytea" NOT NULL,
	"sealed_by" text NOT NULL,
	"public_key" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	CONSTRAINT "webhook_keys_pkey" PRIMARY KEY("webhook_id","number"),
	CONSTRAINT "webhook_keys_number_positive" CHECK ("webhook_keys"."number" >= 1)
);
--> statement-breakpoint
CREATE TABLE "webhook_progress" (
	"webhook_id" uuid PRIMARY KEY NOT NULL,
	"horizon" timestamp with time zone NOT NULL,
	"rest_until" timestamp with time zone,
	"last_delivered_at" timestamp with time zone,
	"last_failure_at" timestamp with time zone,
	"last_failure" text,
	"lease_holder" uuid,
	"lease_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"webhook_id" uuid NOT NULL,
	"event" text NOT NULL,
	"subject_id" uuid NOT NULL,
	"number" bigint DEFAULT 0 NOT NULL,
	"sequence" integer DEFAULT 0 NOT NULL,
	"last_found" integer DEFAULT 0 NOT NULL,
	"found_until" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"restarts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone,
	CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY("webhook_id","event","subject_id","number"),
	CONSTRAINT "webhook_deliveries_event_known" CHECK (array["webhook_deliveries"."event"] <@ array['POINTS_ENTRY', 'HOLD_ENDED', 'TOKEN_EXPIRING', 'TOKEN_REVOKED', 'USER_DELETED']::text[]),
	CONSTRAINT "webhook_deliveries_counts" CHECK (least("webhook_deliveries"."sequence", "webhook_deliveries"."attempts") >= 0)
);
--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_root_id_tokens_id_fk" FOREIGN KEY ("root_id") REFERENCES "public"."tokens"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhook_keys" ADD CONSTRAINT "webhook_keys_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "webhook_progress" ADD CONSTRAINT "webhook_progress_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "public"."webhooks"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_new_idx" ON "webhook_deliveries" USING btree ("webhook_id","next_at") WHERE "webhook_deliveries"."next_at" is not null and "webhook_deliveries"."attempts" = 0;
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_failed_idx" ON "webhook_deliveries" USING btree ("webhook_id","next_at") WHERE "webhook_deliveries"."next_at" is not null and "webhook_deliveries"."attempts" > 0;
--> statement-breakpoint
CREATE INDEX "webhook_deliveries_webhook_id_found_until_idx" ON "webhook_deliveries" USING btree ("webhook_id","found_until") WHERE "webhook_deliveries"."next_at" is null;
--> statement-breakpoint
CREATE INDEX "webhooks_owner_id_idx" ON "webhooks" USING btree ("owner_id");
--> statement-breakpoint
ALTER TABLE "audit_events" DROP CONSTRAINT "audit_events_have_a_known_action";
--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_have_a_known_action" CHECK ("audit_events"."action" in ('TOKEN_ISSUED', 'TOKEN_ROTATED', 'TOKEN_REVOKED', 'TOKEN_UPDATED', 'TOKEN_PAUSED', 'TOKEN_RESUMED', 'USER_CREATED', 'USER_UPDATED', 'ROLE_CHANGED', 'USER_DELETED', 'EXTERNAL_ID_LINKED', 'EXTERNAL_ID_UNLINKED', 'WEBHOOK_CREATED', 'WEBHOOK_UPDATED', 'WEBHOOK_KEY_ROTATED', 'WEBHOOK_PAUSED', 'WEBHOOK_RESUMED', 'WEBHOOK_DELETED', 'SIGNED_UP', 'LOGGED_IN', 'LOGIN_FAILED', 'LOGGED_OUT', 'REFRESH_TOKEN_REUSED', 'PASSWORD_CHANGED')) NOT VALID;
--> statement-breakpoint
-- The role that writes the audit log serves: it may use the new tables.
DO $$
DECLARE
  writers text;
BEGIN
  SELECT string_agg(DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, ', ')
    INTO writers
    FROM pg_class c CROSS JOIN aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
   WHERE c.oid = 'audit_events'::regclass AND a.privilege_type = 'INSERT';
  EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks, webhook_keys, webhook_progress, webhook_deliveries TO ' || writers;
END $$;
