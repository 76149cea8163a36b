import { type ReactNode, useMemo, useState } from 'react';
import type { AnyVariables } from 'urql';
import type { Source } from '../api/read-pages.js';
import { useApiQuery } from '../api/use-api-query.js';
import { type Column, List } from './list.js';
import { ListTools, type Order } from './list-tools.js';
import { Rows } from './rows.js';
import type { CsvFormat } from './use-export.js';
import { type OpenPages, usePages } from './use-pages.js';

interface PagedListProps<Item, Data, Variables extends AnyVariables> {
  /** Plural name of the items. */
  label: string;
  columns: readonly Column[];
  source: Source<Item, Data, Variables>;
  /** Names of GraphQL types: the list is read again after a mutation of one. */
  types?: string;
  /** Shown in place of an empty list. */
  empty: ReactNode;
  csv: CsvFormat<Item>;
  /** The label of the API's order, and further orders. */
  apiOrder?: string;
  orders?: readonly Order<Item>[];
  /** Renders the row of an item. */
  children: (item: Item) => ReactNode;
}

/** A list that is read page by page and can be sorted and exported. */
export function PagedList<Item, Data, Variables extends AnyVariables>(props: PagedListProps<Item, Data, Variables>) {
  const { label, columns, source, csv, apiOrder = 'Newest first', orders = [], children } = props;
  const pages = usePages<Item>();
  const [order, setOrder] = useState(apiOrder);
  const compare = pages.isComplete ? orders.find((candidate) => candidate.label === order)?.compare : undefined;
  const items = useMemo(() => (compare ? pages.items.toSorted(compare) : pages.items), [pages.items, compare]);
  const sorting = {
    labels: [apiOrder, ...orders.map((candidate) => candidate.label)],
    value: compare ? order : apiOrder,
    onChange: setOrder,
  };
  return (
    <div>
      <ListTools
        {...{ label, csv, source, items }}
        isComplete={pages.isComplete}
        {...(orders.length > 0 && { sorting })}
      />
      <List label={label} columns={columns}>
        {compare && items.map(children)}
        {pages.afters.map((after) => (
          <PageRows key={after} {...props} {...{ pages, after }} isSorted={compare !== undefined} />
        ))}
      </List>
    </div>
  );
}

type PageRowsProps<Item, Data, Variables extends AnyVariables> = Pick<
  PagedListProps<Item, Data, Variables>,
  'source' | 'types' | 'empty' | 'children'
> & { pages: OpenPages<Item>; after: string | null; isSorted?: boolean };

/** One page of a list. */
export function PageRows<Item, Data, Variables extends AnyVariables>(props: PageRowsProps<Item, Data, Variables>) {
  const { source, types, pages, after, empty, isSorted = false, children } = props;
  const query = useApiQuery(source.query, source.variables(after), types === undefined ? {} : { types });
  return (
    <Rows {...{ query, pages, after, empty, isSorted }} page={query.data && source.page(query.data)}>
      {children}
    </Rows>
  );
}
