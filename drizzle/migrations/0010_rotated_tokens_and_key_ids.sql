-- oldest-code: 0.1.0
-- A token knows its successor, so that it is rotated once, and a JWT the key that signed it. Release 0.1.0 recorded the
-- successor in the audit log alone; an overlap lasts for a week at most.
ALTER TABLE "tokens" ADD COLUMN "successor_id" uuid;
--> statement-breakpoint
ALTER TABLE "tokens" ADD COLUMN "key_id" text;
--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_successor_id_tokens_id_fk" FOREIGN KEY ("successor_id") REFERENCES "tokens"("id");
--> statement-breakpoint
UPDATE "tokens" t SET "successor_id" = substring(e.detail from '^successor (.*)$')::uuid
  FROM "audit_events" e
 WHERE e.action = 'TOKEN_ROTATED' AND e.token_id = t.id AND e.at > now() - interval '8 days' AND t.expires_at > now();
--> statement-breakpoint
CREATE INDEX "tokens_key_id_idx" ON "tokens" USING btree ("key_id") WHERE "tokens"."format" = 'JWT' and "tokens"."revoked_at" is null;
