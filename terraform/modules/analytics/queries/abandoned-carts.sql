-- Carts that are open, not empty and unchanged since an instant, the longest
-- forgotten first. The parameter is the instant, as 2026-11-10T00:00:00Z. A reminder
-- is no change.
WITH once AS (
  SELECT
    subject,
    sequence,
    split_part(max(type), '.', 3) AS name,
    max(time) AS time,
    coalesce(json_extract_scalar(max(data), '$.item'), json_extract_scalar(max(data), '$.item_name')) AS item
  FROM events
  WHERE type LIKE 'evercart.cart.%'
  GROUP BY subject, sequence
),

last_of_item AS (
  SELECT subject, item, max(sequence) AS sequence
  FROM once
  WHERE item IS NOT NULL
  GROUP BY subject, item
),

items AS (
  SELECT l.subject, count(*) AS items
  FROM last_of_item AS l
  JOIN once AS o ON o.subject = l.subject AND o.sequence = l.sequence
  WHERE o.name <> 'ItemRemoved'
  GROUP BY l.subject
),

carts AS (
  SELECT
    subject,
    max(CASE WHEN name <> 'ShopperReminded' THEN time END) AS changed_at,
    count(CASE WHEN name = 'CartClosed' THEN 1 END) AS closings,
    count(CASE WHEN name = 'ShopperReminded' THEN 1 END) AS reminders
  FROM once
  GROUP BY subject
)

SELECT
  substr(c.subject, 6) AS cart,
  i.items,
  c.changed_at,
  c.reminders
FROM carts AS c
JOIN items AS i ON i.subject = c.subject
WHERE c.closings = 0 AND c.changed_at <= ?
ORDER BY c.changed_at, cart
