package config

import (
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestABinarySaysWhatItIsBuiltFrom(t *testing.T) {
	t.Parallel()
	stamped := []debug.BuildSetting{
		{Key: "vcs", Value: "git"},
		{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"},
		{Key: "vcs.time", Value: "2026-11-24T10:00:00Z"},
		{Key: "vcs.modified", Value: "true"},
	}
	for want, info := range map[string]*debug.BuildInfo{
		"devel":            {},
		"devel (go1.26.0)": {GoVersion: "go1.26.0", Main: debug.Module{Version: "(devel)"}},
		"v1.2.0 (commit 0123456789ab with changes of 2026-11-24T10:00:00Z, go1.26.0)": {
			GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.0"}, Settings: stamped,
		},
		"v1.2.0 (commit 0123456789ab, go1.26.0)": {GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.0"}, Settings: stamped[:2]},
	} {
		assert.Equal(t, want, buildOf(info).String())
	}
	assert.Equal(t, time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), buildOf(&debug.BuildInfo{Settings: stamped}).Date)
	assert.NotEmpty(t, Version().Go, "this very binary")
}
