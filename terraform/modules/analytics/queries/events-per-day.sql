-- How many events of each type happened on each day (UTC). Events of the oldest form
-- have no time, and so no day.
SELECT
  substr(time, 1, 10) AS day,
  type,
  count(DISTINCT subject || ' ' || sequence) AS events
FROM events
GROUP BY substr(time, 1, 10), type
ORDER BY day, type
