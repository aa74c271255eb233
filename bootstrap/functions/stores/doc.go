// Package stores brings what functions keep in DynamoDB: streams, views,
// checkpoints, the quarantine, and the records of replays.
package stores
