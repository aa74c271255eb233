-- All events of one cart, in order. The parameter is the cart's ID.
SELECT
  sequence,
  max(type) AS type,
  max(time) AS time,
  max(actor) AS actor,
  max(data) AS data
FROM events
WHERE subject = 'cart/' || ?
GROUP BY sequence
ORDER BY sequence
