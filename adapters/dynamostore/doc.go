// Package dynamostore keeps streams, views and checkpoints in DynamoDB. A commit
// is one item; nothing is ever updated or deleted in an events table.
package dynamostore
