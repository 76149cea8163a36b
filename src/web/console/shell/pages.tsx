import { Route, Switch } from 'wouter';
import { AuditPage } from '../audit/audit-page.js';
import { HoldPage } from '../holds/hold-page.js';
import { HoldsPage } from '../holds/holds-page.js';
import { OverviewPage } from '../overview/overview-page.js';
import { Page } from '../page/page.js';
import { PointsPage } from '../points/points-page.js';
import { StatementPage } from '../statement/statement-page.js';
import { TokenPage } from '../tokens/token-page.js';
import { TokensPage } from '../tokens/tokens-page.js';
import { UserPage } from '../users/user-page.js';
import { UsersPage } from '../users/users-page.js';
import { WebhookPage } from '../webhooks/webhook-page.js';
import { WebhooksPage } from '../webhooks/webhooks-page.js';

/** The routes of the console. */
export function Pages() {
  return (
    <Switch>
      <Route path="/" component={OverviewPage} />
      <Route path="/tokens" component={TokensPage} />
      <Route path="/tokens/:id">{({ id }) => <TokenPage key={id} id={id} />}</Route>
      <Route path="/users" component={UsersPage} />
      <Route path="/users/:id">{({ id }) => <UserPage key={id} id={id} />}</Route>
      <Route path="/users/:id/statement">{({ id }) => <StatementPage key={id} id={id} />}</Route>
      <Route path="/points" component={PointsPage} />
      <Route path="/holds" component={HoldsPage} />
      <Route path="/holds/:id">{({ id }) => <HoldPage key={id} id={id} />}</Route>
      <Route path="/webhooks" component={WebhooksPage} />
      <Route path="/webhooks/:id">{({ id }) => <WebhookPage key={id} id={id} />}</Route>
      <Route path="/audit" component={AuditPage} />
      <Route>
        <Page title="Not found" description="This page does not exist." />
      </Route>
    </Switch>
  );
}
