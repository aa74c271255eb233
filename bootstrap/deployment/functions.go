package deployment

import (
	"slices"
	"time"
)

// Functions returns all functions.
func Functions() []Function { return slices.Concat(fronts(), pipeline(), jobs()) }

// The timeouts. A front's lies below API Gateway's; what walks much saves its place
// or says that it could not end.
const (
	frontTimeout    = 10 * time.Second
	consumerTimeout = time.Minute
	remindTimeout   = 5 * time.Minute
	longest         = 15 * time.Minute // that Lambda allows
)

// fronts answer requests.
func fronts() []Function {
	var all []Function
	for _, name := range []string{"open-cart", "add-item", "change-item-quantity", "remove-item", "close-cart"} {
		all = append(all, function(name, frontTimeout, triggers(HTTPAPI, Invocation), variables(aStore, "CACHE_STREAMS", "TIMEOUT"), readsStreams(), appends()))
	}
	for _, name := range []string{"get-cart", "cart-history"} {
		all = append(all, function(name, frontTimeout, triggers(HTTPAPI, Invocation), variables(aStore, "SOURCE", "TIMEOUT"), readsStreams()))
	}
	for _, name := range []string{"list-carts", "related-items"} {
		all = append(all, function(name, frontTimeout, triggers(HTTPAPI, Invocation), variables("TIMEOUT"), readsRows(), on(ViewsTable, "dynamodb:BatchGetItem")))
	}
	return all
}

// pipeline is what happens after a commit.
func pipeline() []Function {
	notify := function("notify", consumerTimeout, triggers(FeedRecords, Schedule), variables(aStore, tracks, "SOURCE", "NOTIFY_TOPIC"),
		readsStreams(), keepsCheckpoints(), on(NotifyTopic, "sns:Publish"))
	notify.Unset = []string{"EVERCART_WEBHOOK_SECRETS", "EVERCART_WEBHOOK_URL"}
	return []Function{
		function("relay", consumerTimeout, triggers(EventsStream), variables("FEED", "SOURCE"), on(Feed, "kinesis:PutRecords"), putsAside()),
		function("archive", consumerTimeout, triggers(FeedRecords), variables("ARCHIVE"), on(ArchiveObjects, "s3:GetObject", "s3:PutObject"), putsAside()),
		function("project-carts", consumerTimeout, triggers(FeedRecords, ReplayMessages, Schedule), variables(aStore, tracks), readsStreams(), keepsCheckpoints(), listsCheckpoints()),
		function("project-related", consumerTimeout, triggers(FeedRecords, ReplayMessages, Schedule), variables(aStore, tracks), readsStreams(), keepsCheckpoints(), listsCheckpoints()),
		notify,
	}
}

// jobs run on a schedule, or until they are done.
func jobs() []Function {
	return []Function{
		function("remind", remindTimeout, triggers(Schedule), variables(aStore, "REMIND_AFTER"), readsStreams(), appends(), readsRows()),
		function("replay", longest, triggers(Schedule, FailureRecords, Invocation), variables("ARCHIVE"),
			on(ViewsTable, "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"), readsArchive(),
			on(ReplayQueues, "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"),
			on(FailureObjects, "s3:GetObject"), on(Itself, "lambda:InvokeFunction"), on(Consumers, "lambda:InvokeFunction")),
		function("verify", longest, triggers(Schedule, Invocation), variables("ARCHIVE", "SCAN_UNITS"),
			on(EventsTable, "dynamodb:Scan"), readsArchive()),
		function("canary", consumerTimeout, triggers(Schedule, Invocation), variables(aStore, "ARCHIVE"),
			readsStreams(), appends(), readsRows(), readsArchive()),
	}
}

// What several functions do.

func readsStreams() []Grant { return on(EventsTable, "dynamodb:Query") }

// appends: nothing is ever updated or deleted in the events table, and no role could.
func appends() []Grant { return on(EventsTable, "dynamodb:PutItem") }

func readsRows() []Grant { return on(ViewsTable, "dynamodb:GetItem", "dynamodb:Query") }

func putsAside() []Grant { return on(ViewsTable, "dynamodb:PutItem") }

// keepsCheckpoints: they change in one transaction with rows, which may be deleted.
func keepsCheckpoints() []Grant {
	return append(on(ViewsTable, "dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"), on(ParkedIndex, "dynamodb:Query")...)
}

// listsCheckpoints: two generations are compared before queries read the newer.
func listsCheckpoints() []Grant { return on(ViewsTable, "dynamodb:Query") }

func readsArchive() []Grant {
	return append(on(Archive, "s3:ListBucket"), on(ArchiveObjects, "s3:GetObject")...)
}
