// Package snsnotify tells of events by publishing them to a topic of Amazon SNS.
package snsnotify
