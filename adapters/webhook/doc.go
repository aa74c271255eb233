// Package webhook tells the outside world of events over HTTP: a ports.Notifier
// that posts each event in its wire form, signed as Standard Webhooks prescribes
// (https://www.standardwebhooks.com). The event's ID is the header webhook-id, by
// which receivers know a notification that came twice.
package webhook
