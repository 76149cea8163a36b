CREATE TABLE "audit_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"action" text NOT NULL,
	"actor_id" uuid,
	"actor_token_id" uuid,
	"token_id" uuid,
	"subject_id" uuid,
	"address" text,
	"detail" text,
	CONSTRAINT "audit_events_have_a_known_action" CHECK ("audit_events"."action" in ('TOKEN_ISSUED', 'TOKEN_ROTATED', 'TOKEN_REVOKED', 'USER_CREATED', 'USER_UPDATED', 'ROLE_CHANGED', 'USER_DELETED', 'SIGNED_UP', 'LOGGED_IN', 'LOGIN_FAILED', 'LOGGED_OUT', 'REFRESH_TOKEN_REUSED', 'PASSWORD_CHANGED')),
	CONSTRAINT "audit_events_are_bounded" CHECK (char_length("audit_events"."address") <= 45 and char_length("audit_events"."detail") <= 200)
);
--> statement-breakpoint
CREATE TABLE "throttles" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer NOT NULL,
	"expire" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "audit_events_by_action" ON "audit_events" USING btree ("action","id");--> statement-breakpoint
CREATE INDEX "audit_events_by_actor" ON "audit_events" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "audit_events_by_subject" ON "audit_events" USING btree ("subject_id","id");
--> statement-breakpoint
CREATE TRIGGER "audit_events_are_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
-- What is counted in here is not worth a wait for the disk; after a crash the table is empty.
ALTER TABLE "throttles" SET UNLOGGED;
