package sqlite

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	driver "modernc.org/sqlite"
)

// checkpointPages is how long the write-ahead log grows, in pages of 4 KiB,
// before a commit moves it into the file.
const checkpointPages = 4000

// walKeepBytes is how much of the write-ahead log's file is kept once a slow
// reader has let it grow beyond.
const walKeepBytes = 64 << 20

func writerDSN(path string, o options) string {
	return dsn(path,
		pragma("busy_timeout", busyTimeout.Milliseconds()),
		pragma("synchronous", o.synchronous),
		pragma("cache_size", -o.cacheKiB),
		pragma("temp_store", "MEMORY"),
		pragma("wal_autocheckpoint", checkpointPages),
		pragma("journal_size_limit", walKeepBytes),
	)
}

func readerDSN(path string, o options) string {
	return dsn(path,
		pragma("busy_timeout", busyTimeout.Milliseconds()),
		pragma("cache_size", -o.cacheKiB/4),
		pragma("temp_store", "MEMORY"),
		pragma("query_only", "ON"),
	)
}

func pragma(name string, value any) string { return fmt.Sprintf("%s(%v)", name, value) }

// dsn returns the URI of path, which is absolute, with the pragmas that every
// connection runs when it opens.
func dsn(path string, pragmas ...string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // a drive letter
		path = "/" + path
	}
	query := url.Values{
		"_pragma": pragmas, "_txlock": {"immediate"},
		"_dqs": {"0"}, "_defensive": {"1"}, "_error_rc": {"1"},
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}
	return u.String()
}

// pool returns a pool of at most size connections, which stay open until the
// pool is closed. It opens none yet.
func pool(dsn string, size int) (*sql.DB, error) {
	connector, err := driver.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}
