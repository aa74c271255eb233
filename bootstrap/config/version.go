package config

import (
	"runtime/debug"
	"time"
)

// Build is what a binary says of its own making.
type Build struct {
	Version string    // a release; "devel" where it is none
	Commit  string    // the commit that it was built from; empty: the build did not know
	Changed bool      // files differed from the commit
	Date    time.Time // of the commit: the same sources make the same binary, whenever; zero: not known
	Go      string    // the compiler, "go1.26.0"
}

// Version returns what this binary says of its making.
func Version() Build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return buildOf(info)
}

func buildOf(info *debug.BuildInfo) Build {
	b := Build{Version: "devel", Go: info.GoVersion}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Changed = s.Value == "true"
		case "vcs.time":
			b.Date, _ = time.Parse(time.RFC3339, s.Value) // zero where it is none
		}
	}
	return b
}

// String returns the build in one line: "v1.2.0 (commit 0a1b2c3d4e5f of 2026-11-24,
// go1.26.0)".
func (b Build) String() string {
	made := b.Go
	if b.Commit != "" {
		commit := "commit " + b.Commit[:min(len(b.Commit), 12)]
		if b.Changed {
			commit += " with changes"
		}
		if !b.Date.IsZero() {
			commit += " of " + b.Date.UTC().Format(time.RFC3339)
		}
		made = commit + ", " + made
	}
	if made == "" {
		return b.Version
	}
	return b.Version + " (" + made + ")"
}
