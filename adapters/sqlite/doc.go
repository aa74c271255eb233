// Package sqlite keeps everything in a folder on one machine, durably and with
// nothing to set up: the event store and its change feed in events.db, the feed
// in feed.db, views and checkpoints in views.db. Each file is an ordinary SQLite
// database in WAL mode and may be read with any SQLite tool while it is in use.
//
// Several processes may use one folder at the same time. An append is durable
// when it is answered: the write-ahead log was synced to the disk before.
//
// A full disk, a lock held too long and a failing disk match
// ports.ErrUnavailable. A file from a newer version, of another program, or that
// is no database is a *ports.FormatError that names it.
package sqlite
