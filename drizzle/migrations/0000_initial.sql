CREATE TABLE "balances" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"points" bigint DEFAULT 0 NOT NULL,
	"sequence" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "balances_are_never_overdrawn" CHECK ("balances"."points" >= 0),
	CONSTRAINT "balances_are_exact_numbers" CHECK ("balances"."points" <= 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "entries" (
	"user_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"kind" text NOT NULL,
	"delta" bigint NOT NULL,
	"balance_after" bigint NOT NULL,
	"reason" text,
	"reverses" integer,
	"owner_id" uuid NOT NULL,
	"token_id" uuid,
	"idempotency_key" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "entries_are_in_sequence" PRIMARY KEY("user_id","sequence"),
	CONSTRAINT "entries_count_from_one" CHECK ("entries"."sequence" >= 1),
	CONSTRAINT "entries_change_something" CHECK ("entries"."delta" <> 0),
	CONSTRAINT "entries_go_their_way" CHECK (("entries"."kind" = 'ADD' and "entries"."delta" > 0) or ("entries"."kind" = 'SPEND' and "entries"."delta" < 0) or ("entries"."kind" = 'REVERSAL')),
	CONSTRAINT "entries_reverse_what_is_named" CHECK (("entries"."kind" = 'REVERSAL') = ("entries"."reverses" is not null)),
	CONSTRAINT "entries_leave_a_possible_balance" CHECK ("entries"."balance_after" between 0 and 9007199254740991),
	CONSTRAINT "entries_have_a_bounded_reason" CHECK (char_length("entries"."reason") <= 500),
	CONSTRAINT "entries_have_a_bounded_key" CHECK (char_length("entries"."idempotency_key") between 1 and 255)
);
--> statement-breakpoint
CREATE TABLE "refusals" (
	"user_id" uuid NOT NULL,
	"owner_id" uuid NOT NULL,
	"idempotency_key" text NOT NULL,
	"kind" text NOT NULL,
	"points" bigint,
	"reverses" integer,
	"code" text NOT NULL,
	"available" bigint,
	"needed" bigint,
	"token_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "refusals_happen_once_per_key" PRIMARY KEY("user_id","owner_id","idempotency_key"),
	CONSTRAINT "refusals_have_a_known_code" CHECK ("refusals"."code" in ('INSUFFICIENT_POINTS', 'BALANCE_LIMIT', 'ALREADY_REVERSED', 'IDEMPOTENCY_KEY_CLOSED')),
	CONSTRAINT "refusals_have_a_bounded_key" CHECK (char_length("refusals"."idempotency_key") between 1 and 255)
);
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"author_id" uuid NOT NULL,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "posts_have_a_title" CHECK (char_length("posts"."title") between 1 and 200),
	CONSTRAINT "posts_have_a_bounded_body" CHECK (char_length("posts"."body") <= 20000)
);
--> statement-breakpoint
CREATE TABLE "token_usage" (
	"token_id" uuid PRIMARY KEY NOT NULL,
	"last_used_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"format" text NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"hint" text NOT NULL,
	"scopes" text[] NOT NULL,
	"owner_id" uuid NOT NULL,
	"issued_by_id" uuid,
	"issued_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "tokens_have_a_name" CHECK (char_length("tokens"."name") between 1 and 100),
	CONSTRAINT "tokens_are_hashed_by_sha256" CHECK (octet_length("tokens"."secret_hash") = 32),
	CONSTRAINT "tokens_have_known_scopes" CHECK ("tokens"."scopes" <@ array['users:read', 'users:write', 'posts:read', 'posts:write', 'points:read', 'points:add', 'points:spend', 'points:reverse', 'tokens:read', 'tokens:issue', 'tokens:revoke', 'audit:read']::text[] and cardinality("tokens"."scopes") > 0),
	CONSTRAINT "tokens_have_a_known_format" CHECK ("tokens"."format" in ('OPAQUE', 'JWT'))
);
--> statement-breakpoint
CREATE TABLE "former_usernames" (
	"user_id" uuid NOT NULL,
	"until_sequence" integer NOT NULL,
	"username" text NOT NULL,
	CONSTRAINT "former_usernames_are_dated" PRIMARY KEY("user_id","until_sequence")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"role" text NOT NULL,
	"password_hash" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp with time zone,
	CONSTRAINT "users_have_a_role" CHECK ("users"."role" in ('USER', 'ADMIN')),
	CONSTRAINT "users_have_a_wellformed_name" CHECK ("users"."username" ~ '^[A-Za-z0-9_.-]{1,64}$')
);
--> statement-breakpoint
ALTER TABLE "balances" ADD CONSTRAINT "balances_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_author_id_users_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "token_usage" ADD CONSTRAINT "token_usage_token_id_tokens_id_fk" FOREIGN KEY ("token_id") REFERENCES "public"."tokens"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_owner_id_users_id_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "former_usernames" ADD CONSTRAINT "former_usernames_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "entries_happen_once_per_key" ON "entries" USING btree ("user_id","owner_id","idempotency_key") WHERE "entries"."idempotency_key" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "entries_are_reversed_once" ON "entries" USING btree ("user_id","reverses") WHERE "entries"."reverses" is not null;--> statement-breakpoint
CREATE INDEX "posts_by_author" ON "posts" USING btree ("author_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "tokens_have_unique_secrets" ON "tokens" USING btree ("secret_hash");--> statement-breakpoint
CREATE INDEX "tokens_by_owner" ON "tokens" USING btree ("owner_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_have_unique_names" ON "users" USING btree (lower("username")) WHERE "users"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "users_who_are_admins" ON "users" USING btree ("id") WHERE "users"."role" = 'ADMIN' and "users"."deleted_at" is null;